"""The page of one township, department or programme as a workbook: a sheet for each of its tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from dashboards.exchange.tables import exported, nothing, remark, table_sheet
from dashboards.services.places import Chapter
from rectify.lib.sheets.writer import SheetOut, write_styled
from townships.models import User

NOTHING = "还没有数字"


def chapters_workbook(name: str, chapters: Sequence[Chapter], *, user: User, now: datetime) -> bytes:
    """An .xlsx with exactly the figures of the page."""
    sheets = [sheet for chapter in chapters for sheet in _sheets(name, chapter, user, now)]
    return write_styled(sheets or [nothing(chapters[0].reading, NOTHING, f"{name}情况表", user, now)])


def chapters_name(name: str, chapters: Sequence[Chapter]) -> str:
    """The file's name: of whom, as of when."""
    return f"{name}情况表（截至{chapters[0].reading.as_of.isoformat()}）.xlsx"


def _sheets(name: str, chapter: Chapter, user: User, now: datetime) -> Iterator[SheetOut]:
    for section in chapter.sections:
        for part in section.parts:
            yield table_sheet(
                part.table,
                section.counted_in,
                name=f"{chapter.title}按{part.table.label}（{section.counted_in}）",
                title=f"{name}{chapter.title}情况表",
                remark=remark(chapter.reading, section.counted_in),
                notes=[section.sentence, exported(chapter.reading, user, now)],
                worst=section.worst_indicator.name,
            )
