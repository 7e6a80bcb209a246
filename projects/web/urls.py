"""Addresses of the projects room."""

from __future__ import annotations

from django.urls import path

from projects.web import projects

app_name = "projects"

urlpatterns = [
    path("projects/", projects.project_list, name="list"),
    path("projects/<slug:number>/", projects.project_detail, name="detail"),
]
