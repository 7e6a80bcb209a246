"""Addresses of checking and closing: 核查单, and the 销号单 of one issue."""

from __future__ import annotations

from django.urls import path

from issues.web import checks, closures

urlpatterns = [
    path("checks/", checks.sheet_list, name="checks"),
    path("checks/new/", checks.sheet_new, name="check_new"),
    path("checks/<int:pk>/", checks.sheet_page, name="check_sheet"),
    path("checks/<int:pk>/file/", checks.sheet_file, name="check_file"),
    path("issues/<slug:number>/closure/", closures.closure_page, name="closure"),
]
