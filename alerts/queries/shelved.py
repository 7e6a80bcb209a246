"""零搁置 (W-115), in scope: what nobody answers for, what has no next date, whose date is past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from issues.models import Issue
from issues.queries.lagging import NO_DATE, NO_OWNER, PAST, shelved
from projects.models import Campaign
from rectify.lib.masking import mask_text
from townships.models import User
from townships.queries.branches import UnitTree

WORDS = {NO_OWNER: "没有责任单位", NO_DATE: "没有下一个日期", PAST: "日期已过"}
CLIPPED = 90
COLUMNS = ("number", "description", "township_id", "unit_id", "deadline_raw", "next_on", "shelved_because")


@dataclass(frozen=True, slots=True)
class Shelved:
    """One issue that nobody moves; ``unit`` is empty where none answers."""

    number: str
    text: str
    place: str
    unit: str
    deadline: str
    next_on: date | None
    why: str


def shelved_of(campaign: Campaign, user: User, on: date) -> QuerySet[Any]:
    """The shelved issues of the campaign that the user sees."""
    return shelved(campaign, on).filter(pk__in=Issue.objects.visible_to(user).values("pk"))


def because(found: QuerySet[Any], why: str) -> QuerySet[Any]:
    """Those shelved for one reason, as plain rows, by number."""
    narrowed = found.filter(shelved_because=why) if why else found
    return narrowed.order_by("number").values(*COLUMNS)


def counts(found: QuerySet[Any]) -> list[tuple[str, str, int]]:
    """(reason, its words, how many)."""
    by_reason = dict(found.order_by().values_list("shelved_because").annotate(items=Count("pk")))
    return [(reason, words, by_reason.get(reason, 0)) for reason, words in WORDS.items()]


def lines(rows: Iterable[Mapping[str, Any]], tree: UnitTree, on: date) -> list[Shelved]:
    """The rows as the page shows them, masked."""
    return [
        Shelved(
            number=row["number"],
            text=mask_text(row["description"])[:CLIPPED],
            place=tree.label(row["township_id"], on),
            unit=tree.label(row["unit_id"], on),
            deadline=mask_text(row["deadline_raw"]),
            next_on=row["next_on"],
            why=WORDS[row["shelved_because"]],
        )
        for row in rows
    ]
