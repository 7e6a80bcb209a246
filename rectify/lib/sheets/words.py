"""The words by which a ledger's rows are told apart: titles, notes, outline numbers, totals, signatures."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from rectify.lib.cn_text import fold
from rectify.lib.sheets.types import Value

_NUMERAL: Final = "一二三四五六七八九十百零〇"
#: Outline numbers by depth: 第一部分, 一、, （一）, 1., （1）, ①.
OUTLINES: Final = (
    re.compile(rf"^第[{_NUMERAL}\d]+(部分|篇|章|类|批|节)[、.:，,]?"),
    re.compile(rf"^[{_NUMERAL}]+([、.,，:]|(?=$))"),
    re.compile(rf"^\([{_NUMERAL}]+\)[、.,，:]?"),
    re.compile(r"^\d{1,3}([、,，:]|\.(?!\d))"),
    re.compile(r"^\(\d{1,3}\)[、.,，:]?|^\d{1,3}\)[、.,，:]?"),
    re.compile(r"^[①-⑳]"),
)
_COUNT: Final = re.compile(
    r"\((共|计|合计|小计|涉及|总计)?:?\d[^()]*\)$|\((共|合计|小计)[^()]*\)$|[:,](共|合计)?\d+[^\d]{0,3}$"
)
_TOTAL: Final = re.compile(
    r"(.{0,20}?)(小计|合计|总计|共计|累计|总合计|总数|汇总)(\(.{0,16}\))?:?[\d.]*[个户条项件处]?"
)
_WHOLE: Final = re.compile(r"全(县|市|区|州|省|乡|镇|局|校|院)(合计|总计|小计)?|计")
_SIGNATURE: Final = re.compile(
    r"(填报|填表|制表|审核|审签|签发|复核|报送|报告|统计|经办|承办|接收|移交|检查|核查|责任|整改|主管|分管|被检查|"
    r"验收|督查|主要|联系|登记|记录|汇总)?(单位|部门|科室|乡镇)?(主要)?"
    r"(负责人|领导|责任人|经办人|联系人|填报人|填表人|制表人|制表|审核人|审核|签发人|签收人|报送人|统计人|"
    r"检查人员?|核查人员?|验收人员?|签字|签名|盖章|签章|公章|联系电话|电话|填报日期|填表日期|填报时间|日期|填报|人)"
    r"(\(?(签字|签名|盖章|签章|公章|手写)*\)?)?:"
)
_SEALED: Final = re.compile(r"\((签字|签名|盖章|签章|公章)\)")
_NOTE: Final = re.compile(
    r"^\*?(注|备注|说明|填表说明|填报说明|附注|注意|注释|备注说明|提示|要求|填报要求|填写说明)(\d{1,2})?[:.、]"
)
_ASIDE: Final = re.compile(r"[:]|^截[至止]|^附(件|表)|^单位\S|^(19|20)\d\d年.{0,8}[月日]$")
_STATED: Final = re.compile(r"^\(?(截[至止]|单位:|金额单位)")
_DATE_ONLY: Final = re.compile(
    r"^\(?((19|20)\d\d|[二〇一九]{4})?年?[\d一二三四五六七八九十]*月?[\d一二三四五六七八九十]*日?\)?$"
)
_TITLE: Final = re.compile(r"(表|台账|清单|册|名单|汇总|单|一览|情况|方案|账|统计|报告|登记|目录)(\(.*\))?$")
_MEASURE: Final = re.compile(r"户|人|个|条|件|处|项|亩|公里|米|平方米|万元|亿元|元|%|是/否|年月日|天|日")
_PARENTHESES: Final = re.compile(r"\([^()]*\)")
_LETTERS: Final = "甲乙丙丁戊己庚辛壬癸ABCDEFGHIJKabcdefghijk①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_COUNTERS: Final = re.compile(r"[(（]?(\d{1,3}|[甲乙丙丁戊己庚辛壬癸]|[①-⑳]|[A-Za-z])([=＝].*)?[)）]?")


def written(value: Value) -> str:
    """A cell's value as text: dates in ISO form, numbers without trailing zeros, "" for an empty cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def is_void(value: Value) -> bool:
    """Whether a cell holds nothing, or nothing but spaces."""
    return value is None or (type(value) is str and not value.strip())


def without_parentheses(text: str) -> str:
    """Folded text less what stands in parentheses."""
    return _PARENTHESES.sub("", text)


def outline(text: str) -> tuple[int, str] | None:
    """The depth (0 to 5) of a folded text's outline number and what follows it; None without one."""
    for depth, pattern in enumerate(OUTLINES):
        found = pattern.match(text)
        if found:
            return depth, text[found.end() :]
    return None


def section_text(text: str) -> str:
    """A section heading without its outline number, its count at the end and its colon, as written."""
    text = text.strip()
    folded = fold(text)
    marked = outline(folded)
    rest = marked[1] if marked else folded
    kept = _COUNT.sub("", rest).rstrip(":;,。、")
    return _as_written(text, kept or rest)


def _as_written(text: str, folded: str) -> str:
    """The stretch of `text` whose folded form is `folded`, so that a heading keeps its own characters."""
    squeezed = re.sub(r"\s+", "", text)
    if len(squeezed) != len(fold(text)):
        return folded
    start = fold(text).find(folded)
    return squeezed[start : start + len(folded)]


def is_total(text: str) -> bool:
    """Whether a cell says 小计, 合计, 总计 …, alone or behind a unit's name."""
    folded = fold(text)
    return bool(_TOTAL.fullmatch(folded) or _WHOLE.fullmatch(folded))


def is_signature(text: str) -> bool:
    """Whether a text below a table is one to be signed, sealed or dated."""
    folded = fold(text)
    return bool(_SIGNATURE.search(folded) or _SEALED.search(folded)) or is_date_line(text)


def is_note(text: str) -> bool:
    """Whether a text begins with 注：, 说明：and the like."""
    return bool(_NOTE.match(fold(text)))


def is_date_line(text: str) -> bool:
    """Whether a text is nothing but a date, filled in or left open (    年  月  日)."""
    folded = fold(text)
    return any(character in folded for character in "年月日") and bool(_DATE_ONLY.match(folded))


def is_aside(text: str) -> bool:
    """Whether a text above a table is a remark (填报单位：…, 截至…, 单位：万元, 附件1), not a name."""
    folded = fold(text)
    return bool(_ASIDE.search(without_parentheses(folded)) or _STATED.match(folded))


def is_measure(text: str) -> bool:
    """Whether a header cell only gives a unit or a way to fill in: （户）, 万元, （是/否）."""
    folded = fold(text)
    return bool(_MEASURE.fullmatch(folded)) or (folded.startswith("(") and not without_parentheses(folded))


def is_titular(text: str) -> bool:
    """Whether a text ends as titles of tables do (台账, 清单, 情况表 …)."""
    return bool(_TITLE.search(fold(text)))


def is_counting(texts: Sequence[str]) -> bool:
    """Whether a row's texts number the columns: 1 2 3, 甲 乙 1 2, (1) (2) (3), or begin with 栏次."""
    if not texts:
        return False
    if fold(texts[0]) in ("栏次", "列次", "栏号", "列号"):
        return True
    folded = [fold(text) for text in texts]
    if len(folded) < 3 or not all(_COUNTERS.fullmatch(text) for text in folded):
        return False
    numbers = [int(digits[0]) for text in folded if (digits := re.search(r"\d+", text))]
    if not numbers:
        return all(text.strip("()")[0] in _LETTERS for text in folded)
    return numbers[0] <= 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
