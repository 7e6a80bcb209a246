"""What other rules would change before they take effect: on which rung items stand by the old and the new.

From the same SQL as the scan's; nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import EmptyResultSet
from django.db import connection

from alerts.queries import statements
from alerts.queries.source import Source
from alerts.queries.sources import SOURCES
from alerts.rules.ladder import LADDER, Subject
from alerts.rules.rungs import RungSpec

NOWHERE = "不预警"


@dataclass(frozen=True, slots=True)
class Effect:
    """So many items of a subject go from one rung to another (empty: they stand on none)."""

    subject: Subject
    before: str
    after: str
    items: int
    is_higher: bool

    @property
    def sentence(self) -> str:
        """整改期限：37件由“预警”变为“督办”."""
        return (
            f"{self.subject.label}：{self.items}件由“{self.before or NOWHERE}”变为“{self.after or NOWHERE}”"
        )


def effects(campaign_id: int, old: Sequence[RungSpec], new: Sequence[RungSpec], on: date) -> list[Effect]:
    """Every change of rung on the day ``on``, most items first. One query a subject and queryset."""
    found: list[Effect] = []
    for subject, source in SOURCES.items():
        before = [rung for rung in old if rung.subject is subject]
        after = [rung for rung in new if rung.subject is subject]
        if before == after:
            continue
        for (low, high), items in _moved(source, campaign_id, before, after, on).items():
            found.append(Effect(subject, _word(low), _word(high), items, high > low))
    return sorted(found, key=lambda effect: (not effect.is_higher, -effect.items))


def _word(height: int) -> str:
    return LADDER[height - 1].label if height else ""


def _moved(
    source: Source, campaign_id: int, before: Sequence[RungSpec], after: Sequence[RungSpec], on: date
) -> dict[tuple[int, int], int]:
    """(height by the old rungs, by the new) → items, where the two differ; 0: none."""
    moved: dict[tuple[int, int], int] = {}
    latest = on - timedelta(days=min(rung.days for rung in (*before, *after)))
    behind = "behind" if source.has_points else "0 AS behind"
    for rows in source.rows(campaign_id, on):
        try:
            found = statements.of(statements.until(rows, latest))
        except EmptyResultSet:
            continue
        sql = f"""
            SELECT low, high, COUNT(*) FROM (
              SELECT item_key, MAX(low) AS low, MAX(high) AS high FROM (
                SELECT item_key, {_height(before)} AS low, {_height(after)} AS high FROM (
                  SELECT item_key, {behind}, {statements.elapsed_sql(on)} AS elapsed
                  FROM ({found.sql} {statements.fence()}) AS source WHERE anchor_day <= %s
                ) AS dated
              ) AS judged GROUP BY item_key
            ) AS items WHERE low <> high GROUP BY low, high
        """  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(sql, (*found.params, statements.on(latest)))
            for low, high, items in cursor.fetchall():
                moved[low, high] = moved.get((low, high), 0) + items
    return moved


def _height(rungs: Sequence[RungSpec]) -> str:
    return f"COALESCE({statements.height_sql(rungs)}, 0)" if rungs else "0"
