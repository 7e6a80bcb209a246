"""What people decided about a file: names of units, deadlines, columns, headers, single cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from issues.rules.report import Kind
from issues.rules.row_dates import DeadlineDecision
from rectify.lib.cn_dates import DeadlineClass
from rectify.lib.cn_text import fold


@dataclass(frozen=True, slots=True)
class SheetDecisions:
    """About one sheet: its kind, its header rows, column letter → field (None: no field), and the cells
    corrected: row → letter or field → text."""

    kind: Kind | None = None
    header_rows: tuple[int, ...] = ()
    columns: Mapping[str, str | None] = field(default_factory=dict)
    rows: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decisions:
    """`units`: text → code of the unit it means, None to keep the text; `deadlines`: text → meaning."""

    units: Mapping[str, str | None] = field(default_factory=dict)
    deadlines: Mapping[str, DeadlineDecision] = field(default_factory=dict)
    sheets: Mapping[str, SheetDecisions] = field(default_factory=dict)

    def of_sheet(self, name: str) -> SheetDecisions:
        """What was decided about a sheet."""
        return self.sheets.get(name, SheetDecisions())

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Decisions:
        """From ``{"units": {text: code or null}, "deadlines": {text: {"class", "due_on", "long"}}, "sheets":
        {name: {"kind", "header_rows", "columns": {letter: field or null}, "rows": {row: {letter: text}}}}}``;
        ``{"as_read": true}`` in place of a class confirms a deadline as it was read.

        Raises ValueError for a class, a kind or a day that does not exist.
        """
        deadlines = {fold(text): _deadline(said) for text, said in told.get("deadlines", {}).items()}
        sheets = {name: _sheet(said) for name, said in told.get("sheets", {}).items()}
        return cls(dict(told.get("units", {})), deadlines, sheets)


def _deadline(said: Mapping[str, Any]) -> DeadlineDecision:
    if said.get("as_read"):
        return DeadlineDecision(None)
    due_on = said.get("due_on")
    return DeadlineDecision(
        DeadlineClass(said.get("class", DeadlineClass.DATED)),
        date.fromisoformat(due_on) if due_on else None,
        bool(said.get("long", False)),
    )


def _sheet(said: Mapping[str, Any]) -> SheetDecisions:
    kind = said.get("kind")
    return SheetDecisions(
        kind=Kind(kind) if kind else None,
        header_rows=tuple(int(row) for row in said.get("header_rows", ())),
        columns={letter: field_name or None for letter, field_name in said.get("columns", {}).items()},
        rows={int(row): dict(fields) for row, fields in said.get("rows", {}).items()},
    )
