"""Addresses of the issues room; each part of it brings its own list."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from issues.web import categories, exports, import_urls, issues, lists

app_name = "issues"

urlpatterns: list[URLPattern | URLResolver] = [
    *import_urls.urlpatterns,
    path("lists/", lists.list_page, name="lists"),
    path("lists/add/", lists.list_add, name="list_add"),
    path("lists/<int:pk>/", lists.list_change, name="list_change"),
    path("setup/categories/", categories.category_page, name="categories"),
    path("issues/", issues.issue_list, name="list"),
    path("issues/views/", issues.views, name="views"),
    path("issues/views/<int:view_id>/drop/", issues.view_drop, name="view_drop"),
    path("issues/export/", exports.ask, name="export"),
    path("issues/export/<int:export_id>/", exports.one, name="export_one"),
    path("issues/export/<int:export_id>/file/", exports.file, name="export_file"),
    path("issues/<slug:number>/", issues.issue_detail, name="detail"),
]
