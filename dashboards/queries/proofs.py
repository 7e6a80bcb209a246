"""Set-based proofs of a ledger: cached totals, the order of stages on every day, days and withdrawals.

Each yields differences as JSON-ready objects that name the item by its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, Min, Sum
from django.db.models.functions import TruncDate

from issues.models import Issue, IssueEntry
from issues.rules.ledger import ORDERS, TOTALS
from projects.models import Fund, FundEntry, Project, ProjectEntry
from projects.rules.ledger import FUND_ORDERS, FUND_TOTALS, PROJECT_ORDERS, PROJECT_TOTALS
from rectify.lib.clock import BEIJING
from rectify.lib.livesums import fetch
from rectify.lib.measures import Order, Total, digits

Difference = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One ledger to prove: its items and entries, their cached totals and order, the day items begin."""

    of: str
    item: type[models.Model]
    entry: type[models.Model]
    totals: Mapping[str, Total]
    orders: Sequence[Order]
    begins: str

    @property
    def withdrawn(self) -> models.QuerySet[Any]:
        everything = self.item._default_manager.all()
        if self.item is Issue:
            return everything.filter(state="withdrawn")
        return everything.filter(withdrawn_at__isnull=False)


LEDGERS = (
    Ledger("issues", Issue, IssueEntry, TOTALS, ORDERS, "found_on"),
    Ledger("projects", Project, ProjectEntry, PROJECT_TOTALS, PROJECT_ORDERS, "arranged_on"),
    Ledger("funds", Fund, FundEntry, FUND_TOTALS, FUND_ORDERS, "arranged_on"),
)


def summed(ledger: Ledger) -> str:
    """Columns: each cached total as the sum of entries."""
    return ", ".join(
        f"COALESCE(SUM(CASE WHEN stage = '{total.stage}' THEN {total.column} END), 0) AS sum_{name}"
        for name, total in ledger.totals.items()
    )


def wrong_totals(ledger: Ledger) -> Iterator[Difference]:
    """Items whose cached totals are not the sums of their entries."""
    names = list(ledger.totals)
    differs = " OR ".join(f"item.{name} <> COALESCE(sum_{name}, 0)" for name in names)
    shown = ", ".join(f"COALESCE(sum_{name}, 0), item.{name}" for name in names)
    rows = fetch(
        f"SELECT item.number, {shown} FROM {ledger.item._meta.db_table} item "  # noqa: S608
        f"LEFT JOIN (SELECT item_id, {summed(ledger)} "
        f"FROM {ledger.entry._meta.db_table} GROUP BY item_id) sums "
        f"ON sums.item_id = item.id WHERE {differs} ORDER BY item.number",
        [],
    )
    for number, *values in rows:
        for name, expected, found in zip(names, values[::2], values[1::2], strict=True):
            if expected != found:
                yield {
                    "kind": "total",
                    "of": ledger.of,
                    "item": number,
                    "stage": name,
                    "expected": digits(int(expected)),
                    "found": digits(int(found)),
                }


def wrong_order(ledger: Ledger) -> Iterator[Difference]:
    """Items whose running sums break the order of stages on some day: the first such day of each rule."""
    names = list(ledger.totals)
    running = ", ".join(
        f"SUM(sum_{name}) OVER (PARTITION BY item_id ORDER BY happened_on) AS {name}" for name in names
    )
    daily = (
        f"SELECT item_id, happened_on, {summed(ledger)} "  # noqa: S608
        f"FROM {ledger.entry._meta.db_table} GROUP BY item_id, happened_on"
    )
    values = [_weighted(order) for order in ledger.orders]
    firsts = ", ".join(f"MIN(CASE WHEN {value} < 0 THEN happened_on END)" for value in values)
    worst = ", ".join(f"MIN({value})" for value in values)
    broken = " OR ".join(f"{value} < 0" for value in values)
    rows = fetch(
        f"SELECT item.number, {firsts}, {worst} "  # noqa: S608
        f"FROM (SELECT item_id, happened_on, {running} FROM ({daily}) daily) running "
        f"JOIN {ledger.item._meta.db_table} item ON item.id = running.item_id WHERE {broken} "
        "GROUP BY item.number ORDER BY item.number",
        [],
    )
    count = len(values)
    for number, *found in rows:
        for order, day, short in zip(ledger.orders, found[:count], found[count:], strict=True):
            if day is not None:
                yield {
                    "kind": "order",
                    "of": ledger.of,
                    "item": number,
                    "measure": order.words,
                    "day": str(day),
                    "expected": "0",
                    "found": digits(int(short)),
                }


def _weighted(order: Order) -> str:
    terms = [f"{'+' if weight > 0 else '-'} running.{name}" for name, weight in order.weights.items()]
    return f"(0 {' '.join(terms)})"


def wrong_days(ledger: Ledger) -> Iterator[Difference]:
    """Entries after the day they were recorded; items whose first entry is not on the day they began.

    A withdrawal's lines stand on the days of what they take back, also in a demo whose day went back."""
    entries = ledger.entry._default_manager.exclude(cause="withdrawal").order_by(
        "item__number", "happened_on"
    )
    late = entries.annotate(known_on=TruncDate("recorded_at", tzinfo=BEIJING)).filter(
        happened_on__gt=F("known_on")
    )
    for number, stage, day, known_on in late.values_list("item__number", "stage", "happened_on", "known_on"):
        yield _day("recorded", ledger, number, stage, known_on, day)
    begins = f"item__{ledger.begins}"
    firsts = (
        ledger.entry._default_manager.order_by("item__number")
        .values("item__number", begins)
        .annotate(first=Min("happened_on"))
        .exclude(first=F(begins))
    )
    for number, begun, first in firsts.values_list("item__number", begins, "first"):
        yield _day("begins", ledger, number, "", begun, first)


def _day(kind: str, ledger: Ledger, number: str, stage: str, expected: Any, found: Any) -> Difference:
    return {
        "kind": kind,
        "of": ledger.of,
        "item": number,
        "stage": stage,
        "expected": str(expected),
        "found": str(found),
    }


def wrong_withdrawals(ledger: Ledger) -> Iterator[Difference]:
    """Withdrawn items whose entries do not cancel out, day by day and stage by stage."""
    entries = ledger.entry._default_manager.filter(item__in=ledger.withdrawn.order_by().values("pk"))
    sums = (
        entries.order_by("item__number", "happened_on", "stage")
        .values("item__number", "happened_on", "stage")
        .annotate(quantities=Sum("quantity"), amounts=Sum("amount"))
    )
    for row in sums.filter(quantities__lt=0) | sums.filter(quantities__gt=0) | sums.exclude(amounts=0):
        left = row["quantities"] or row["amounts"]
        if left:
            found = format(left, "f")
            difference = _day("withdrawn", ledger, row["item__number"], row["stage"], "0", found)
            yield difference | {"day": str(row["happened_on"])}
