"""Sheets built in a test, and the demo county's units to read them with."""

import csv
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl.utils import range_boundaries

from issues.rules.reading import Decisions, ReadingContext, read_sheet
from issues.rules.report import SheetReport
from rectify.lib.sheets.types import Merge, Sheet
from rectify.lib.workdays import Workdays
from townships.rules.county import UnitRow, names_of, split_aliases
from townships.rules.names import UnitIndex, UnitName, UnitRecord

REPOSITORY = Path(__file__).resolve().parents[2]
MAY_20 = date(2018, 5, 20)
JUNE_6 = date(2018, 6, 6)
_FILES = (
    ("county.csv", "county"),
    ("townships.csv", "township"),
    ("villages.csv", "village"),
    ("departments.csv", "department"),
)


def _rows(name: str) -> list[dict[str, str]]:
    with (REPOSITORY / "demo" / "county" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _record(row: dict[str, str], level: Any) -> UnitRecord:
    def day(name: str) -> date | None:
        return date.fromisoformat(row[name]) if row.get(name) else None

    told = UnitRow(
        row["code"], row["name"], row["short_name"], level, note=row.get("note", ""),
        aliases=split_aliases(row.get("aliases", "")),
    )  # fmt: skip
    return UnitRecord(
        code=row["code"],
        name=row["name"],
        short_name=row["short_name"],
        kind=row.get("kind", "县"),
        level=level,
        parent_code=row.get("parent_code", "" if level == "county" else "510524"),
        opened_on=day("opened_on"),
        closed_on=day("closed_on"),
        successor_code=row.get("successor_code", ""),
        names=tuple(UnitName(text, role) for text, role in names_of(told).items()),  # type: ignore[arg-type]
    )


@cache
def county() -> UnitIndex:
    """Every unit of the demo county."""
    sets: dict[str, list[str]] = {}
    for row in _rows("unit_sets.csv"):
        sets.setdefault(row["set"], []).append(row["unit_code"])
    return UnitIndex((_record(row, level) for name, level in _FILES for row in _rows(name)), sets)


@cache
def calendar() -> Workdays:
    return Workdays.from_holidays(range(2015, 2027))


def context(**options: Any) -> ReadingContext:
    """The demo county on 2018-06-06, counting from 2018-05-20 unless told otherwise."""
    told = {
        "units": county(),
        "workdays": calendar(),
        "today": JUNE_6,
        "ref_date": MAY_20,
        "file_name": "台账.xlsx",
    }
    if "decisions" in options:
        options["decisions"] = Decisions.from_json(options["decisions"])
    return ReadingContext(**(told | options))


def sheet(rows: Sequence[Sequence[Any]], merges: str = "", name: str = "Sheet1", **about: Any) -> Sheet:
    """A sheet of these rows ("" is an empty cell), merged ranges as spreadsheets write them: "A1:C1 A3:A4"."""
    cells = [[None if value == "" else value for value in row] for row in rows]
    for row in cells:
        while row and row[-1] is None:
            row.pop()
    ranges = [range_boundaries(text) for text in merges.split()]
    merged = tuple(Merge(top, left, bottom, right) for left, top, right, bottom in ranges)
    return Sheet(name, cells, merged, **about)


def read(
    rows: Sequence[Sequence[Any]], merges: str = "", name: str = "Sheet1", **options: Any
) -> SheetReport:
    """The report of a sheet of these rows."""
    return read_sheet(sheet(rows, merges, name), context(**options))


def names(header: str) -> list[str]:
    """The names of a header, separated by spaces."""
    return header.split()


def table(header: str, *rows: Sequence[Any], **options: Any) -> SheetReport:
    """The report of a table with a header of one level (names separated by spaces) and these rows."""
    return read([header.split(), *rows], **options)


def fields(report: SheetReport) -> dict[str, str | None]:
    """Path → the contract's field, of every column."""
    return {column.name: column.field for column in report.columns}


def one(report: SheetReport) -> dict[str, Any]:
    """The fields of the only row, as the report shows them; fails where there are errors."""
    assert not report.errors, report.errors
    (row,) = report.rows
    shown: dict[str, Any] = row.to_json()["fields"]
    return shown
