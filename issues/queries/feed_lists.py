"""Lists and categories as other programs read them: plain objects, codes beside names. Constant queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from issues.models import Category, Issue, IssueList
from issues.queries.parts import parts_for
from projects.models import Campaign
from projects.rules.filters import OfCampaign
from rectify.lib.criteria import FilterRefused
from rectify.lib.keyset import WHOLE, Position, reached, rows_after
from rectify.lib.masking import mask_text
from rectify.lib.plain import instant
from townships.models import User
from townships.rules.scope import Reach

LIST = (
    "pk", "campaign__code", "code", "title", "short_name", "source", "source_doc", "as_of_on", "found_on",
    "immediate_days", "lock_on", "locked_at", "template__name", "template__code",
)  # fmt: skip
CATEGORY = (
    "pk", "campaign__code", "code", "name", "full_name", "parent__code", "department__name",
    "department__code", "standard", "standard_on",
)  # fmt: skip
Record = dict[str, Any]
Told = tuple[list[Record], Position | None]


def asked_of(campaigns: Iterable[Campaign], wanted: OfCampaign) -> list[Campaign]:
    """Those of ``campaigns`` that are asked for; FilterRefused for a code that is none of them."""
    found = [campaign for campaign in campaigns if wanted.campaign in ("", campaign.code)]
    if wanted.campaign and not found:
        raise FilterRefused(f"没有代号为“{wanted.campaign}”的工作。")
    return found


def lists_seen(user: User, campaigns: Iterable[Campaign]) -> QuerySet[IssueList]:
    """As the page of lists: all for who sees a tree whole, else those with issues in sight or a part of the
    own unit."""
    lists = IssueList.objects.filter(campaign__in=[campaign.pk for campaign in campaigns])
    if user.scope.reach is Reach.TREE:
        return lists
    seen = Issue.objects.visible_to(user).order_by().values("list")
    asked = parts_for(user).order_by().values("list")
    return lists.filter(Q(pk__in=seen) | Q(pk__in=asked))


def page_of_lists(lists: QuerySet[IssueList], *, after: Position | None, size: int) -> Told:
    """``size`` lists after a position, and where to go on, if they do. One query."""
    rows = rows_after(lists, WHOLE, after, size + 1, LIST)
    return [_list(row) for row in rows[:size]], reached(rows, WHOLE, size)


def page_of_categories(campaigns: Iterable[Campaign], *, after: Position | None, size: int) -> Told:
    """``size`` categories of these campaigns after a position, and where to go on, if they do. One query."""
    found = Category.objects.filter(campaign__in=[campaign.pk for campaign in campaigns])
    rows = rows_after(found, WHOLE, after, size + 1, CATEGORY)
    return [_category(row) for row in rows[:size]], reached(rows, WHOLE, size)


def _list(row: Mapping[str, Any]) -> Record:
    return {
        "campaign": row["campaign__code"],
        "code": row["code"],
        "title": mask_text(row["title"]),
        "short_name": mask_text(row["short_name"]),
        "source": mask_text(row["source"]),
        "source_doc": mask_text(row["source_doc"]),
        **{name: row[name] for name in ("as_of_on", "found_on", "immediate_days", "lock_on")},
        "locked_at": None if row["locked_at"] is None else instant(row["locked_at"]),
        "template": row["template__name"],
        "template_code": row["template__code"],
        "url": f"/lists/{row['pk']}/",
    }


def _category(row: Mapping[str, Any]) -> Record:
    campaign, code = row["campaign__code"], row["code"]
    return {
        "campaign": campaign,
        "code": code,
        "name": row["name"],
        "full_name": row["full_name"],
        "parent_code": row["parent__code"],
        "department": row["department__name"],
        "department_code": row["department__code"],
        "standard": mask_text(row["standard"]),
        "standard_on": row["standard_on"],
        "url": f"/issues/?{urlencode({'campaign': campaign, 'category': code})}",
    }
