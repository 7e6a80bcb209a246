"""What an issue counts for on every day: the step function behind roll-ups, tallies and their proof."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from issues.rules.ledger import broken
from issues.rules.stages import MEASURES, Stage
from rectify.lib.measures import EntryFact, LedgerRefusal, Steps, Vector, differences, running

WIDTH = len(MEASURES)
ONE_DAY = timedelta(days=1)
DATED = ("dated", "immediate")


class DeadlineFact(NamedTuple):
    """A deadline in force until the day before ``until_on`` (None: still)."""

    until_on: date | None
    deadline_class: str
    due_on: date | None
    confirmed: bool


NO_DEADLINE = DeadlineFact(None, "undetermined", None, False)


class ItemFacts(NamedTuple):
    """All that an issue's measures follow from; ``deadlines`` in order, the one in force today last."""

    entries: tuple[EntryFact, ...]
    deadlines: tuple[DeadlineFact, ...] = (NO_DEADLINE,)
    stated_on: date | None = None
    closed_on: date | None = None


def deadline_on(deadlines: tuple[DeadlineFact, ...], day: date) -> DeadlineFact:
    """The deadline in force on ``day``."""
    for deadline in deadlines:
        if deadline.until_on is None or day < deadline.until_on:
            return deadline
    return deadlines[-1]


def steps(item: ItemFacts) -> Steps:
    """Day → change of every measure, in the order of MEASURES; see there for what each counts.

    overdue: left, from the day after the due date of a dated or immediate deadline that is confirmed;
    undetermined: left under a deadline nobody could read; unconfirmed: left under another one not yet
    confirmed; unstated: left before anybody said whether it was done.
    """
    if not item.entries:
        return {}
    days = {entry.happened_on for entry in item.entries}
    first = min(days)
    days.update(day for day in _turns(item) if day > first)
    by_day = {
        day: _values(item, day, quantities, amounts)
        for day, quantities, amounts in running(item.entries, days)
    }
    return differences(by_day.__getitem__, by_day, WIDTH)


def ordered_steps(item: ItemFacts) -> Steps:
    """``steps`` of an item whose entries are in order, else LedgerRefusal; quick for the rows of an import.

    An item's measures depend on its days only by their order: they are replaced by the first days of the
    calendar, each shape so made is computed once, and the days are put back.
    """
    days = sorted({*(entry.happened_on for entry in item.entries), *_turns(item)})
    early = {day: date.fromordinal(place) for place, day in enumerate(days, start=2)}
    shape = ItemFacts(
        tuple(
            [EntryFact(stage, quantity, amount, early[day]) for stage, quantity, amount, day in item.entries]
        ),
        tuple(
            [
                DeadlineFact(
                    None if until_on is None else early[until_on],
                    kind,
                    None if due_on is None else early[due_on + ONE_DAY] - ONE_DAY,
                    confirmed,
                )
                for until_on, kind, due_on, confirmed in item.deadlines
            ]
        ),
        None if item.stated_on is None else early[item.stated_on],
        None if item.closed_on is None else early[item.closed_on],
    )
    stepped = _steps_of_shape(shape)
    if stepped is None:
        raise LedgerRefusal(str(broken(item.entries)))
    return {days[day.toordinal() - 2]: vector for day, vector in stepped.items()}


@lru_cache(maxsize=10_000)
def _steps_of_shape(shape: ItemFacts) -> Steps | None:
    return None if broken(shape.entries) else steps(shape)


def _turns(item: ItemFacts) -> list[date]:
    """The days on which an item's measures change without an entry."""
    turns = [day for day in (item.stated_on, item.closed_on) if day is not None]
    for deadline in item.deadlines:
        if deadline.until_on is not None:
            turns.append(deadline.until_on)
        if deadline.due_on is not None:
            turns.append(deadline.due_on + ONE_DAY)
    return turns


def _values(item: ItemFacts, day: date, quantities: dict[str, int], amounts: dict[str, int]) -> Vector:
    found, removed = quantities.get(Stage.FOUND, 0), quantities.get(Stage.REMOVED, 0)
    claimed, confirmed = quantities.get(Stage.CLAIMED, 0), quantities.get(Stage.CONFIRMED, 0)
    by_claim, by_finding = found - removed - claimed, found - removed - confirmed
    deadline = deadline_on(item.deadlines, day)
    undetermined = deadline.deadline_class == "undetermined"
    unconfirmed = not undetermined and not deadline.confirmed
    overdue = (
        deadline.confirmed
        and deadline.deadline_class in DATED
        and deadline.due_on is not None
        and deadline.due_on < day
    )
    stated = item.stated_on is not None and item.stated_on <= day
    counted = 1 if found > 0 else 0
    return (
        counted,
        found,
        removed,
        claimed,
        confirmed,
        counted if item.closed_on is not None and item.closed_on <= day else 0,
        by_claim if overdue else 0,
        by_finding if overdue else 0,
        by_claim if undetermined else 0,
        by_finding if undetermined else 0,
        by_claim if unconfirmed else 0,
        by_finding if unconfirmed else 0,
        0 if stated else by_claim,
        amounts.get(Stage.FOUND, 0),
        amounts.get(Stage.REMOVED, 0),
        amounts.get(Stage.CLAIMED, 0),
        amounts.get(Stage.CONFIRMED, 0),
    )
