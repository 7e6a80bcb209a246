"""Addresses of the projects room under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from projects.api import campaigns, projects

urlpatterns: list[URLPattern | URLResolver] = [
    path("campaigns/", campaigns.CampaignList.as_view(), name="campaigns"),
    path("campaigns/<slug:code>/", campaigns.CampaignDetail.as_view(), name="campaign"),
    path("projects/", projects.ProjectList.as_view(), name="projects"),
    path("projects/<slug:number>/", projects.ProjectDetail.as_view(), name="project"),
]
