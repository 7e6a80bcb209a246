"""Addresses of the issues room; each part of it brings its own list."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from issues.web import (
    acting,
    calendar,
    category_urls,
    check_urls,
    exports,
    import_urls,
    issues,
    lead_urls,
    list_urls,
    paper_urls,
    project_lists,
    reporting_urls,
)

app_name = "issues"

urlpatterns: list[URLPattern | URLResolver] = [
    *import_urls.urlpatterns,
    *list_urls.urlpatterns,
    *category_urls.urlpatterns,
    *lead_urls.urlpatterns,
    path("calendar/<int:year>/day/", calendar.set_day, name="calendar-day"),
    path("calendar/<int:year>/remove/", calendar.remove_day, name="calendar-remove"),
    path("calendar/<int:year>/list/", calendar.load_list, name="calendar-list"),
    path("issues/", issues.issue_list, name="list"),
    path("issues/views/", issues.views, name="views"),
    path("issues/views/<int:view_id>/drop/", issues.view_drop, name="view_drop"),
    path("issues/export/", exports.ask, name="export"),
    path("issues/export/<int:export_id>/", exports.one, name="export_one"),
    path("issues/export/<int:export_id>/file/", exports.file, name="export_file"),
    *paper_urls.urlpatterns,
    *reporting_urls.urlpatterns,
    *check_urls.urlpatterns,
    path("projects/views/", project_lists.views, name="project_views"),
    path("projects/views/<int:view_id>/drop/", project_lists.view_drop, name="project_view_drop"),
    path("projects/export/", project_lists.export, name="project_export"),
    path("issues/<slug:number>/", issues.issue_detail, name="detail"),
    path("issues/<slug:number>/<slug:verb>/", acting.act, name="act"),
]
