"""What a workbook is once it has been read: plain values, as the spreadsheet program numbers them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

#: A cell's value. Whole numbers are int, others Decimal (711.62 is exactly 711.62, never a float);
#: a date without a time of day is a date; an empty cell, or one of spaces alone, is None, never "".
Value = str | int | Decimal | bool | date | datetime | time | timedelta | None

#: (row, column), both from 1, as the spreadsheet shows them.
Position = tuple[int, int]

Kind = Literal["xlsx", "xls", "csv"]

#: The longest text a spreadsheet cell can hold; longer text is cut to it and noted in `Sheet.cut`.
MAX_TEXT = 32_767


class UnreadableFile(Exception):
    """A file that cannot be read at all. `str(error)` is one plain Chinese sentence for the person."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range: rows and columns from 1, both ends inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet, hidden rows and columns included, merged cells not unfolded.

    `rows[0]` is spreadsheet row 1. Rows are ragged: each ends at its last filled cell, a blank row
    is []; the last row has at least one filled cell. Use `cell` where the column may not exist.
    """

    name: str
    rows: list[list[Value]]
    merges: tuple[Merge, ...] = ()
    hidden: bool = False
    #: Number format codes, only where they change what a filled cell says: percentages (0.56 shown as 56%),
    #: dates shown without their day (2018年6月), numbers shown with a unit (0"户"). See `formats`.
    formats: Mapping[Position, str] = field(default_factory=dict)
    #: Formula cells that the file holds no result for; their value is None.
    uncached: tuple[Position, ...] = ()
    #: Cells holding #N/A, #REF! and the like, with that word; their value is None.
    errors: Mapping[Position, str] = field(default_factory=dict)
    #: Cells whose text was longer than MAX_TEXT and was cut to it.
    cut: tuple[Position, ...] = ()

    @property
    def height(self) -> int:
        """The number of the last row that holds anything; 0 for an empty sheet."""
        return len(self.rows)

    @property
    def width(self) -> int:
        """The number of the last column that holds anything; 0 for an empty sheet."""
        return max(map(len, self.rows), default=0)

    def cell(self, row: int, column: int) -> Value:
        """The value at a row and column, both from 1; None where the sheet holds nothing."""
        if not 1 <= row <= len(self.rows):
            return None
        cells = self.rows[row - 1]
        return cells[column - 1] if 1 <= column <= len(cells) else None


@dataclass(frozen=True, slots=True)
class Book:
    """A file that was read: its worksheets in their order, what it is by content, and its identity."""

    sheets: tuple[Sheet, ...]
    kind: Kind
    sha256: str
    size: int  # bytes


def column_letter(column: int) -> str:
    """The letters of a column number from 1: 1 is A, 27 is AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
