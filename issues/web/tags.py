"""What the issues room shows on pages of the rooms below it."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from issues.queries.origins import origin_by_key
from issues.queries.pending import WORKS, pending_rows
from issues.queries.solving import solved_by
from rectify.lib import clock
from townships.access import allowed
from townships.rules.permissions import Permission

register = template.Library()


def import_address(user: Any, import_id: int) -> str:
    """The page of an import, for those who may open it; else empty."""
    if not allowed(user, Permission.IMPORT_LEDGERS):
        return ""
    return reverse("issues:import", args=[import_id])


@register.inclusion_tag("issues/_origin.html", takes_context=True)
def origin_of(context: Any, item: Any) -> dict[str, Any]:
    """File, sheet and row that a project or fund came from, with the row's cells."""
    origin = origin_by_key(item.sheet_key, item.row, item.cells)
    address = import_address(context["request"].user, origin.import_id) if origin else ""
    return {"origin": origin, "import_url": address}


@register.inclusion_tag("issues/_solved.html", takes_context=True)
def issues_solved_by(context: Any, project: Any) -> dict[str, Any]:
    """The issues in the viewer's sight that a project solves."""
    count, solved = solved_by(project, context["request"].user, clock.today())
    return {"project": project, "count": count, "solved": solved}


@register.simple_tag
def pending_works(campaign: str) -> int:
    """Rows of works and funds left out of the campaign's figures: 另有 n 行未入库."""
    return pending_rows(WORKS, campaign=campaign)
