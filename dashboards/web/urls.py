"""Addresses of the dashboards room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dashboards.web import (
    board,
    bulletins,
    comparisons,
    desk,
    flows,
    goals,
    matrix,
    places,
    setup,
    setup_files,
)

app_name = "dashboards"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.home, name="home"),
    path("dashboard/", board.page, name="board"),
    path("dashboard/definitions/", board.definitions, name="definitions"),
    path("dashboard/data/", board.figures, name="figures"),
    path("dashboard/sheet/", board.sheet, name="sheet"),
    path("dashboard/funds/", board.funds, name="funds"),
    path("dashboard/funds/sheet/", board.funds_sheet, name="funds-sheet"),
    path("dashboard/flow/", flows.page, name="flow"),
    path("dashboard/goals/", goals.page, name="goals"),
    path("dashboard/matrix/", matrix.page, name="matrix"),
    path("dashboard/matrix/sheet/", matrix.sheet, name="matrix-sheet"),
    path("dashboard/compare/", comparisons.page, name="compare"),
    path("dashboard/compare/data/", comparisons.figures, name="compare-data"),
    path("dashboard/compare/sheet/", comparisons.sheet, name="compare-sheet"),
    path("dashboard/townships/<str:code>/", places.township, name="township"),
    path("dashboard/townships/<str:code>/sheet/", places.township_sheet, name="township-sheet"),
    path("dashboard/departments/<str:code>/", places.department, name="department"),
    path("dashboard/departments/<str:code>/sheet/", places.department_sheet, name="department-sheet"),
    path("dashboard/units/<str:code>/", places.unit, name="unit"),
    path("dashboard/programmes/<str:code>/", places.programme, name="programme"),
    path("dashboard/programmes/<str:code>/sheet/", places.programme_sheet, name="programme-sheet"),
    path("bulletins/", bulletins.page, name="bulletins"),
    path("bulletins/add/", bulletins.add, name="bulletin-add"),
    path("bulletins/<int:pk>/", bulletins.one, name="bulletin"),
    path("bulletins/<int:pk>/edit/", bulletins.edit, name="bulletin-edit"),
    path("bulletins/<int:pk>/file/<slug:form>/", bulletins.file, name="bulletin-file"),
    path("bulletins/<int:pk>/<slug:verb>/", bulletins.act, name="bulletin-act"),
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
