"""What a subject of warning has to offer the scan: rows of items, who is to be told of each, and since when.

A room or a module that has something with a deadline writes one ``Source`` and names it in
``alerts.queries.sources``. The scan does the rest: rungs, steps, seats, never twice, lights, voids.

Querysets of a source are compiled to SQL and stay in the database; they give these columns, as annotations:

- ``item_key``     id of the item (``Subject.item`` says of which table)
- ``item_number``  how a person finds it, at most 40 characters
- ``unit_key``     the unit whose seats are told (who answers); null: nobody is told
- ``anchor_day``   the day the rungs count from: the deadline's version. Null never reads as today
- ``behind``       hundredths of a percentage point behind 序时进度; only where rungs have points

Rows of one item may repeat for several units. A row must be there as long as the item is open: when it goes,
what was told is voided and the light turns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from alerts.rules.ladder import Subject

Rows = QuerySet[Any]
Reached = Callable[[date], Q] | None
ROW = ("item_key", "item_number", "unit_key", "anchor_day")
NAMED = ("item_key", "unit_key")
LOST = ("item_key", "item_number", "anchor_day")


@dataclass(frozen=True, slots=True)
class Source:
    """``rows(campaign id, day)``: querysets of open items × units to be told, with the columns of ``ROW``
    (and ``behind``); ``items``, where the subject has a light: each item once, with the same columns;
    ``named()``, beside ``items``: with the columns of ``NAMED``, the units that answer for an item instead of
    its ``unit_key``, null where they have done their share. Items and who is named say the same as rows: the
    scan judges the items, and asks the rows only of those few whose alerts may be over;
    ``nobody``: of items that no unit answers for, with those of ``LOST``, and ``why`` in words;
    ``held(campaign id)``: ids of items whose next rung waits (an extension is pending); the light does not;
    ``reached(day)``: where the anchor of items is computed, a condition that says of most of them at less
    cost that it lies after the day; ``over``: why an alert of it is voided when its row is gone.

    Answer the same for every day but for what depends on it: the scan also asks for days to come."""

    subject: Subject
    rows: Callable[[int, date], list[Rows]]
    items: Callable[[int, date], Rows] | None = None
    nobody: Callable[[int, date], Rows] | None = None
    why: str = "没有责任单位，也没有所在乡镇，无人可告知"
    held: Callable[[int], QuerySet[Any]] | None = None
    named: Callable[[], Rows] | None = None
    reached: Reached = None
    has_points: bool = False
    over: str = "已办结"
