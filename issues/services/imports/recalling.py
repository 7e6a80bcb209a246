"""What imports said of stored items before, and what people decided about them since.

A row that says again what it said before undoes nothing of that. Asked once a batch of rows: the figures by
one grouped query, the decisions only where a row of the batch differs in what can be decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from django.db import models
from django.db.models import Sum

from issues.models import FieldChange, Issue, PastDeadline
from issues.rules.stages import Cause, State, UnitRole
from rectify.lib.measures import Break, EntryFact
from rectify.lib.posting import Movement, fact

Row = TypeVar("Row", FieldChange, PastDeadline)
NOTHING = Decimal(0)
FILES = (Cause.IMPORT.value, Cause.WITHDRAWAL.value)
"""Causes by which a file said something, or its word was taken back; of issues and of works alike."""
NO_DECISION = (*FILES, Cause.CALENDAR.value)
DECIDED = ("units", "description", "progress", "leader", "person", "project", "due_on", "deadline")
"""Fields of an issue that an act may give another value than its row."""


@dataclass(slots=True)
class Figures:
    """The ledger of one item: every line as summed by day, and by stage what files brought."""

    lines: list[EntryFact] = field(default_factory=list)
    quantities: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    is_acted_on: bool = False

    def refused(
        self, moves: Iterable[Movement], broken: Callable[[Sequence[EntryFact]], Break | None]
    ) -> str:
        """Why the ledger would not take ``moves`` beside what people have entered; "" where it does. What
        only files brought, it is left to say itself."""
        if not self.is_acted_on:
            return ""
        lines = [*self.lines, *(fact(move) for move in moves)]
        found = broken(sorted(lines, key=lambda line: line.happened_on))
        return str(found) if found else ""


@dataclass(slots=True)
class Decision:
    """Somebody has decided a field since a file last gave it: ``before``, what it was meanwhile; the last
    ``cause``."""

    before: set[str] = field(default_factory=set)
    cause: str = ""


@dataclass(slots=True)
class Superseded:
    """Deadlines that acts replaced since a file last gave one; the last ``cause`` that is a decision."""

    keys: set[str] = field(default_factory=set)
    cause: str = ""


class Recalled:
    """Of the items ``ids``, whose lines are of ``entry``."""

    def __init__(self, entry: type[models.Model], ids: Sequence[int]) -> None:
        self._ids = list(ids)
        self._figures = _figures(entry, self._ids)

    def figures(self, pk: int) -> Figures:
        return self._figures.get(pk) or Figures()

    def decision(self, pk: int, name: str) -> Decision | None:
        """What was decided about a field of an issue since a file last gave it."""
        found: Decision | None = None
        for change in self._changes.get(pk, ()):
            if change.field != name:
                continue
            if change.cause in FILES:
                found = None
                continue
            found = found or Decision()
            found.before.add(change.before)
            found.cause = change.cause
        return found

    def superseded(self, issue: Issue) -> Superseded | None:
        """What acts put another deadline for, since a file last gave one; None where none did."""
        found = Superseded()
        for past in reversed(self._past.get(issue.pk, ())):
            if past.cause in FILES:
                break
            found.keys.add(deadline_key(past.deadline_class, past.due_on))
            _note(found, past.cause)
        tail: list[FieldChange] = []
        for change in self._changes.get(issue.pk, ()):
            if change.field == "deadline":
                tail = []
            elif change.field == "due_on":
                tail.append(change)
        for change in reversed(tail):  # on the day the present one began, no past one is kept
            found.keys.add(change.before)
            _note(found, change.cause)
        if issue.state == State.LONG_TERM:
            found.cause = found.cause or Cause.EXTENSION.value
        return found if found.keys or found.cause else None

    @cached_property
    def _changes(self) -> dict[int, list[FieldChange]]:
        rows = FieldChange.objects.filter(issue__in=self._ids, field__in=DECIDED).order_by("pk")
        return _by_issue(rows.only("issue_id", "field", "before", "cause"))

    @cached_property
    def _past(self) -> dict[int, list[PastDeadline]]:
        rows = PastDeadline.objects.filter(issue__in=self._ids).order_by("from_on")
        return _by_issue(rows)


def _note(found: Superseded, cause: str) -> None:
    if not found.cause and cause not in NO_DECISION:
        found.cause = cause


def _by_issue(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for one in rows:
        found[one.issue_id].append(one)
    return found


def _figures(entry: type[models.Model], ids: list[int]) -> dict[int, Figures]:
    lines = entry._default_manager.filter(item__in=ids).order_by("item_id", "happened_on")
    sums = lines.values_list("item_id", "stage", "happened_on", "cause")
    found: dict[int, Figures] = defaultdict(Figures)
    for pk, stage, day, cause, quantity, amount in sums.annotate(Sum("quantity"), Sum("amount")):
        one = found[pk]
        one.lines.append(fact(_Line(stage, quantity or NOTHING, day, amount)))
        if cause in FILES:
            one.quantities[stage] += quantity or NOTHING
            one.amounts[stage] += amount or NOTHING
        else:
            one.is_acted_on = True
    return found


@dataclass(frozen=True, slots=True)
class _Line:
    stage: str
    quantity: Decimal
    happened_on: date
    amount: Decimal | None


def deadline_key(deadline_class: str, due_on: date | None) -> str:
    """What two ways of writing one deadline have in common: its day, else its class."""
    return due_on.isoformat() if due_on else deadline_class


def units_told(parts: Iterable[tuple[UnitRole, str]]) -> str:
    """The units as ``life.assigning`` keeps them in an issue's history."""
    return "、".join(f"{name}（{role.label}）" for role, name in parts)
