"""Rounds (期): their periods, the three dates of each, and how a unit stands in one. Pure values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

WEEK = 7
TENTHS = (10, 20)
"""The days on which the first two 旬 of a month end (W-088)."""
SHORTEST_ZERO = 4
"""Characters of the sentence with which a unit says "nothing"."""
NUDGE_HOURS = 20
"""A unit is chased at most once in so many hours, whoever chases."""


class Rhythm(StrEnum):
    """How often: 周调度、旬报告、月通报 (W-088), or once."""

    WEEKLY = "weekly"
    TEN_DAYS = "ten_days"
    MONTHLY = "monthly"
    ONCE = "once"

    @property
    def label(self) -> str:
        return {"weekly": "周调度", "ten_days": "旬报告", "monthly": "月通报", "once": "一次性"}[self.value]

    @property
    def suffix(self) -> str:
        """How a collection is called after its matter: 整改进展周调度, 问题线索收集."""
        return "收集" if self is Rhythm.ONCE else self.label


class Matter(StrEnum):
    """What is collected. Nobody fills in a form for it: what a unit does in the system is its answer."""

    PROGRESS = "progress"
    LEADS = "leads"
    SELF_CHECK = "self_check"

    @property
    def label(self) -> str:
        return {"progress": "整改进展", "leads": "问题线索", "self_check": "自查问题"}[self.value]

    @property
    def takes_zero(self) -> bool:
        """零报告 only where "nothing" is an answer; with nothing due, progress is 免报 by itself."""
        return self is not Matter.PROGRESS


class Standing(StrEnum):
    """How a unit stands in a round."""

    AWAITED = "awaited"
    FILED = "filed"
    ZERO = "zero"
    LATE = "late"
    SILENT = "silent"
    EXEMPT = "exempt"

    @property
    def label(self) -> str:
        return STANDING_LABELS[self]


STANDING_LABELS: dict[Standing, str] = {
    Standing.AWAITED: "待报",
    Standing.FILED: "已报",
    Standing.ZERO: "零报告",
    Standing.LATE: "迟报",
    Standing.SILENT: "未报",
    Standing.EXEMPT: "免报",
}
OWING = (Standing.AWAITED, Standing.SILENT)
"""What is still to come."""
OWES_NOTHING = "已报送或者已关门"
"""Why a warning of a round is over."""


@dataclass(frozen=True, slots=True)
class Period:
    """Beijing dates, both included."""

    first: date
    last: date

    @property
    def label(self) -> str:
        """As it is headed in a table: 5月1日—10日, 5月28日—6月3日."""
        last = f"{self.last.day}日" if self.last.month == self.first.month else _day(self.last)
        return f"{_day(self.first)}—{last}"


@dataclass(frozen=True, slots=True)
class Dates:
    """应报 (told by then), 算按时 (not late until then), 关门 (not taken after it)."""

    due_on: date
    on_time_until: date
    closes_on: date


@dataclass(frozen=True, slots=True)
class Filed:
    """What is known of a unit in a round: the day it first answered, whether with "nothing", whether
    anything was due of it, until when an exception lets it in."""

    answered_on: date | None = None
    is_zero: bool = False
    is_due: bool = True
    late_until: date | None = None


def period_of(rhythm: Rhythm, day: date) -> Period:
    """The period that ``day`` lies in: Monday to Sunday, 旬 (1–10, 11–20, 21–end) or month."""
    if rhythm is Rhythm.WEEKLY:
        first = day - timedelta(days=day.weekday())
        return Period(first, first + timedelta(days=WEEK - 1))
    month = Period(day.replace(day=1), _month_end(day))
    if rhythm is Rhythm.MONTHLY:
        return month
    if rhythm is Rhythm.TEN_DAYS:
        ends = [month.first.replace(day=end) for end in TENTHS] + [month.last]
        starts = [month.first, *(end + timedelta(days=1) for end in ends[:-1])]
        return next(Period(*pair) for pair in zip(starts, ends, strict=True) if day <= pair[1])
    raise ValueError("a collection that happens once says its own period")


def periods(rhythm: Rhythm, begins: Period, today: date) -> list[Period]:
    """The periods from ``begins.first`` that have begun by ``today`` and by ``begins.last``, oldest first;
    the first and the last are cut to what the collection covers."""
    if rhythm is Rhythm.ONCE:
        return [begins] if begins.first <= today else []
    found, day = [], begins.first
    while day <= min(today, begins.last):
        whole = period_of(rhythm, day)
        found.append(Period(day, min(whole.last, begins.last)))
        day = whole.last + timedelta(days=1)
    return found


def dates_of(period: Period, *, due: int, grace: int, door: int, add: Callable[[date, int], date]) -> Dates:
    """The three dates: ``due`` working days after the period's end, ``grace`` and ``door`` further ones.

    ``add`` counts working days, as ``Workdays.add``; with 0 it gives the day itself."""
    due_on = add(period.last, due)
    on_time_until = add(due_on, grace)
    return Dates(due_on, on_time_until, add(on_time_until, door))


def standing(filed: Filed, dates: Dates, today: date) -> Standing:
    """What the matrix shows of one unit. An answer after the door closed counts only with an exception."""
    door = max(dates.closes_on, filed.late_until or dates.closes_on)
    if filed.answered_on is not None and filed.answered_on <= door:
        if filed.answered_on > dates.on_time_until:
            return Standing.LATE
        return Standing.ZERO if filed.is_zero else Standing.FILED
    if not filed.is_due:
        return Standing.EXEMPT
    return Standing.AWAITED if today <= dates.on_time_until else Standing.SILENT


def asking_refusal(ground: str, approver: str, period: Period, dates: tuple[int, int, int]) -> str:
    """Why it may not be asked of anybody, one sentence; "" where it may: no round without a ground, an
    approver and an end (2024 整治形式主义为基层减负若干规定)."""
    if not ground.strip():
        return "请写明依据：没有依据的，不得要求基层报送。"
    if not approver.strip():
        return "请写明批准人：未经批准的，不得要求基层报送。"
    if period.last < period.first:
        return "结束日期早于开始日期。"
    if min(dates) < 0:
        return "应报、算按时、关门的天数不能小于零。"
    return ""


def zero_refusal(matter: Matter, words: str, dates: Dates, late_until: date | None, today: date) -> str:
    """Why "nothing" is not taken, one sentence; "" where it is."""
    if not matter.takes_zero:
        return "整改进展不用零报告：没有应报事项的，系统自动记为免报。"
    if len(words.strip()) < SHORTEST_ZERO:
        return "请用一句话说明为什么没有，例如：已排查全部村组，没有发现新的问题。"
    door = max(dates.closes_on, late_until or dates.closes_on)
    if today > door:
        return f"本期已于{_day(door)}关门；确需补报的，请联系县整改办开通补报。"
    return ""


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
