"""Rows of ledgers left out of the figures: every total says 另有 n 行未入库."""

from __future__ import annotations

from django.db.models import Q

from issues.models import PendingRow

ISSUES = ("issues",)
WORKS = ("projects", "funds")


def pending_rows(
    kinds: tuple[str, ...], *, campaign: str = "", list_code: str = "", import_id: int | None = None
) -> int:
    """How many wait to be mended or dropped, in the campaign (its code), list or import. One query."""
    narrowed = Q(status="pending", kind__in=kinds)
    if campaign:
        narrowed &= Q(campaign__code=campaign)
    if list_code:
        narrowed &= Q(list__code=list_code)
    if import_id is not None:
        narrowed &= Q(sheet__source=import_id)
    return PendingRow.objects.filter(narrowed).count()
