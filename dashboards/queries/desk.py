"""The desk: what happened last, and what waits."""

from __future__ import annotations

from issues.models import Import
from projects.models import Campaign

LATEST = 5


def latest_imports(campaign: Campaign) -> list[Import]:
    """The last imports into the campaign, newest first."""
    return list(
        Import.objects.filter(campaign=campaign).select_related("uploaded_by").order_by("-id")[:LATEST]
    )
