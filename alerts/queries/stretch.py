"""A stretch of a subject's items as they stand on a day, judged once and kept in a temporary table.

Telling, voiding and lights all ask where items stand: asked of the source itself each would judge every open
item again, and that is what a scan costs. The table lives as long as the scan's turn.

Columns of ``STANDING``: ``item_key``, ``item_number``, ``seat_key`` (the unit whose seats are told, or null),
``anchor_day``, ``height``, ``elapsed``, ``step``, ``ago`` and ``nth``, 1 in the one row of an item
and anchor that stands for the item. No two rows have the same item, anchor and seat.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from alerts.queries import statements
from alerts.queries.asked import Asked, Span
from alerts.queries.source import Reached
from alerts.queries.statements import Statement

STANDING = "scan_standing"
_NOTHING = "SELECT {columns} WHERE 1 = 0"
_TYPES = {"item_key": "bigint", "item_number": "text", "unit_key": "bigint", "anchor_day": "date"}


def judge(asked: Asked, span: Span) -> None:
    """Fill ``STANDING`` anew; in a transaction."""
    keep(STANDING, standing(asked, span))
    if connection.vendor == "sqlite":  # which joins by an index or by trying every pair
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE INDEX {STANDING}_by_item ON {STANDING} (item_key)")


def keep(table: str, wanted: Statement) -> None:
    """The rows of ``wanted`` as a temporary table."""
    forget(table)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {table} AS {wanted.sql}", wanted.params)


def holds(table: str) -> bool:
    """Whether a temporary table has any rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608
        return cursor.fetchone() is not None


def forget(*tables: str) -> None:
    """Drop temporary tables that may be there."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")


def standing(asked: Asked, span: Span) -> Statement:
    """SELECT of the rows of ``STANDING``: the source's items with who is named for them, else its rows."""
    source, rungs = asked.source, asked.rungs
    if source.items is not None:
        judged = _judged(asked, [source.items(asked.campaign_id, asked.on)], span)
    else:
        judged = _judged(asked, source.rows(asked.campaign_id, asked.on), span)
    named = _named(asked, span)
    unit, joined = "one.unit_key", ""
    if named is not None:
        unit = "CASE WHEN named.item_key IS NULL THEN one.unit_key ELSE named.unit_key END"
        joined = f"LEFT JOIN ({named.sql}) AS named ON named.item_key = one.item_key"
    sql = f"""
        SELECT item_key, item_number, seat_key, anchor_day, height, elapsed,
          {statements.step_sql(rungs)} AS step, {statements.ago_sql(rungs)} AS ago, nth
        FROM (
          SELECT item_key, item_number, seat_key, anchor_day, height, elapsed,
            ROW_NUMBER() OVER by_seat AS nth, LAG(seat_key) OVER by_seat AS seat_before
          FROM (
            SELECT one.item_key, CAST(SUBSTR(one.item_number, 1, 40) AS varchar(40)) AS item_number,
              {statements.folded_sql(unit, asked.successors)} AS seat_key,
              one.anchor_day, one.height, one.elapsed
            FROM ({judged.sql}) AS one {joined}
          ) AS answered
          WINDOW by_seat AS (PARTITION BY item_key, anchor_day ORDER BY seat_key NULLS LAST)
        ) AS ordered
        WHERE nth = 1 OR seat_before <> seat_key
    """  # noqa: S608
    return Statement(sql, (*judged.params, *(() if named is None else named.params)))


def _judged(asked: Asked, found: list[QuerySet[Any]], span: Span) -> Statement:
    """item_key, item_number, unit_key, anchor_day, elapsed, height of what stands on a rung."""
    latest = latest_anchor(asked)
    behind = "behind" if asked.source.has_points else "0 AS behind"
    fence, reached = statements.fence(), asked.source.reached
    parts = [part for rows in found if (part := _part(rows, latest, span, reached)) is not None]
    sources = " UNION ALL ".join(
        f"SELECT item_key, item_number, unit_key, anchor_day, {behind} FROM ({part.sql} {fence}) AS part"  # noqa: S608
        for part in parts
    )
    if not parts:
        columns = (f"{statements.typed('NULL', kind)} AS {name}" for name, kind in _TYPES.items())
        sources = _NOTHING.format(columns=", ".join((*columns, "0 AS behind")))
    sql = f"""
        SELECT item_key, item_number, unit_key, anchor_day, elapsed, height FROM (
          SELECT item_key, item_number, unit_key, anchor_day, elapsed,
            {statements.height_sql(asked.rungs)} AS height
          FROM (
            SELECT item_key, item_number, unit_key, anchor_day, behind,
              {statements.elapsed_sql(asked.on)} AS elapsed
            FROM ({sources}) AS source WHERE anchor_day <= %s
          ) AS dated {fence}
        ) AS judged
        WHERE height IS NOT NULL
    """  # noqa: S608
    return Statement(sql, (*(value for part in parts for value in part.params), statements.on(latest)))


def _part(rows: QuerySet[Any], latest: date, span: Span, reached: Reached) -> Statement | None:
    wanted = statements.until(rows, latest) if reached is None else rows.filter(reached(latest))
    wanted = wanted.filter(item_key__gte=span.first, item_key__lte=span.last)
    try:
        return statements.of(wanted)
    except EmptyResultSet:  # the queryset cannot find anything (an empty IN)
        return None


def _named(asked: Asked, span: Span) -> Statement | None:
    if asked.source.items is None or asked.source.named is None:
        return None
    return statements.of(asked.source.named().filter(item_key__gte=span.first, item_key__lte=span.last))


def latest_anchor(asked: Asked) -> date:
    """The last anchor that stands on a rung."""
    return date.fromordinal(asked.on.toordinal() - min(rung.days for rung in asked.rungs))
