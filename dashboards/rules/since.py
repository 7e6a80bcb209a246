"""The earlier day that a board is compared with: a date, or a name that moves along with the board's day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dashboards.rules.asking import day_from
from dashboards.rules.figures import plain
from dashboards.rules.tallies import TallyError

USUAL = "week"
ONE_DAY = timedelta(days=1)
LAST_DAYS_OF_TENDAYS = (10, 20)
"""旬: 1–10, 11–20, 21 to the end of the month (周调度、旬报告、月通报, W-088)."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A day to compare with; figures stand for its end. ``code`` is what the address says."""

    code: str
    label: str
    on: date


def earlier_days(on: date, start_on: date | None) -> tuple[Earlier, ...]:
    """The days offered beside the board of ``on``: last Sunday, the last 旬 and month that are over, and the
    day before the campaign began where that is past."""
    monday = on - timedelta(days=on.weekday())
    offered = [
        Earlier("week", "上周末", monday - ONE_DAY),
        Earlier("tenday", "上旬末", _end_of_last_tenday(on)),
        Earlier("month", "上月末", on.replace(day=1) - ONE_DAY),
    ]
    if start_on is not None and start_on <= on:
        offered.append(Earlier("start", "开始前", start_on - ONE_DAY))
    return tuple(offered)


def _end_of_last_tenday(on: date) -> date:
    past = [day for day in LAST_DAYS_OF_TENDAYS if day < on.day]
    return on.replace(day=past[-1]) if past else on.replace(day=1) - ONE_DAY


def earlier_day(text: str, on: date, start_on: date | None) -> Earlier:
    """The day that ``text`` names (nothing: last Sunday); TallyError where it is not before ``on``."""
    wanted = text.strip() or USUAL
    offered = {one.code: one for one in earlier_days(on, start_on)}
    if wanted in offered:
        return offered[wanted]
    if wanted == "start":
        raise TallyError("这项工作没有开始日期，或在截至日还没有开始，不能与开始前比较。")
    day = day_from(wanted)
    if day >= on:
        raise TallyError(f"比较日 {day.isoformat()} 应早于截至日 {on.isoformat()}。")
    return Earlier(day.isoformat(), "", day)


@dataclass(frozen=True, slots=True)
class Change:
    """A figure's change since the earlier day: ``mark`` for eyes, ``words`` for ears and paper."""

    mark: str
    words: str


def change(difference: Decimal, then: Earlier, word: str) -> Change:
    """▲12 and 比6月3日增加12个; nothing changed: 持平."""
    day = f"{then.on.month}月{then.on.day}日"
    if difference == 0:
        return Change("持平", f"比{day}没有变化")
    amount = plain(abs(difference))
    if difference > 0:
        return Change(f"▲{amount}", f"比{day}增加{amount}{word}")
    return Change(f"▼{amount}", f"比{day}减少{amount}{word}")


def changes(differences: Mapping[str, Decimal], then: Earlier, words: Mapping[str, str]) -> dict[str, Change]:
    """Figure → its change; ``words``: figure → what it counts."""
    return {name: change(value, then, words.get(name, "")) for name, value in differences.items()}
