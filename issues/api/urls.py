"""Addresses of the issues room under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from issues.api import issues, lists, reports

urlpatterns: list[URLPattern | URLResolver] = [
    path("lists/", lists.IssueListList.as_view(), name="lists"),
    path("categories/", lists.CategoryList.as_view(), name="categories"),
    path("issues/", issues.IssueList.as_view(), name="issues"),
    path("reports/", reports.ReportList.as_view(), name="reports"),
    path("issues/<slug:number>/", issues.IssueDetail.as_view(), name="issue"),
]
