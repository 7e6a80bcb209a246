"""What the scan writes, a statement each: alerts, changes of lights; two scans at once take turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from alerts.models import Alert, LightChange
from alerts.queries.lights import COLUMNS as LIGHT_COLUMNS
from alerts.queries.standing import COLUMNS
from alerts.queries.statements import Statement
from alerts.queries.stretch import forget, keep
from issues.models import Issue, IssueUnit

SCAN_LOCK = 7_301_998
WORK_MEMORY = "64MB"
"""For a stretch to be joined without files in between."""
FEW = 500
"""Changed rows after which no table is looked at anew."""
TURNS = "scan_turns"
Seats = Counter[tuple[int, int, str]]
"""(height, unit, duty) → alerts."""


@contextmanager
def turn() -> Iterator[None]:
    """A transaction in which no other scan writes; SQLite has one writer anyway."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SCAN_LOCK])
                # Compiling these statements costs seconds, running them milliseconds.
                cursor.execute("SET LOCAL jit = off")
                cursor.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
        yield


@contextmanager
def by_hashing() -> Iterator[None]:
    """No other kind of join meanwhile. While a first scan fills the table, statistics say that it is empty:
    every item would be compared with all alerts of the stretch, one by one; or all would be sorted."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on; SET LOCAL enable_mergejoin = on")


def look_at_sizes() -> None:
    """PostgreSQL learns how large tables are that changed much since it looked: a ledger imported just now
    would else be joined as if it were empty, for minutes, until the server looks itself."""
    if connection.vendor != "postgresql":
        return
    tables = [model._meta.db_table for model in (Alert, LightChange, Issue, IssueUnit)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stat.relname FROM pg_stat_user_tables AS stat JOIN pg_class ON pg_class.oid = stat.relid "
            "WHERE stat.relname = ANY(%s) AND pg_table_is_visible(stat.relid) "
            "AND stat.n_mod_since_analyze > %s + GREATEST(pg_class.reltuples, 0) / 10",
            [tables, FEW],
        )
        if changed := [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]:
            cursor.execute(f"ANALYZE {', '.join(changed)}")


def insert(wanted: Statement) -> Seats:
    """Write the alerts."""
    table = Alert._meta.db_table
    inserting = f'INSERT INTO "{table}" ({", ".join(COLUMNS)}) {wanted.sql} RETURNING height, unit_id, duty'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"WITH made AS ({inserting}) SELECT height, unit_id, duty, COUNT(*) FROM made "  # noqa: S608
                "GROUP BY height, unit_id, duty",
                wanted.params,
            )
            return Counter({tuple(row[:3]): row[3] for row in cursor.fetchall()})
        cursor.execute(inserting, wanted.params)
        return Counter(tuple(row) for row in _all_of(cursor))


def write(changes: Statement) -> None:
    """Write changes of lights; the newest of an item is its latest. Only a scan in its turn writes them."""
    table, columns = LightChange._meta.db_table, ", ".join(f'"{name}"' for name in LIGHT_COLUMNS)
    with by_hashing():
        keep(TURNS, changes)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*), COUNT(last_id) FROM {TURNS}")  # noqa: S608
        found, followed = cursor.fetchone()
        if followed:
            cursor.execute(
                f'UPDATE "{table}" SET is_latest = FALSE '  # noqa: S608
                f"WHERE id IN (SELECT last_id FROM {TURNS} WHERE last_id IS NOT NULL)"
            )
        if found:
            cursor.execute(
                f'INSERT INTO "{table}" ({columns}, is_latest) SELECT {columns}, TRUE FROM {TURNS} '  # noqa: S608
                "ORDER BY item_id"
            )
    forget(TURNS)


def counted(wanted: Statement) -> Seats:
    """How many there would be."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH planned ({', '.join(COLUMNS)}) AS ({wanted.sql}) "  # noqa: S608
            "SELECT height, unit_id, duty, COUNT(DISTINCT item_id) FROM planned "
            "GROUP BY height, unit_id, duty",
            wanted.params,
        )
        return Counter({tuple(row[:3]): row[3] for row in cursor.fetchall()})


def _all_of(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while batch := cursor.fetchmany(10_000):
        yield from batch
