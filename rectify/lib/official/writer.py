"""Writes a document as .docx: real styles, real tables, the page of the standard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document as NewDocument
from docx.document import Document
from docx.shared import Pt

from rectify.lib.official.docx_head import add_head, add_imprint
from rectify.lib.official.docx_tables import add_bars, add_table
from rectify.lib.official.head import Letterhead, indents, title_lines
from rectify.lib.official.layout import (
    ADDRESSED,
    APPENDIX,
    ATTACHED,
    ISSUED,
    LINE,
    REMARK,
    SIGNED,
    THREE,
    lay_out,
)
from rectify.lib.official.parts import (
    Appendix,
    Attachments,
    Bars,
    Heading,
    Issued,
    Numbered,
    Paragraph,
    Part,
    Signature,
    TableOut,
)
from rectify.lib.official.words import clean


def write_document(
    title: str, parts: Sequence[Part], *, author: str, made_at: datetime, head: Letterhead | None = None
) -> bytes:
    """The bytes of a .docx, the same for the same arguments; ``author`` and ``made_at`` stand in its
    properties; ``head``: 红头 and 版记 of what an office sends. ValueError for a table wider than the type
    area."""
    document = NewDocument()
    lay_out(document)
    properties = document.core_properties
    properties.title, properties.author, properties.language = clean(title), clean(author), "zh-CN"
    properties.comments, properties.last_modified_by = "", clean(author)
    properties.created = properties.modified = made_at.replace(tzinfo=None)
    if head:
        add_head(document, head)
    heading = document.add_paragraph(clean("\n".join(title_lines(title))), style="Title")
    if head:
        heading.paragraph_format.space_before = 2 * LINE  # 红线下空二行 (7.3.1)
    for part in parts:
        _add(document, part)
    if head:
        add_imprint(document, head)
    file = BytesIO()
    document.save(file)
    return _dated(file, made_at)


def _add(document: Document, part: Part) -> None:
    match part:
        case Heading() | Paragraph() | Numbered():
            _words(document, part)
        case Attachments():
            _attachments(document, part)
        case Appendix():
            _appendix(document, part)
        case Signature():
            for line in part.lines:
                document.add_paragraph(clean(line), style=SIGNED)
        case Issued():
            _issued(document, part)
        case TableOut():
            add_table(document, part)
        case Bars():
            add_bars(document, part)


def _words(document: Document, part: Heading | Paragraph | Numbered) -> None:
    style, text = "Normal", part.text
    if isinstance(part, Heading):
        style = f"Heading {part.level}"
    elif isinstance(part, Numbered):
        text = f"{part.label}：{part.text}"
    elif part.is_addressed or part.is_small:
        style = ADDRESSED if part.is_addressed else REMARK
    document.add_paragraph(clean(text), style=style)


def _attachments(document: Document, part: Attachments) -> None:
    """Each name on its own line, what runs over below the name's first character."""
    one = len(part.names) == 1
    for at, name in enumerate(part.names, 1):
        start = "附件：" if at == 1 else "　　　"
        paragraph = document.add_paragraph(clean(f"{start}{'' if one else f'{at}.'}{name}"), style=ATTACHED)
        layout = paragraph.paragraph_format
        layout.left_indent, layout.first_line_indent = Pt(THREE.pt * 5), Pt(THREE.pt * -3)
        if at == 1:
            layout.space_before = LINE


def _appendix(document: Document, part: Appendix) -> None:
    """On a page of its own; without a label the title begins it."""
    title = document.add_paragraph(clean(part.title), style="Title")
    first = title
    if part.label:
        first = title.insert_paragraph_before(clean(part.label), style=APPENDIX)
        title.paragraph_format.space_before = LINE
    first.paragraph_format.page_break_before = True


def _issued(document: Document, part: Issued) -> None:
    _stay(document)
    for text, chars in zip((part.organ, part.day), indents(part.organ, part.day), strict=True):
        paragraph: Any = document.add_paragraph(clean(text), style=ISSUED)
        paragraph.paragraph_format.right_indent = Pt(THREE.pt * chars)
        if text is part.organ:
            paragraph.paragraph_format.space_before = 2 * LINE
            paragraph.paragraph_format.keep_with_next = True


def _stay(document: Document) -> None:
    """What comes before a signature stays with it, the last words of the text among it (7.3.5)."""
    for paragraph in reversed(document.paragraphs):
        paragraph.paragraph_format.keep_with_next = True
        if paragraph.style is None or paragraph.style.name != ATTACHED:
            return


def _dated(file: BytesIO, made_at: datetime) -> bytes:
    """The same parts, each dated ``made_at``: a zip dates its parts by the machine's clock."""
    packed = BytesIO()
    day = (made_at.year, made_at.month, made_at.day, made_at.hour, made_at.minute, made_at.second)
    with ZipFile(file) as read, ZipFile(packed, "w", ZIP_DEFLATED) as written:
        for name in read.namelist():
            entry = ZipInfo(name, day)
            entry.compress_type = ZIP_DEFLATED
            written.writestr(entry, read.read(name))
    return packed.getvalue()


__all__ = ["clean", "write_document"]
