"""The ways of writing a date: a table of patterns over normalised text, tried from the top at every place."""

import re
from collections.abc import Callable
from typing import Final

from rectify.lib.cn_dates import meanings
from rectify.lib.cn_dates.found import Context, Found

Builder = Callable[[re.Match[str], Context], Found | None]

_YEAR_WORDS: Final = r"(?P<ry>今|本|当|同|明|来|次|后|去|上)年度?的?"
_YEAR_DIGITS: Final = (
    r"(?<!\d)(?:(?P<y>(?:19|20)\d{2}|[1-4]\d(?=年度?(?:\d{1,2}[月.]|[底末年第初前上下内]|[1-4]季|$)))"
    r"(?:年度?的?|(?<=\d{4})[-./。、](?=\d{1,2}月)|(?<=\d{4})(?=[底末]|[上下]半年|第?[1-4]季)))"
)
_YEAR: Final = rf"(?:{_YEAR_DIGITS}|{_YEAR_WORDS})"
_FULL_YEAR: Final = r"(?<!\d)(?P<y>(?:19|20)\d{2})"
_MONTH: Final = r"(?<!\d)(?P<m>\d{1,2})"
_PART: Final = (
    r"(?P<part>中下旬|上中旬|[上中下]旬|[上下]半月|月?底|月?末|初(?!步)|中(?![央心国期标])|之内|以内|内)?"
)
_END: Final = r"(?P<part>末|底|之内|以内|内)?"
_YEAR_PART: Final = r"(?P<part>底|末|终(?![考评总检])|尾|之内|以内|内|中(?![央国心期])|初(?!步))"
_DAY_TAIL: Final = r"(?:[日号]|(?![\d个天户%项年月]))(?:[-~至到](?P<until>\d{1,2})[日号])?"
_AFTER_SHORT_DATE: Final = r"(?=$|[前止,;。、()至到~完全整左结动开竣验落内后起 ]|以前|之前|-\d)"
_RECURRENCE: Final = (
    r"(?:每(?:个|一|隔)?(?:\d{1,2}个?)?(?:年|半年|季度?|月|周|星期|礼拜|日|天|旬)"
    r"|[按逐](?:月|季(?!节)度?|周(?!期)|旬|年(?!度))|月月|季季|年年)"
    r"(?:的?(?:\d{1,2}月(?:底|末|\d{1,2}[日号])?|第?\d{1,2}(?:[日号天]|个工作日)|[一二三四五六日天]|底|末|初|[上中下]旬)"
    r"(?:[、和及]\d{1,2}[日号])*)?(?:之前|以前|前)?"
)
_DURATION: Final = (
    r"(?<![\d第.前])(?:\d+[-~至到])?(?P<n>\d+(?:\.\d+)?|半)"
    r"(?P<unit>个?工作[日天]|个?自然日|个?日历[日天]|天|日(?=内|以内|之内|$)|个?星期|个?礼拜|周|个半月|个?月(?<!\d月)"
    r"|个?季度|年(?=内|以内|之内|半|左右|后|$|[,;。)(])|个?小时)(?P<half>半)?(?P<inside>以内|之内|内)?(?!前|度)"
)
_CLOCK: Final = (
    r" ?(?:上午|下午|中午|晚上|晚|早上|凌晨)?(?<!\d)\d{1,2}"
    r"(?::\d{2}(?::\d{2}(?:\.\d+)?)?|[时点](?:\d{1,2}分?|半|整)?)"
)
_WEEK: Final = (
    r"(?<![每\d第])(?:(?P<step>下下|本|这|当|下|上)个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末内1-6])?"
    r"|(?:周|星期|礼拜)(?P<bare>[一二三四五六日天末]))"
)
_NUMBERED_DAY: Final = r"(?<![\d第〕\])./-])(?P<d>\d{1,2})"

_PATTERNS: Final[tuple[tuple[str, Builder], ...]] = (
    (_RECURRENCE, meanings.recurring),
    (_CLOCK, meanings.time_of_day),
    # Whole dates.
    (rf"{_FULL_YEAR}\.\d{{1,2}}[-~至到](?P<m>\d{{1,2}})月?(?![\d./])", meanings.month_range),
    (rf"{_FULL_YEAR}(?P<s>[-./。、_,\\ ])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}})(?!\d)[日号]?", meanings.day),
    (r"(?<![\d.])(?P<y>[1-4]\d)(?P<s>[-./])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)[日号]?", meanings.day),
    (r"(?<!\d)(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>(?:19|20)\d{2})(?!\d)", meanings.american),
    (rf"{_FULL_YEAR}(?P<m>\d{{2}})(?P<d>\d{{2}})(?!\d)", meanings.day),
    (rf"{_YEAR}?{_MONTH}月份?(?P<d>\d{{1,2}}){_DAY_TAIL}", meanings.day),
    (rf"{_YEAR}(?P<m>\d{{1,2}})[./-](?P<d>\d{{1,2}})(?!\d)[日号]?", meanings.day),
    # Months and their parts.
    (rf"{_YEAR}?{_MONTH}(?:月份?)?[-~至到、](?=\d{{1,2}}月)", meanings.month_range),
    (rf"{_YEAR}?{_MONTH}月份?的?{_PART}(?:底|末)?", meanings.month),
    (rf"{_FULL_YEAR}[-./。](?P<m>\d{{1,2}})(?!\d)月?{_PART}", meanings.month),
    # Quarters, halves, years.
    (rf"{_YEAR}?第?(?<!\d)(?P<q>[1-4])季度?{_END}", meanings.quarter),
    (rf"{_YEAR}?[Qq](?P<q>[1-4]){_END}", meanings.quarter),
    (rf"{_YEAR}?(?P<half>[上下前后])半年{_END}", meanings.half),
    (_DURATION, meanings.duration),
    (rf"{_YEAR}?年{_YEAR_PART}", meanings.year_end),
    (rf"{_YEAR}{_YEAR_PART}", meanings.year_end),
    (rf"{_YEAR}?(?P<part>岁末|全年|年度内)", meanings.year_end),
    (rf"{_FULL_YEAR}年?[-~至到、](?=(?:19|20)\d{{2}}年)", meanings.whole_year),
    (_YEAR, meanings.whole_year),
    # Relative to the reference date.
    (rf"(?P<step>下下|本|当|这|下|次|上)个?月份?的?(?:(?P<d>\d{{1,2}})[日号]|{_PART})", meanings.this_month),
    (r"(?<![\d份个年每])月(?P<part>底|末|内)", meanings.this_month),
    (r"(?P<step>本|当|这|下|上)个?季度?(?:末|底|内)?", meanings.this_quarter),
    (r"(?<!每)季度?[末底]", meanings.this_quarter),
    (r"(?P<word>[今当明次翌后昨前]|大后)[天日](?!起)", meanings.relative_day),
    (_WEEK, meanings.week),
    (rf"{_NUMBERED_DAY}[日号](?=前|以前|之前|止|[上下中]午| ?\d{{1,2}}[时点:])", meanings.day_of_month),
    (rf"{_NUMBERED_DAY}号(?![文令线楼路])", meanings.day_of_month),
    (
        rf"(?<![\d.])(?P<m>\d{{1,2}})(?P<s>[./-])(?P<d>\d{{1,2}})(?!\d)[日号]?{_AFTER_SHORT_DATE}",
        meanings.short_day,
    ),
)
FORMS: Final[tuple[tuple[re.Pattern[str], Builder], ...]] = tuple(
    (re.compile(pattern), builder) for pattern, builder in _PATTERNS
)
