"""The dates a sheet gives to its rows: 截至, the day it counts from, the day its issues were found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rectify.lib.cn_dates import DateTag, Precision, TaggedDate, dates_in_title, year_in_title
from rectify.lib.sheets.shape import Table
from rectify.lib.sheets.values import money_unit_in

_PLAIN_NAME: Final = re.compile(
    r"(?i)^(sheet|工作表|表格|表|table|page|第)\s*[(（]?\s*[\d一二三四五六七八九十]*\s*[)）]?页?$"
)

_UNIT_LINE: Final = re.compile(r"(?:^|[(（，；、\s]|金额|计量|货币)单位\s*[:：]\s*([^\s，。；)）]{1,12})")


@dataclass(frozen=True, slots=True)
class SheetDates:
    """`as_of`: 截至, None where the sheet does not say; `ref_on`: what undated years count from; `found_on`:
    when its issues were found; `year`: the year of the title."""

    as_of: date | None
    ref_on: date
    found_on: date
    year: int


def sheet_dates(
    table: Table, sheet_name: str, today: date, ref_date: date | None, found_on: date | None
) -> SheetDates:
    """Read the dates of the title, of what stands above the table and below it."""
    year = next((found for text in (table.title, *table.remarks) if (found := year_in_title(text))), None)
    above = _dates((table.title, *table.remarks), year)
    below = _dates(table.closing, year)
    as_of = as_of_date(above, below, _dates((sheet_name,), year))
    feedback = _first(above, DateTag.FEEDBACK)
    base = _first(above, DateTag.BASE) or _first(above, DateTag.CHECK) or feedback
    ref_on = ref_date or feedback or as_of or today
    found_day = found_on or base or as_of or min(ref_on, today)
    return SheetDates(as_of, ref_on, found_day, year or year_in_title(sheet_name) or (as_of or ref_on).year)


def as_of_date(*places: Sequence[TaggedDate]) -> date | None:
    """The 截至 date, in the order of places; else a plain day above the table, else the day it was filed."""
    for dates in places:
        if said := _first(dates, DateTag.AS_OF):
            return said
    above = [dated for dated in places[0] if dated.precision is Precision.DAY]
    return _first(above, DateTag.PLAIN) or _first(above, DateTag.FILED)


def _first(dates: Sequence[TaggedDate], tag: DateTag) -> date | None:
    return next((dated.on for dated in dates if dated.tag is tag), None)


def _dates(texts: Sequence[str], year: int | None) -> list[TaggedDate]:
    return [dated for text in texts for dated in dates_in_title(text, year=year)]


def money_unit(table: Table) -> str:
    """The unit of money that a line above the table gives (单位：元), else 万元."""
    for text in (*table.remarks, table.title):
        for part in _UNIT_LINE.findall(text):
            if unit := money_unit_in(part):
                return unit
    return "万元"


def is_plain_name(sheet_name: str) -> bool:
    """Whether a sheet's name says nothing (Sheet1, 工作表1, 表1)."""
    return bool(_PLAIN_NAME.match(sheet_name.strip()))
