"""Addresses of the townships room under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from townships.api import units

urlpatterns: list[URLPattern | URLResolver] = [
    path("units/", units.UnitList.as_view(), name="units"),
    path("units/<str:code>/", units.UnitDetail.as_view(), name="unit"),
]
