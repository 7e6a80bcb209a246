"""Addresses of the dashboards room under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dashboards.api import bulletins, tallies

urlpatterns: list[URLPattern | URLResolver] = [
    path("bulletins/", bulletins.Bulletins.as_view(), name="bulletins"),
    path("bulletins/<int:pk>/", bulletins.BulletinDetail.as_view(), name="bulletin"),
    path("tallies/", tallies.Tallies.as_view(), name="tallies"),
]
