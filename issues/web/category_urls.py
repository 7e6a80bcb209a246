"""Addresses of the categories: the office's table, taking one away, the standards a department writes."""

from __future__ import annotations

from django.urls import URLPattern, path

from issues.web import categories, standards

urlpatterns: list[URLPattern] = [
    path("setup/categories/", categories.category_page, name="categories"),
    path("setup/categories/<int:pk>/delete/", categories.delete, name="category_delete"),
    path("standards/", standards.page, name="standards"),
]
