"""A page whose data did not change answers 304: no query beyond session, user and one for the counters."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

from rectify.lib import clock
from rectify.lib.build import build
from townships.queries.revisions import revision_tag

View = Callable[..., HttpResponse]


def unless_changed(view: View) -> View:
    """Answer 304 to a GET whose ETag still holds: nothing in the viewer's scope changed, nor day, nor build.

    For pages that show nothing else: no list of one's own, no clock."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or len(get_messages(request)):
            return view(request, *args, **kwargs)
        etag = _etag(request)
        unchanged = get_conditional_response(request, etag=etag)
        response = unchanged if unchanged is not None else view(request, *args, **kwargs)
        if response.status_code in (200, 304):
            response["ETag"] = etag
            patch_cache_control(response, private=True, no_cache=True)
            patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response

    return guarded


def _etag(request: HttpRequest) -> str:
    tag = revision_tag(request.user, clock.today(), build())
    # The forms on the page carry a token of this login, and a fragment is another body at the same address.
    parts = (
        tag,
        request.get_full_path(),
        request.COOKIES.get(settings.CSRF_COOKIE_NAME, ""),
        request.headers.get("HX-Request", ""),
    )
    return f'"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]}"'
