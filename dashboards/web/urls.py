"""Addresses of the dashboards room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dashboards.web import board, desk, setup, setup_files

app_name = "dashboards"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.home, name="home"),
    path("dashboard/", board.page, name="board"),
    path("dashboard/definitions/", board.definitions, name="definitions"),
    path("dashboard/data/", board.figures, name="figures"),
    path("dashboard/sheet/", board.sheet, name="sheet"),
    path("dashboard/funds/", board.funds, name="funds"),
    path("setup/", setup.page, name="setup"),
    path("setup/units/", setup_files.units_page, name="setup-units"),
    path("setup/units/template/", setup_files.units_template, name="setup-units-template"),
    path("setup/units/preview/", setup_files.units_preview, name="setup-units-preview"),
    path("setup/units/load/", setup_files.units_load, name="setup-units-load"),
    path("setup/campaign/", setup.campaign_page, name="setup-campaign"),
    path("setup/campaign/<slug:code>/", setup.campaign_change, name="setup-campaign-change"),
    path("setup/accounts/", setup_files.accounts_page, name="setup-accounts"),
    path("setup/accounts/template/", setup_files.accounts_template, name="setup-accounts-template"),
    path("setup/accounts/preview/", setup_files.accounts_preview, name="setup-accounts-preview"),
    path("setup/accounts/create/", setup_files.accounts_create, name="setup-accounts-create"),
]
