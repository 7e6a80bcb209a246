"""Tables and bars in a .docx, written as XML at once: python-docx looks up every cell of a table anew, which
costs seconds for the tables of a bulletin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt

from rectify.lib.official.layout import CAPTION, CELL, DENSE, DENSE_TOTAL, TOTAL
from rectify.lib.official.parts import BODY_WIDTH, SHORT, Bars, TableOut
from rectify.lib.official.words import clean

BAR_COLUMNS = (38, 92, 26)
"""Millimetres of name, bar and figure."""
BAR = "8A97A6"
"""Grey enough to print, dark enough to see."""
PADDING, DENSE_PADDING = 1.9, 1.2
"""Millimetres that a cell keeps on either side."""
LONGEST = BAR_COLUMNS[1] - 2 * PADDING


@dataclass(frozen=True, slots=True)
class _Cell:
    """``place``: left, center or right; ``bar``: how much of the cell is shaded, from 0 to 1."""

    text: str
    style: str
    place: str = "left"
    stays: bool = False
    bar: float | None = None

    @property
    def xml(self) -> str:
        stays = "<w:keepNext/>" if self.stays else ""
        place = "" if self.place == "left" else f'<w:jc w:val="{self.place}"/>'
        text = escape(clean(self.text)).replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
        run = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
        about = f'<w:pStyle w:val="{self.style}"/>{stays}{self._shading}{place}'
        return f"<w:p><w:pPr>{about}</w:pPr>{run}</w:p>"

    @property
    def _shading(self) -> str:
        """A bar is a paragraph's shading that ends where the bar ends."""
        if self.bar is None:
            return ""
        shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{BAR}"/>' if self.bar > 0 else ""
        right = _twips(LONGEST * (1 - self.bar))
        return f'{shade}<w:spacing w:before="40" w:after="40"/><w:ind w:right="{right}"/>'


def add_table(document: Document, told: TableOut) -> None:
    """Write caption and table; ValueError where it is wider than the type area."""
    if sum(width for _, width in told.columns) > BODY_WIDTH:
        raise ValueError(f"the columns are wider than {BODY_WIDTH} mm")
    _caption(document, told.caption)
    plain, strong = (
        document.styles[name].style_id for name in ((DENSE, DENSE_TOTAL) if told.is_dense else (CELL, TOTAL))
    )
    places = ["center" if at in told.centred else "right" if at in told.figures else "left"
              for at in range(len(told.columns))]  # fmt: skip
    held = _held(len(told.rows), flows=told.flows)
    rows = [[_Cell(label, strong, "center", stays=bool(told.rows)) for label, _ in told.columns]]
    for at, texts in enumerate(told.rows):
        style = strong if at in told.strong else plain
        rows.append(
            [_Cell(text, style, place, at in held) for text, place in zip(texts, places, strict=True)]
        )
    widths = [width for _, width in told.columns]
    _write(document, rows, widths, has_head=True, height=told.row_height, is_dense=told.is_dense)


def add_bars(document: Document, told: Bars) -> None:
    """Write a table without lines: name, bar, figure; all of it stays on one page."""
    _caption(document, told.caption)
    style = document.styles[CELL].style_id
    last = len(told.bars) - 1
    rows = [
        [
            _Cell(bar.name, style, "right", at < last),
            _Cell("", style, stays=at < last, bar=bar.share),
            _Cell(bar.value, style, stays=at < last),
        ]
        for at, bar in enumerate(told.bars)
    ]
    _write(document, rows, BAR_COLUMNS, has_head=False, style="TableNormal")


def _held(count: int, *, flows: bool) -> set[int]:
    """The rows that stay with the next: the first, and the last but one, so that none stands alone; of a
    short table all, unless it flows."""
    if count <= SHORT and not flows:
        return set(range(count - 1))
    return {0, count - 2}


def _caption(document: Document, text: str) -> None:
    if text:
        document.add_paragraph(clean(text), style=CAPTION)


def _write(
    document: Document,
    rows: Sequence[Sequence[_Cell]],
    widths: Sequence[float],
    *,
    has_head: bool,
    height: float = 0,
    style: str = "TableGrid",
    is_dense: bool = False,
) -> None:
    body = "".join(_table(rows, widths, has_head=has_head, height=height, style=style, is_dense=is_dense))
    document.element.body.insert_element_before(parse_xml(body), "w:sectPr")


def _table(
    rows: Sequence[Sequence[_Cell]],
    widths: Sequence[float],
    *,
    has_head: bool,
    height: float,
    style: str,
    is_dense: bool,
) -> Iterator[str]:
    margin = _twips(DENSE_PADDING if is_dense else PADDING)
    sides = "".join(f'<w:{side} w:w="{margin}" w:type="dxa"/>' for side in ("left", "right"))
    yield f"<w:tbl {nsdecls('w')}><w:tblPr>"
    yield f'<w:tblStyle w:val="{style}"/><w:tblW w:w="{_twips(sum(widths))}" w:type="dxa"/>'
    yield f'<w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblCellMar>{sides}</w:tblCellMar>'
    yield "</w:tblPr><w:tblGrid>"
    yield from (f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    yield "</w:tblGrid>"
    for at, cells in enumerate(rows):
        is_head = has_head and at == 0
        yield "<w:tr><w:trPr><w:cantSplit/>"
        if height and not is_head:
            yield f'<w:trHeight w:val="{_twips(height)}" w:hRule="atLeast"/>'
        yield f"{'<w:tblHeader/>' if is_head else ''}</w:trPr>"
        for cell, width in zip(cells, widths, strict=True):
            about = f'<w:tcW w:w="{_twips(width)}" w:type="dxa"/><w:vAlign w:val="center"/>'
            yield f"<w:tc><w:tcPr>{about}</w:tcPr>{cell.xml}</w:tc>"
        yield "</w:tr>"
    yield "</w:tbl>"


def _twips(millimetres: float) -> int:
    return round(Mm(millimetres) / Pt(1) * 20)
