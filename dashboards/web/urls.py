"""Addresses of the dashboards room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dashboards.web import board, desk

app_name = "dashboards"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.home, name="home"),
    path("dashboard/", board.page, name="board"),
    path("dashboard/definitions/", board.definitions, name="definitions"),
    path("dashboard/data/", board.figures, name="figures"),
    path("dashboard/sheet/", board.sheet, name="sheet"),
    path("dashboard/funds/", board.funds, name="funds"),
]
