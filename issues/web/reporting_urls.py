"""Addresses of reporting and evidence."""

from __future__ import annotations

from django.urls import path

from issues.web import bulk_reporting, evidence

urlpatterns = [
    path("report/", bulk_reporting.page, name="report"),
    path("issues/<slug:number>/evidence/<int:evidence_id>/", evidence.file, name="evidence"),
    path("issues/<slug:number>/evidence/<int:evidence_id>/strike/", evidence.strike, name="evidence_strike"),
]
