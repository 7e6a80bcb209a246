"""The second parser for .xlsx, for when calamine gives up. Runs in the child only."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import openpyxl.styles.numbers
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from rectify.lib.sheets.formats import DATES_BY_NUMBER
from rectify.lib.sheets.guard import Limits
from rectify.lib.sheets.parsers import Parsed
from rectify.lib.sheets.scan import Package


def parse_xlsx_sparsely(path: Path, limits: Limits) -> Iterator[Parsed]:
    """The sheets of an .xlsx by openpyxl, row by row: slow, but it holds filled cells only.

    Refuses a sheet with a filled cell beyond the limits, by that cell's name.
    """
    # openpyxl does not know the built-in formats of Chinese Excel and would give their dates as numbers.
    openpyxl.styles.numbers.BUILTIN_FORMATS.update(DATES_BY_NUMBER)
    with zipfile.ZipFile(path) as archive:
        package = Package(archive)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            package.check_reach(sheet.title, limits)
            if isinstance(sheet, ReadOnlyWorksheet):
                sheet.reset_dimensions()  # what the file says of its size may be a lie
            notes = package.notes(sheet.title, limits)
            hidden = sheet.sheet_state != "visible"
            yield Parsed(sheet.title, sheet.iter_rows(values_only=True), hidden, notes)
