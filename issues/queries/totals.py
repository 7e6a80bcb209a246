"""Totals of what a filter finds, by what is counted: from the roll-ups if they can say, else from rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Sum

from issues.models.issues import IssueQuerySet
from issues.queries.choices import Choices
from issues.queries.issues import AMOUNTS, day_of, measure_column
from issues.queries.narrowing import category_ids, list_ids, unit_ids
from issues.queries.sums import rolled
from issues.rules.filters import IssueFilter
from rectify.lib.measures import Row

MONEY = "万元"
STAGES = ("found", "removed", "claimed", "confirmed")
ROLLED = {"campaign", "list", "category", "township", "counted_in", "as_of", "basis", "measure"}
"""What the roll-ups can answer: their keys and any day."""


@dataclass(frozen=True, slots=True)
class Total:
    """Sums of the issues found that are counted in the same thing; ``measured`` is Σ of the filter's measure.

    ``is_one_kind``: all of one category and list. Over several a household may stand in two, so the sum is
    worded 个问题, never 户 (design, section 5)."""

    counted_in: str
    items: int
    found: Decimal
    removed: Decimal
    claimed: Decimal
    confirmed: Decimal
    left: Decimal
    measured: Decimal | int | None
    measured_in: str
    is_one_kind: bool

    @property
    def word(self) -> str:
        """What the sums count, in words."""
        return self.counted_in if self.is_one_kind or self.counted_in == MONEY else "个问题"


def totals(
    found: IssueQuerySet, wanted: IssueFilter, known: Choices, *, sees_all: bool = False
) -> list[Total]:
    """One Total per thing counted, most issues first; ``found`` comes from ``filtered``.

    ``sees_all``: the viewer sees the whole campaign, so that roll-ups may answer."""
    asked = {name for name, _, _ in wanted.asked()}
    can_be_rolled = asked <= ROLLED and wanted.measure in ("", "items", "found")
    if sees_all and wanted.campaign and can_be_rolled:
        made = _from_roll_ups(wanted, known)
    else:
        made = _from_rows(found, wanted)
    return sorted(made, key=lambda total: (-total.items, total.counted_in))


def _from_rows(found: IssueQuerySet, wanted: IssueFilter) -> list[Total]:
    column = measure_column(wanted)
    sums = {f"sum_{name}": Sum(f"{name}_at") for name in STAGES}
    if column:
        sums["sum_measured"] = Sum(column)
    rows = (
        found.order_by()
        .values("counted_in")
        .annotate(
            items=Count("pk"),
            with_category=Count("category"),
            lowest=Min("category"),
            highest=Max("category"),
            first_list=Min("list"),
            last_list=Max("list"),
            **sums,
        )
    )
    return [_total_of_rows(row, wanted, bool(column)) for row in rows]


def _total_of_rows(row: Mapping[str, Any], wanted: IssueFilter, has_measure: bool) -> Total:
    none = Decimal(0)
    alike = row["lowest"] == row["highest"] and row["first_list"] == row["last_list"]
    return _total(
        row["counted_in"],
        row["items"],
        {name: row[f"sum_{name}"] or none for name in STAGES},
        wanted,
        measured=(row["sum_measured"] or none) if has_measure else None,
        is_one_kind=alike and row["with_category"] in (0, row["items"]),
    )


def _from_roll_ups(wanted: IssueFilter, known: Choices) -> list[Total]:
    day = day_of(wanted)
    rows = rolled(
        known.campaigns[wanted.campaign],
        as_of=day,
        by=("list", "category"),
        list_ids=list_ids(wanted, known),
        category_ids=category_ids(wanted, known),
        township_ids=unit_ids(wanted.township, day, known),
    )
    parts: dict[str, list[Row]] = {}
    for row in rows:
        if row["items"] and wanted.counted_in in ("", row.counted_in):
            parts.setdefault(row.counted_in, []).append(row)
    return [
        _total(
            counted_in,
            int(sum(row["items"] for row in part)),
            {name: sum((row[name] for row in part), Decimal(0)) for name in STAGES},
            wanted,
            measured=None,
            is_one_kind=len({row.key for row in part}) == 1,
        )
        for counted_in, part in parts.items()
    ]


def _total(
    counted_in: str,
    items: int,
    sums: Mapping[str, Decimal],
    wanted: IssueFilter,
    *,
    measured: Decimal | int | None,
    is_one_kind: bool,
) -> Total:
    return Total(
        counted_in=counted_in,
        items=items,
        found=sums["found"],
        removed=sums["removed"],
        claimed=sums["claimed"],
        confirmed=sums["confirmed"],
        left=sums["found"] - sums["removed"] - sums[wanted.basis],
        measured=measured,
        measured_in=_measured_in(wanted, counted_in),
        is_one_kind=is_one_kind,
    )


def _measured_in(wanted: IssueFilter, counted_in: str) -> str:
    if wanted.moved:
        return "件" if wanted.moved == "closed" else counted_in
    return MONEY if wanted.measure in AMOUNTS else counted_in
