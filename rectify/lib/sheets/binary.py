"""The first parser for .xls. Runs in the child only."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from io import StringIO
from pathlib import Path

import xlrd

from rectify.lib.sheets.formats import BUILT_IN, is_date, is_duration, is_telling
from rectify.lib.sheets.guard import Limits, encrypted
from rectify.lib.sheets.parsers import Parsed
from rectify.lib.sheets.scan import Notes
from rectify.lib.sheets.types import Merge


def parse_xls(path: Path, limits: Limits) -> Iterator[Parsed]:
    """The sheets of an .xls by xlrd: slower than calamine, but it tells formats and errors."""
    try:
        book = xlrd.open_workbook(str(path), formatting_info=True, ragged_rows=True, logfile=StringIO())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise encrypted() from error
        raise
    codes = {number: _code(book, style.format_key) for number, style in enumerate(book.xf_list)}
    for sheet in book.sheets():
        merges = (Merge(top + 1, left + 1, end, right) for top, end, left, right in sheet.merged_cells)
        notes = Notes(merges=list(merges))
        rows = [_xls_row(sheet, number, codes, book.datemode, notes) for number in range(sheet.nrows)]
        yield Parsed(sheet.name, rows, sheet.visibility != 0, notes)


def _code(book: xlrd.Book, key: int) -> str:
    known = book.format_map.get(key)
    return BUILT_IN.get(key) or (known.format_str if known else "")


def _xls_row(
    sheet: xlrd.sheet.Sheet, row: int, codes: dict[int, str], datemode: int, notes: Notes
) -> list[object]:
    kinds, values, styles = sheet.row_types(row), sheet.row_values(row), sheet._cell_xf_indexes[row]
    cells: list[object] = []
    for column, (kind, value) in enumerate(zip(kinds, values, strict=True)):
        code = codes.get(styles[column], "")
        if kind == xlrd.XL_CELL_ERROR:
            notes.errors[row + 1, column + 1] = xlrd.error_text_from_code.get(value, "#ERR")
            value = None
        elif kind == xlrd.XL_CELL_DATE:
            value = _moment(value, datemode, code)
        elif kind == xlrd.XL_CELL_BOOLEAN:
            value = bool(value)
        if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE) and is_telling(code):
            notes.formats[row + 1, column + 1] = code
        cells.append(value)
    return cells


def _moment(value: float, datemode: int, code: str) -> float | datetime | time | timedelta:
    """A serial number as its format shows it: date, time or duration; itself if there is no such day."""
    if is_duration(code):
        return timedelta(days=value)
    try:
        moment: datetime = xlrd.xldate.xldate_as_datetime(value, datemode)
    except (xlrd.xldate.XLDateError, ValueError, OverflowError):
        return value
    return moment.time() if value < 1 and is_date(code) else moment
