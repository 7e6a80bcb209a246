"""The server's addresses, and the floors of its pages beside them."""

from django.urls import path

from bench.floors import dashboard, issue_list, live, report
from rectify import urls

urlpatterns = [
    path("bench/issues/", issue_list.page),
    path("bench/dashboard/", dashboard.page),
    path("bench/live/", live.page),
    path("bench/report/<slug:number>/", report.page),
    *urls.urlpatterns,
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
