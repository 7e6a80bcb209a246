"""专项 as their page shows them: the tree with how many projects stand in each branch, for one viewer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q

from projects.models import Campaign, Fund, Programme, Project
from projects.queries.choices import Choices, ProgrammeLabel
from projects.rules.filters import ProjectFilter
from townships.models import User

COUNTED: dict[str, Q] = {
    "": Q(),
    "not_allotted": Q(arranged__gt=F("allotted")),
    "not_started": Q(allotted__gt=F("started")),
    "completed": Q(completed__gt=0),
}
"""Measure of the list → which projects its number counts; "" counts all."""


@dataclass(frozen=True, slots=True)
class Number:
    """How many projects of the branch, and the list of exactly those."""

    count: int
    href: str


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """A programme in the order of the tree, with the numbers of its whole branch in the order of COUNTED."""

    label: ProgrammeLabel
    department: str
    numbers: list[Number]
    funds: Number
    is_first: bool
    is_last: bool


def programme_lines(user: User, campaign: Campaign, known: Choices, on: date) -> list[ProgrammeLine]:
    """All programmes of the campaign, with what ``user`` sees of each. Two queries."""
    mine = [one for one in known.programmes.values() if one.campaign == campaign.pk]
    seen = Project.objects.visible_to(user).filter(campaign=campaign).order_by()
    aggregates: dict[str, Any] = {
        f"n_{name}": Count("pk", filter=condition) if condition else Count("pk")
        for name, condition in COUNTED.items()
    }
    counted: Any = seen.values("programme").annotate(**aggregates)
    own = {row["programme"]: row for row in counted}
    funded = Fund.objects.visible_to(user).filter(campaign=campaign).order_by().values("programme")
    money = dict(funded.annotate(items=Count("pk")).values_list("programme", "items"))
    lines = []
    siblings = Counter(one.above for one in mine)
    met: Counter[int | None] = Counter()
    for one in mine:
        met[one.above] += 1
        branch = [own[other.pk] for other in mine if other.path.startswith(one.path) and other.pk in own]
        wanted = ProjectFilter(campaign=campaign.code, programme=one.code)
        numbers = [
            Number(
                sum(row[f"n_{name}"] for row in branch),
                f"/projects/?{wanted.with_(measure=name).to_query()}",
            )
            for name in COUNTED
        ]
        lines.append(
            ProgrammeLine(
                label=one,
                department=known.units.label(one.department, on),
                numbers=numbers,
                funds=Number(
                    sum(money.get(other.pk, 0) for other in mine if other.path.startswith(one.path)),
                    f"/dashboard/funds/?campaign={campaign.code}&programme={one.code}",
                ),
                is_first=met[one.above] == 1,
                is_last=met[one.above] == siblings[one.above],
            )
        )
    return lines


def one_programme(campaigns: list[Campaign], code: str, campaign: Campaign | None) -> Programme | None:
    """The programme ``code`` of the campaign on top of the page, if it is one of ``campaigns``."""
    found = Programme.objects.select_related("campaign__unit", "parent", "department")
    if campaign is None or campaign not in campaigns:
        return None
    return found.filter(campaign=campaign, code=code).first()


def programme_by_id(pk: int) -> Programme:
    """The programme that a form's choice stands for."""
    return Programme.objects.get(pk=pk)
