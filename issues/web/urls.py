"""Addresses of the issues room; each part of it brings its own list."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from issues.web import issues

app_name = "issues"

urlpatterns: list[URLPattern | URLResolver] = [
    path("issues/", issues.issue_list, name="list"),
    path("issues/views/", issues.views, name="views"),
    path("issues/views/<int:view_id>/drop/", issues.view_drop, name="view_drop"),
    path("issues/<slug:number>/", issues.issue_detail, name="detail"),
]
