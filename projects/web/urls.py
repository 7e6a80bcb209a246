"""Addresses of the projects room."""

from __future__ import annotations

from django.urls import path

from projects.web import changes, programmes, progress, projects, registering

app_name = "projects"

urlpatterns = [
    path("projects/", projects.project_list, name="list"),
    path("projects/programmes/", programmes.tree, name="programmes"),
    path("projects/programmes/add/", programmes.add, name="programme_add"),
    path("projects/programmes/<slug:code>/", programmes.change, name="programme"),
    path("projects/programmes/<slug:code>/<slug:verb>/", programmes.act, name="programme_act"),
    path("projects/new/", registering.register, name="register"),
    path("projects/<slug:number>/", projects.project_detail, name="detail"),
    path("projects/<slug:number>/edit/", registering.edit, name="edit"),
    path("projects/<slug:number>/take-back/", registering.take_back, name="take_back"),
    path("projects/<slug:number>/progress/", progress.record, name="progress"),
    path("projects/<slug:number>/ahead/<int:pk>/strike/", progress.strike, name="ahead_strike"),
    path("projects/<slug:number>/change/", changes.ask, name="change_ask"),
    path("projects/<slug:number>/change/<int:pk>/", changes.one, name="change"),
]
