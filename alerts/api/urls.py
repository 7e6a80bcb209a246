"""Addresses of the alerts room under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from alerts.api import alerts, letters, rounds

urlpatterns: list[URLPattern | URLResolver] = [
    path("alerts/", alerts.AlertList.as_view(), name="alerts"),
    path("letters/", letters.LetterList.as_view(), name="letters"),
    path("rounds/", rounds.RoundList.as_view(), name="rounds"),
]
