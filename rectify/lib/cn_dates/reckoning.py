"""How a deadline was counted: from which day, how many working days, which days off in between. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from rectify.lib.cn_dates.deadline import parse_deadline
from rectify.lib.workdays import Workdays

_DAY = timedelta(days=1)
WEEKEND = "周末"
COUNTED = "工作日"
"""Texts without it count no working days."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row that did not count, or working days where the week says none; ``name`` as the calendar
    calls them, ``document`` on whose word."""

    name: str
    first: date
    last: date
    document: str = ""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A deadline that a text gives when it is read from ``anchor``. ``workdays``: how many were counted; 0
    where it counts otherwise (三个月内). ``is_provisional``: a year in it has no official list (暂定)."""

    anchor: date
    due_on: date
    workdays: int = 0
    skipped: tuple[Stretch, ...] = ()
    made_up: tuple[Stretch, ...] = ()
    is_provisional: bool = False


@dataclass(frozen=True, eq=False)
class _Witness(Workdays):
    """The county's calendar, which remembers what it was asked to count."""

    asked: list[tuple[date, int]] = field(default_factory=list)

    def add(self, anchor: date, count: int) -> date:
        self.asked.append((anchor, count))
        return super().add(anchor, count)


def reckon(raw: str, anchors: Iterable[date], due_on: date, calendar: Workdays) -> Reckoning | None:
    """The reckoning by which ``raw`` gives ``due_on`` from the first of ``anchors`` that does; None where the
    text names the day itself, or where no anchor gives it (a person decided)."""
    for anchor in dict.fromkeys(anchors):
        witness = _Witness(calendar.days, calendar.official_years)
        read = parse_deadline(raw, ref_date=anchor, workdays=witness)
        if read is None or read.due_on != due_on:
            continue
        if witness.asked:
            return counted(*witness.asked[-1], calendar)
        return None if _names_the_day(raw, anchor, due_on, calendar) else Reckoning(anchor, due_on)
    return None


def recounted(raw: str, anchors: Iterable[date], due_on: date, before: Workdays, after: Workdays) -> date:
    """The day that a deadline moves to when the calendar changes; ``due_on`` where it does not hang on it."""
    reckoned = reckon(raw, anchors, due_on, before)
    if reckoned is None or not reckoned.workdays:
        return due_on
    return after.add(reckoned.anchor, reckoned.workdays)


def counted(anchor: date, count: int, calendar: Workdays) -> Reckoning:
    """``count`` working days after ``anchor``, with the days off that were passed over on the way."""
    due_on = calendar.add(anchor, count)
    days = [anchor + _DAY * offset for offset in range(1, (due_on - anchor).days + 1)]
    off = [day for day in days if not calendar.is_workday(day)]
    made_up = [day for day in days if day.weekday() >= 5 and calendar.is_workday(day)]
    return Reckoning(
        anchor,
        due_on,
        count,
        tuple(_stretches(off, calendar)),
        tuple(_stretches(made_up, calendar)),
        calendar.is_provisional(anchor, due_on),
    )


def _names_the_day(raw: str, anchor: date, due_on: date, calendar: Workdays) -> bool:
    """Whether the text gives the same day from another anchor: then it does not count from one."""
    other = parse_deadline(raw, ref_date=anchor - 3 * _DAY, workdays=calendar)
    return other is not None and other.due_on == due_on


def _stretches(days: Iterable[date], calendar: Workdays) -> list[Stretch]:
    """Days in a row as one, called by the first of them that the calendar lists."""
    found: list[Stretch] = []
    for day in days:
        kind, last = calendar.kind(day), found[-1] if found else None
        if last is None or last.last + _DAY != day:
            found.append(Stretch(kind.name or WEEKEND, day, day, kind.document))
        elif last.name == WEEKEND and kind.name:
            found[-1] = Stretch(kind.name, last.first, day, kind.document)
        else:
            found[-1] = Stretch(last.name, last.first, day, last.document)
    return found
