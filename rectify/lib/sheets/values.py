"""What the text of a cell means: quantities and money; state words are in states, lists in listed."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from rectify.lib.cn_text import NUMERAL_CHARACTERS, chinese_number, fold
from rectify.lib.sheets.listed import PersonPhone, UnitMention, split_actions, split_person_phone, split_units
from rectify.lib.sheets.states import (
    is_blank_mark,
    parse_allotted,
    parse_boolean,
    parse_completed,
    parse_done,
    parse_started,
    parse_valid,
)

__all__ = [
    "PersonPhone",
    "Quantity",
    "UnitMention",
    "UnreadableValue",
    "is_blank_mark",
    "money_unit_in",
    "parse_allotted",
    "parse_boolean",
    "parse_completed",
    "parse_done",
    "parse_money",
    "parse_quantity",
    "parse_started",
    "parse_valid",
    "split_actions",
    "split_person_phone",
    "split_units",
]


class UnreadableValue(ValueError):
    """A value that cannot be what its column holds. `str(error)` is the row error's Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount and what the cell says it is counted in (money in 万元). `about`: 约30户, 30余户."""

    amount: Decimal
    counted_in: str | None = None
    about: bool = False


#: The ledger stores millionths in 64 bits.
_LARGEST: Final = Decimal(10) ** 12
_SCALES: Final = {
    "": 1, "十": 10, "百": 100, "千": 1000, "万": 10_000, "十万": 100_000, "百万": 1_000_000,
    "千万": 10_000_000, "亿": 100_000_000,
}  # fmt: skip
_SCALE: Final = r"(?:[十百千]?万|亿|[百千])"
_DIGITS: Final = r"\d+(?:\.\d+)?"
_ABOUT: Final = r"(?P<about>约|大约|近|将近|接近|≈|~|左右)?"
_QUANTITY: Final = re.compile(
    rf"(?:共|共计|合计|计|总计|涉及|有|:)*{_ABOUT}(?P<sign>[-−])?(?P<number>(?:{_DIGITS}{_SCALE})*{_DIGITS}(?:{_SCALE})?)(?P<more>余|多|来)?"
    rf"(?P<scale>{_SCALE})?(?P<more2>余|多)?(?P<unit>[^\d\s()%‰+*/~-]{{0,8}}?)(?P<about2>左右|上下)?"
    r"(?:\((?P<aside>[^()]*)\))?(?:整)?"
)
_CHINESE: Final = re.compile(
    rf"(?P<head>共|共计|合计|约|近)?(?P<number>[{NUMERAL_CHARACTERS}]+)(?P<unit>[^\d()%]{{0,8}})"
)
_MONEY: Final = re.compile(r"^(?:人民币)?(?P<unit>元|块钱?|圆)(?:人民币)?整?$")
_MONEY_UNIT: Final = re.compile(
    r"(亿元|千万元|百万元|万元|千元|百元|(?<![单公多美二三次状])元(?!旦|月|件|素))"
)


def parse_quantity(value: object) -> Quantity | None:
    """The counted amount of a cell and its counting word; None for a blank cell, / and —.

    183户, 1,245 户, 约30户, 三户, full-width digits; money (2万元, 31000元) comes back in 万元. Raises
    UnreadableValue for 若干, percentages, ranges, negative and impossibly large numbers.
    """
    return _quantity_of(value, "数量")


def parse_money(value: object, default_unit: str = "万元") -> Decimal | None:
    """The money of a cell in 万元; its own unit beats `default_unit` (元, 万元, 亿元). None if blank.

    Raises UnreadableValue for words, percentages and negative amounts.
    """
    quantity = _quantity_of(value, "金额")
    if quantity is None:
        return None
    if quantity.counted_in == "万元":
        return quantity.amount
    if quantity.counted_in not in (None, "万", "亿"):
        raise UnreadableValue(f"金额无法识别：{_shown(value)}")
    if isinstance(value, str) and re.search(r"[万亿]", value):
        # 1400万 without 元: the amount is in yuan already.
        return _rounded(quantity.amount / 10_000)
    return _rounded(quantity.amount * _unit_in_wan(default_unit))


def money_unit_in(text: str) -> str | None:
    """The unit of money that a header or a note names (（万元）, 单位：元), None where it names none."""
    found = _MONEY_UNIT.search(fold(text))
    return found[1] if found else None


def _unit_in_wan(unit: str) -> Decimal:
    word = fold(unit).removesuffix("元")
    return Decimal(_SCALES.get(word, 10_000)) / 10_000


def _quantity_of(value: object, what: str) -> Quantity | None:
    if value is None or (isinstance(value, str) and is_blank_mark(value)):
        return None
    if isinstance(value, bool):
        raise UnreadableValue(f"{what}无法识别：{value}")
    if isinstance(value, int | float | Decimal):
        return _checked(Decimal(str(value)), None, False, _shown(value), what)
    if not isinstance(value, str):
        raise UnreadableValue(f"{what}无法识别：{_shown(value)}")
    return _read(value, what)


@lru_cache(maxsize=8192)
def _read(raw: str, what: str) -> Quantity:
    text = re.sub(r"(?<=\d)[,'](?=\d{3}(?!\d))", "", fold(raw)).strip("¥￥$。,;")
    if match := _QUANTITY.fullmatch(text):
        amount = _amount(match["number"], match["scale"] or "")
        unit = match["unit"] or ""
        aside = match["aside"] or ""
        if not unit and aside and re.fullmatch(r"[\u4e00-\u9fff㎡]{1,4}", aside):
            unit = aside
        about = any(match[name] for name in ("about", "about2", "more", "more2"))
        sign = -1 if match["sign"] else 1
        return _with_unit(amount * sign, unit, about, raw, what, match["number"] + (match["scale"] or ""))
    if match := _CHINESE.fullmatch(text):
        number = chinese_number(match["number"])
        if number is not None:
            about = match["head"] in ("约", "近")
            return _with_unit(Decimal(number), match["unit"], about, raw, what, match["number"])
    raise UnreadableValue(f"{what}无法识别：{_shown(raw)}")


def _amount(number: str, scale: str) -> Decimal:
    """The sum of the parts of 1亿2000万, 2万3千; a scale after 多 or 余 (1400多万) belongs to the whole."""
    parts = re.findall(rf"(\d+(?:\.\d+)?)({_SCALE})?", number)
    total = sum((Decimal(digits) * _SCALES[word or ""] for digits, word in parts), Decimal(0))
    return total * _SCALES[scale]


def _with_unit(amount: Decimal, unit: str, about: bool, raw: str, what: str, number: str) -> Quantity:
    if _MONEY.match(unit):
        return _checked(_exact(amount / 10_000), "万元", about, raw, what)
    word = re.sub(r"^个(?:问题|项目|点|单位)?$", "个", unit) or None
    if word and not re.fullmatch(r"[\u4e00-\u9fff㎡m²³A-Za-z]{1,8}", word):
        raise UnreadableValue(f"{what}无法识别：{_shown(raw)}")
    return _checked(amount, word, about, raw, what)


def _checked(amount: Decimal, counted_in: str | None, about: bool, raw: str, what: str) -> Quantity:
    if not amount.is_finite():
        raise UnreadableValue(f"{what}无法识别：{_shown(raw)}")
    if amount < 0:
        raise UnreadableValue(f"{what}不能为负数：{_shown(raw)}")
    if amount > _LARGEST:
        raise UnreadableValue(f"{what}过大，无法识别：{_shown(raw)}")
    return Quantity(_rounded(amount), counted_in, about)


def _rounded(amount: Decimal) -> Decimal:
    """To the ledger's millionths, so that the noise of binary fractions is gone."""
    return _exact(round(amount, 6))


def _exact(amount: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent."""
    normal = amount.normalize()
    return normal.quantize(Decimal(1)) if normal == normal.to_integral_value() else normal


def _shown(value: object) -> str:
    return str(value).strip()[:40]
