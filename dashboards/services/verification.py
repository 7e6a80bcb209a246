"""`verify_ledger` proves totals, order and roll-ups from the entries; `rebuild_tallies` makes them anew.

Streamed by campaign and list (or programme): memory follows the roll-ups of one, not the number of items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection, models, transaction

from dashboards.queries import proofs
from dashboards.queries.proofs import LEDGERS, Difference, Ledger
from issues.models import Category, IssueList
from issues.queries import facts as issue_facts
from issues.queries.sums import ROLLUP as ISSUE_ROLLUP
from issues.rules.measures import steps as issue_steps
from projects.models import Campaign, Programme
from projects.queries import facts as project_facts
from projects.queries.sums import ROLLUP as PROJECT_ROLLUP
from projects.rules.measures import steps as project_steps
from rectify.lib.measures import COUNTS, digits
from rectify.lib.rollups import Cells, Deltas, Key, Rollup
from townships.models import Unit

MOST_SHOWN = 1_000
Part = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rolled:
    """The roll-ups of one ledger or two, and how they follow from the items of a part (campaign × list)."""

    of: str
    rollup: Rollup
    parts: Callable[[], list[Part]]
    deltas: Callable[[Part], Deltas]
    ledgers: tuple[Ledger, ...]


def _issue_deltas(part: Part) -> Deltas:
    deltas = ISSUE_ROLLUP.deltas()
    for key, facts in issue_facts.stream(part):
        deltas.add(key, issue_steps(facts))
    return deltas


def _project_deltas(part: Part) -> Deltas:
    deltas = PROJECT_ROLLUP.deltas()
    for key, counted_in, entries, is_fund in project_facts.stream(part):
        for name, steps in project_steps(entries, counted_in, is_fund=is_fund).items():
            deltas.add((*key, name), steps)
    return deltas


ROLLED = (
    Rolled("issues", ISSUE_ROLLUP, issue_facts.parts, _issue_deltas, LEDGERS[:1]),
    Rolled("projects", PROJECT_ROLLUP, project_facts.parts, _project_deltas, LEDGERS[1:]),
)


def verify() -> dict[str, Any]:
    """{"ok", "checked", "differences"}: what does not follow from the entries, naming item or key.

    ``checked`` counts entries and roll-up rows. All is read from one snapshot. At most a thousand differences
    are shown; ``more`` counts the rest.
    """
    with snapshot():
        checked = sum(ledger.entry._default_manager.count() for ledger in LEDGERS)
        for rolled in ROLLED:
            checked += sum(model._default_manager.count() for model in _tables(rolled.rollup))
        found = _differences()
        shown = list(islice(found, MOST_SHOWN))
        more = sum(1 for _ in found)
    result: dict[str, Any] = {"ok": not shown, "checked": checked, "differences": shown}
    return result | {"more": more} if more else result


def _tables(rollup: Rollup) -> tuple[type[models.Model], ...]:
    return (rollup.balance, rollup.day, rollup.month)


def _differences() -> Iterator[Difference]:
    for ledger in LEDGERS:
        yield from proofs.wrong_totals(ledger)
        yield from proofs.wrong_order(ledger)
        yield from proofs.wrong_days(ledger)
        yield from proofs.wrong_withdrawals(ledger)
    for rolled in ROLLED:
        for part in rolled.parts():
            yield from _wrong_rollups(rolled, part)


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside is of one instant, and no writer waits.

    PostgreSQL by isolation level, SQLite by a deferred transaction (Django's own would take the write lock);
    inside a transaction, that transaction."""
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


# --- roll-ups -----------------------------------------------------------------------------------------------

Wrong = dict[tuple[Key, str], dict[date | None, int]]
"""(key, measure) → day → expected − found."""


def _wrong_rollups(rolled: Rolled, part: Part) -> Iterator[Difference]:
    rollup = rolled.rollup
    tables = rollup.tables(rolled.deltas(part), rollup.rolled_to())
    where = {name: [pk] for name, pk in zip(rollup.keys, part, strict=False)}
    for model, expected in tables.items():
        stored = rollup.cells(model, where)
        wrong = _compare(rollup, expected, stored)
        if not wrong:
            continue
        if model is rollup.day:
            yield from _moved_entries(rolled, wrong)
        names = _Names()
        for (key, measure), days in wrong.items():
            for day in sorted(days, key=str):
                cell = (*key, day) if day is not None else key
                position = rollup.measures.index(measure)
                yield {
                    "kind": "balance" if day is None else ("day" if model is rollup.day else "month"),
                    "of": rolled.of,
                    "key": names.of(dict(zip(rollup.keys, key, strict=True))),
                    "measure": measure,
                    **({} if day is None else {"day": str(day)}),
                    "expected": _written(measure, expected, cell, position),
                    "found": _written(measure, stored, cell, position),
                }


def _written(measure: str, cells: Cells, key: Key, position: int) -> str | int:
    value = int(cells[key][position]) if key in cells else 0
    return value if measure in COUNTS else digits(value)


def _compare(rollup: Rollup, expected: Cells, stored: Cells) -> Wrong:
    width = len(rollup.keys)
    nothing = [0] * len(rollup.measures)
    wrong: Wrong = {}
    for key in expected.keys() | stored.keys():
        should, does = expected.get(key, nothing), stored.get(key, nothing)
        if should == does:
            continue
        day = key[width] if len(key) > width else None
        for measure, one, other in zip(rollup.measures, should, does, strict=True):
            if one != other:
                wrong.setdefault((key[:width], measure), {})[day] = one - other
    return wrong


def _moved_entries(rolled: Rolled, wrong: Wrong) -> Iterator[Difference]:
    """Where days differ but their sum does not, an entry changed its day: name it by what it moved."""
    for (key, measure), days in wrong.items():
        if len(days) < 2 or sum(days.values()) != 0:
            continue
        for ledger in rolled.ledgers:
            total = ledger.totals.get(measure)
            if total is None:
                continue
            for day, difference in days.items():
                if difference > 0:
                    before = ", ".join(str(other) for other in sorted(days, key=str) if days[other] < 0)
                    for number in _entries_on(ledger, rolled.rollup, key, total, day, difference):
                        yield {
                            "kind": "entry",
                            "of": ledger.of,
                            "item": number,
                            "stage": total.stage,
                            "expected": before,
                            "found": str(day),
                        }


def _entries_on(
    ledger: Ledger, rollup: Rollup, key: Key, total: Any, day: date | None, moved: int
) -> Iterable[str]:
    """Numbers of the items under ``key`` with an entry of exactly ``moved`` on ``day``, else of any size."""
    item = {
        f"item__{name.removesuffix('_key')}": value or None
        for name, value in zip(rollup.keys, key, strict=True)
        if name != "counted_in"
    }
    narrowed = {
        f"{name}__isnull" if value is None else name: True if value is None else value
        for name, value in item.items()
    }
    entries = ledger.entry._default_manager.filter(**narrowed, stage=total.stage, happened_on=day)
    of_size = [
        number
        for number, quantity in entries.order_by("item__number").values_list("item__number", total.column)
        if quantity is not None and digits(moved) == format(quantity, "f")
    ]
    return of_size or list(entries.order_by("item__number").values_list("item__number", flat=True).distinct())


class _Names:
    """Keys of roll-ups in words, looked up once each."""

    MODELS: dict[str, tuple[type[models.Model], str]] = {
        "campaign_key": (Campaign, "code"),
        "list_key": (IssueList, "title"),
        "category_key": (Category, "full_name"),
        "programme_key": (Programme, "full_name"),
        "township_key": (Unit, "name"),
    }

    def __init__(self) -> None:
        self.known: dict[tuple[str, Any], str | None] = {}

    def of(self, key: dict[str, Any]) -> dict[str, str | None]:
        return {name.removesuffix("_key"): self._name(name, value) for name, value in key.items()}

    def _name(self, column: str, value: Any) -> str | None:
        if column not in self.MODELS:
            return str(value)
        if not value:
            return None
        if (column, value) not in self.known:
            model, field = self.MODELS[column]
            found = model._default_manager.filter(pk=value).values_list(field, flat=True).first()
            self.known[column, value] = f"#{value}" if found is None else str(found)
        return self.known[column, value]


# --- anew ---------------------------------------------------------------------------------------------------


@transaction.atomic
def rebuild(today: date) -> dict[str, Any]:
    """Make cached totals and roll-ups anew from the entries, writers held out. Returns how many of each.

    Entries are never touched: what a raw change of an entry did is there afterwards as before, and
    ``verify`` still names it where it breaks an order.
    """
    for rolled in ROLLED:
        rolled.rollup.clear()
    totals = sum(_reset_totals(ledger) for ledger in LEDGERS)
    rows = 0
    for rolled in ROLLED:
        for part in rolled.parts():
            rolled.rollup.apply(rolled.deltas(part))
        rolled.rollup.roll_to(today)
        rows += sum(model._default_manager.count() for model in _tables(rolled.rollup))
    return {"ok": True, "totals": totals, "rows": rows}


def _reset_totals(ledger: Ledger) -> int:
    """Set the cached totals that are not the sums of their entries; returns how many items were wrong."""
    table = ledger.item._meta.db_table
    given = ", ".join(f"{name} = COALESCE(sums.sum_{name}, 0)" for name in ledger.totals)
    differs = " OR ".join(f"item.{name} <> COALESCE(sum_{name}, 0)" for name in ledger.totals)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {given} FROM (SELECT item.id AS pk, sums.* FROM {table} item "  # noqa: S608
            f"LEFT JOIN (SELECT item_id, {proofs.summed(ledger)} FROM {ledger.entry._meta.db_table} "
            f"GROUP BY item_id) sums ON sums.item_id = item.id WHERE {differs}) sums "
            f"WHERE {table}.id = sums.pk"
        )
        changed: int = cursor.rowcount
    return max(changed, 0)
