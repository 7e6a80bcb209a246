"""Titles of ledgers: what a sentence calls one (short), and which month's title is the same ledger's."""

from __future__ import annotations

import re

_YEARS = re.compile(r"\d{4}(?:年)?(?:[—\-–~至]+\d{4})?年?(?:度|及以前|以来)?")
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_ENDINGS = (
    "问题整改台账",
    "问题整改清单",
    "问题清单",
    "问题台账",
    "整改台账",
    "情况台账",
    "农户台账",
    "问题反馈表",
    "情况调度表",
    "调度表",
    "反馈表",
    "汇总表",
    "核对表",
    "统计表",
    "台账",
    "清单",
    "问题",
)

_DAY = (
    r"(?:\d{4}\s*年\s*(?:\d{1,2}\s*月\s*(?:\d{1,2}\s*日|[上中下]旬|份?[底末]?)|年?[底末])"
    r"|\d{1,2}\s*月\s*(?:\d{1,2}\s*日|[上中下]旬|份?[底末]?)"
    r"|\d{4}\s*[-./．]\s*\d{1,2}(?:\s*[-./．]\s*\d{1,2})?|(?:19|20)\d{6})"
)
_HOUR = r"(?:\s*\d{1,2}\s*[时点:：]\s*(?:\d{1,2}分?)?)?"
_AS_OF = re.compile(
    rf"(?<!整改)(?<!完成)(?<!办理)(?<!办结)(?:数据|资料)?截[至止](?:日期|时间|日)?[到至于为]?\s*[:：]?\s*{_DAY}{_HOUR}止?"
    rf"|(?<!基数)(?<!底数)(?:统计|填报|填表|更新)(?:(?:日期|时间|日|[于至到])\s*[:：]?|[:：])\s*{_DAY}{_HOUR}"
    rf"|(?<=[（(]){_DAY}{_HOUR}\s*(?:更新|填报|止)"
)
"""截至2018年5月20日, 统计时间：2018.5.20, edited every month; 基数统计时间, 整改截止 tell ledgers apart."""
_EMPTY_BRACKETS = re.compile(r"[（(][\s，、,;；]*[）)]")


def undated(title: str) -> str:
    """``title`` without the day to which it was brought up: equal titles are one ledger month after month.

    A key to compare by, never shown. All of ``title`` where nothing else is left."""
    bare = _EMPTY_BRACKETS.sub("", _AS_OF.sub("", title))
    return "".join(bare.split()).strip("，、,;；") or title


def short_title(title: str, places: tuple[str, ...] = ()) -> str:
    """``title`` without the county's names (``places``), years, brackets and the word for the table."""
    short = _BRACKETS.sub("", title).strip()
    for place in sorted(places, key=len, reverse=True):
        short = short.removeprefix(place)
    short = _YEARS.sub("", short, count=1) if _YEARS.match(short) else short
    for ending in _ENDINGS:
        if short.endswith(ending) and len(short) > len(ending):
            short = short.removesuffix(ending)
            break
    return (short.strip("、，, 　") or title)[:60]
