"""An empty house sends everybody to its set-up."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from dashboards.queries.setup import nobody_yet

GetResponse = Callable[[HttpRequest], HttpResponse]
OPEN_PATHS = ("/setup/", "/static/", "/api/", "/healthz", "/readyz", "/favicon.ico")


def first_setup(get_response: GetResponse) -> GetResponse:
    """Send every address to /setup/ until somebody has an account. Who is logged in costs no query."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated or request.path.startswith(OPEN_PATHS) or not nobody_yet():
            return get_response(request)
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": "/setup/"})
        return redirect("dashboards:setup")

    return middleware
