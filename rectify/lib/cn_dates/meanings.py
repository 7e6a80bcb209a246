"""What each way of writing a date means: builders from a match to the first and last day it stands for."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from rectify.lib.cn_dates.found import Context, Found, Precision, Span, add_months, month_end, resolve

_RELATIVE_YEARS: Final = {
    "去": -1,
    "上": -1,
    "今": 0,
    "本": 0,
    "当": 0,
    "同": 0,
    "明": 1,
    "来": 1,
    "次": 1,
    "后": 2,
}
_RELATIVE_DAYS: Final = {
    "前": -2,
    "昨": -1,
    "今": 0,
    "当": 0,
    "即": 0,
    "明": 1,
    "次": 1,
    "翌": 1,
    "后": 2,
    "大后": 3,
}
_STEPS: Final = {"本": 0, "当": 0, "这": 0, "上": -1, "下": 1, "次": 1, "下下": 2}
_WEEKDAYS: Final[dict[str, int]] = {character: index for index, character in enumerate("一二三四五六日")} | {
    "天": 6,
    "末": 6,
    "内": 6,
}
_WEEKDAYS.update({str(number): number - 1 for number in range(1, 7)})

_LONGEST_COUNT: Final = 10_000
# Anchors that are the reference date itself (反馈后2个月内); other events have no date (资金到位后30天内).
_REFERENCE_EVENT: Final = re.compile(
    r"反馈|报告|通知|文件|印发|下发|发文|交办|移交|转办|通报|签收|收到|接到|接件|检查|督查|督办|核查|巡察|巡视|审计|"
    r"发现|意见|清单|台账|即日|现在|今日|今天|本函|会议|登记|受理|下达任务|认领"
)
_OPEN_EVENT: Final = re.compile(
    r"资金|到位|开工|动工|进场|批复|验收|招标|中标|审批|立项|完工|建成|汛|雨季|节后|评估"
)


def _span(match: re.Match[str], span: Span, precision: Precision, certain: bool, year: int | None) -> Found:
    return Found(
        match.start(), match.end(), first=span[0], on=span[1], precision=precision, certain=certain, year=year
    )


def _impossible(match: re.Match[str]) -> Found:
    return Found(match.start(), match.end(), problem=f"没有这一天：{match[0]}")


def _year_of(match: re.Match[str], context: Context) -> int | None:
    groups = match.groupdict()
    if digits := groups.get("y"):
        return int(digits) if len(digits) == 4 else 2000 + int(digits)
    if word := groups.get("ry"):
        return context.ref_date.year + _RELATIVE_YEARS[word]
    return None


def _months(first: int, last: int) -> Callable[[int], Span]:
    return lambda year: (date(year, first, 1), month_end(year, last))


def _build(
    match: re.Match[str],
    context: Context,
    make: Callable[[int], Span],
    precision: Precision = Precision.DAY,
    certain: bool = True,
) -> Found:
    year = _year_of(match, context)
    try:
        span, is_year_certain = resolve(make, year, context)
    except ValueError:
        return _impossible(match)
    return _span(match, span, precision, certain and is_year_certain, year or context.year)


def day(match: re.Match[str], context: Context) -> Found:
    month, day = int(match["m"]), int(match["d"])
    until = match.groupdict().get("until")
    is_short_year = len(match.groupdict().get("y") or "2018") == 2 and "年" not in match[0]

    def make(year: int) -> Span:
        return date(year, month, day), date(year, month, int(until or day))

    return _build(match, context, make, certain=not until and not is_short_year)


def short_day(match: re.Match[str], context: Context) -> Found | None:
    """6.30, 6/30. 6-9 may be two months, and 6.3 may have been 6.30 in a spreadsheet."""
    found = day(match, context)
    is_whole = match.end() - match.start() == len(match.string)
    is_doubtful = match["s"] == "-" or (is_whole and match["s"] == "." and match["d"] in ("1", "2", "3"))
    return replace(found, certain=False) if is_doubtful else found


def american(match: re.Match[str], context: Context) -> Found:
    first, second = int(match["a"]), int(match["b"])
    month, day = (first, second) if first <= 12 else (second, first)
    return _build(match, context, lambda year: (date(year, month, day),) * 2, certain=False)


def _part_of(year: int, month: int, part: str) -> tuple[Span, Precision, bool]:
    """First and last day of a part of a month, how exact that is, and whether it is agreed."""
    last = month_end(year, month)
    tens = {
        "上旬": (1, 10), "初": (1, 10), "中旬": (11, 20), "中": (11, 20), "上中旬": (1, 20),
        "上半月": (1, 15), "下旬": (21, last.day), "中下旬": (11, last.day), "下半月": (16, last.day),
    }  # fmt: skip
    if part in tens:
        first_day, last_day = tens[part]
        return (last.replace(day=first_day), last.replace(day=last_day)), Precision.PART, False
    return (last.replace(day=1), last), Precision.END if part else Precision.MONTH, True


def month(match: re.Match[str], context: Context) -> Found:
    month, part = int(match["m"]), match.groupdict().get("part") or ""
    if not 1 <= month <= 12:
        return _impossible(match)
    _, precision, certain = _part_of(context.ref_date.year, month, part)
    return _build(match, context, lambda year: _part_of(year, month, part)[0], precision, certain)


def month_range(match: re.Match[str], context: Context) -> Found:
    """The first month of 7月至9月: it lends its year, the second one is read by itself."""
    month = int(match["m"])
    if not 1 <= month <= 12:
        return _impossible(match)
    return _build(match, context, _months(month, month), Precision.MONTH, certain=False)


def quarter(match: re.Match[str], context: Context) -> Found:
    last_month = int(match["q"]) * 3
    precision = Precision.END if match["part"] else Precision.QUARTER
    return _build(match, context, _months(last_month - 2, last_month), precision)


def this_quarter(match: re.Match[str], context: Context) -> Found:
    step = _STEPS[(match.groupdict().get("step") or "本").removesuffix("个")]
    first = add_months(
        context.ref_date.replace(day=1, month=(context.ref_date.month - 1) // 3 * 3 + 1), 3 * step
    )
    span = first, month_end(first.year, first.month + 2)
    return _span(match, span, Precision.END, False, None)


def half(match: re.Match[str], context: Context) -> Found:
    last_month = 6 if match["half"] in "上前" else 12
    precision = Precision.END if match["part"] else Precision.HALF
    return _build(match, context, _months(last_month - 5, last_month), precision)


def year_end(match: re.Match[str], context: Context) -> Found:
    part = match["part"]
    if part == "中":
        return _build(match, context, _months(6, 6), Precision.PART, False)
    if part == "初":
        return _build(match, context, _months(1, 1), Precision.PART, False)
    return _build(match, context, _months(1, 12), Precision.END)


def whole_year(match: re.Match[str], context: Context) -> Found:
    return _build(match, context, _months(1, 12), Precision.YEAR)


def this_month(match: re.Match[str], context: Context) -> Found:
    groups = match.groupdict()
    step = _STEPS[(groups.get("step") or "本").removesuffix("个")]
    first = add_months(context.ref_date.replace(day=1), step)
    if day := groups.get("d"):
        try:
            on = first.replace(day=int(day))
        except ValueError:
            return _impossible(match)
        return _span(match, (on, on), Precision.DAY, False, None)
    span, precision, _ = _part_of(first.year, first.month, groups.get("part") or "")
    return _span(match, span, precision, False, None)


def day_of_month(match: re.Match[str], context: Context) -> Found:
    """20日前: of the month before it in the text, else the next such day (the last one for a past event)."""
    last = context.last.on if context.last and context.last.kind == "date" else None
    try:
        on = (last or context.ref_date).replace(day=int(match["d"]))
    except ValueError:
        return _impossible(match)
    if last is None and on < context.ref_date and not context.past:
        on = add_months(on, 1)
    if last is None and on > context.ref_date and context.past:
        on = add_months(on, -1)
    return _span(match, (on, on), Precision.DAY, False, context.year)


def relative_day(match: re.Match[str], context: Context) -> Found:
    on = context.ref_date + timedelta(days=_RELATIVE_DAYS[match["word"]])
    return _span(match, (on, on), Precision.DAY, False, None)


def week(match: re.Match[str], context: Context) -> Found:
    """本周五, or 周五 alone: the next one from the reference date on."""
    step = _STEPS[match["step"]] if match["step"] else 0
    weekday = match["weekday"] or match["bare"]
    monday = context.ref_date + timedelta(days=7 * step - context.ref_date.weekday())
    on = monday + timedelta(days=_WEEKDAYS[weekday or "内"])
    if match["bare"] and on < context.ref_date and not context.past:
        on += timedelta(days=7)
    return _span(match, (on, on), Precision.DAY if weekday else Precision.PART, False, None)


def duration(match: re.Match[str], context: Context) -> Found | None:
    if context.past or (match["unit"] == "年" and _names_a_year(match["n"], context)):
        return None
    head = re.split(r"[,;。(]", match.string[: match.start()])[-1]
    anchor, replaces_last = context.ref_date, False
    if re.search(r"(?:后|起|之日|以来)的?$", head):
        last = context.last
        if (
            last
            and last.on
            and re.fullmatch(r"之?日?(?:起算?|后|以后|之后)", match.string[last.end : match.start()])
        ):
            anchor, replaces_last = last.on, True
        elif _OPEN_EVENT.search(head) or not _REFERENCE_EVENT.search(head):
            return Found(match.start(), match.end(), kind="event")
    try:
        on = _counted(match, anchor, context)
    except (ValueError, OverflowError):
        return _impossible(match)
    return Found(
        match.start(),
        match.end(),
        kind="date" if match["inside"] or replaces_last else "duration",
        first=on,
        on=on,
        certain=False,
        replaces_last=replaces_last,
    )


def _names_a_year(digits: str, context: Context) -> bool:
    """2018年, and 18年内 in 2018, name a year; 3年 and 10年内 count years."""
    if len(digits) == 2 and digits.isdecimal():
        return abs(2000 + int(digits) - context.ref_date.year) <= 2
    return digits.isdecimal() and len(digits) > 2


def _counted(match: re.Match[str], anchor: date, context: Context) -> date:
    """The anchor plus 30个工作日, 1个半月, 半年, 两周, 48小时."""
    unit = match["unit"].removeprefix("个")
    number = 0.5 if match["n"] == "半" else float(match["n"])
    number += 0.5 if match["half"] or unit == "半月" else 0
    if number > _LONGEST_COUNT:
        raise ValueError("no office counts that far")
    if unit.startswith("工作"):
        return context.workdays.add(anchor, round(number))
    months = {"月": 1, "半月": 1, "季度": 3, "年": 12}.get(unit)
    if months is not None:
        whole, rest = divmod(number * months, 1)
        return add_months(anchor, int(whole)) + timedelta(days=round(rest * 30))
    days = {"周": 7, "星期": 7, "礼拜": 7, "小时": 1 / 24}.get(unit, 1)
    return anchor + timedelta(days=-int(-number * days // 1))


def recurring(match: re.Match[str], context: Context) -> Found:
    return Found(match.start(), match.end(), kind="recurring")


def time_of_day(match: re.Match[str], context: Context) -> Found:
    return Found(match.start(), match.end(), kind="time")
