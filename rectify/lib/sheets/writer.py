"""Writes tables: styled .xlsx for people, plain .xlsx for many rows, .csv. Every text stays text, "=1+1" too.

Bounds of the format: 31 characters of sheet name, 32,767 of text; control characters that XML cannot hold are
left out.
"""

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from io import BytesIO, TextIOWrapper
from typing import IO, Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter import Workbook as PlainWorkbook
from xlsxwriter.format import Format as PlainFormat

from rectify.lib.sheets.delimited import guarded
from rectify.lib.sheets.types import MAX_TEXT, Merge, Value

_FONT: Final = "宋体"
_TITLE_FONT: Final = "方正小标宋简体"
_LINE: Final = Side(style="thin", color="FF8C8C8C")
_GRID: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD_FILL: Final = PatternFill("solid", fgColor="FFEDEFF2")
_BAD_IN_NAME: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f\ufffe\uffff]")
_ILLEGAL: Final = re.compile(f"{ILLEGAL_CHARACTERS_RE.pattern}|[\ud800-\udfff\ufffe\uffff]")
#: What .xlsx takes for an escaped character; openpyxl does not escape it.
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class ColumnKind(StrEnum):
    """What a column holds; decides alignment and the number format where none is given."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"  # 万元
    RATE = "rate"  # a fraction, shown as a percentage
    DATE = "date"
    KEY = "key"  # a hidden column that says which item a row is


_FORMATS: Final = {
    ColumnKind.TEXT: "@",
    ColumnKind.NUMBER: "General",
    ColumnKind.MONEY: "#,##0.00####",
    ColumnKind.RATE: "0.0%",
    ColumnKind.DATE: "yyyy-mm-dd",
    ColumnKind.KEY: "@",
}


@dataclass(frozen=True, slots=True)
class ColumnOut:
    """A column: its names from the top header row down, its width in characters, what it holds."""

    path: tuple[str, ...]
    width: float = 12
    kind: ColumnKind = ColumnKind.TEXT
    number_format: str = ""

    @property
    def format(self) -> str:
        """The number format code of its cells."""
        return self.number_format or _FORMATS[self.kind]


@dataclass(frozen=True, slots=True)
class SheetOut:
    """A sheet to write: title, remarks, header rows by `columns[].path`, rows of values, notes below.

    `merges` are over the rows of values alone, from row 1 and column 1. `bold_rows` (totals) likewise.
    Rows may be shorter than the columns. Columns of kind KEY are written hidden.
    """

    name: str
    columns: Sequence[ColumnOut]
    rows: Iterable[Sequence[Value]]
    title: str = ""
    remarks: Sequence[str] = ()
    notes: Sequence[str] = ()
    merges: Collection[Merge] = ()
    bold_rows: Collection[int] = field(default_factory=frozenset)
    portrait: bool = False

    @property
    def levels(self) -> int:
        """How many header rows its columns need."""
        return max((len(column.path) for column in self.columns), default=1)

    @property
    def first_row(self) -> int:
        """The spreadsheet row of its first row of values."""
        return len(_lines_above(self)) + self.levels + 1


def sheet_names(wanted: Sequence[str]) -> list[str]:
    """Names a spreadsheet program accepts: no []:*?/\\, 1 to 31 characters, each once whatever its case."""
    taken: set[str] = set()
    names: list[str] = []
    for text in wanted:
        base = _BAD_IN_NAME.sub(" ", text).strip().strip("'")[:31] or "Sheet"
        name, number = base, 1
        while name.casefold() in taken or name.casefold() == "history":
            number += 1
            name = f"{base[: 30 - len(str(number))]}-{number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def clean_text(text: str) -> str:
    """A text that a cell can hold: no characters that XML cannot, line breaks as \\n, 32,767 at most."""
    text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) * 2 <= MAX_TEXT:
        return text
    # The format counts as UTF-16 does: a character beyond the basic plane is two.
    return text.encode("utf-16-le")[: MAX_TEXT * 2].decode("utf-16-le", "ignore")


def header_merges(columns: Sequence[ColumnOut]) -> Iterator[Merge]:
    """The merged ranges of the header rows, from header row 1 and column 1.

    A name shared by neighbours under the same names spans them; a column's last name spans down.
    """
    levels = max((len(column.path) for column in columns), default=1)
    for level in range(levels):
        left = 0
        while left < len(columns):
            path, right = columns[left].path, left
            if len(path) > level + 1:
                while right + 1 < len(columns) and _shares(columns[right + 1].path, path, level):
                    right += 1
            bottom = level + 1 if len(path) > level + 1 else levels
            if len(path) > level and (right > left or bottom > level + 1):
                yield Merge(level + 1, left + 1, bottom, right + 1)
            left = right + 1


def _shares(other: tuple[str, ...], path: tuple[str, ...], level: int) -> bool:
    return len(other) > level + 1 and other[: level + 1] == path[: level + 1]


def write_styled(sheets: Sequence[SheetOut]) -> bytes:
    """An .xlsx for people: titles, bordered table, several header rows, frozen, set up for A4 paper."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, sheet in zip(sheet_names([sheet.name for sheet in sheets]), sheets, strict=True):
        _write_sheet(book.create_sheet(name), sheet)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_sheet(page: Worksheet, sheet: SheetOut) -> None:
    _write_above(page, sheet)
    last = _write_rows(page, sheet)
    for merge in _all_merges(sheet):
        _merge(page, merge)
    for number, note in enumerate(sheet.notes, start=last + 1):
        _write_line(page, number, note, sheet, Font(name=_FONT, size=9, color="FF5A5F66"), "left")
    for number, column in enumerate(sheet.columns, start=1):
        dimension = page.column_dimensions[get_column_letter(number)]
        dimension.width = column.width
        dimension.hidden = column.kind is ColumnKind.KEY
    _set_up_paper(page, sheet)


def _lines_above(sheet: SheetOut) -> list[str]:
    return [*([sheet.title] if sheet.title else []), *sheet.remarks]


def _write_above(page: Worksheet, sheet: SheetOut) -> None:
    """Title, remarks and header rows."""
    lines = _lines_above(sheet)
    for number, line in enumerate(lines, start=1):
        is_title = number == 1 and sheet.title != ""
        font = Font(name=_TITLE_FONT, size=18) if is_title else Font(name=_FONT, size=10)
        _write_line(page, number, line, sheet, font, "center" if is_title else "left")
        if is_title:
            page.row_dimensions[number].height = 32
    row = len(lines) + 1
    for level in range(sheet.levels):
        page.row_dimensions[row + level].height = 24
        for number, column in enumerate(sheet.columns, start=1):
            cell = page.cell(row + level, number)
            _put(cell, column.path[level] if level < len(column.path) else None)
            cell.font = Font(name="黑体", size=10)
            cell.fill = _HEAD_FILL
            cell.border = _GRID
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _write_line(page: Worksheet, row: int, text: str, sheet: SheetOut, font: Font, where: str) -> None:
    """A line of text across the table."""
    cell = page.cell(row, 1)
    _put(cell, text)
    cell.font = font
    cell.alignment = Alignment(horizontal=where, vertical="center", wrap_text=True)
    if len(sheet.columns) > 1:
        _merge(page, Merge(row, 1, row, len(sheet.columns)))


def _write_rows(page: Worksheet, sheet: SheetOut) -> int:
    """Write the rows of values; the last row used."""
    plain, bold = Font(name=_FONT, size=10), Font(name=_FONT, size=10, bold=True)
    places = [_alignment(column.kind) for column in sheet.columns]
    row = sheet.first_row - 1
    for number, values in enumerate(sheet.rows, start=1):
        row += 1
        for index, column in enumerate(sheet.columns):
            cell = page.cell(row, index + 1)
            _put(cell, values[index] if index < len(values) else None, column.format)
            cell.font = bold if number in sheet.bold_rows else plain
            cell.border = _GRID
            cell.alignment = places[index]
    return row


def _alignment(kind: ColumnKind) -> Alignment:
    if kind in (ColumnKind.NUMBER, ColumnKind.MONEY, ColumnKind.RATE):
        return Alignment(horizontal="right", vertical="center")
    if kind is ColumnKind.DATE:
        return Alignment(horizontal="center", vertical="center")
    return Alignment(vertical="center", wrap_text=True)


def _put(cell: Cell | MergedCell, value: Value, number_format: str = "General") -> None:
    """Set a cell's value; a text is a text whatever it begins with."""
    if isinstance(cell, MergedCell):  # under a merged range: its own value could not be seen
        return
    if isinstance(value, str):
        cell.value = _ESCAPE.sub("_x005F_", clean_text(value))[:MAX_TEXT] or None
        if cell.value:
            cell.data_type = "s"  # openpyxl has just taken "=…" for a formula and "#N/A" for an error
    else:
        cell.value = value
    cell.number_format = _format_for(value, number_format)


def _format_for(value: Value, wanted: str) -> str:
    """The column's format where it suits the value; a number in a text column stays a number."""
    if isinstance(value, datetime):
        return "yyyy-mm-dd hh:mm"
    if isinstance(value, date):
        return wanted if "y" in wanted else "yyyy-mm-dd"
    if isinstance(value, timedelta):
        return "[h]:mm:ss"
    if isinstance(value, time):
        return "hh:mm:ss"
    if isinstance(value, int | Decimal) and wanted == "@":
        return "General"
    return wanted


def _merge(page: Worksheet, merge: Merge) -> None:
    page.merge_cells(None, merge.top, merge.left, merge.bottom, merge.right)


def _set_up_paper(page: Worksheet, sheet: SheetOut) -> None:
    """A4, one page wide, header rows repeated and frozen, page numbers below."""
    first = sheet.first_row
    page.freeze_panes = f"A{first}"
    page.print_title_rows = f"{first - sheet.levels}:{first - 1}"
    page.page_setup.orientation = "portrait" if sheet.portrait else "landscape"
    page.page_setup.paperSize = 9
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_options.horizontalCentered = True
    footer = page.oddFooter
    if footer is not None and footer.center is not None:
        footer.center.text = "第 &P 页 共 &N 页"


def write_plain(sheets: Sequence[SheetOut], file: IO[bytes]) -> None:
    """An .xlsx of any number of rows into a binary file: the same cells as `write_styled`, little style.

    Holds one row in memory at a time, whatever `rows` is.
    """
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = PlainWorkbook(file, {"constant_memory": True, **as_text})
    for name, sheet in zip(sheet_names([sheet.name for sheet in sheets]), sheets, strict=True):
        page = book.add_worksheet(name)
        for number, column in enumerate(sheet.columns):
            page.set_column(number, number, column.width, None, {"hidden": column.kind is ColumnKind.KEY})
        page.freeze_panes(sheet.first_row - 1, 0)
        formats = _PlainFormats(book)
        for row, cells in enumerate(_all_rows(sheet)):
            for number, (value, code) in enumerate(cells):
                if value is not None:
                    plain = clean_text(value) if isinstance(value, str) else value
                    page.write(row, number, plain, formats[code])
        # What merge_range does, without its writing of cells: rows once written cannot be gone back to.
        page.merge.extend([m.top - 1, m.left - 1, m.bottom - 1, m.right - 1] for m in _all_merges(sheet))
    book.close()


class _PlainFormats(dict[str, PlainFormat]):
    """One XlsxWriter format for each number format code, and one for headers ("")."""

    def __init__(self, book: PlainWorkbook) -> None:
        super().__init__()
        self._book = book

    def __missing__(self, code: str) -> PlainFormat:
        head = {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
        self[code] = self._book.add_format({"num_format": code} if code else head)
        return self[code]


def _all_rows(sheet: SheetOut) -> Iterator[list[tuple[Value, str]]]:
    """Every row of a sheet from its title to its notes, each value with its number format ("" in headers)."""
    for line in _lines_above(sheet):
        yield [(line, "General")]
    for level in range(sheet.levels):
        yield [(column.path[level] if level < len(column.path) else None, "") for column in sheet.columns]
    for values in sheet.rows:
        yield [
            (value, _format_for(value, column.format))
            for value, column in zip(values, sheet.columns, strict=False)
        ]
    for note in sheet.notes:
        yield [(note, "General")]


def _all_merges(sheet: SheetOut) -> Iterator[Merge]:
    above = sheet.first_row - 1 - sheet.levels
    for merges, offset in ((header_merges(sheet.columns), above), (sheet.merges, sheet.first_row - 1)):
        for merge in merges:
            yield Merge(merge.top + offset, merge.left, merge.bottom + offset, merge.right)


def write_csv(sheet: SheetOut, file: IO[bytes]) -> None:
    """A sheet as .csv into a binary file, UTF-8 with BOM so that Excel knows it; header rows and rows only.

    A text that a spreadsheet program would take for a formula gets an apostrophe before it, which `read_book`
    takes off again.
    """
    text = TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    rows = csv.writer(text)
    for level in range(sheet.levels):
        rows.writerow(
            [_csv_text(column.path[level] if level < len(column.path) else None) for column in sheet.columns]
        )
    for values in sheet.rows:
        rows.writerow([_csv_text(value) for value in values])
    text.detach()


def _csv_text(value: Value) -> str:
    if isinstance(value, str):
        return guarded(clean_text(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, Decimal):
        return format(value, "f")
    return "" if value is None else str(value)
