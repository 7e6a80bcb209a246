"""An answer that did not change is 304: one query for the counters in the caller's scope."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from rest_framework.request import Request

from rectify.lib import clock
from rectify.lib.build import build
from townships.queries.revisions import revision_tag

Handler = Callable[..., HttpResponse]


def unless_changed(get: Handler) -> Handler:
    """For a view's ``get``: 304 where the ETag still holds. Nothing else than data in scope may be shown."""

    @wraps(get)
    def guarded(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        etag = _etag(request)
        unchanged = get_conditional_response(request._request, etag=etag)
        response = unchanged if unchanged is not None else get(view, request, *args, **kwargs)
        response["ETag"] = etag
        patch_cache_control(response, private=True, no_cache=True)
        patch_vary_headers(response, ["Authorization", "Cookie"])
        return response

    return guarded


def _etag(request: Request) -> str:
    tag = revision_tag(request.user, clock.today(), build())
    # The address holds filters and cursor; the host stands in `next`.
    parts = (tag, request.build_absolute_uri())
    return f'"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]}"'
