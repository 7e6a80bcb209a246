"""What a view of the API needs: one permission of the table. A view that names none opens to nobody."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from townships.access import allowed


class Needs(BasePermission):
    """``needs`` on the view: a Permission, or a mapping of HTTP methods to them."""

    message: str | None = None

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        needs = getattr(view, "needs", None)
        if isinstance(needs, dict):
            needs = needs.get("GET" if request.method == "HEAD" else request.method)
        if needs is None:
            return False
        verdict = allowed(request.user, needs)
        self.message = verdict.reason or None
        return verdict.ok
