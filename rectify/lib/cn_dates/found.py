"""A date found in a text: first and last day, how exactly it was written, the year rule for those without."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from rectify.lib.workdays import Workdays


class Precision(StrEnum):
    """How exactly a date was written; anything coarser than a day stands for its last day."""

    DAY = "day"
    PART = "part"  # 上旬, 月初, 本周: a stretch without one agreed last day
    END = "end"  # 6月底, 三季度末, 年底: a period with its end named
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


Kind = Literal["date", "duration", "recurring", "event", "time"]


@dataclass(frozen=True, slots=True)
class Found:
    """One reading of a stretch of normalised text, `start` to `end`. `problem` is Chinese, for a warning."""

    start: int
    end: int
    kind: Kind = "date"
    first: date | None = None
    on: date | None = None
    precision: Precision = Precision.DAY
    certain: bool = True
    year: int | None = None  # as the text gave it, for the dates after it
    replaces_last: bool = False  # 自5月1日起3个月内: the date before is only where the count begins
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What a date without a year counts from. `past` takes the latest one not after the reference date."""

    ref_date: date
    workdays: Workdays
    past: bool = False
    year: int | None = None
    last: Found | None = None


Span = tuple[date, date]


def month_end(year: int, month: int) -> date:
    """The last day of a month; ValueError where there is no such month or year."""
    return date(year, month, 1).replace(day=calendar.monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def resolve(make: Callable[[int], Span], year: int | None, context: Context) -> tuple[Span, bool]:
    """The first and last day that `make` gives in the right year, and whether that year is certain.

    Without a year of its own a date takes the one written before it in the text, else that of the reference
    date; where that lies more than half a year back, the next. Raises ValueError for an impossible day.
    """
    if year is not None:
        return make(year), True
    if context.year is not None:
        span = make(context.year)
        last = context.last.on if context.last else None
        return (make(context.year + 1) if last and span[1] < last else span), True
    span = make(context.ref_date.year)
    if context.past:
        return (make(context.ref_date.year - 1) if span[0] > context.ref_date else span), True
    if add_months(span[1], 6) < context.ref_date:
        return make(context.ref_date.year + 1), False
    return span, True
