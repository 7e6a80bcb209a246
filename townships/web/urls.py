"""Addresses of the county: login, units, people, calendar, audit."""

from django.urls import path, re_path

from townships.web.views import accounts, audit, calendar, delegations, people, units

urlpatterns = [
    path("accounts/login/", accounts.Login.as_view(), name="login"),
    path("accounts/logout/", accounts.leave, name="logout"),
    path("accounts/password/", accounts.password, name="password"),
    path("accounts/me/", accounts.me, name="me"),
    path("accounts/delegations/", delegations.delegation_page, name="delegations"),
    path("accounts/delegations/<int:pk>/end/", delegations.delegation_end, name="delegation-end"),
    path("units/", units.tree, name="units"),
    path("units/add/", units.add, name="unit-add"),
    path("units/<str:code>/", units.one, name="unit"),
    path("units/<str:code>/vacate/", units.vacate, name="unit-vacate"),
    re_path(r"^units/(?P<code>[^/]+)/(?P<what>name|rename|close|leader)/$", units.change, name="unit-change"),
    path("people/", people.accounts_list, name="people"),
    path("people/add/", people.add, name="account-add"),
    path("people/roster/", people.load_roster, name="roster"),
    path("people/<int:pk>/", people.one, name="account"),
    path("people/<int:pk>/reset/", people.reset, name="account-reset"),
    path("people/<int:pk>/switch/", people.switch, name="account-switch"),
    path("calendar/", calendar.year_page, name="calendar"),
    path("calendar/<int:year>/", calendar.year_page, name="calendar-year"),
    path("calendar/<int:year>/document/", calendar.set_document, name="calendar-document"),
    path("audit/", audit.trail, name="audit"),
    path("audit/verify/", audit.verify, name="audit-verify"),
]
