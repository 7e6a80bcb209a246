"""Addresses of the alerts room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from alerts.web import delivery_urls, ladder_urls, letter_urls, rounds

app_name = "alerts"

urlpatterns: list[URLPattern | URLResolver] = [
    *ladder_urls.urlpatterns,
    *delivery_urls.urlpatterns,
    *letter_urls.urlpatterns,
    path("rounds/", rounds.page, name="rounds"),
    path("rounds/add/", rounds.add, name="round-add"),
    path("rounds/<int:pk>/", rounds.one, name="round"),
    path("rounds/<int:pk>/sheet/", rounds.sheet, name="round-sheet"),
    path("rounds/<int:pk>/stop/", rounds.stop, name="round-stop"),
    path("rounds/<int:pk>/chase/", rounds.chase, name="round-chase"),
    path("rounds/filings/<int:pk>/nothing/", rounds.nothing, name="filing-nothing"),
    path("rounds/filings/<int:pk>/late/", rounds.late, name="filing-late"),
]
