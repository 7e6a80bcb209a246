"""The application as gunicorn serves it, with every page's code loaded before it forks: a worker that is killed
is back at once."""

from __future__ import annotations

from django.urls import get_resolver

from rectify.wsgi import application

LOADED = len(get_resolver().url_patterns)

__all__ = ["application"]
