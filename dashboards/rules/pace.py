"""How far a campaign is in time, how far it should be by then, and how far it is (序时进度).

第N天 counts the first day as 1 and the last as the campaign's length; what stands at the end of a day has had
that whole day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import pairwise

from dashboards.rules.figures import TENTH, ZERO
from dashboards.rules.sentences import chinese_date

WHOLE = Decimal(100)


class Phase(StrEnum):
    """Where a day lies in a campaign; standing work without an end is never over."""

    BEFORE = "before"
    RUNNING = "running"
    AFTER = "after"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Goal:
    """A planned share (per cent of what is to be done) at the end of a day."""

    on: date
    share: Decimal
    name: str = ""


@dataclass(frozen=True, slots=True)
class Days:
    """A campaign's calendar seen on ``on``; both ends may be open. ``goals`` in the order of their days."""

    start_on: date | None
    end_on: date | None
    on: date
    goals: tuple[Goal, ...] = ()

    @property
    def phase(self) -> Phase:
        if self.start_on is not None and self.on < self.start_on:
            return Phase.BEFORE
        if self.end_on is None:
            return Phase.STANDING
        return Phase.AFTER if self.on > self.end_on else Phase.RUNNING

    @property
    def length(self) -> int | None:
        """Days from the first to the last, both counted; None without both."""
        if self.start_on is None or self.end_on is None:
            return None
        return (self.end_on - self.start_on).days + 1

    @property
    def number(self) -> int | None:
        """第几天; None before the first day, after the last, and where no first day was set."""
        if self.start_on is None or self.phase in (Phase.BEFORE, Phase.AFTER):
            return None
        return (self.on - self.start_on).days + 1

    @property
    def elapsed(self) -> Decimal | None:
        """Time gone in per cent of the whole, 0 before and 100 after; None where there is no whole."""
        if self.start_on is None or self.length is None:
            return None
        gone = min(max((self.on - self.start_on).days + 1, 0), self.length)
        return Decimal(gone) * 100 / self.length

    @property
    def where(self) -> str:
        """第6天，共100天 / 第300天，常年工作 / 6月1日开始，还有3天 / 9月8日已结束，过了12天."""
        if self.phase is Phase.BEFORE:
            assert self.start_on is not None  # noqa: S101 - before what has no beginning there is no day
            return f"{chinese_date(self.start_on)}开始，还有{(self.start_on - self.on).days}天"
        if self.phase is Phase.AFTER:
            assert self.end_on is not None  # noqa: S101 - as above
            return f"{chinese_date(self.end_on)}已结束，过了{(self.on - self.end_on).days}天"
        if self.number is None:
            return "常年工作" if self.phase is Phase.STANDING else ""
        whole = "常年工作" if self.phase is Phase.STANDING else f"共{self.length}天"
        return f"第{self.number}天，{whole}"

    @property
    def until_end(self) -> str:
        """距结束还有94天; empty where there is no end, and when it is past."""
        if self.end_on is None or self.phase is Phase.AFTER:
            return ""
        return "今天结束" if self.on == self.end_on else f"距结束还有{(self.end_on - self.on).days}天"

    @property
    def until_goal(self) -> str:
        """距9月30日清零目标还有122天: the last goal that was set; without one the end of the year."""
        goal = self.goals[-1] if self.goals else None
        if goal is None:
            return f"距年底还有{(date(self.on.year, 12, 31) - self.on).days}天"
        named = f"{goal.on.month}月{goal.on.day}日{goal.name or '目标日'}"
        left = (goal.on - self.on).days
        if left == 0:
            return f"今天是{named}"
        return f"距{named}还有{left}天" if left > 0 else f"{named}已过{-left}天"

    @property
    def planned(self) -> Decimal | None:
        """What share should be done by the end of ``on``, in per cent: between two goals in proportion to the
        days, from nothing before the first day; without goals the time elapsed. None: no plan can be told."""
        return _between(self) if self.goals else self.elapsed

    @property
    def is_by_goals(self) -> bool:
        return bool(self.goals)


def _between(days: Days) -> Decimal | None:
    """The planned share between the goals around the day."""
    before: Goal | None = None
    if days.start_on is not None:
        before = Goal(date.fromordinal(days.start_on.toordinal() - 1), ZERO)
    for goal in days.goals:
        if days.on >= goal.on:
            before = goal
            continue
        if before is None:  # no first day and the first goal still ahead: nothing is planned yet
            return None
        if days.on <= before.on:
            return before.share
        part = Decimal((days.on - before.on).days) / (goal.on - before.on).days
        return before.share + (goal.share - before.share) * part
    return before.share if before else None


@dataclass(frozen=True, slots=True)
class Pace:
    """What is done beside what should be, in per cent; ``ahead`` in percentage points, below 0 behind."""

    done: Decimal
    planned: Decimal
    name: str = "完成"

    @property
    def ahead(self) -> Decimal:
        return _tenth(self.done) - _tenth(self.planned)

    @property
    def word(self) -> str:
        """超前, 持平, 滞后 (W-047)."""
        if self.ahead == 0:
            return "持平"
        return "超前" if self.ahead > 0 else "滞后"

    @property
    def words(self) -> str:
        """完成17.5%，序时进度6.0%，超前11.5个百分点."""
        both = f"{self.name}{_tenth(self.done)}%，序时进度{_tenth(self.planned)}%"
        points = "" if self.ahead == 0 else f"{abs(self.ahead)}个百分点"
        return f"{both}，{self.word}{points}"


def pace(done: Decimal, total: Decimal, planned: Decimal | None, name: str = "完成") -> Pace | None:
    """``done`` of ``total`` against the plan, called ``name``; None without anything to do or a plan."""
    if total == 0 or planned is None:
        return None
    return Pace(done * 100 / total, planned, name)


def in_order(goals: Sequence[Goal]) -> bool:
    """Whether later goals ask for more than earlier ones."""
    by_day = sorted(goals, key=lambda goal: goal.on)
    return all(one.share < other.share for one, other in pairwise(by_day))


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(TENTH, ROUND_HALF_UP)
