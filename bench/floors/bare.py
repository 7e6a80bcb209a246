"""Floor of floors: a view that does nothing, without middleware; says how fast this machine is just now."""

import os

from django.http import HttpRequest, HttpResponse
from django.urls import path

ROOT_URLCONF = "bench.floors.bare"
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1"]


def nothing(request: HttpRequest) -> HttpResponse:
    """Two bytes."""
    return HttpResponse("ok")


urlpatterns = [path("healthz", nothing)]
