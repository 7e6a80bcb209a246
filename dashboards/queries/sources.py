"""Where a tally's sums come from: the roll-ups where they hold the answer, else the entries themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet

from dashboards.queries.narrowing import FIELDS, FUND_FIELDS, Narrowing, narrowed_items
from dashboards.rules.tallies import ISSUES
from issues.models import Issue, PendingRow
from issues.queries import sums as issue_sums
from issues.rules.stages import MEASURES as ISSUE_MEASURES
from projects.models import Campaign, Fund, Project
from projects.queries import sums as project_sums
from projects.rules.stages import MEASURES as PROJECT_MEASURES
from rectify.lib.measures import Row

MEASURES = {ISSUES: ISSUE_MEASURES, "projects": PROJECT_MEASURES}
ROLLED = {ISSUES: ("list", "category", "township"), "projects": ("programme", "township")}
"""Dimensions the roll-ups know; also those every tally reads, for its worst township and its wording."""


@dataclass(frozen=True, slots=True)
class Items:
    """What the viewer may see of a campaign: issues, or projects with their funds."""

    main: QuerySet[Any]
    funds: QuerySet[Fund] | None = None

    @classmethod
    def present(cls, of: str, campaign: Campaign) -> Items:
        """Everything of the campaign that no withdrawal took back."""
        if of == ISSUES:
            return cls(Issue.objects.present().filter(campaign=campaign))
        return cls(
            Project.objects.present().filter(campaign=campaign),
            Fund.objects.present().filter(campaign=campaign),
        )

    def within(self, of: str, found: Narrowing) -> Items:
        main = narrowed_items(self.main, {**FIELDS[of], "counted_in": "counted_in"}, found)
        if self.funds is None:
            return Items(main)
        texts = {name for name in found.texts if name != "counted_in"}
        if texts or found.texts.get("counted_in", "万元") != "万元":
            return Items(main, self.funds.none())
        only = Narrowing(ids=found.ids)
        return Items(main, narrowed_items(self.funds, FUND_FIELDS, only))


def can_roll(of: str, dimensions: Sequence[str], found: Narrowing, known_at: datetime | None) -> bool:
    """Whether the roll-ups hold the answer for a viewer who sees the whole campaign."""
    known = {*ROLLED[of], "counted_in"}
    return known_at is None and {*dimensions, *found.names} <= known


def dimensions_read(of: str, by: Sequence[str]) -> tuple[str, ...]:
    """The dimensions asked for, and those that every tally reads."""
    return tuple(dict.fromkeys((*ROLLED[of], *by)))


def rolled(of: str, campaign: Campaign, found: Narrowing, *, as_of: date, today: date) -> list[Row]:
    """Sums from the roll-ups, by the dimensions of ROLLED."""
    ids = found.ids
    if of == ISSUES:
        rows = issue_sums.rolled(
            campaign.pk,
            as_of=as_of,
            by=ROLLED[of],
            list_ids=ids.get("list"),
            category_ids=ids.get("category"),
            township_ids=ids.get("township"),
            today=today,
        )
    else:
        rows = project_sums.rolled(
            campaign.pk,
            as_of=as_of,
            by=ROLLED[of],
            programme_ids=ids.get("programme"),
            township_ids=ids.get("township"),
            today=today,
        )
    return _counted_in(rows, found)


def live(
    of: str, items: Items, found: Narrowing, *, by: Sequence[str], as_of: date, known_at: datetime | None
) -> list[Row]:
    """Sums from the entries of ``items``, by any dimensions."""
    within = items.within(of, found)
    columns = [FIELDS[of][name] for name in by]
    if of == ISSUES:
        return issue_sums.live(within.main, by=columns, as_of=as_of, known_at=known_at)
    rows = project_sums.live(within.main, by=columns, as_of=as_of, known_at=known_at)
    if within.funds is not None:
        rows += _fund_rows(within.funds, by, as_of, known_at)
    return _counted_in(rows, found)


def _fund_rows(funds: QuerySet[Fund], by: Sequence[str], as_of: date, known_at: datetime | None) -> list[Row]:
    """Sums of funds, which have a programme and a township and stand without one in any other dimension."""
    known = [name for name in by if name in FUND_FIELDS]
    columns = [FUND_FIELDS[name] for name in known]
    nothing = Project.objects.none()
    rows = project_sums.live(nothing, by=columns, as_of=as_of, known_at=known_at, funds=funds)
    return [
        Row(
            tuple(row.key[known.index(name)] if name in known else None for name in by),
            row.counted_in,
            row.names,
            row.vector,
        )
        for row in rows
    ]


def _counted_in(rows: list[Row], found: Narrowing) -> list[Row]:
    wanted = found.texts.get("counted_in")
    return rows if wanted is None else [row for row in rows if row.counted_in == wanted]


def first_entry(of: str, items: Items, found: Narrowing) -> date | None:
    """The day of the first entry of what is asked for; None where there is none at all."""
    within = items.within(of, found)
    if of == ISSUES:
        return issue_sums.first_entry_of(within.main)
    return project_sums.first_entry_of(within.main, within.funds)


def pending_rows(of: str, campaign: Campaign, found: Narrowing) -> dict[str, int]:
    """Rows of ledgers left out, by the code of their list; "" is all of them."""
    kinds = ("issues",) if of == ISSUES else ("projects", "funds")
    rows = PendingRow.objects.filter(campaign=campaign, status="pending", kind__in=kinds)
    if "list" in found.ids:
        rows = rows.filter(list__in=[pk for pk in found.ids["list"] if pk is not None])
    counted = dict(rows.order_by().values_list("list__code").annotate(rows=Count("pk")))
    return {"": sum(counted.values())} | {code: number for code, number in counted.items() if code}
