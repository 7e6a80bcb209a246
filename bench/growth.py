"""From ten thousand issues and some hundred works, imported for real, to a hundred times as many, by SQL.

A copy stands at the same place, of the same kind and on the same days as what it copies, so every roll-up
is that of the first ones times a number; no figure has to be computed anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench import database
from bench.database import Connection, execute, rows

FIRST = 10_000
TEXTS = ("description", "goal", "progress", "note", "search_text")
KEYS = (
    "id", "campaign_key", "list_key", "category_key", "programme_key", "township_key", "counted_in",
    "day", "month",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ledger:
    """Tables of things that are counted, each with its entries, and of what they are summed up in."""

    items: Sequence[tuple[str, str]]
    rollups: Sequence[str]


ISSUES = Ledger(
    [("issues_issue", "issues_issueentry")], ("issues_issuebalance", "issues_issueday", "issues_issuemonth")
)
WORKS = Ledger(
    [("projects_project", "projects_projectentry"), ("projects_fund", "projects_fundentry")],
    ("projects_projectbalance", "projects_projectday", "projects_projectmonth"),
)


def grow(name: str, count: int, *, slim: bool = False) -> None:
    """Copy the first FIRST issues until ``count`` stand there; ``slim`` leaves out texts and indexes.

    Slim rows serve pages that read roll-ups: one that read issues after all would be slower, not faster."""
    _grow(name, ISSUES, count // FIRST, slim=slim)


def grow_works(name: str, count: int) -> int:
    """Copy the works and funds that were imported until at least ``count`` works stand there; how many do."""
    with database.connect(name) as connection:
        first = rows(connection, "SELECT COUNT(*) FROM projects_project WHERE number NOT LIKE '%-%-%'")[0][0]
    times = -(-count // first)
    _grow(name, WORKS, times, slim=True)
    return int(first * times)


def _grow(name: str, ledger: Ledger, times: int, *, slim: bool) -> None:
    """``times`` as many as the first ones, of which some copies may stand there already."""
    with database.connect(name) as connection:
        execute(connection, "SET session_replication_role = replica", "SET synchronous_commit = off")
        if slim:
            _drop_indexes(connection, ledger)
        there = _there(connection, ledger.items[0][0])
        copies = f"generate_series({there}, {times - 1}) AS copy(number)"
        for items, entries in ledger.items:
            own = "number NOT LIKE '%-%-%'"
            step = rows(connection, f"SELECT COALESCE(MAX(id), 0) FROM {items} WHERE {own}")[0][0]
            _copy(connection, items, "id", copies, step, slim=slim)
            _copy(connection, entries, "item_id", copies, step, slim=slim)
        _multiply(connection, ledger.rollups, times, there)
        execute(
            connection,
            "UPDATE townships_revision SET number = number + 1",
            "VACUUM (ANALYZE)",
        )


def _there(connection: Connection, items: str) -> int:
    """How many times the first ones stand there."""
    statement = f"SELECT COUNT(*) / GREATEST(COUNT(*) FILTER (WHERE number NOT LIKE '%-%-%'), 1) FROM {items}"
    return int(rows(connection, statement)[0][0])


def _columns(connection: Connection, table: str) -> list[str]:
    found = rows(
        connection,
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_name = %s AND table_schema = 'public'",
        [table],
    )
    return [name for (name,) in found]


def _copy(connection: Connection, table: str, own: str, copies: str, step: int, *, slim: bool) -> None:
    """Copies of the rows of the first ones, known by ``own``; what a copy is numbered follows from what it
    copies."""
    moved = {
        "id": f"id + {step} * copy.number",
        "item_id": f"item_id + {step} * copy.number",
        "number": "first.number || '-' || copy.number",
    }
    if own == "item_id":
        last = rows(connection, f"SELECT COALESCE(MAX(id), 0) FROM {table} WHERE item_id <= %s", [step])[0][0]
        moved["id"] = f"id + {last} * copy.number"
    if slim:
        moved |= dict.fromkeys(TEXTS, "''") | dict.fromkeys(("cells", "extra"), "'{}'::jsonb")
    names = _columns(connection, table)
    values = ", ".join(moved.get(name, f'first."{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    execute(
        connection,
        f"INSERT INTO {table} ({quoted}) SELECT {values} FROM {table} AS first, {copies} "
        f'WHERE first."{own}" <= {step}',
    )


def _multiply(connection: Connection, tables: Iterable[str], times: int, before: int) -> None:
    """Roll-ups of ``times`` as many as the first ones, from those of ``before``."""
    for table in tables:
        measures = [name for name in _columns(connection, table) if name not in KEYS]
        changes = ", ".join(f'"{name}" = "{name}" / {before} * {times}' for name in measures)
        execute(connection, f"UPDATE {table} SET {changes}")


def _drop_indexes(connection: Connection, ledger: Ledger) -> None:
    """All but keys and what is found by its day."""
    tables = [table for pair in ledger.items for table in pair]
    found = rows(
        connection,
        "SELECT indexname FROM pg_indexes WHERE tablename = ANY(%s) "
        "AND indexdef NOT LIKE '%%UNIQUE%%' AND indexname NOT LIKE '%%entry_by_day'",
        [tables],
    )
    execute(connection, *(f'DROP INDEX "{name}"' for (name,) in found))
