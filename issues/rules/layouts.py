"""Which columns an export has, and what stands in a cell: the ledger's own words until something changed.

An issue goes out in the layout it came in. A cell whose field nobody touched since the import is written as
it stood there; another one shows what holds now. Issues without a sheet get the standard layout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from rectify.lib.masking import mask_name, mask_text
from rectify.lib.sheets.types import Value

KEY_NAME = "系统编号"
NUMBERS = frozenset(
    {"quantity", "done_quantity", "remaining_quantity", "amount", "done_amount"}
    | {"investment", "started_quantity", "completed_quantity"}
)
CLAIMED = frozenset({"done", "done_quantity", "remaining_quantity", "done_on", "done_amount", "state_text"})
"""Fields that a movement after the import changes."""
PROJECT = "project"
PROJECT_NAMES = frozenset({"解决项目", "解决项目编号", "对应项目", "对应项目编号", "项目编号"})
"""Heads of a column that names the project which solves an issue; the ledger's words stay in ``extra``."""
WIDE = frozenset({"description", "actions", "progress", "goal"})


@dataclass(frozen=True, slots=True)
class LayoutColumn:
    """A column of the sheet: its letter there, its names from the top down, the field it was read as."""

    letter: str
    path: tuple[str, ...]
    field: str | None

    @property
    def is_number(self) -> bool:
        return self.field in NUMBERS or self.field == "number"

    @property
    def width(self) -> float:
        return 32 if self.field in WIDE else 14


STANDARD: tuple[LayoutColumn, ...] = tuple(
    LayoutColumn(letter, (name,), field)
    for letter, name, field in (
        ("A", "序号", "number"),
        ("B", "问题来源", "source"),
        ("C", "乡镇", "township"),
        ("D", "村", "village"),
        ("E", "户主", "household"),
        ("F", "问题类别", "category"),
        ("G", "具体问题", "description"),
        ("H", "数量", "quantity"),
        ("I", "计量单位", "counted_in"),
        ("J", "整改目标", "goal"),
        ("K", "整改措施", "actions"),
        ("L", "牵头单位", "lead_unit"),
        ("M", "责任单位", "responsible_units"),
        ("N", "配合单位", "support_units"),
        ("O", "责任领导", "leader"),
        ("P", "责任人", "person"),
        ("Q", "整改时限", "deadline"),
        ("R", "整改进展情况", "progress"),
        ("S", "已整改数量", "done_quantity"),
        ("T", "是否完成", "done"),
        ("U", "完成时间", "done_on"),
        ("V", "备注", "note"),
    )
)


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """An issue as an export writes it: ``now`` field → value of today, ``cells`` letter → text as imported,
    ``changed`` the fields that are not what the sheet said any more."""

    number: str
    now: Mapping[str, Any]
    cells: Mapping[str, str]
    changed: frozenset[str]
    sees_household: bool


def layout_of(columns: Sequence[Mapping[str, Any]]) -> tuple[LayoutColumn, ...]:
    """The layout of an imported sheet; one that named no category gets a column for it (section rows did)."""
    found = [_column(one) for one in columns]
    found = [column for column in found if column.path[-1:] != (KEY_NAME,)]
    if not any(column.field == "category" for column in found):
        found.append(LayoutColumn("", ("问题类别",), "category"))
    return tuple(found)


def _column(one: Mapping[str, Any]) -> LayoutColumn:
    path = tuple(one["path"])
    names_project = one["field"] is None and bool(PROJECT_NAMES & set(path[-1:]))
    return LayoutColumn(one["letter"], path, PROJECT if names_project else one["field"])


def with_project(columns: tuple[LayoutColumn, ...]) -> tuple[LayoutColumn, ...]:
    """The layout with a column for the project that solves an issue."""
    if any(column.field == PROJECT for column in columns):
        return columns
    return (*columns, LayoutColumn("", ("解决项目",), PROJECT))


def cell(column: LayoutColumn, facts: IssueFacts) -> Value:
    """What stands in ``column`` for the issue, masked for who takes it out."""
    was = facts.cells.get(column.letter)
    if was is None or (column.field in facts.changed and column.field in facts.now):
        value = facts.now.get(column.field or "")
    else:
        value = was
    if isinstance(value, str):
        return _text(column, value, facts.sees_household)
    if isinstance(value, list | tuple):
        return mask_text(_listed(column.field, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if isinstance(value, Decimal | int | date) else None


def _text(column: LayoutColumn, text: str, sees_household: bool) -> Value:
    if column.is_number and (number := _number(text)) is not None:
        return number
    if column.field == "household" and not sees_household:
        return mask_name(text)
    return mask_text(text)


def _number(text: str) -> Decimal | int | None:
    """A number written plainly; what carries its own unit (2万元) or a leading zero (007) stays text."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if str(number) != text or not number.is_finite():
        return None
    return int(number) if number == number.to_integral_value() else number


def _listed(field: str | None, values: Sequence[str]) -> str:
    if field == "actions" and len(values) > 1:
        return "\n".join(f"{place}.{text}" for place, text in enumerate(values, 1))
    return "、".join(values)
