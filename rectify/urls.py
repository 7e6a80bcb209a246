"""Addresses: the house's own, then each room's."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from rectify import views


def _has(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


ROOM_URLS = [
    f"{room}.web.urls"
    for room in ("dashboards", "issues", "projects", "townships")
    if _has(f"{room}.web.urls")
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    *(path("", include(module)) for module in ROOM_URLS),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
