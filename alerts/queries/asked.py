"""What a scan asks of one subject: its rungs, where its seats are, which day, which stretch of items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from alerts.queries.source import Source
from alerts.rules.rungs import RungSpec


@dataclass(frozen=True, slots=True)
class Asked:
    """One subject of one campaign on the day ``on``: its rungs, where its seats are, what counts as 存量.

    ``offices``: units with a seat of 督查室; ``successors``: closed unit → the one that stands for it;
    ``unseen_before``: what stood on its rung before this day and was never told is 存量; ``made_at``: now;
    ``is_new``: nothing was ever told of the subject before this scan, so that nothing of it can be over."""

    source: Source
    rungs: tuple[RungSpec, ...]
    campaign_id: int
    campaign_unit: int
    rules_id: int | None
    on: date
    made_at: datetime
    offices: tuple[int, ...]
    successors: dict[int, int]
    unseen_before: date
    is_new: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Items by id, both ends included: a stretch that one statement looks at."""

    first: int
    last: int
