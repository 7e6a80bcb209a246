"""What the rows of one sheet share while they are read: the table, its columns, its dates, what was said."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from issues.rules.cells import Row
from issues.rules.report import ColumnReport, Decision, RowProblem
from issues.rules.row_dates import RowDates
from issues.rules.unit_cells import UnitCells
from rectify.lib.sheets.shape import Column, Table
from rectify.lib.sheets.types import Value
from rectify.lib.sheets.words import written

_NOWHERE = ColumnReport(Column(0, ()), None)


@dataclass
class SheetScope:
    """One sheet while its rows are read. `last_day`: 截至, else the day the sheet counts from."""

    table: Table
    columns: list[ColumnReport]
    units: UnitCells
    last_day: date
    sheet_name: str = ""
    programme: str = ""
    year: int = 0
    counted_in: str = "个"
    errors: list[RowProblem] = field(default_factory=list)
    warnings: list[RowProblem] = field(default_factory=list)
    unknown: dict[str, Decision] = field(default_factory=dict)
    dates: RowDates = field(init=False)
    _last_unknown: dict[str, int] = field(default_factory=dict)

    @cached_property
    def _by_field(self) -> dict[str, ColumnReport]:
        return {column.reads: column for column in reversed(self.columns) if column.reads is not None}

    @cached_property
    def _has_strict_place(self) -> bool:
        column = self._by_field.get("place")
        name = column.column.path[-1] if column and column.column.path else ""
        return any(word in name for word in ("乡镇", "镇村", "乡村", "村组", "镇/村"))

    def has(self, name: str) -> bool:
        """Whether a column is read as the field."""
        return name in self._by_field

    def letter_of(self, name: str) -> str:
        """The letter of the first column read as the field, "" without one."""
        return self._by_field[name].letter if name in self._by_field else ""

    def name_of(self, name: str) -> str:
        """The path of the first column read as the field; the field's own name without one."""
        return self._by_field[name].name if name in self._by_field else name

    def say(
        self, row: Row, column: ColumnReport, name: str, value: Value, message: str, is_error: bool
    ) -> None:
        """Note an error, which keeps the row out, or a warning; a merged cell warns once, at its top row."""
        if is_error:
            row.is_wrong = True
        elif self.table.unfolded.is_shadow(row.number, column.column.number):
            return
        letter = column.letter if column.column.number else ""
        problem = RowProblem(row.number, letter, name, written(value), message)
        (self.errors if is_error else self.warnings).append(problem)

    def say_of_field(self, row: Row, name: str, value: Value, message: str, is_error: bool) -> None:
        """The same where only the field is known."""
        self.say(row, self._by_field.get(name, _NOWHERE), name, value, message, is_error)

    def note_unknown(self, text: str, row: int) -> None:
        """Count a row that an unknown unit keeps out."""
        seen = self.unknown.get(text)
        if seen is None:
            self.unknown[text] = Decision("unit", text, 1, row, nearest=self.units.nearest(text))
        elif self._last_unknown.get(text) != row:
            self.unknown[text] = replace(seen, rows=seen.rows + 1)
        self._last_unknown[text] = row

    def put_place(self, row: Row) -> None:
        """Township, village and what is left of the text, from all columns of the row that name a place."""
        above = "" if self.has("township") or self.has("place") else self._township_above(row.number)
        if not row.places and not above:
            return
        township, village, place = (
            row.places[name][1] if name in row.places else "" for name in _PLACE_FIELDS
        )
        township = township or above
        found = self.units.place(township, village, place, self._has_strict_place)
        for name, text in zip(_PLACE_FIELDS, (found.township, found.village, found.place), strict=True):
            if text:
                row.fields[name] = text
        for note in found.notes:
            column, _ = row.places.get(note.field, next(iter(row.places.values()), (_NOWHERE, "")))
            self.say(row, column, note.field, note.text, note.message, note.is_error)
            if note.unknown:
                self.note_unknown(note.text, row.number)

    def _township_above(self, row: int) -> str:
        """The township that a heading or the sheet's name gives where no column names the place."""
        names = (*reversed(self.table.sections.get(row, ())), self.sheet_name)
        return next((name for name in names if self.units.is_township(name)), "")


_PLACE_FIELDS = ("township", "village", "place")
