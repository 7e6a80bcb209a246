"""Short names of lists: what a sentence calls a ledger titled "某县2018年某某问题整改台账"."""

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
