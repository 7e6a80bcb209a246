"""Steps of a project recorded by hand, and whether each kept its date: late work stays visible when done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from projects.rules.stages import WORK_STAGES, Stage

RECORDED = (Stage.ALLOTTED, Stage.STARTED, Stage.COMPLETED, Stage.ACCEPTED, Stage.FUNDED, Stage.PAID)
"""What a hand records. What is arranged and what is due move by a decided change alone."""
REPORTED = (Stage.STARTED, Stage.COMPLETED)
"""What a unit reports of its own works."""


BEFORE = {
    **dict(zip(WORK_STAGES[1:], WORK_STAGES, strict=False)),
    Stage.FUNDED: Stage.DUE,
    Stage.PAID: Stage.FUNDED,
}
"""Stage → the one it follows."""


def rest(stage: Stage, totals: Mapping[Stage, Decimal]) -> Decimal:
    """How much of the stage before has not come to ``stage`` yet; 0 where nothing is left."""
    return max(Decimal(0), totals[BEFORE[stage]] - totals[stage])


def done_on(moves: Iterable[tuple[date, Decimal]], whole: Decimal) -> date | None:
    """The day from which on the sum of ``moves`` reaches ``whole``; None where it does not, or is 0."""
    total, since = Decimal(0), None
    for day, quantity in sorted(moves):
        total += quantity
        if total < whole:
            since = None
        elif since is None:
            since = day
    return since if whole > 0 else None


def timing(word: str, due_on: date | None, done: date | None, on: date) -> str:
    """How a step (``word``: 动工, 完工) stands to its date on the day ``on``; empty while it is not due."""
    if done is not None:
        told = f"{done.year}年{done.month}月{done.day}日{word}"
        if due_on is None:
            return told
        return f"{told}，逾期{(done - due_on).days}天办结" if done > due_on else f"{told}，按期办结"
    if due_on is None or on <= due_on:
        return ""
    return f"未按期{word}，逾期{(on - due_on).days}天"
