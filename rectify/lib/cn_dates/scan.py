"""Reading a text from left to right with the table of forms; numerals and widths are made alike first."""

import re
from dataclasses import replace
from datetime import date
from typing import Final

from rectify.lib.cn_dates.forms import FORMS
from rectify.lib.cn_dates.found import Context, Found
from rectify.lib.cn_text import NUMERAL_CHARACTERS, chinese_number, narrow, simplify
from rectify.lib.workdays import Workdays

_NUMERAL: Final = f"[{NUMERAL_CHARACTERS}]"
_COUNTED: Final = r"(?=年|月|日|号|天|个|周|季|星期|礼拜|小时|时|点|工作|自然)"
_CHINESE_NUMBER: Final = re.compile(
    rf"(?<![星期拜周]){_NUMERAL}+{_COUNTED}|(?<=第){_NUMERAL}+|(?<=月){_NUMERAL}+(?=[前止,;。)(]|$)"
)
_MONTHS_LONG: Final = re.compile(rf"({_NUMERAL}+|[两俩])个?月(?=内|之内|以内)|([两俩])个?月")
_MARKS: Final = (
    (re.compile(r"[—–―‐‑−﹣]+"), "-"),
    (re.compile(r"[～〜∼]"), "~"),
    (re.compile(r"[．﹒·•]"), "."),
    (re.compile(r"(?<=\d)\s+(?=\d)|(?<=\d)[Tt](?=\d)"), "\0"),
    (re.compile(r"\s+"), ""),
    (re.compile("\0"), " "),
)
#: Longer texts than this are narratives; what stands behind it is not a deadline.
_LONGEST: Final = 500
_STRANGE_YEAR: Final = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{3,}(?=年\d|[-./]\d{1,2}[-./]\d)")


def normalise(text: str) -> str:
    """Half width, simplified, Arabic numerals, spaces only between two digits: what the table is made for."""
    plain = simplify(narrow(text[:_LONGEST]))
    for pattern, mark in _MARKS:
        plain = pattern.sub(mark, plain)
    return _CHINESE_NUMBER.sub(_arabic, _MONTHS_LONG.sub(_months_long, plain))


def strange_year(text: str) -> bool:
    """Whether the normalised text writes a year that no matter of a county's lies in (9999年12月31日, 218年):
    without it the month and the day would be read as if no year stood there."""
    return _STRANGE_YEAR.search(text) is not None


def find_dates(text: str, *, ref_date: date, workdays: Workdays, past: bool = False) -> list[Found]:
    """Everything in the normalised text that the table can read, in order and without overlaps."""
    context = Context(ref_date=ref_date, workdays=workdays, past=past)
    found: list[Found] = []
    at = 0
    while at < len(text):
        reading = _read_at(text, at, context)
        if reading is None:
            at += 1
            continue
        if reading.replaces_last and found:
            found.pop()
        found.append(reading)
        at = reading.end
        if reading.kind == "date":
            context = replace(context, year=reading.year or context.year, last=reading)
    return found


def _read_at(text: str, at: int, context: Context) -> Found | None:
    for pattern, build in FORMS:
        match = pattern.match(text, at)
        if match and match.end() > at:
            reading = build(match, context)
            if reading is not None:
                return reading
    return None


def _arabic(match: re.Match[str]) -> str:
    number = chinese_number(match[0])
    return match[0] if number is None else str(number)


def _months_long(match: re.Match[str]) -> str:
    """两月 and 三月内 count months; 2月 and 3月内 name one."""
    numeral = (match[1] or match[2]).replace("俩", "两")
    return f"{chinese_number(numeral)}个月"
