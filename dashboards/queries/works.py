"""Of works beside their figures: what is late or waits, with its list; works that solve issues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, ExpressionWrapper, F, Sum

from dashboards.queries.narrowing import Narrowing
from dashboards.queries.sources import Items
from dashboards.rules.tallies import ISSUES
from projects.models import Campaign
from projects.queries.choices import choices
from projects.queries.projects import filtered
from projects.rules.filters import ProjectFilter
from projects.rules.standing import FLAGS, LATE, STANDING_LABELS, standing
from rectify.lib import clock
from rectify.lib.ledger import QuantityField
from rectify.lib.masking import mask_text

LISTS = "/projects/"
MOST_PAIRS = 50


@dataclass(frozen=True, slots=True)
class LateWorks:
    """逾期未动工 and the like: how many works, and their list."""

    label: str
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A work and the issues it solves, told once: where it stands, how many they are, how much is left of
    them in what they are counted in."""

    number: str
    name: str
    standing: str
    issues: int
    left: Decimal
    counted_in: str


def late_works(works: Any, campaign: Campaign, programme: str, as_of: date | None) -> list[LateWorks]:
    """What of a programme's works is late as of a day; today also what waits for a decision. Those of which
    there is none are left out; the number of queries is fixed."""
    day = as_of or clock.today()
    base = ProjectFilter(campaign=campaign.code, programme=programme, as_of=day)
    asked = [(label, base.with_(late=code)) for code, label in LATE.items()]
    if day == clock.today():
        asked += [(label, base.with_(flag=code)) for code, label in FLAGS.items()]
    known = choices()
    told = [
        LateWorks(label, filtered(works, wanted, known).count(), f"{LISTS}?{wanted.to_query()}")
        for label, wanted in asked
    ]
    return [one for one in told if one.count]


def pairs(issues: Items, works: Items, found: Narrowing, basis: str) -> list[Pair]:
    """The works that ``issues`` (so narrowed) name as what solves them, those with most issues first.

    Of works that the viewer does not see nothing is told. ``basis``: what is left by claims (claimed) or by
    findings (confirmed). As it is now, for what an issue names as its work has no past; one query."""
    named = issues.within(ISSUES, found).main.filter(
        project__in=works.main.order_by().values("pk"), found__gt=0
    )
    rows = (
        named.order_by()
        .values("counted_in", "project__number", "project__name", *_figures())
        .annotate(issues=Count("pk"), left=_left(basis))
        .order_by("-issues", "project__number", "counted_in")
    )
    return [_pair(row) for row in rows[:MOST_PAIRS]]


STAGES = ("arranged", "allotted", "started", "completed", "accepted")


def _figures() -> list[str]:
    return [f"project__{stage}" for stage in STAGES]


def _left(basis: str) -> Sum:
    left = ExpressionWrapper(F("found") - F("removed") - F(basis), output_field=QuantityField())
    return Sum(left, output_field=QuantityField())


def _pair(row: dict[str, Any]) -> Pair:
    stands = standing({stage: row[f"project__{stage}"] for stage in STAGES})
    return Pair(
        number=row["project__number"],
        name=mask_text(row["project__name"]),
        standing=STANDING_LABELS[stands],
        issues=row["issues"],
        left=row["left"],
        counted_in=row["counted_in"],
    )
