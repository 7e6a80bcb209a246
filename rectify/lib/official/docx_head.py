"""红头 and 版记 in a .docx: styles, frames and borders, nothing drawn."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt

from rectify.lib.official.head import LETTER_FOOT, LETTER_RULE, MARK_TOP, RED, RULE_GAP, Letterhead
from rectify.lib.official.layout import (
    FOUR,
    IMPRINT,
    LINE,
    MARK,
    NUMBER,
    PAGE,
    REFERENCE,
    SECOND,
    THREE,
    hide_first_page_number,
)
from rectify.lib.official.parts import BODY_WIDTH
from rectify.lib.official.words import clean

RULE, DOUBLE = "12", "24"
"""Eighths of a point of the red line and of a letter's double lines."""
THICK_THIN, THIN_THICK = "thickThinSmallGap", "thinThickSmallGap"
"""上粗下细, 上细下粗."""
IMPRINT_LINES = (
    ("w:top", "single", "8", "2", "000000"),
    ("w:bottom", "single", "8", "2", "000000"),
)
"""版记: 1 pt = 0.35 mm outside (7.4.1), alike on every line, as one block asks. What divides it inside is an
underlined tab, about 0.25 mm: LibreOffice 7 loses a frame whose paragraphs have a line between them."""
DIVIDER = "\t\t"
"""To the hanging indent, then to the edge: indents too must be alike."""
GAP = str(round(Mm(RULE_GAP).pt))


def add_head(document: Document, head: Letterhead) -> None:
    """Write mark, number, signer and red lines; the title follows two lines below."""
    mark = document.add_paragraph(style=MARK)
    mark.add_run(clean(head.organ)).font.size = Pt(head.mark_size)
    mark.paragraph_format.line_spacing = Pt(head.mark_size * 1.1)
    if head.is_letter:
        _frame(mark, width=Mm(LETTER_RULE), **_on_page(Mm(MARK_TOP[True])))
        _border(mark, ("w:bottom", THICK_THIN, DOUBLE, GAP, RED))
        hide_first_page_number(document)
        _foot_rule(document)
    else:
        mark.paragraph_format.space_before = Mm(MARK_TOP[False])
    _reference(document, head)


def add_imprint(document: Document, head: Letterhead) -> None:
    """Write 版记 at the foot of the last page: paragraphs in one frame, their borders the lines (LibreOffice
    7 lets a floating table float up)."""
    lines = head.imprint
    for at, (left, right) in enumerate(lines):
        if at:
            _imprint_line(document, head, DIVIDER).runs[0].underline = True
        _imprint_line(document, head, f"　{left}\t{right}" if right else f"　{left}")
    if lines:
        document.add_paragraph().paragraph_format.line_spacing = Pt(1)  # holds the frame, takes no room


def _imprint_line(document: Document, head: Letterhead, text: str) -> Any:
    paragraph = document.add_paragraph(clean(text), style=IMPRINT)
    layout = paragraph.paragraph_format
    layout.left_indent, layout.first_line_indent = Pt(FOUR.pt * 4), Pt(FOUR.pt * -4)
    edge = 0 if text == DIVIDER else FOUR
    layout.tab_stops.add_tab_stop(Mm(BODY_WIDTH) - edge, WD_TAB_ALIGNMENT.RIGHT)
    if text == DIVIDER:
        layout.line_spacing = Pt(6)
    _frame(paragraph, width=Mm(BODY_WIDTH), hAnchor="margin", vAnchor="margin", yAlign="bottom")
    if not head.is_letter:
        _border(paragraph, *IMPRINT_LINES)
    return paragraph


def _reference(document: Document, head: Letterhead) -> None:
    """发文字号, with 签发人 at the right where there is one, and the red line of what is no letter."""
    paragraph = document.add_paragraph(style=REFERENCE)
    layout = paragraph.paragraph_format
    if head.is_letter:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        layout.space_before = Pt(THREE.pt * 7 / 8)
        paragraph.add_run(clean(head.number))
        return
    layout.space_before = 2 * LINE
    _border(paragraph, ("w:bottom", "single", RULE, GAP, RED))
    if not head.signer:
        paragraph.add_run(clean(head.number))
        return
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
    layout.tab_stops.add_tab_stop(Mm(BODY_WIDTH) - THREE, WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(clean(f"　{head.number}\t签发人："))
    name = paragraph.add_run(clean(head.signer))
    name._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), SECOND)


def _foot_rule(document: Document) -> None:
    """The lower double line of a letter's first page."""
    paragraph = document.sections[0].first_page_footer.paragraphs[0].insert_paragraph_before(style=NUMBER)
    paragraph.paragraph_format.line_spacing = Pt(1)
    _frame(paragraph, width=Mm(LETTER_RULE), **_on_page(Mm(PAGE[1] - LETTER_FOOT)))
    _border(paragraph, ("w:bottom", THIN_THICK, DOUBLE, "0", RED))


def _on_page(top: Length) -> dict[str, str]:
    return {"hAnchor": "page", "xAlign": "center", "vAnchor": "page", "y": str(_twips(top))}


def _frame(paragraph: Any, *, width: Length, **place: str) -> None:
    """Stand at a place of the page; the text keeps out of it."""
    paragraph._p.get_or_add_pPr().insert_element_before(
        _made("w:framePr", w=str(_twips(width)), wrap="notBeside", **place),
        "w:widowControl", "w:pBdr", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr",
    )  # fmt: skip


def _border(paragraph: Any, *lines: tuple[str, str, str, str, str]) -> None:
    """Lines as (side, kind, eighths of a point, points away, colour)."""
    borders = OxmlElement("w:pBdr")
    for side, kind, size, space, color in lines:
        borders.append(_made(side, val=kind, sz=size, space=space, color=color))
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _made(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _twips(length: Length) -> int:
    return int(length.twips)
