"""Views say which permission opens them; a refusal is a page that names the reason and who may."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from townships.access import allowed
from townships.rules.permissions import Permission

View = Callable[..., HttpResponse]


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Open the view to holders of one of ``permissions``; others get 403 with the first refusal's words."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            verdicts = [allowed(request.user, permission) for permission in permissions]
            if not any(verdict.ok for verdict in verdicts):
                raise PermissionDenied(verdicts[0].reason)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def must(user: Any, permission: Permission, item: Any = None) -> None:
    """Raise PermissionDenied with the reason unless ``user`` may do ``permission`` to ``item``."""
    verdict = allowed(user, permission, item)
    if not verdict.ok:
        raise PermissionDenied(verdict.reason)
