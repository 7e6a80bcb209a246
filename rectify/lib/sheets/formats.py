"""Number formats where they change what a cell says: 0.56 shown as 56%, 183 as 183户, a date as 2018年6月."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from rectify.lib.sheets.types import Value

_FULL, _MONTH, _DAY = 'yyyy"年"m"月"d"日"', 'yyyy"年"m"月"', 'm"月"d"日"'
_HOURS, _CLOCK = 'h"时"mm"分"', 'h"时"mm"分"ss"秒"'

#: Dates of Chinese Excel that a file names by number only (ECMA-376 part 1, 18.8.30, zh-CN).
DATES_BY_NUMBER = (
    dict.fromkeys((27, 36, 50, 52, 55, 57), _MONTH)
    | dict.fromkeys((28, 29, 51, 53, 54, 56, 58), _DAY)
    | dict.fromkeys((32, 34), _HOURS)
    | dict.fromkeys((33, 35), _CLOCK)
    | {30: "m-d-yy", 31: _FULL}
)
#: Formats that a file names by number only, as far as a rule below looks at them.
BUILT_IN = {9: "0%", 10: "0.00%", 17: "mmm-yy", **DATES_BY_NUMBER}

_LITERAL = re.compile(r'"[^"]*"|[\\!_*].|\[[^\]]*\]')
_BODY = re.compile(r"General|[#0?]+(?:,[#0?]+)*(?:\.[#0?]+)?")
_PADDED = re.compile(r"0{2,}")


@lru_cache(maxsize=1024)
def is_telling(code: str) -> bool:
    """Whether a number format changes what a cell says beyond digits and separators."""
    is_padded = _PADDED.fullmatch(_first(code)) is not None
    return is_percent(code) or is_without_day(code) or is_padded or unit_of(code) != ""


@lru_cache(maxsize=1024)
def is_percent(code: str) -> bool:
    """Whether the format shows a fraction as a percentage."""
    return "%" in _bare(code)


@lru_cache(maxsize=1024)
def is_without_day(code: str) -> bool:
    """Whether the format shows a date by month or by year alone, so that its day was never meant."""
    letters = set(_letters(code))
    return bool(letters) and letters <= {"y", "m"}


@lru_cache(maxsize=1024)
def is_date(code: str) -> bool:
    """Whether the format shows a number as a date or a time of day."""
    return bool(_letters(code))


@lru_cache(maxsize=1024)
def is_duration(code: str) -> bool:
    """Whether the format shows elapsed time ([h]:mm) rather than a moment."""
    return bool(re.search(r"\[(?:h+|m+|s+)\]", _first(code), re.IGNORECASE))


@lru_cache(maxsize=1024)
def unit_of(code: str) -> str:
    """The unit that a format writes behind a number (0"户" gives 户), "" if none.

    A format that also scales (0.0,"万元" shows thousandths, 0!.0,"万元" ten-thousandths) gives none: its word
    belongs to the scaled figure, not to the value.
    """
    section = _first(code)
    body = _BODY.match(section)
    if body is None:
        return ""
    behind = section[body.end() :]
    text = re.sub(r'"([^"]*)"|[\\!](.)|[_*].', lambda found: found[1] or found[2] or "", behind)
    return text.strip() if re.fullmatch(r"[ ]*[㐀-鿿]+[ ]*", text) else ""


def shown(value: Value, code: str) -> str:
    """The text a cell with a telling format shows; no digit is rounded away (0.5678 as 0% gives 56.78%)."""
    if isinstance(value, date | datetime):
        return f"{value.year}年" + (f"{value.month}月" if "m" in _letters(code) else "")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return "" if value is None else str(value)
    if is_percent(code):
        return f"{_plain(value * 100)}%"
    section = _first(code)
    if _PADDED.fullmatch(section) and value >= 0:
        return _plain(value).rjust(len(section), "0")
    return f"{_plain(value)}{unit_of(code)}"


def _plain(number: int | Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _first(code: str) -> str:
    """The section of a format that is for positive numbers, without colours and locales ([Red], [$-804])."""
    outside = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', code)[0]
    return re.sub(r"\[(?!(?:h+|m+|s+)\])[^\]]*\]", "", outside, flags=re.IGNORECASE)


def _bare(code: str) -> str:
    return _LITERAL.sub("", _first(code))


def _letters(code: str) -> str:
    bare = _bare(code).lower()
    if "general" in bare or re.search(r"[0#?]", re.sub(r"s\.0+", "s", bare)):
        return ""
    return "".join(letter for letter in bare if letter in "ymdhs") + ("h" if is_duration(code) else "")
