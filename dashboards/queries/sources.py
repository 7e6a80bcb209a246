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
from rectify.lib.prepared import Prepared

CHECKS = ("taken_back", "examined")
"""核减 and 核查数量: no roll-up holds them, dashboards.queries.checks adds them."""
MEASURES = {ISSUES: (*ISSUE_MEASURES, *CHECKS), "projects": PROJECT_MEASURES}
UNCHECKED = (0,) * len(CHECKS)
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


def rolled(
    of: str,
    campaign: Campaign,
    found: Narrowing,
    *,
    as_of: date,
    today: date,
    by: Sequence[str] | None = None,
) -> list[Row]:
    """Sums from the roll-ups, by all dimensions of ROLLED or some (none: by what is counted alone)."""
    ids = found.ids
    by = ROLLED[of] if by is None else by
    if of == ISSUES:
        rows = issue_sums.rolled(
            campaign.pk,
            as_of=as_of,
            by=by,
            list_ids=ids.get("list"),
            category_ids=ids.get("category"),
            township_ids=ids.get("township"),
            today=today,
        )
        rows = _unchecked(rows)
    else:
        rows = project_sums.rolled(
            campaign.pk,
            as_of=as_of,
            by=by,
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
        return _unchecked(issue_sums.live(within.main, by=columns, as_of=as_of, known_at=known_at))
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


def _unchecked(rows: list[Row]) -> list[Row]:
    """Rows of issues with room for what verifications say."""
    names = MEASURES[ISSUES]
    return [Row(row.key, row.counted_in, names, (*row.vector, *UNCHECKED)) for row in rows]


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
    counted = _LEFT_OUT[of].ask(campaign.pk)
    if "list" in found.ids:
        counted = [row for row in counted if row[0] is not None and row[0] in found.ids["list"]]
    return {"": sum(rows for _, _, rows in counted)} | {code: rows for _, code, rows in counted if code}


def _left_out(kinds: Sequence[str]) -> Prepared[tuple[int | None, str | None, int]]:
    """Of a campaign: list, its code, how many rows."""
    return Prepared(
        lambda campaign: (
            PendingRow.objects.filter(campaign=campaign, status="pending", kind__in=kinds)
            .order_by()
            .values_list("list", "list__code")
            .annotate(rows=Count("pk"))
        )
    )


_LEFT_OUT = {ISSUES: _left_out(("issues",)), "projects": _left_out(("projects", "funds"))}
