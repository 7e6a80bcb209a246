"""The scan of a million open issues: the first against writing its rows, the next against an anti-join."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bench import database
from bench.database import Connection, execute, rows
from bench.growth import FIRST, TEXTS
from bench.house import DAY, House
from bench.processor import Run, cpu, run
from bench.results import Result, at_most

FULL, QUICK = 1_000_000, 50_000
FIRST_MOST, AGAIN_MOST, MEMORY_MOST = 1.5, 2.0, 1.2
SCAN = (sys.executable, "manage.py", "scan_deadlines", "--json")
FLOOR = Path(__file__).parent / "floors" / "scan.sql"
WRITTEN = ("alerts_alert", "alerts_lightchange")


class Scans:
    """Measures in a copy of the house's database, which nobody may use meanwhile."""

    def __init__(self, house: House, count: int) -> None:
        self._house, self._count = house, count
        self._copy = f"{house.name}_scan"

    def results(self) -> Iterator[Result]:
        """First scan, next scan, memory."""
        small = self._measured(FIRST)[0]
        first, again, writing, joining, made = self._measured(self._count)
        name = f"first scan of {self._count:,} open issues"
        note = f"{made:,} rows; Python {first.process:.1f} s; wall {first.wall:.1f} s"
        yield at_most(name, first.cpu, writing, first.cpu / writing, FIRST_MOST, "s", note)
        name = f"scan of {self._count:,}, nothing new"
        note = f"Python {again.process:.1f} s; wall {again.wall:.1f} s"
        yield at_most(name, again.cpu, joining, again.cpu / joining, AGAIN_MOST, "s", note)
        peak, least = first.peak / 1e6, small.peak / 1e6
        name = f"memory of a scan of {self._count:,} against {FIRST:,}"
        yield at_most(name, peak, least, peak / least, MEMORY_MOST, "MB")

    def _measured(self, count: int) -> tuple[Run, Run, float, float, int]:
        """First scan, next scan, CPU seconds of writing its rows and of one anti-join a subject, rows."""
        database.create(self._copy, self._house.name)
        try:
            with database.connect(self._copy) as connection:
                open_issues(connection, count)
            first = run(SCAN, self._house.env(self._copy), self._copy)
            with database.connect(self._copy) as connection:
                writing, made = _writing(connection)
                execute(connection, *(f"VACUUM (ANALYZE) {table}" for table in WRITTEN))
                joining = _spent(connection, FLOOR.read_text(encoding="utf-8").format(day=DAY))
            again = run(SCAN, self._house.env(self._copy), self._copy)
            return first, again, writing, joining, made
        finally:
            database.drop(self._copy)


def open_issues(connection: Connection, count: int) -> None:
    """``count`` open issues with dates from forty days ago to half a year ahead, found ten days ago.

    Copies of the imported ones without their texts; a township answers for each."""
    execute(connection, "SET session_replication_role = replica", "SET synchronous_commit = off")
    last, there = rows(connection, "SELECT MAX(id), COUNT(*) FROM issues_issue")[0]
    known = "SELECT column_name FROM information_schema.columns WHERE table_name = 'issues_issue'"
    names = [name for (name,) in rows(connection, known)]
    own = {
        "id": f"id + {last} * copy.number",
        "number": "first.number || '-' || copy.number",
        **dict.fromkeys(TEXTS, "''"),
        **dict.fromkeys(("cells", "extra"), "'{}'::jsonb"),
    }
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(own.get(name, f'first."{name}"') for name in names)
    copies = f"generate_series(1, {max(count // there - 1, 0)}) AS copy(number)"
    execute(
        connection,
        f"INSERT INTO issues_issue ({columns}) SELECT {values} FROM issues_issue AS first, {copies}",
        "UPDATE issues_issue SET state = 'registered', deadline_class = 'dated', deadline_confirmed = TRUE, "
        "claimed = 0, confirmed = 0, removed = 0, found = GREATEST(found, 1000000), "
        f"found_on = DATE '{DAY}' - 10, due_on = DATE '{DAY}' - 40 + CAST(id % 220 AS int)",
        "DELETE FROM issues_issueentry WHERE stage <> 'found'",
        # Not the tables of alerts: nobody looks at an empty table before its first row.
        "VACUUM (ANALYZE) issues_issue, issues_issueentry, issues_issueunit",
    )


def _writing(connection: Connection) -> tuple[float, int]:
    """CPU of INSERT … SELECT of what the scan wrote, from a table that holds just that; and how many rows."""
    spent, made = 0.0, 0
    for table in WRITTEN:
        execute(connection, f"CREATE TABLE kept AS TABLE {table}", f"TRUNCATE {table} CASCADE")
        spent += _spent(connection, f"INSERT INTO {table} SELECT * FROM kept")
        made += rows(connection, "SELECT COUNT(*) FROM kept")[0][0]
        execute(connection, "DROP TABLE kept")
    return spent, made


def _spent(connection: Connection, statements: str) -> float:
    """CPU of the backend for the statements."""
    pid = rows(connection, "SELECT pg_backend_pid()")[0][0]
    before = cpu(pid) or 0.0
    execute(connection, statements)
    return (cpu(pid) or 0.0) - before
