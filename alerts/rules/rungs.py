"""One rung of the ladder as a value; on which rung, and at which of its planned days, something stands.

``alerts.queries.standing`` says the same in SQL; a test by properties holds the two together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise

from alerts.rules.ladder import Colour, Level, Subject
from townships.rules.roles import Duty

WEEK = 7
POINT = 100
"""Hundredths in a percentage point."""
FURTHEST = 366
"""Days from its anchor that a rung may stand at most."""
MOST_REPEATS = 10


@dataclass(frozen=True, slots=True)
class RungSpec:
    """Reached ``days`` after the anchor (negative: before) and, where there are ``points``, that many
    percentage points behind 序时进度; told to the seats of ``duties`` that day, again after each of
    ``repeats`` days, then weekly until somebody acts. ``colour`` and ``word`` are the light meanwhile."""

    subject: Subject
    level: Level
    days: int
    colour: Colour
    word: str
    duties: tuple[Duty, ...]
    repeats: tuple[int, ...] = ()
    points: int | None = None
    is_urgent: bool = False

    @property
    def height(self) -> int:
        return self.level.height

    @property
    def offsets(self) -> tuple[int, ...]:
        """Days after the rung's first on which it is told, before it is told weekly: 0 first."""
        return (0, *accumulate(self.repeats))

    @property
    def when(self) -> str:
        """到期前20天, 到期后第1天, 落后10个百分点."""
        if self.points is not None:
            return f"落后{self.points}个百分点"
        if self.days < 0:
            return f"到期前{-self.days}天"
        return f"第{self.days}天" if self.subject in COUNTED_UP else f"逾期第{self.days}天"

    @property
    def rhythm(self) -> str:
        """隔3天、7天再提醒，以后每周一次."""
        gaps = "、".join(str(days) for days in self.repeats)
        return f"隔{gaps}天再提醒，以后每周一次" if gaps else "每周一次"


COUNTED_UP = (Subject.STALLED, Subject.UNCHECKED, Subject.BEHIND)
"""Subjects without a date to be late for: days are counted from the last movement, from the application."""


@dataclass(frozen=True, slots=True)
class Standing:
    """On which rung, at which of its planned days (0 the first), and when that day was."""

    rung: RungSpec
    step: int
    planned_on: date


def step_at(rung: RungSpec, days_on_rung: int) -> tuple[int, int]:
    """The newest planned day of a rung reached ``days_on_rung`` (≥ 0) ago: its number, and how long ago."""
    offsets = rung.offsets
    if days_on_rung < offsets[-1]:
        step = bisect_right(offsets, days_on_rung) - 1
        return step, days_on_rung - offsets[step]
    weeks, days = divmod(days_on_rung - offsets[-1], WEEK)
    return len(offsets) - 1 + weeks, days


def reached(rungs: Sequence[RungSpec], anchor_on: date | None, on: date, behind: int = 0) -> RungSpec | None:
    """The highest of one subject's rungs that is reached on ``on``; None without an anchor: no date is never
    today. ``behind`` in hundredths of a percentage point."""
    if anchor_on is None:
        return None
    elapsed = (on - anchor_on).days
    for rung in sorted(rungs, key=lambda rung: -rung.height):
        is_behind = rung.points is None or behind >= rung.points * POINT
        if rung.days <= elapsed and is_behind:
            return rung
    return None


def standing(rungs: Sequence[RungSpec], anchor_on: date | None, on: date, behind: int = 0) -> Standing | None:
    """Where something stands on ``on``; None below the first rung."""
    rung = reached(rungs, anchor_on, on, behind)
    if rung is None or anchor_on is None:
        return None
    step, ago = step_at(rung, (on - anchor_on).days - rung.days)
    return Standing(rung, step, on - timedelta(days=ago))


def next_planned(rungs: Sequence[RungSpec], anchor_on: date, on: date) -> Standing | None:
    """What comes after ``on`` if nothing is done: the next planned day of this rung or the first of the next.

    None where no rung depends on days alone."""
    by_days = [rung for rung in rungs if rung.points is None]
    if not by_days:
        return None
    now = standing(by_days, anchor_on, on)
    day = min((anchor_on + timedelta(days=rung.days) for rung in by_days), default=on)
    day = day if now is None else now.planned_on
    while day <= on or standing(by_days, anchor_on, day) == now:
        day += timedelta(days=1)
    return standing(by_days, anchor_on, day)


def problems(rungs: Iterable[RungSpec]) -> list[str]:
    """Why a set of rungs cannot be a rule, one Chinese sentence each; empty: it can."""
    by_subject: dict[Subject, list[RungSpec]] = {}
    for rung in rungs:
        by_subject.setdefault(rung.subject, []).append(rung)
    found = [text for rung in rungs for text in _problems_of(rung)]
    for subject, own in by_subject.items():
        own.sort(key=lambda rung: rung.height)
        if len({rung.level for rung in own}) < len(own):
            found.append(f"{subject.label}：同一梯级只能设一次。")
        elif not all(_climbs(lower, higher) for lower, higher in pairwise(own)):
            found.append(f"{subject.label}：梯级越高，天数或百分点应越大。")
    return found


def _climbs(lower: RungSpec, higher: RungSpec) -> bool:
    if lower.points is None and higher.points is None:
        return lower.days < higher.days
    return lower.days <= higher.days and (lower.points or 0) < (higher.points or 0)


def _problems_of(rung: RungSpec) -> list[str]:
    name = f"{rung.subject.label}·{rung.level.label}"
    gaps = (*rung.repeats, WEEK)
    checks = (
        (not rung.duties, f"{name}：至少送达一个岗位。"),
        (not 0 < len(rung.word.strip()) <= 20, f"{name}：灯语须写，最多20个字。"),
        (abs(rung.days) > FURTHEST, f"{name}：天数须在{FURTHEST}天以内。"),
        (rung.points is not None and not 0 < rung.points <= 100, f"{name}：百分点须在1到100之间。"),
        (
            rung.points is not None and rung.subject is not Subject.BEHIND,
            f"{name}：只有滞后序时进度按百分点。",
        ),
        (rung.points is None and rung.subject is Subject.BEHIND, f"{name}：请写落后几个百分点。"),
        (
            len(rung.repeats) > MOST_REPEATS
            or any(gap < 1 for gap in gaps)
            or any(earlier > later for earlier, later in pairwise(gaps)),
            f"{name}：再提醒的间隔应越来越长，最长{WEEK}天，此后每周一次。",
        ),
    )
    return [text for is_wrong, text in checks if is_wrong]
