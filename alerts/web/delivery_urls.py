"""Addresses of the inbox, of deliveries and of channels."""

from __future__ import annotations

from django.urls import path, re_path

from alerts.web import channels, deliveries, inbox

urlpatterns = [
    path("alerts/inbox/", inbox.page, name="inbox"),
    path("alerts/inbox/handle/", inbox.handle, name="inbox-handle"),
    path("alerts/inbox/<str:kind>/<int:pk>/", inbox.one, name="inbox-one"),
    path("alerts/choices/", inbox.choices, name="choices"),
    path("alerts/preview/", deliveries.next_page, name="preview"),
    path("alerts/deliveries/", deliveries.page, name="deliveries"),
    re_path(
        r"^alerts/deliveries/(?P<pk>\d{1,18})/(?P<decision>arrived|resend|drop)/$",
        deliveries.decide,
        name="delivery-decide",
    ),
    path("alerts/channels/", channels.page, name="channels"),
    path("alerts/channels/add/", channels.add, name="channel-add"),
    path("alerts/channels/<int:pk>/", channels.one, name="channel"),
    re_path(
        r"^alerts/channels/(?P<pk>\d{1,18})/(?P<verb>test|on|off|link|remove)/$",
        channels.change,
        name="channel-change",
    ),
]
