"""Writes a document as PDF. Text goes to the typesetter as data (JSON), never as markup: nothing that a
person wrote can be read as a command, a file name or an address."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from rectify.lib.official import fonts
from rectify.lib.official.head import MARK_TOP, Letterhead, indents, title_lines
from rectify.lib.official.parts import BODY_WIDTH, SHORT, Issued, Part, TableOut
from rectify.lib.official.words import clean

TEMPLATE = Path(__file__).with_name("official.typ")
ARCHIVAL = "a-2u"
"""PDF/A-2u (ISO 19005-2): fonts inside, text that can be searched."""


def write_pdf(
    title: str, parts: Sequence[Part], *, author: str, made_at: datetime, head: Letterhead | None = None
) -> bytes:
    """The bytes of a PDF, the same for the same arguments on the same fonts. PDF/A where every character has
    a glyph, else a plain PDF: a rare character never breaks a document. ValueError for a table wider than the
    type area."""
    told = {
        "title": title,
        "lines": title_lines(title),
        "short": SHORT,
        "author": author,
        "fonts": fonts.stacks(),
        "head": _head(head) if head else None,
        "parts": [_part(part) for part in parts],
    }
    inputs = {"document": json.dumps(_cleaned(told), ensure_ascii=False)}
    stamp = int(made_at.timestamp())
    try:
        return _compiled(inputs, stamp, ARCHIVAL)
    except typst.TypstError:
        return _compiled(inputs, stamp, None)


def _compiled(inputs: dict[str, str], stamp: int, standard: Any) -> bytes:
    typeset: Any = typst.compile  # its stubs know no bytes beside a Fonts
    made: bytes = typeset(
        TEMPLATE.read_bytes(),
        root=str(TEMPLATE.parent),
        font_paths=fonts.found(),
        sys_inputs=inputs,
        timestamp=stamp,
        pdf_standards=standard,
    )
    return made


def _head(head: Letterhead) -> dict[str, Any]:
    return {
        **asdict(head),
        "mark_size": head.mark_size,
        "mark_top": MARK_TOP[head.is_letter],
        "imprint": head.imprint,
    }


def _part(part: Part) -> dict[str, Any]:
    """A part as JSON holds it; its kind is the name of its class."""
    told = asdict(part) | {"kind": type(part).__name__}
    if isinstance(part, TableOut):
        if sum(width for _, width in part.columns) > BODY_WIDTH:
            raise ValueError(f"the columns are wider than {BODY_WIDTH} mm")
        told |= {name: sorted(getattr(part, name)) for name in ("centred", "figures", "strong")}
    elif isinstance(part, Issued):
        told["indents"] = indents(part.organ, part.day)
    return told


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return clean(value)
        case dict():
            return {key: _cleaned(one) for key, one in value.items()}
        case list() | tuple():
            return [_cleaned(one) for one in value]
        case _:
            return value
