"""Addresses: the house's own, then each room's."""

from django.urls import URLPattern, URLResolver, include, path

from rectify import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("api/v1/", include("rectify.api")),
    path("", include("dashboards.web.urls")),
    path("", include("alerts.web.urls")),
    path("", include("issues.web.urls")),
    path("", include("projects.web.urls")),
    path("", include("townships.web.urls")),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
