"""One cell to one field: readers per column that remember what they read, so that 50,000 rows cost little."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from issues.rules.report import ColumnReport
from issues.rules.unit_cells import UnitCells
from rectify.lib.cn_text import fold
from rectify.lib.sheets.types import Value
from rectify.lib.sheets.values import (
    Quantity,
    UnreadableValue,
    is_blank_mark,
    money_unit_in,
    parse_money,
    parse_quantity,
    split_actions,
)
from rectify.lib.sheets.words import written

#: Fields that several columns share, and what joins their texts.
JOINTS: Final = {
    **dict.fromkeys(("description", "goal", "progress", "note", "content", "problem"), "；"),
    **dict.fromkeys(("category", "programme"), " / "),
}
TEXTS: Final = frozenset(
    {
        *JOINTS,
        "source",
        "source_doc",
        "household",
        "leader",
        "person",
        "state_text",
        "recognised",
        "name",
        "number",
    }
)
QUANTITIES: Final = frozenset(
    {"quantity", "done_quantity", "remaining_quantity", "people", "started_quantity", "completed_quantity"}
)
MONEY: Final = frozenset(
    {"amount", "recognised_amount", "done_amount", "investment", "due_amount", "funded_amount", "over_amount"}
)
#: Read only to be compared with the others: what cannot be read there is a warning, not an error.
CHECKED: Final = frozenset({"remaining_quantity", "over_amount"})
UNITS: Final = frozenset({"lead_unit", "responsible_units", "support_units", "department", "reported_by"})
_UNIT_LISTS: Final = frozenset({"responsible_units", "support_units"})
PLACES: Final = frozenset({"township", "village", "place"})
#: Kept until the row is whole: dates count from the row's own day, states wait for each other.
LATER: Final = frozenset(
    {
        "found_on", "done_on", "reported_on", "arranged_on", "allotted_on", "started_on", "completed_on",
        "deadline", "planned_start", "planned_finish", "action_due", "deadline_long",
        "done", "started", "completed", "allotted", "valid",
    }
)  # fmt: skip
_SLASHES: Final = frozenset(("/", "\\", "-", "—", "——", "–", "－", "//", "--", "*"))
_COUNTED: Final = re.compile(
    r"(户|人|个|条|件|处|宗|起|项|亩|所|座|公里|套|家|栋|间|人次|头|只|辆|吨|米|份|张|笔|次|例|村)数?量?$"
)
_PARENTHESES: Final = re.compile(r"[（(]([^（）()]*)[）)]")
_MONEY_NAME: Final = re.compile(r"金额|资金|(应|已|未|实际)(拨付|退还|追缴|收缴|兑付|发放|支付|退|缴|拨)")
_NOT_A_COUNT: Final = re.compile(r"[是否/√×年月日填写、，,]|单位")
_WHOLE_COUNTS: Final = frozenset(
    ("户", "人", "个", "条", "件", "处", "宗", "起", "项", "家", "栋", "所", "座", "村", "例", "次", "人次")
)


@dataclass(slots=True)
class Row:
    """A row while it is read. `later` holds cells that wait for the row to be whole: field → cells."""

    number: int
    values: list[Value]
    fields: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[ColumnReport, str]] = field(default_factory=dict)
    later: dict[str, list[tuple[ColumnReport, Value]]] = field(default_factory=dict)
    person: str = ""
    hidden: str = ""
    is_wrong: bool = False
    coarse: set[str] = field(default_factory=set)  # dates written without their day


#: Says a problem of a row's cell: row, column, field, value, message, whether it is an error.
Say = Callable[[Row, ColumnReport, str, Value, str, bool], None]
Handler = Callable[[Value, Row], None]


@dataclass(frozen=True, slots=True)
class CellTools:
    """What the readers of a sheet's columns need."""

    units: UnitCells
    money_unit: str  # of the line above the table, else 万元
    say: Say
    unknown: Callable[[str, int], None]  # an unknown unit, in a row


def handler(column: ColumnReport, tools: CellTools) -> Handler:
    """The reader of a column: puts what a filled cell says into the row, and says what is wrong with it."""
    name = column.reads
    if name is None:
        return _keeper(column)
    if name in TEXTS:
        return _text(column, name, JOINTS.get(name))
    if name in QUANTITIES or name in MONEY:
        return _number(column, name, tools)
    if name in UNITS:
        return _units(column, name, tools)
    if name in PLACES:
        return _place(column, name)
    if name in LATER:
        return _waiting(column, name)
    return _OTHERS[name](column)


def _keeper(column: ColumnReport) -> Handler:
    path = column.name

    def keep(value: Value, row: Row) -> None:
        keep_extra(row, path, column.letter, value)

    return keep


def keep_extra(row: Row, path: str, letter: str, value: Value) -> None:
    """Keep a value that no field took; a second column of the same name is told apart by its letter."""
    text = value.strip() if type(value) is str else written(value)
    if text:
        row.extra[path if path not in row.extra else f"{path}（{letter}列）"] = text


def _text(column: ColumnReport, name: str, joint: str | None) -> Handler:
    path = column.name

    def read(value: Value, row: Row) -> None:
        text = value.strip() if type(value) is str else written(value)
        if not text or text in _SLASHES:
            return
        fields = row.fields
        if name not in fields:
            fields[name] = text
        elif joint is None:
            keep_extra(row, path, column.letter, text)
        elif text not in fields[name].split(joint):
            fields[name] += joint + text

    return read


def _actions(column: ColumnReport) -> Handler:
    cache: dict[str, list[str]] = {}

    def read(value: Value, row: Row) -> None:
        text = written(value)
        found = cache.get(text)
        if found is None:
            found = cache[text] = [] if text in _SLASHES else split_actions(text)
        if found:
            # The list read from a text is shared by all rows that say the same; nobody changes it in place.
            kept = row.fields.get("actions")
            row.fields["actions"] = found if kept is None else [*kept, *found]

    return read


def _item_key(column: ColumnReport) -> Handler:
    def read(value: Value, row: Row) -> None:
        row.hidden = row.hidden or written(value)

    return read


def _category_tick(column: ColumnReport) -> Handler:
    """A ticked column under 问题类型: its own name is the category, several are joined with 、."""
    category = re.sub(r"[（(].*", "", column.column.path[-1])

    def read(value: Value, row: Row) -> None:
        kept = row.fields.get("category")
        row.fields["category"] = category if kept is None else f"{kept}、{category}"

    return read


_OTHERS: Final[dict[str, Callable[[ColumnReport], Handler]]] = {
    "actions": _actions,
    "item_key": _item_key,
    "category_tick": _category_tick,
}


def _place(column: ColumnReport, name: str) -> Handler:
    def read(value: Value, row: Row) -> None:
        text = written(value)
        if name in row.places:
            keep_extra(row, column.name, column.letter, text)
        elif text:
            row.places[name] = (column, text)

    return read


def _waiting(column: ColumnReport, name: str) -> Handler:
    def read(value: Value, row: Row) -> None:
        row.later.setdefault(name, []).append((column, value))

    return read


def _units(column: ColumnReport, name: str, tools: CellTools) -> Handler:
    is_list = name in _UNIT_LISTS

    def read(value: Value, row: Row) -> None:
        text = written(value)
        found = tools.units.units(text, name)
        for note in found.notes:
            tools.say(row, column, name, note.text, note.message, note.is_error)
            if note.unknown:
                tools.unknown(note.text, row.number)
        if found.person:
            row.person = row.person or found.person
        if is_list and name not in row.fields and not found.leads and not found.supports:
            if found.units:
                row.fields[name] = found.listed
            return
        put_units(row, column, name, found.units, found.leads, found.supports)

    return read


def put_units(
    row: Row,
    column: ColumnReport,
    name: str,
    units: Sequence[str],
    leads: Sequence[str] = (),
    supports: Sequence[str] = (),
) -> None:
    """Units of a cell to their fields: one leading unit or department, lists for the others."""
    if name in _UNIT_LISTS:
        _extend(row, name, units)
        for lead in leads:
            if row.fields.setdefault("lead_unit", lead) != lead:
                _extend(row, name, [lead])
        _extend(row, "support_units", supports)
        return
    named = [*leads, *units]
    if named and name not in row.fields:
        row.fields[name] = named.pop(0)
    if name == "lead_unit":
        _extend(row, "responsible_units", named)
        _extend(row, "support_units", supports)
    elif named or supports:
        keep_extra(row, column.name, column.letter, "、".join([*named, *supports]))


def _extend(row: Row, name: str, units: Sequence[str]) -> None:
    if units:
        row.fields[name] = list(dict.fromkeys([*row.fields.get(name, ()), *units]))


@dataclass(frozen=True, slots=True)
class Counting:
    """What a column's header says its numbers are: money of a unit, or counted in something."""

    money: str | None  # 元, 万元 …; None where it is no money
    counted_in: str | None


def counting(path: Sequence[str], money_unit: str) -> Counting:
    """Read a header: 数量（户）, 户数, 应拨付（万元）. `money_unit` is that of the line above the table."""
    for name in reversed(path):
        for inside in reversed(_PARENTHESES.findall(name)):
            if unit := money_unit_in(inside):
                return Counting(unit, None)
            folded = fold(inside)
            if 0 < len(folded) <= 3 and not _NOT_A_COUNT.search(folded) and not folded.isdigit():
                return Counting(None, folded)
    leaf = fold(_PARENTHESES.sub("", path[-1])) if path else ""
    if unit := money_unit_in(leaf):
        return Counting(unit, None)
    if leaf in _WHOLE_COUNTS:
        return Counting(None, leaf)
    if _MONEY_NAME.search(leaf) and not _COUNTED.search(leaf):
        return Counting(money_unit, None)
    found = _COUNTED.search(leaf) if leaf.endswith(("数", "数量")) else None
    return Counting(None, found[1] if found else None)


def _number(column: ColumnReport, name: str, tools: CellTools) -> Handler:
    told = counting(column.column.path, tools.money_unit)
    is_money = name in MONEY
    unit = told.money or tools.money_unit
    cache: dict[Any, tuple[Decimal | None, str | None, str]] = {}
    path = column.name

    def parse(value: Value) -> tuple[Decimal | None, str | None, str]:
        try:
            if is_money:
                return parse_money(value, unit), None, ""
            return (*_counted(value, told), "")
        except UnreadableValue as error:
            return None, None, str(error)

    def read(value: Value, row: Row) -> None:
        key = value if type(value) is str else (type(value), value)
        found = cache.get(key)
        if found is None:
            found = cache[key] = parse(value)
        amount, counted_in, problem = found
        if problem:
            tools.say(row, column, name, value, problem, name not in CHECKED)
        elif amount is None:
            return
        elif name in row.fields:
            keep_extra(row, path, column.letter, value)
        else:
            row.fields[name] = amount
            if counted_in is not None and name == "quantity":
                row.fields["counted_in"] = counted_in

    return read


def _counted(value: Value, told: Counting) -> tuple[Decimal | None, str | None]:
    """A counted amount and its counting word, money in 万元. Refuses parts of what has none (1.5户)."""
    found: Quantity | None = parse_quantity(value)
    if found is None:
        return None, None
    if told.money is not None and found.counted_in in (None, "万", "亿", "万元"):
        return parse_money(value, told.money), "万元"
    counted_in = found.counted_in or told.counted_in
    if counted_in in _WHOLE_COUNTS and found.amount != found.amount.to_integral_value():
        raise UnreadableValue(f"数量应为整数：{written(value)}")
    return found.amount, counted_in


def is_nothing(value: Value) -> bool:
    """Whether a cell says that there is nothing."""
    return value is None or is_blank_mark(value)
