"""What a deadline cell means (import contract: the deadline object). Nothing written is ever an error."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from rectify.lib.cn_dates.found import Found, Precision, add_months, month_end
from rectify.lib.cn_dates.scan import find_dates, normalise, strange_year
from rectify.lib.likely_days import is_likely
from rectify.lib.workdays import Workdays


class DeadlineClass(StrEnum):
    """The four kinds of deadline."""

    DATED = "dated"
    IMMEDIATE = "immediate"
    LONG = "long"
    UNDETERMINED = "undetermined"

    @property
    def label(self) -> str:
        """The word on the page."""
        return _CLASS_LABELS[self]


class Confidence(StrEnum):
    """Whether a person has to confirm what was read."""

    CERTAIN = "certain"
    CONFIRM = "confirm"

    @property
    def label(self) -> str:
        """The word on the page."""
        return "确定" if self is Confidence.CERTAIN else "待确认"


_CLASS_LABELS: Final = {
    DeadlineClass.DATED: "有期限",
    DeadlineClass.IMMEDIATE: "立行立改",
    DeadlineClass.LONG: "长期坚持",
    DeadlineClass.UNDETERMINED: "期限未定",
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline as written and as read.

    `means_done`: the cell says that it is done (已完成). `problem`: one Chinese sentence for a warning, where
    what is written cannot be (2018年6月31日). `counted_from`: the day it was read from, told by who reads it.
    """

    raw: str
    kind: DeadlineClass
    due_on: date | None = None
    long: bool = False
    confidence: Confidence = Confidence.CONFIRM
    means_done: bool = False
    problem: str = ""
    counted_from: date | None = None


_HOLE: Final = "□"
_IMMEDIATE: Final = re.compile(
    r"立[行知查整说纠审巡督接即][即立]?[改行办整知]|即[知查审办纠时行到]即?[改办行整]|边[查审督巡学整接排][边即][改整]|随[查时][随即]?改|"
    r"立即(?:整改|完成|办理|改正|纠正|处理|落实|执行|办结|解决|到位|停止|清退|拆除|取缔)?(?=$|[,;。、()并且□])|"
    r"^(?:立改|即改|马上改?|立马|当场|即刻|即时|现场)(?:整改|改正|办理|完成|办结)?$|立即整改|当场整改|现场整改|即时整改|即刻整改|马上整改"
)
_AT_ONCE: Final = re.compile(r"立即|马上|即刻|立马")
_LONG: Final = re.compile(
    r"长期(?!未|目标|规划|存在|拖欠|闲置|得不到|失修)|长效坚持|常态|常抓|永久|经常性|日常|常年|长年|始终|不间断|贯穿|坚持(?=$|[,;。)])|"
    r"持续(?![^,;。]{0,6}(?:至|到)?□)"
)
_LONG_PERHAPS: Final = re.compile(r"动态|滚动|随时")
_HEDGE: Final = re.compile(
    r"预计|力争|争取|力求|暂定|初定|初步|预期|预定|有望|原则上|大约|尽量|约(?=□)|拟(?!定|制|写)(?=[^,;。]{0,8}□)|计划(?:于|在|到)?(?=□)|或(?=□)|已经?[于在]?□"
)
_LUNAR: Final = re.compile(r"农历|阴历|旧历|腊月|正月|冬月")
_ASIDE: Final = re.compile(r"\((?:[^()]*(?:农历|阴历|腊月|正月)[^()]*|(?:星期|周|礼拜)[一二三四五六日天])\)")
_CHANGED: Final = re.compile(r"(?:延[期长至到]|顺延|推迟|调整|变更|改)[^,;。(]{0,3}[至到为]?$|提前[至到]$")
_DONE: Final = re.compile(
    r"已经?(?:于|在)?□?(?:全部|全面|按期|按时|如期|提前|基本上)?(?:整改|整治|办理|处理|落实|处置)?(?:完成|完毕|到位|办结|办毕|销号|清零|整改|解决|完结|结束)"
    r"(?!阶段|率|□|\d|部分|大部|一半|初步|前期|过半)|^(?:整改)?(?:完成|完毕|办结|销号)(?:整改|销号|交账销号)?[,。]?$|^整改到位$|^完成交账销号$"
)
_NOT_DONE: Final = re.compile(r"未|尚|基本|部分|阶段|正在|没有")
_FUTURE_BEFORE: Final = re.compile(r"(?:之前|以前|前)")
_BLUR: Final = re.compile(r"(?:之?后|以后|起|开始|左右|上下|前后|[-~至到])")
_YEAR_TAIL: Final = re.compile(r"$|[,;。)(前内完底并且止到整全落]|之前|以前|度")
_EVENT_TAIL: Final = re.compile(r"(?!底|末)[^,;。()□]{1,12}(?:之?前|之?后|以前|以后|期间)(?:$|[,;。()完整])")
_COARSE: Final = (Precision.MONTH, Precision.QUARTER, Precision.HALF, Precision.YEAR)
_EPOCH: Final = date(1899, 12, 30)


def parse_deadline(
    value: object, *, ref_date: date, workdays: Workdays, month_only: bool = False
) -> Deadline | None:
    """What a cell of a deadline column means; None for a blank one, which counts as undetermined.

    Undated years and relative forms count from `ref_date` (a Beijing date), working days by `workdays`.
    `month_only`: the cell's number format shows no day (2018年6月), so it stands for the month's end.
    Never raises: what cannot be read is undetermined, to be confirmed.
    """
    if value is None or isinstance(value, bool):
        return None if value is None else Deadline(str(value), DeadlineClass.UNDETERMINED)
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        if not is_likely(value):
            return _unlikely(value.isoformat())
        due_on = month_end(value.year, value.month) if month_only else value
        return Deadline(value.isoformat(), DeadlineClass.DATED, due_on, False, Confidence.CERTAIN)
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value))
        if not number.is_finite():
            return Deadline(str(value), DeadlineClass.UNDETERMINED)
        return _read_number(str(value), number, ref_date)
    text = str(value)
    return _read_text(text, ref_date, workdays) if text.strip() else None


def as_json(deadline: Deadline) -> dict[str, object]:
    """The contract's deadline object; `due_on` is left out where there is none."""
    shown: dict[str, object] = {"raw": deadline.raw, "class": deadline.kind.value}
    if deadline.due_on is not None:
        shown["due_on"] = deadline.due_on.isoformat()
    return shown | {"long": deadline.long, "confidence": deadline.confidence.value}


@lru_cache(maxsize=8192)
def _read_text(raw: str, ref_date: date, workdays: Workdays) -> Deadline:
    text = normalise(raw).strip("。.,;、")
    if re.fullmatch(r"\d+(?:\.0+)?", text):
        return _read_number(raw, Decimal(text), ref_date)
    text = _ASIDE.sub("", text)
    if _LUNAR.search(text):
        return Deadline(raw, DeadlineClass.UNDETERMINED)
    if strange_year(text):
        return _unlikely(raw)
    found = find_dates(text, ref_date=ref_date, workdays=workdays)
    rest = _without(text, found)
    means_done = bool(_DONE.search(rest)) and not _NOT_DONE.search(rest)
    if problem := next((reading.problem for reading in found if reading.problem), ""):
        return Deadline(raw, DeadlineClass.UNDETERMINED, means_done=means_done, problem=problem)
    dates = [reading for reading in found if reading.kind == "date" and not _is_year_of_event(text, reading)]
    dates = dates or [reading for reading in found if reading.kind == "duration"]
    long = bool(_LONG.search(rest))
    if dates:
        due_on, confidence = _choose(text, rest, dates, found)
        if not is_likely(due_on):
            return _unlikely(raw)
        at_once = DeadlineClass.IMMEDIATE if _IMMEDIATE.search(rest) else DeadlineClass.DATED
        return Deadline(raw, at_once, due_on, long, confidence, means_done)
    if _IMMEDIATE.search(rest) or _AT_ONCE.search(rest):
        return Deadline(raw, DeadlineClass.IMMEDIATE, None, long, Confidence.CERTAIN, means_done)
    if long:
        return Deadline(raw, DeadlineClass.LONG, None, True, Confidence.CERTAIN, means_done)
    if any(reading.kind == "recurring" for reading in found) or _LONG_PERHAPS.search(rest):
        return Deadline(raw, DeadlineClass.LONG, None, True, Confidence.CONFIRM, means_done)
    return Deadline(raw, DeadlineClass.UNDETERMINED, means_done=means_done)


def _without(text: str, found: list[Found]) -> str:
    """The text with a hole where each date stood, so that words are looked for beside dates, not in them."""
    pieces, end = [], 0
    for reading in found:
        pieces += [text[end : reading.start], "" if reading.kind == "time" else _HOLE]
        end = reading.end
    return "".join(pieces) + text[end:]


def _is_year_of_event(text: str, reading: Found) -> bool:
    """2018年汛期前 and 2020年验收后 name an event and its year, not the year's end."""
    return reading.precision is Precision.YEAR and bool(_EVENT_TAIL.match(text[reading.end :]))


def _choose(text: str, rest: str, dates: list[Found], found: list[Found]) -> tuple[date, Confidence]:
    """The last of the dates, or the one it was moved to, and whether it can be relied on."""
    days = [(reading.on, reading) for reading in dates if reading.on is not None]
    due_on, chosen = max(days, key=lambda day: day[0])
    for on, reading in days[1:]:
        if _CHANGED.search(text[: reading.start]):
            due_on, chosen = on, reading
    tail = text[chosen.end :]
    certain = (
        chosen.certain
        and len({reading.on for reading in dates}) == 1
        and all(reading.kind in ("date", "time", "duration") for reading in found)
        and not (chosen.precision in _COARSE and _FUTURE_BEFORE.match(tail))
        and not (chosen.precision is Precision.YEAR and not _YEAR_TAIL.match(tail))
        and not _BLUR.match(tail)
        and not _HEDGE.search(rest)
    )
    return due_on, Confidence.CERTAIN if certain else Confidence.CONFIRM


def _read_number(raw: str, number: Decimal, ref_date: date) -> Deadline:
    """A bare number: days up to 366, a year, 20180630, a spreadsheet's serial, month and day (6.25)."""
    digits = str(int(number))
    due_on: date | None = None
    certain = False
    try:
        if number == int(number):
            if 1 <= number <= 366:
                due_on = ref_date + timedelta(days=int(number))
            elif 1990 <= number <= 2099:
                due_on = date(int(number), 12, 31)
            elif len(digits) in (8, 14):
                due_on, certain = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])), True
            elif len(digits) == 6:
                due_on = _six_digits(digits)
        else:
            due_on = _point_number(str(number.normalize()), ref_date)
        if due_on is None and 36_526 <= number <= 73_050:  # 2000 to 2099
            due_on = _EPOCH + timedelta(days=int(number))
    except (ValueError, OverflowError):
        return Deadline(raw, DeadlineClass.UNDETERMINED, problem=f"没有这一天：{raw}")
    if due_on is None:
        return Deadline(raw, DeadlineClass.UNDETERMINED)
    confidence = Confidence.CERTAIN if certain else Confidence.CONFIRM
    return Deadline(raw, DeadlineClass.DATED, due_on, False, confidence)


def _unlikely(raw: str) -> Deadline:
    return Deadline(raw, DeadlineClass.UNDETERMINED, problem=f"年份不对：{raw}")


def _six_digits(digits: str) -> date:
    """201806 is a month; 180630 a day of this century."""
    if digits.startswith(("19", "20")) and 1 <= int(digits[4:]) <= 12:
        return month_end(int(digits[:4]), int(digits[4:]))
    return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))


def _point_number(text: str, ref_date: date) -> date | None:
    """6.25 typed as a number; 6.3 may have been 6.30 and 2018.1 2018.10, so they are not guessed."""
    whole, _, point = text.partition(".")
    is_year = len(whole) == 4 and whole.startswith(("19", "20"))
    if len(point) > 2 or not point or (len(point) == 1 and point in ("1" if is_year else "123")):
        return None
    if is_year:
        return month_end(int(whole), int(point))
    if not 1 <= int(whole) <= 12:
        return None
    due_on = date(ref_date.year, int(whole), int(point))
    return due_on if add_months(due_on, 6) >= ref_date else due_on.replace(year=ref_date.year + 1)
