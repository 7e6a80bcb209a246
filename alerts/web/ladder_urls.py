"""Addresses of the ladder and of its rules."""

from __future__ import annotations

from django.urls import path

from alerts.web import ladder, rules

urlpatterns = [
    path("alerts/", ladder.page, name="ladder"),
    path("alerts/shelved/", ladder.shelved_page, name="shelved"),
    path("alerts/records/<int:pk>/", ladder.record_rung, name="record"),
    path("alerts/rules/", rules.page, name="rules"),
    path("alerts/rules/change/", rules.change, name="rules-change"),
]
