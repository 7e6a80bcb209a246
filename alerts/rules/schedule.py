"""序时进度: which share of an issue is planned to be done by a day, and how far behind the plan it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

WHOLE = 10_000
"""Hundredths of a percentage point in 100 %; shares are whole numbers of them, as the database counts."""


def planned_by_time(begun_on: date, due_on: date, on: date) -> int:
    """Elapsed ÷ total, in hundredths of a point; all of it from the due date on, nothing before the start."""
    total = (due_on - begun_on).days
    if total <= 0 or on >= due_on:
        return WHOLE
    return max(0, (on - begun_on).days) * WHOLE // total


def planned_by_nodes(nodes: Iterable[tuple[date, Decimal]], whole: Decimal, on: date) -> int:
    """The share of the last node up to ``on`` (quantities done by a day, in what is counted)."""
    reached = [quantity for day, quantity in nodes if day <= on]
    planned = min(max(reached, default=Decimal(0)), whole)
    return int(planned * WHOLE // whole) if whole > 0 else WHOLE


def behind(planned: int, claimed: Decimal, whole: Decimal) -> int:
    """Hundredths of a percentage point behind the plan; 0 where it is kept."""
    done = int(claimed * WHOLE // whole) if whole > 0 else WHOLE
    return max(0, planned - done)
