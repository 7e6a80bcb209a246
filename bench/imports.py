"""The import of 50,000 rows against reading and COPY alone, its memory and statements; and the dry run."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import database, workbook
from bench.database import Connection, rows
from bench.floors import FIGURES
from bench.house import CAMPAIGN, House
from bench.processor import Run, run
from bench.results import Result, at_most, floor_holds

IMPORT_MOST = DRY_RUN_MOST = 3.0
MEMORY_MOST = 400  # MB
SAMPLE = workbook.LEDGER
MANAGE = (sys.executable, "manage.py")
SECONDS = 240
"""No further pair begins after so many seconds: on a machine that others use too, one may take minutes."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An import and its floor, one after the other."""

    written: Run
    floor: Run
    reading: float
    """CPU seconds of the floor before its COPY."""
    copied: int
    """Rows in all tables."""

    @property
    def ratio(self) -> float:
        return self.written.cpu / self.floor.cpu


class Imports:
    """Measures in copies of the house's database, which nobody may use meanwhile."""

    def __init__(self, house: House, machine: float, count: int, pairs: int) -> None:
        self._house, self._machine, self._count, self._pairs = house, machine, count, pairs
        self._copy = f"{house.name}_pair"

    def results(self, wanted: set[str]) -> Iterator[Result]:
        """The measures of ``wanted``: import, statements, dry-run."""
        if "import" in wanted:
            yield from self._import()
        if "statements" in wanted:
            yield self._statements()
        if "dry-run" in wanted:
            yield self._dry_run()

    # --- fifty thousand rows --------------------------------------------------------------------------------

    def _import(self) -> Iterator[Result]:
        path = workbook.build(self._house.folder / "rows.xlsx", self._count)
        started, pairs = time.monotonic(), [self._pair(path)]
        while len(pairs) < self._pairs and time.monotonic() - started < SECONDS:
            pairs.append(self._pair(path))
        middle = sorted(pairs, key=lambda pair: pair.ratio)[len(pairs) // 2]
        name, written, floor = (
            f"import of {self._count:,} x {len(workbook.HEADS)}",
            middle.written,
            middle.floor,
        )
        note = (
            f"pairs: {len(pairs)}; Python {written.process:.1f} s + PostgreSQL {written.database:.1f} s "
            f"against {floor.process:.1f} s + {floor.database:.1f} s for {middle.copied:,} rows; "
            f"wall {written.wall:.1f} s, floor {floor.wall:.1f} s"
        )
        ratio = median(pair.ratio for pair in pairs)
        yield at_most(name, written.cpu, floor.cpu, ratio, IMPORT_MOST, "s", note)
        peak = max(pair.written.peak for pair in pairs) / 1e6
        note = "the process and the child that reads, together"
        yield Result(
            "its memory at the peak", peak, "MB", f"<= {MEMORY_MOST} MB", peak <= MEMORY_MOST, note=note
        )
        share = self._count / 50_000
        figures = FIGURES["read"] * share, FIGURES["copy"] * middle.copied / 50_000
        yield floor_holds("floor: reading", middle.reading, figures[0], self._machine, "s")
        yield floor_holds("floor: COPY", floor.cpu - middle.reading, figures[1], self._machine, "s")

    def _pair(self, path: Path) -> Pair:
        folder = self._house.folder / "copied"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        written, copied = self._written(path, folder)
        database.create(self._copy, self._house.name)
        command = (
            sys.executable,
            "-m",
            "bench.floors.import_rows",
            str(path),
            database.dsn(self._copy),
            str(folder),
        )
        floor = run(command, self._house.env(self._copy), self._copy)
        database.drop(self._copy)
        return Pair(written, floor, float(floor.output), copied)

    def _written(self, path: Path, folder: Path) -> tuple[Run, int]:
        """Import into a copy of the house; its new rows go to ``folder``, as the floor takes them."""
        database.create(self._copy, self._house.name)
        with database.connect(self._copy) as connection:
            before = _last_ids(connection)
        written = run(
            (*MANAGE, "import_sheet", str(path), "--campaign", CAMPAIGN),
            self._house.env(self._copy),
            self._copy,
        )
        with database.connect(self._copy) as connection:
            copied = sum(_copy_out(connection, table, last, folder) for table, last in before.items())
            issues = rows(connection, "SELECT COUNT(*) FROM issues_issue")[0][0]
        database.drop(self._copy)
        if issues != self._count:
            raise RuntimeError(f"the import wrote {issues} of {self._count} rows: {written.output[-2000:]}")
        return written, copied

    # --- statements -----------------------------------------------------------------------------------------

    def _statements(self) -> Result:
        """Statements of imports of one, two and four thousand rows: as many more for every thousand."""
        sent = [self._sent(count) for count in (1_000, 2_000, 4_000)]
        first, second = sent[1] - sent[0], (sent[2] - sent[1]) / 2
        note = f"{sent[0]} for 1,000 rows, {sent[1]} for 2,000, {sent[2]} for 4,000"
        return Result(
            "statements per thousand rows",
            second,
            "",
            "constant",
            first == second,
            first,
            second / first,
            note,
        )

    def _sent(self, count: int) -> int:
        path = workbook.build(self._house.folder / f"rows{count}.xlsx", count)
        counts = self._house.folder / "statements"
        database.create(self._copy, self._house.name)
        env = self._house.env(self._copy, BENCH_COUNTS=str(counts))
        run((*MANAGE, "import_sheet", str(path), "--campaign", CAMPAIGN), env)
        database.drop(self._copy)
        return int(counts.read_text(encoding="ascii"))

    # --- dry run --------------------------------------------------------------------------------------------

    def _dry_run(self) -> Result:
        pairs = []
        for _ in range(5):
            dry = run(
                (*MANAGE, "import_sheet", str(SAMPLE), "--dry-run"), self._house.env(), self._house.name
            )
            pairs.append((dry, run((*MANAGE, "check"), self._house.env(), self._house.name)))
        dry, check = (sorted((pair[side] for pair in pairs), key=lambda one: one.cpu)[2] for side in (0, 1))
        ratio = median(dry.cpu / check.cpu for dry, check in pairs)
        note = f"wall {dry.wall:.1f} s, check {check.wall:.1f} s"
        return at_most(
            "dry run of 1,245 rows against `manage.py check`",
            dry.cpu,
            check.cpu,
            ratio,
            DRY_RUN_MOST,
            "s",
            note,
        )


def _last_ids(connection: Connection) -> dict[str, int]:
    """Every table with an id, and the last one given out."""
    tables = rows(
        connection,
        "SELECT table_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_name = 'id' AND data_type = 'bigint'",
    )
    return {
        table: rows(connection, f'SELECT COALESCE(MAX(id), 0) FROM "{table}"')[0][0] for (table,) in tables
    }


def _copy_out(connection: Connection, table: str, last: int, folder: Path) -> int:
    """Write a table's new rows to a CSV with heads; how many there are."""
    selected = f'SELECT * FROM "{table}" WHERE id > {last} ORDER BY id'
    path = folder / f"{table}.csv"
    with connection.cursor() as cursor, path.open("wb") as file:
        cursor.copy_expert(f"COPY ({selected}) TO STDOUT WITH (FORMAT csv, HEADER)", file)
        count: int = cursor.rowcount
    if not count:
        path.unlink()
    return count
