"""From ten thousand issues, imported for real, to ten and a hundred times as many, by SQL alone.

A copy stands at the same place, in the same category and on the same days as what it copies, so every roll-up
is that of the first ten thousand times a number; no figure has to be computed anew.
"""

from __future__ import annotations

from bench import database
from bench.database import Connection, execute, rows

FIRST = 10_000
TEXTS = ("description", "goal", "progress", "note", "search_text")
ROLLUPS = ("issues_issuebalance", "issues_issueday", "issues_issuemonth")
KEYS = ("id", "campaign_key", "list_key", "category_key", "township_key", "counted_in", "day", "month")


def grow(name: str, count: int, *, slim: bool = False) -> None:
    """Copy the first FIRST issues until ``count`` stand there; ``slim`` leaves out texts and indexes.

    Slim rows serve pages that read roll-ups: one that read issues after all would be slower, not faster."""
    with database.connect(name) as connection:
        execute(connection, "SET session_replication_role = replica", "SET synchronous_commit = off")
        there = rows(connection, "SELECT COUNT(*) FROM issues_issue")[0][0] // FIRST
        if slim:
            _drop_indexes(connection)
        copies = f"generate_series({there}, {count // FIRST - 1}) AS copy(number)"
        step = rows(connection, "SELECT MAX(id) FROM issues_issue WHERE number NOT LIKE '%-%-%'")[0][0]
        _copy(connection, "issues_issue", copies, step, slim=slim)
        _copy(connection, "issues_issueentry", copies, step, slim=slim)
        _multiply(connection, count // FIRST, there)
        execute(
            connection,
            "UPDATE townships_revision SET number = number + 1",
            "VACUUM (ANALYZE)",
        )


def _columns(connection: Connection, table: str) -> list[str]:
    found = rows(
        connection,
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_name = %s AND table_schema = 'public'",
        [table],
    )
    return [name for (name,) in found]


def _copy(connection: Connection, table: str, copies: str, step: int, *, slim: bool) -> None:
    """Copies of the rows of the first ones; what a copy is numbered follows from what it copies."""
    moved = {
        "id": f"id + {step} * copy.number",
        "item_id": f"item_id + {step} * copy.number",
        "number": "first.number || '-' || copy.number",
    }
    if table == "issues_issueentry":
        moved["id"] = f"id + {2 * step} * copy.number"
    if slim:
        moved |= dict.fromkeys(TEXTS, "''") | dict.fromkeys(("cells", "extra"), "'{}'::jsonb")
    names = _columns(connection, table)
    values = ", ".join(moved.get(name, f'first."{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    own = "id" if table == "issues_issue" else "item_id"
    execute(
        connection,
        f"INSERT INTO {table} ({quoted}) SELECT {values} FROM {table} AS first, {copies} "
        f'WHERE first."{own}" <= {step}',
    )


def _multiply(connection: Connection, times: int, before: int) -> None:
    """Roll-ups of ``times`` × FIRST issues, from those of ``before`` × FIRST."""
    for table in ROLLUPS:
        measures = [name for name in _columns(connection, table) if name not in KEYS]
        changes = ", ".join(f'"{name}" = "{name}" / {before} * {times}' for name in measures)
        execute(connection, f"UPDATE {table} SET {changes}")


def _drop_indexes(connection: Connection) -> None:
    found = rows(
        connection,
        "SELECT indexname FROM pg_indexes WHERE tablename IN ('issues_issue', 'issues_issueentry') "
        "AND indexdef NOT LIKE '%UNIQUE%' AND indexname <> 'issue_entry_by_day'",
    )
    execute(connection, *(f'DROP INDEX "{name}"' for (name,) in found))
