"""Pure arithmetic of the ledger: millionths, measures as a function of the day, figures, the refusal.

Nothing here knows a stage or a table. A *vector* holds whole numbers in the order of a room's MEASURES:
millionths for quantities and amounts, plain counts for items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

SCALE = 1_000_000

COUNTS = frozenset({"items", "closed"})
"""Measures that count items; all others are millionths."""

Vector = tuple[int, ...]
Steps = dict[date, Vector]
"""Day → what the measures change by on it; days may lie ahead (overdue begins the day after the due date)."""


class LedgerRefusal(Exception):
    """A movement the ledger does not take; the message is one Chinese sentence naming the day."""


class EntryFact(NamedTuple):
    """A ledger line as rules need it: millionths of the quantity and of 万元 (0 where there is no amount)."""

    stage: str
    quantity: int
    amount: int
    happened_on: date


class Total(NamedTuple):
    """A cached total of an item: Σ of a column ("quantity" or "amount") over its entries of one stage."""

    column: str
    stage: str


class Order(NamedTuple):
    """What always holds: Σ weight × total ≥ 0. ``words`` say in Chinese what is wrong where it does not."""

    weights: Mapping[str, int]
    words: str


class Break(NamedTuple):
    """The first day on which a running sum breaks an order, and by how many millionths."""

    day: date
    words: str
    short: int

    def __str__(self) -> str:
        return f"{self.day}的累计数不成立：{self.words}，差{digits(self.short)}。"


def units(millionths: int | Decimal) -> Decimal:
    """The quantity that ``millionths`` stand for, without trailing zeros."""
    return Decimal(millionths) / SCALE


def digits(millionths: int) -> str:
    """The quantity as a person writes it: 183, 0.5."""
    return format(units(millionths), "f")


def differences(values: Callable[[date], Vector], days: Iterable[date], width: int) -> Steps:
    """The steps of a function of the day: zero before the first of ``days``, changing only on them."""
    before: Vector = (0,) * width
    steps: Steps = {}
    for day in sorted(set(days)):
        now = values(day)
        if now != before:
            steps[day] = tuple(new - old for new, old in zip(now, before, strict=True))
            before = now
    return steps


def running(
    entries: Sequence[EntryFact], days: Iterable[date]
) -> Iterator[tuple[date, dict[str, int], dict[str, int]]]:
    """For each of the sorted ``days``: the sums of quantity and of amount by stage up to its end."""
    ordered = sorted(entries, key=_day)
    quantities: dict[str, int] = {}
    amounts: dict[str, int] = {}
    at = 0
    for day in sorted(set(days)):
        while at < len(ordered) and ordered[at].happened_on <= day:
            entry = ordered[at]
            quantities[entry.stage] = quantities.get(entry.stage, 0) + entry.quantity
            amounts[entry.stage] = amounts.get(entry.stage, 0) + entry.amount
            at += 1
        yield day, quantities, amounts


def first_break(
    entries: Sequence[EntryFact], totals: Mapping[str, Total], orders: Sequence[Order]
) -> Break | None:
    """The first day whose running sums break one of ``orders``; None where all hold on every day."""
    for day, quantities, amounts in running(entries, {entry.happened_on for entry in entries}):
        sums = {
            name: (quantities if total.column == "quantity" else amounts).get(total.stage, 0)
            for name, total in totals.items()
        }
        for order in orders:
            value = sum(weight * sums[name] for name, weight in order.weights.items())
            if value < 0:
                return Break(day, order.words, -value)
    return None


def _day(entry: EntryFact) -> date:
    return entry.happened_on


@dataclass(frozen=True, slots=True, eq=False)
class Row(Mapping[str, Decimal]):
    """Figures of one group: ``row["found"]`` is a Decimal (in ``counted_in``, amounts in 万元).

    ``key`` holds the group's values in the order asked for (ids of units and trees; None: without).
    """

    key: tuple[Any, ...]
    counted_in: str
    names: tuple[str, ...]
    vector: Vector

    def __getitem__(self, name: str) -> Decimal:
        try:
            value = self.vector[self.names.index(name)]
        except ValueError:
            raise KeyError(name) from None
        return Decimal(value) if name in COUNTS else units(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)
