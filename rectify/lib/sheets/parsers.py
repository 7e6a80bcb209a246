"""The parsers that serve most files: calamine and delimited text. Run in the child only."""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from rectify.lib.sheets.delimited import decoded, records, unguarded
from rectify.lib.sheets.guard import Limits, encrypted
from rectify.lib.sheets.scan import Notes, Package
from rectify.lib.sheets.types import Merge


@dataclass(slots=True)
class Parsed:
    """A sheet as a parser gives it: rows from spreadsheet row 1 and column A, "" or None where empty."""

    name: str
    rows: Iterable[Sequence[object]]
    hidden: bool = False
    notes: Notes = field(default_factory=Notes)


_MOST_ROWS: Final = 1 << 20  # that a spreadsheet can have


class GivenUpError(Exception):
    """A parser that cannot go on ends its process with this, and the careful one takes over."""


Parser = Callable[[Path, Limits], Iterator[Parsed]]


def parse_csv(path: Path, limits: Limits) -> Iterator[Parsed]:
    """The one sheet of a delimited text; the reader names it."""
    text = decoded(path.read_bytes())
    yield Parsed("", ([unguarded(value) for value in record] for record in records(text)))


def parse_xlsx(path: Path, limits: Limits) -> Iterator[Parsed]:
    """The sheets of an .xlsx by calamine, with their notes."""
    with zipfile.ZipFile(path) as archive:
        package = Package(archive)
        for sheet in parse_with_calamine(path, limits):
            sheet.notes = package.notes(sheet.name, limits)
            yield sheet


def parse_with_calamine(path: Path, limits: Limits) -> Iterator[Parsed]:
    """The worksheets of an .xlsx or .xls by calamine: fast, but it lays out the whole rectangle in memory."""
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            for number, about in enumerate(book.sheets_metadata):
                if about.typ == SheetTypeEnum.WorkSheet:
                    sheet = book.get_sheet_by_index(number)
                    if sheet.end and sheet.end[0] >= _MOST_ROWS:
                        raise GivenUpError(about.name)
                    hidden = about.visible != SheetVisibleEnum.Visible
                    merges = [
                        Merge(top + 1, left + 1, bottom + 1, right + 1)
                        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
                    ]
                    yield Parsed(about.name, _from_first_column(sheet), hidden, Notes(merges=merges))
    except PasswordError as error:
        raise encrypted() from error


def _from_first_column(sheet: CalamineSheet) -> Iterator[list[object]]:
    """Its rows with the empty columns before the first filled one, which calamine leaves out."""
    before: list[object] = [None] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows():
        yield before + row if before else list(row)
