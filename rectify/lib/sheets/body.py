"""What each row below a header is: data, section, subtotal, repeated header, note, footer or blank."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from rectify.lib.cn_text import fold
from rectify.lib.sheets.header import Header, IsName
from rectify.lib.sheets.types import Sheet, Value
from rectify.lib.sheets.words import (
    is_counting,
    is_note,
    is_signature,
    is_total,
    is_void,
    outline,
    section_text,
    written,
)

Why = Literal["title", "note", "header", "section", "subtotal", "footer", "blank"]

#: The filled cells of a row: offset from the left column, value.
Cells = list[tuple[int, Value]]
Texts = list[tuple[int, str]]

_LEADING_CELLS = 4
_LONGEST_SECTION = 40
_FIGURE = re.compile(r"\d")
_LONGEST_COUNTER = 12
_UNMARKED_DEPTH = 9
_NEW_TABLE_NAMES = 3


@dataclass(slots=True)
class Body:
    """The rows of one table below its header, in order; `sections` gives the headings above a data row."""

    data: list[int] = field(default_factory=list)
    skipped: list[tuple[int, Why]] = field(default_factory=list)
    sections: dict[int, tuple[str, ...]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    #: The row at which another table with other columns begins, where there is one.
    next_table: int | None = None


class BodyReader:
    """Goes down the rows below a header once."""

    def __init__(
        self, sheet: Sheet, header: Header, title: str, remarks: Sequence[str], is_name: IsName
    ) -> None:
        self._sheet = sheet
        self._left, self._right = header.left, header.right
        self._few = max(4, (self._right - self._left + 1) // 3)  # cells of a row that is no data, at most
        self._title = fold(title)
        self._above = {self._title, *(fold(remark.split("  ")[0]) for remark in remarks)} - {""}
        self._is_name = is_name
        self._names = {fold(name) for path in header.paths.values() for name in path}
        self._header = header
        self._wide = {
            (merge.top, merge.left)
            for merge in sheet.merges
            if merge.right - merge.left >= 2 and merge.top == merge.bottom
        }
        self._stack: list[tuple[int, str]] = []

    def read(self) -> Body:
        """Classify every row from the header's last row to the end of the sheet or the next table."""
        body = Body()
        kinds: list[tuple[int, Why | None]] = []
        for row in range(self._header.rows[-1] + 1, self._sheet.height + 1):
            cells = self._sheet.rows[row - 1][self._left - 1 : self._right]
            if self._begins_table(cells):
                body.next_table = row
                break
            kinds.append((row, self._kind(row, cells)))
        self._collect(body, kinds)
        return body

    def _kind(self, row: int, cells: Sequence[Value]) -> Why | None:
        """Why a row is no data, None for a data row."""
        filled: Cells = [(at, value) for at, value in enumerate(cells) if not is_void(value)]
        if not filled:
            return "blank"
        is_numbered = type(filled[0][1]) is int and len(filled) > _LEADING_CELLS
        if is_numbered and type(filled[1][1]) is str and not self._is_subtotal(filled):
            return None
        texts = [(at, value.strip()) for at, value in filled if isinstance(value, str) and value.strip()]
        if not texts:
            return self._numbers_only(filled)
        if self._is_header(filled):
            return "header"
        if self._is_subtotal(filled):
            return "subtotal"
        return self._kind_of_text(row, filled, texts)

    def _kind_of_text(self, row: int, filled: Cells, texts: Texts) -> Why | None:
        if len(texts) > self._few:
            return None
        if closing := self._closing(filled, texts):
            return closing
        if fold(texts[0][1]) in self._above:
            return "title" if fold(texts[0][1]) == self._title else "note"
        if self._is_section(row, filled, texts):
            return "section"
        if len(filled) == 1 and self._is_number_column(filled[0][0]):
            return "blank"
        return None

    def _numbers_only(self, filled: Cells) -> Why | None:
        texts = [written(value) for _, value in filled]
        if is_counting(texts) and len(filled) * 2 > self._right - self._left:
            return "header"
        return "blank" if len(filled) == 1 and self._is_number_column(filled[0][0]) else None

    def _is_number_column(self, offset: int) -> bool:
        """Whether the column only numbers the rows, so that a number alone says nothing."""
        path = self._header.paths.get(self._left + offset, ("",))
        return fold(path[-1]) in ("序号", "编号", "序", "号", "项次", "no", "NO", "No.")

    def _is_header(self, filled: Cells) -> bool:
        if any(fold(written(value)) in self._names for _, value in filled[:2]):
            return sum(fold(written(value)) in self._names for _, value in filled) * 2 > len(filled)
        if any(isinstance(value, str) and len(value) > _LONGEST_COUNTER for _, value in filled):
            return False
        return len(filled) * 2 > self._right - self._left and is_counting(
            [written(value) for _, value in filled]
        )

    def _is_subtotal(self, filled: Cells) -> bool:
        leading = [value for _, value in filled[:_LEADING_CELLS] if isinstance(value, str)]
        if not any("计" in value or "全" in value or "总" in value or "計" in value for value in leading):
            return False
        lengths = (_LONGEST_SECTION, *(20 for _ in leading[1:]))
        return any(
            len(text) <= longest and is_total(text) for text, longest in zip(leading, lengths, strict=True)
        )

    def _closing(self, filled: Cells, texts: Texts) -> Why | None:
        if len(filled) > self._few or not isinstance(filled[0][1], str):
            return None
        first, whole = texts[0][1], "  ".join(text for _, text in texts)
        if len(filled) >= 3 and ":" not in fold(first):
            return None
        if is_note(first):
            return "footer" if is_signature(whole[3:]) else "note"
        if is_signature(first) and (":" in fold(first) or len(filled) == 1):
            return "footer"
        return None

    def _is_section(self, row: int, filled: Cells, texts: Texts) -> bool:
        column, text = texts[0]
        if filled[0][0] != column or len(texts) > 2:
            return False
        marked = outline(fold(text))
        if len(texts) == 2:
            # The outline number stands in a cell of its own: 一 | 未拆旧复垦.
            alone = marked is not None and marked[0] in (0, 1, 2) and not marked[1]
            return alone and texts[1][0] <= column + 2 and len(texts[1][1]) <= _LONGEST_SECTION
        if (row, self._left + column) in self._wide:
            return marked is not None or len(fold(text)) <= _LONGEST_SECTION
        width = self._right - self._left + 1
        if column > 1 or width < 3 or len(fold(text)) > _LONGEST_SECTION:
            return False
        # Without a number or a merge a lone text is a heading only where the first column just numbers rows.
        return marked is not None or self._is_number_column(0)

    def _begins_table(self, cells: Sequence[Value]) -> bool:
        """Whether the row names columns, and others than this table has."""
        if len(cells) < _NEW_TABLE_NAMES or type(cells[0]) is int:
            return False
        written_ones = [value for value in cells if not is_void(value)]
        texts = [value for value in written_ones if type(value) is str and len(value) <= _LONGEST_SECTION]
        # Data says figures and sentences where names do not: looking names up is dear, this is cheap.
        if len(texts) < max(_NEW_TABLE_NAMES, len(written_ones)) or _FIGURE.search(texts[0]):
            return False
        if sum(_FIGURE.search(text) is not None for text in texts) > 1:
            return False
        names = [fold(text) for text in texts]
        if not self._is_name(names[0]):
            return False
        known, own = sum(map(self._is_name, names)), len(set(names) & self._names)
        return known >= max(_NEW_TABLE_NAMES, 0.6 * len(names)) and own < 0.6 * len(names)

    def _collect(self, body: Body, kinds: list[tuple[int, Why | None]]) -> None:
        last = max((row for row, why in kinds if why is None), default=0)
        noted = False
        current: tuple[str, ...] = ()
        for row, why in kinds:
            if why is None:
                body.data.append(row)
                if current:
                    body.sections[row] = current
                continue
            if row > last:
                why, noted = self._after(row, why, noted)
            elif why == "section":
                current = self._enter(row)
            if why == "blank" and row > last:
                continue
            body.skipped.append((row, why))
            if why in ("note", "footer"):
                body.remarks.append(self._text(row))

    def _after(self, row: int, why: Why, noted: bool) -> tuple[Why, bool]:
        """What a row below the last data row is: no section there once notes have begun."""
        if why != "section":
            return why, noted or why in ("note", "footer")
        text = self._text(row)
        if noted or outline(fold(text)) is None or len(text) > _LONGEST_SECTION:
            return ("footer" if is_signature(text) else "note"), True
        return why, noted

    def _text(self, row: int) -> str:
        return "  ".join(text for value in self._sheet.rows[row - 1] if (text := written(value)))

    def _enter(self, row: int) -> tuple[str, ...]:
        cells = self._sheet.rows[row - 1][self._left - 1 : self._right]
        texts = [value.strip() for value in cells if isinstance(value, str) and value.strip()]
        marked = outline(fold(texts[0]))
        depth = marked[0] if marked else _UNMARKED_DEPTH
        heading = section_text(texts[1] if len(texts) > 1 else texts[0])
        while self._stack and self._stack[-1][0] >= depth:
            self._stack.pop()
        self._stack.append((depth, heading))
        return tuple(text for _, text in self._stack)
