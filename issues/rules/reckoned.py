"""What moved an issue's deadline, in words: one line a fact, in the order of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rectify.lib.cn_dates.words import Line, cn_day


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to move the date: until when, and what came of it ("" while it waits)."""

    asked_on: date
    original_due_on: date
    wanted_on: date
    answer: str = ""
    granted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Stood:
    """Days that did not count: from ``first`` until the day before ``until``."""

    first: date
    until: date
    document: str
    ended_early: bool = False


def immediate(found_on: date, due_on: date) -> Line:
    """立行立改 is due some days after it was found, as its list says."""
    days = (due_on - found_on).days
    return "起算", f"立行立改，自列入之日{cn_day(found_on)}起{days}天（由清单设定），到{cn_day(due_on)}。"


def extensions(asked: Iterable[Asked]) -> list[Line]:
    """Each request, what was granted and what was not."""
    return [
        (
            "延期",
            f"{cn_day(one.asked_on)}申请由{cn_day(one.original_due_on)}延至{cn_day(one.wanted_on)}，"
            + (f"同意延至{cn_day(one.granted_on)}。" if one.granted_on else f"{one.answer or '等批复'}。"),
        )
        for one in asked
    ]


def pauses(stood: Iterable[Stood]) -> list[Line]:
    """Each interval in which the clock stood still."""
    return [
        (
            "暂停计时",
            f"{cn_day(one.first)}起不计时，{cn_day(one.until)}{'提前' if one.ended_early else ''}恢复，"
            f"共{(one.until - one.first).days}天（{one.document}）。",
        )
        for one in stood
    ]
