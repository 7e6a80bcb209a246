"""The structure of a sheet learned from its shape: title, remarks, header, columns, data rows, the rest."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rectify.lib.cn_text import fold
from rectify.lib.sheets.body import Body, BodyReader, Why
from rectify.lib.sheets.header import Header, HeaderArea, IsName, find_header, header_of_rows
from rectify.lib.sheets.types import Sheet, column_letter
from rectify.lib.sheets.unfold import Unfolded, unfold
from rectify.lib.sheets.words import is_aside, is_titular

_MAX_TABLES = 20
_FEWEST_CELLS = 3
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Column:
    """A column (from 1) and its names from the top level down; no names where the header has none."""

    number: int
    path: tuple[str, ...]

    @property
    def letter(self) -> str:
        return column_letter(self.number)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no data, and why."""

    row: int
    why: Why


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a sheet. Rows are numbered from 1; `data` lists the data rows in order."""

    title: str
    remarks: tuple[str, ...]  # the rows above the header besides the title
    closing: tuple[str, ...]  # notes and signatures below it
    header_rows: tuple[int, ...]
    columns: tuple[Column, ...]
    data: tuple[int, ...]
    skipped: tuple[Skipped, ...]
    sections: dict[int, tuple[str, ...]]
    unfolded: Unfolded
    other_tables: tuple[int, ...] = ()  # first rows of tables that are not the main one

    @property
    def first_data_row(self) -> int | None:
        return self.data[0] if self.data else None

    @property
    def last_data_row(self) -> int | None:
        return self.data[-1] if self.data else None


def find_table(sheet: Sheet, is_name: IsName, header_rows: Sequence[int] = ()) -> Table | None:
    """The main table of a sheet: the one with most data rows. None where nothing looks like a table.

    `is_name` says whether a folded text is a name that ledgers use for a column. `header_rows` names the
    rows of the header where a person has said so.
    """
    if header_rows:
        header = header_of_rows(sheet, tuple(sorted(header_rows)))
        return None if header is None else _table(sheet, header, _body(sheet, header, is_name), ())
    tables: list[tuple[Header, Body]] = []
    row: int | None = 1
    while row is not None and len(tables) < _MAX_TABLES:
        header = find_header(sheet, is_name, row)
        if header is None:
            break
        body = _body(sheet, header, is_name)
        tables.append((header, body))
        row = body.next_table
    if not tables:
        return None
    main = max(tables, key=lambda table: len(table[1].data))
    others = tuple(header.rows[0] for header, body in tables if header is not main[0] and body.data)
    return _table(sheet, *main, others)


def _body(sheet: Sheet, header: Header, is_name: IsName) -> Body:
    title, remarks, _ = _above(sheet, header.rows[0])
    return BodyReader(sheet, header, title, remarks, is_name).read()


def _table(sheet: Sheet, header: Header, body: Body, others: tuple[int, ...]) -> Table:
    title, remarks, above = _above(sheet, header.rows[0])
    unfolded = unfold(sheet)
    columns = [Column(number, path) for number, path in sorted(header.paths.items())]
    columns += _unnamed(header, body, unfolded)
    return Table(
        title=title,
        remarks=tuple(remarks),
        closing=tuple(body.remarks),
        header_rows=header.rows,
        columns=tuple(sorted(columns, key=lambda column: column.number)),
        data=tuple(body.data),
        skipped=tuple(above + [Skipped(row, why) for row, why in body.skipped]),
        sections=body.sections,
        unfolded=unfolded,
        other_tables=others,
    )


def _unnamed(header: Header, body: Body, unfolded: Unfolded) -> list[Column]:
    """Columns without a name inside the table, or right beside it and filled as often as not."""
    filled: Counter[int] = Counter()
    free = [number for number in range(header.left, header.right + 2) if number not in header.paths]
    for row in body.data:
        cells = unfolded.rows[row - 1]
        filled.update(number for number in free if number <= len(cells) and cells[number - 1] is not None)
    often = len(body.data) / 2
    return [Column(number, ()) for number, count in filled.items() if number < header.right or count > often]


def _above(sheet: Sheet, header_row: int) -> tuple[str, list[str], list[Skipped]]:
    """Title, remarks and the list of rows above a header."""
    area = HeaderArea(sheet, header_row)
    lines = [
        (row, [text for _, text in cells]) for row in range(1, header_row) if (cells := area.filled(row))
    ]
    titles = _title_rows(lines)
    title = "".join(texts[0] for row, texts in lines if row in titles)
    remarks = ["  ".join(texts) for row, texts in lines if row not in titles]
    skipped = [Skipped(row, "title" if row in titles else "note") for row, _ in lines]
    return re.sub(r"\s*\n\s*", "", title).strip(), remarks, skipped


def _title_rows(lines: list[tuple[int, list[str]]]) -> list[int]:
    """The rows that make the title: the first plain line, and a second where only that ends as titles do."""
    plain = [(row, texts[0]) for row, texts in lines if len(set(texts)) == 1 and not is_aside(texts[0])]
    if not plain:
        return _titular_remark(lines)
    (row, first), rest = plain[0], plain[1:]
    if rest and rest[0][0] == row + 1 and not is_titular(first) and is_titular(rest[0][1]):
        return [row, rest[0][0]]
    titular = [at for at, text in plain if is_titular(text)]
    return [row] if is_titular(first) or not titular else titular[:1]


def _titular_remark(lines: list[tuple[int, list[str]]]) -> list[int]:
    """A title that looks like a remark: 附件2：整改台账, 2018年整改台账（截至5月20日）."""
    for row, texts in lines:
        if is_titular(fold(texts[0]).split("(")[0]) and len(texts) == 1:
            return [row]
    return []


def table_without_header(sheet: Sheet) -> Table | None:
    """The rows of a sheet that begins with data at once, its columns without names; None where they are too
    few or too uneven to be a table."""
    filled = [sum(value is not None for value in cells) for cells in sheet.rows]
    data = tuple(row for row, count in enumerate(filled, 1) if count >= _FEWEST_CELLS)
    if len(data) < _FEWEST_CELLS or len(data) < 0.8 * sum(count > 0 for count in filled):
        return None
    columns = tuple(Column(number, ()) for number in range(1, min(sheet.width, _WIDEST) + 1))
    return Table("", (), (), (), columns, data, (), {}, unfold(sheet))
