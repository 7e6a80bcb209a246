"""What a document is made of: plain values, in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BODY_WIDTH = 156
"""Millimetres of the type area of an A4 page (GB/T 9704—2012, 5.2.1)."""
SHORT = 12
"""Rows up to which a table is not divided between pages."""


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 1: 一、 in 黑体; 2: （一） in 楷体."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``is_addressed``: 主送机关, at the left edge; ``is_small``: a remark below a table."""

    text: str
    is_addressed: bool = False
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Numbered:
    """A paragraph that begins with its label: 整改措施：……."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Attachments:
    """附件说明 below the text: 附件：1.……, without a mark at the end of a name (7.3.4)."""

    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Appendix:
    """Begins a new page: ``label`` (附件, 附件1) in 黑体 at its top left corner, the title below (7.3.7)."""

    title: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who issues it and when, at the right: what a hand still fills in."""

    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Issued:
    """发文机关署名 and 成文日期 (``2018年6月6日``) of what is signed: the day four characters in from the
    right, the name above it, room for the seal; never alone on a page (7.3.5)."""

    organ: str
    day: str


@dataclass(frozen=True, slots=True)
class TableOut:
    """``columns``: heading and width in millimetres, together at most 156; the header row is repeated on
    every page, no row is split, none is left alone, a short table stays whole. ``centred``, ``figures``:
    columns (by place) whose cells stand in the middle or at the right. ``strong``: rows (by place) of totals.
    ``caption`` stands above and stays with the table."""

    columns: Sequence[tuple[str, float]]
    rows: Sequence[Sequence[str]]
    centred: frozenset[int] = frozenset()
    row_height: float = 0
    """At least so many millimetres, for cells that a hand fills in; 0: as the text needs."""
    caption: str = ""
    figures: frozenset[int] = frozenset()
    strong: frozenset[int] = frozenset()
    is_dense: bool = False
    """In 五号, for tables of many columns."""
    flows: bool = False
    """Begins where the text before it ends, however short it is: for rows of long texts."""


@dataclass(frozen=True, slots=True)
class Bar:
    """``value`` as printed; ``share``: its length, 0 to 1 of the longest bar's."""

    name: str
    value: str
    share: float


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars from zero, each with its figure, drawn as a table: prints, copies and reads like one."""

    caption: str
    bars: Sequence[Bar]


Part = Heading | Paragraph | Numbered | Attachments | Appendix | Signature | Issued | TableOut | Bars
