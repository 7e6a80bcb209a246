"""先斩后奏: works that began before their 下达, or beyond it. The start waits; the flag keeps its date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from projects.rules.stages import Stage
from rectify.lib.measures import EntryFact


class AheadState(StrEnum):
    WAITING = "waiting"
    POSTED = "posted"
    STRUCK = "struck"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS = {
    AheadState.WAITING: "等下达",
    AheadState.POSTED: "下达后已入账",
    AheadState.STRUCK: "登记有误，已撤销",
}

MARK = "先行动工"
"""The word of the flag, on the list and on the project's page."""


def told(started_on: date, state: AheadState, posted_on: date | None) -> str:
    """2018-05-12已先行动工，尚未下达; once the 下达 is there, on which day the start entered the ledger."""
    if state is AheadState.WAITING:
        return f"{started_on.isoformat()}已先行动工，尚未下达"
    if state is AheadState.STRUCK or posted_on is None:
        return f"{started_on.isoformat()}先行动工的登记已撤销"
    if posted_on <= started_on:
        return f"{started_on.isoformat()}动工，下达后补记，按当日入账"
    days = (posted_on - started_on).days
    return f"{started_on.isoformat()}已先行动工，{posted_on.isoformat()}下达后入账，早{days}天"


def beyond(entries: Sequence[EntryFact], quantity: int, on: date) -> int:
    """How much of ``quantity`` (millionths), started on the day ``on``, no 下达 covers from that day on."""
    return max(0, quantity - max(0, _room(entries, on)))


def postings(entries: Sequence[EntryFact], quantity: int, started_on: date) -> list[tuple[date, int]]:
    """On which days how much of a waiting start can enter the ledger: each part as early as the 下达 allows,
    never before it was so. Quantities in millionths; what is not covered yet goes on waiting."""
    known = list(entries)
    days = sorted(
        {started_on, *(one.happened_on for one in known if one.stage == Stage.ALLOTTED)} - {date.min}
    )
    parts: list[tuple[date, int]] = []
    for day in (day for day in days if day >= started_on):
        part = min(quantity, _room(known, day))
        if part > 0:
            parts.append((day, part))
            known.append(EntryFact(Stage.STARTED, part, 0, day))
            quantity -= part
    return parts


def _room(entries: Sequence[EntryFact], on: date) -> int:
    """The least that is allotted and not started on any day from ``on`` on."""
    ways = {Stage.ALLOTTED: 1, Stage.STARTED: -1}
    total, sums = 0, {on: 0}
    for one in sorted(entries, key=lambda entry: entry.happened_on):
        total += ways.get(Stage(one.stage), 0) * one.quantity
        sums[max(on, one.happened_on)] = total
    return min(sums.values())
