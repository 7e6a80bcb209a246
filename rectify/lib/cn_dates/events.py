"""Dates of things that happened (完成时间), and the dates and years that titles and notes of a sheet give."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from rectify.lib.cn_dates.found import Found, Precision, month_end
from rectify.lib.cn_dates.scan import find_dates, normalise, strange_year
from rectify.lib.likely_days import is_likely
from rectify.lib.workdays import Workdays

_CALENDAR: Final = Workdays()  # nothing here counts working days
_EPOCH: Final = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """The day of an event, or a Chinese sentence why there is none. A month stands for its last day."""

    on: date | None
    precision: Precision = Precision.DAY
    certain: bool = True
    problem: str = ""


class DateTag(StrEnum):
    """What a date in a title or note is the date of."""

    AS_OF = "as_of"  # 截至
    BASE = "base"  # 问题基数统计时间
    CHECK = "check"  # 2017年11月核查
    FEEDBACK = "feedback"  # 反馈日期
    FILED = "filed"  # 填报日期, 制表时间
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class TaggedDate:
    """One date of a title or note; a month stands for its last day."""

    tag: DateTag
    on: date
    precision: Precision = Precision.DAY


def parse_date(
    value: object, *, ref_date: date, past: bool = False, month_only: bool = False
) -> ParsedDate | None:
    """The day that a cell names, None for a blank cell.

    A date without a year takes the reference date's, by the half-year rule of deadlines; with `past`, the
    latest year in which it does not lie after `ref_date` (a period that has begun ends on that day).
    `month_only`: the number format shows no day.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        if not is_likely(value):
            return _unreadable(value.isoformat())
        return (
            ParsedDate(month_end(value.year, value.month), Precision.MONTH)
            if month_only
            else ParsedDate(value)
        )
    if isinstance(value, bool):
        return _unreadable(str(value))
    text = str(value)
    return _read_event(text, ref_date, past) if text.strip() else None


@lru_cache(maxsize=8192)
def _read_event(raw: str, ref_date: date, past: bool) -> ParsedDate:
    text = normalise(raw).strip("。.,;、")
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        on = _EPOCH + timedelta(days=int(Decimal(text)))
        return ParsedDate(on, certain=False) if 1980 <= on.year <= 2099 else _unreadable(raw)
    if re.fullmatch(r"\d{14}", text):
        text = text[:8]
    if re.fullmatch(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])", text):
        text = f"{text[:4]}-{text[4:]}"
    if re.fullmatch(r"(?:19|20)\d{2}", text):
        text += "年"
    if strange_year(text):
        return _unreadable(raw)
    found = [
        reading
        for reading in find_dates(text, ref_date=ref_date, workdays=_CALENDAR, past=past)
        if reading.kind == "date"
    ]
    if problem := next((reading.problem for reading in found if reading.problem), ""):
        return ParsedDate(None, certain=False, problem=problem)
    if not found:
        return _unreadable(raw)
    return _latest(found, ref_date, past)


def _latest(found: list[Found], ref_date: date, past: bool) -> ParsedDate:
    """The last of the dates; for a past event the last that has begun, and never a day still to come."""
    begun = [reading for reading in found if reading.first and reading.first <= ref_date] if past else found
    chosen = max(begun or found, key=lambda reading: reading.on or date.min)
    on = chosen.on
    if past and begun and on and on > ref_date:
        on = ref_date
    is_alone = len({reading.on for reading in found}) == 1
    return ParsedDate(on, chosen.precision, chosen.certain and is_alone and on == chosen.on)


def _unreadable(raw: str) -> ParsedDate:
    return ParsedDate(None, certain=False, problem=f"日期无法识别：{raw.strip()[:40]}")


_DATE_IN_TITLE: Final = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d{2})(?:年|(?P<s>[-./])(?=\d))(?P<m>\d{1,2})(?:月份?|(?P=s)|(?!\d))"
    r"(?:(?P<d>\d{1,2})(?:[日号]|(?![\d年月])))?(?P<end>底|末)?"
)
_COMPACT_IN_TITLE: Final = re.compile(r"(?<!\d)(?P<y>20\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)(?!\d)")
_SHORT_IN_TITLE: Final = re.compile(r"(?<![\d年])(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})[日号]|底|末)")
_CHECKED: Final = "核查|检查|督查|督察|巡察|巡视|排查|摸排|暗访|审计|抽查|清查|考核|评估|普查|调查|摸底|自查"
_BEFORE: Final = (
    (DateTag.BASE, re.compile(r"基数|底数|基准")),
    (DateTag.FEEDBACK, re.compile(r"反馈")),
    (DateTag.FILED, re.compile(r"填报|填表|制表|报送|上报|报出|打印|编制|印发|更新")),
    (DateTag.AS_OF, re.compile(r"截至|截止|统计|数据")),
    (DateTag.CHECK, re.compile(rf"{_CHECKED}|发现")),
)
_AFTER: Final = (
    (DateTag.CHECK, re.compile(rf"^[^,;。:()\d]{{0,8}}(?:{_CHECKED})")),
    (DateTag.FEEDBACK, re.compile(r"^[^,;。:()\d]{0,6}反馈")),
    (DateTag.BASE, re.compile(r"^[^,;。:()\d]{0,4}(?:基数|底数)")),
    (DateTag.AS_OF, re.compile(r"^[^,;。:()\d]{0,2}(?:止|统计|为止)")),
)


def dates_in_title(text: str, *, year: int | None = None) -> list[TaggedDate]:
    """The days and months that a title or note names, each with what it is the date of, in order.

    A year alone is no date (`years_in_title`). `year` completes dates written without one, which are else
    left out, as are days that do not exist.
    """
    plain = normalise(text)
    matches = sorted(
        (
            match
            for pattern in (_DATE_IN_TITLE, _COMPACT_IN_TITLE, _SHORT_IN_TITLE)
            for match in pattern.finditer(plain)
        ),
        key=lambda match: match.start(),
    )
    dates: list[TaggedDate] = []
    end = 0
    for match in matches:
        if match.start() < end:
            continue
        tag = _tag(plain[end : match.start()], plain[match.end() :])
        if dated := _date_of(match, tag, year):
            dates.append(dated)
            year = dated.on.year
        end = match.end()
    return dates


def _date_of(match: re.Match[str], tag: DateTag, year: int | None) -> TaggedDate | None:
    groups = match.groupdict()
    in_year = int(groups["y"]) if groups.get("y") else year
    if in_year is None:
        return None
    try:
        if groups.get("d"):
            return TaggedDate(tag, date(in_year, int(groups["m"]), int(groups["d"])))
        return TaggedDate(tag, month_end(in_year, int(groups["m"])), Precision.MONTH)
    except ValueError:
        return None


def _tag(before: str, after: str) -> DateTag:
    """The word right before the date decides (截至, 反馈日期：), else the one after it (2017年11月核查)."""
    near = re.split(r"[,;。)(]", before)[-1][-12:]
    labelled = bool(re.search(r"[:时间日期至止于自在]$", near))
    if labelled:
        for tag, pattern in _BEFORE:
            if pattern.search(near):
                return tag
    for tag, pattern in _AFTER:
        if pattern.search(after):
            return tag
    return next((tag for tag, pattern in _BEFORE[:4] if pattern.search(near)), DateTag.PLAIN)


_YEAR: Final = r"(?<![\d〔\[])((?:19|20)\d{2})"
_YEARS: Final = re.compile(rf"{_YEAR}年?[-~至到、和及]((?:19|20)\d{{2}})年|{_YEAR}年")


def years_in_title(text: str) -> tuple[int, ...]:
    """The years that a title names, in order, a span by its two ends (2016—2017年 → 2016, 2017)."""
    years: list[int] = []
    for match in _YEARS.finditer(normalise(text)):
        years += [int(group) for group in match.groups() if group and int(group) not in years]
    return tuple(years)


def year_in_title(text: str) -> int | None:
    """The year a title speaks of, the last of a span; None where it names none."""
    years = years_in_title(text)
    return max(years) if years else None
