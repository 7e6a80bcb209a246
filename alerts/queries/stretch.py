"""A stretch of a subject's items as they stand on a day, judged once and kept in a temporary table.

Telling, voiding and lights all ask where items stand: asked of the source itself each would judge every open
item again, and that is what a scan costs. The table lives as long as the scan's turn.

Columns of ``STANDING``: ``item_key``, ``item_number``, ``seat_key`` (the unit whose seats are told, or null),
``anchor_day``, ``height``, ``elapsed``, ``step`` and ``nth``, 1 in the one row of an item
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
    source = asked.source
    if source.items is not None:
        judged = _judged(asked, [source.items(asked.campaign_id, asked.on)], span)
    else:
        judged = _judged(asked, source.rows(asked.campaign_id, asked.on), span)
    answered = _by_named(asked, judged, span) if source.items is not None else _by_row(asked, judged)
    sql = f"""
        SELECT item_key, item_number, seat_key, anchor_day, height, elapsed, nth,
          {statements.step_sql(asked.rungs)} AS step
        FROM ({answered.sql}) AS answered
    """  # noqa: S608
    return Statement(sql, answered.params)


def nobody() -> Statement:
    """SELECT of no rows of ``STANDING``."""
    kinds = {
        "item_key": "bigint", "item_number": "text", "seat_key": "bigint", "anchor_day": "date",
        "height": "integer", "elapsed": "integer", "nth": "bigint", "step": "integer",
    }  # fmt: skip
    columns = (f"{statements.typed('NULL', kind)} AS {name}" for name, kind in kinds.items())
    return Statement(_NOTHING.format(columns=", ".join(columns)))


def _by_row(asked: Asked, judged: Statement) -> Statement:
    """Rows that may repeat, with the seats of their own units."""
    folded = statements.folded_sql("unit_key", asked.successors)
    columns = "item_key, item_number, anchor_day, height, elapsed"
    sql = f"SELECT {columns}, {folded} AS seat_key FROM ({judged.sql}) AS one"  # noqa: S608
    return _once(Statement(sql, judged.params), columns, "item_key, anchor_day")


def _by_named(asked: Asked, judged: Statement, span: Span) -> Statement:
    """Items, with the seats of those who are named for them. Put in order are the named, not the items: most
    are answered for by one unit."""
    columns = "one.item_key, item_number, anchor_day, height, elapsed"
    folded = statements.folded_sql("unit_key", asked.successors)
    named = asked.source.named
    if named is None:
        sql = f"SELECT {columns}, {folded} AS seat_key, 1 AS nth FROM ({judged.sql}) AS one"  # noqa: S608
        return Statement(sql, judged.params)
    found = statements.of(named().filter(item_key__gte=span.first, item_key__lte=span.last))
    of_found = f"SELECT item_key, {folded} AS seat_key FROM ({found.sql}) AS one"  # noqa: S608
    told = _once(Statement(of_found, found.params), "item_key", "item_key")
    sql = f"""
        SELECT {columns}, CASE WHEN told.item_key IS NULL THEN {folded} ELSE told.seat_key END AS seat_key,
          COALESCE(told.nth, 1) AS nth
        FROM ({judged.sql}) AS one LEFT JOIN ({told.sql}) AS told ON told.item_key = one.item_key
    """  # noqa: S608
    return Statement(sql, (*judged.params, *told.params))


def _once(rows: Statement, columns: str, key: str) -> Statement:
    """The rows, each seat of a ``key`` once, in order: with ``nth``, 1 in the first."""
    sql = f"""
        SELECT {columns}, seat_key, nth FROM (
          SELECT {columns}, seat_key,
            ROW_NUMBER() OVER by_seat AS nth, LAG(seat_key) OVER by_seat AS seat_before
          FROM ({rows.sql}) AS told
          WINDOW by_seat AS (PARTITION BY {key} ORDER BY seat_key NULLS LAST)
        ) AS ordered
        WHERE nth = 1 OR seat_before <> seat_key
    """  # noqa: S608
    return Statement(sql, rows.params)


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


def latest_anchor(asked: Asked) -> date:
    """The last anchor that stands on a rung."""
    return date.fromordinal(asked.on.toordinal() - min(rung.days for rung in asked.rungs))
