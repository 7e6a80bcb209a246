"""Accounts from the office's roster workbook (姓名, 单位, 角色; 职务, 电话, 用户名)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rectify.lib.sheets.reader import read_book
from rectify.lib.sheets.types import Sheet, UnreadableFile
from rectify.lib.sheets.writer import ColumnOut, SheetOut, write_styled
from townships.models import Unit, User
from townships.models.units import UnitQuerySet
from townships.rules.names import UnitIndex
from townships.rules.roles import Level, Role
from townships.rules.roster import NEEDED, RosterRow, column_of, known_roles, role_of
from townships.services.accounts import NewAccount

HEADER_WITHIN = 15
ROWS_AT_MOST = 1000
TEMPLATE_NAME = "人员名册模板.xlsx"


@dataclass(frozen=True, slots=True)
class Plan:
    """The accounts to make; ``known``: people who have one; ``problems``: why nothing is made."""

    accounts: list[NewAccount]
    known: tuple[str, ...]
    problems: list[str]


def read(path: Path, index: UnitIndex) -> list[RosterRow]:
    """Every person of the first sheet that has the three needed columns. UnreadableFile, in Chinese, when no
    sheet has, or when there are more than a thousand."""
    book = read_book(path)
    for sheet in book.sheets:
        header = _header(sheet)
        if header is not None:
            rows = list(_people(sheet, *header, index))
            if not rows:
                raise UnreadableFile("名册里没有人员，表头下面没有一行写了姓名。")
            if len(rows) > ROWS_AT_MOST:
                raise UnreadableFile(f"名册超过{ROWS_AT_MOST}人，请分成几份导入。")
            return rows
    raise UnreadableFile("没有找到名册：表头里要有“姓名”“单位”“角色”（或“岗位”）三列。")


def _header(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """The number of the header row, and field → column."""
    for number, row in enumerate(sheet.rows[:HEADER_WITHIN], start=1):
        columns: dict[str, int] = {}
        for column, value in enumerate(row, start=1):
            field = column_of(str(value)) if value is not None else None
            if field is not None:
                columns.setdefault(field, column)
        if all(field in columns for field in NEEDED):
            return number, columns
    return None


def _people(sheet: Sheet, header: int, columns: dict[str, int], index: UnitIndex) -> Iterator[RosterRow]:
    for number in range(header + 1, sheet.height + 1):
        told = {field: _text(sheet.cell(number, column)) for field, column in columns.items()}
        if told["name"]:
            yield _understood(number, told, index)


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _understood(number: int, told: dict[str, str], index: UnitIndex) -> RosterRow:
    match = index.resolve(told["unit"]) if told["unit"] else None
    level = Level(match.unit.level) if match else None
    role = role_of(told["role"], level)
    problems = []
    if match is None:
        problems.append(index.problem(told["unit"]) if told["unit"] else "没有写单位")
    if role is None:
        problems.append(f"角色“{told['role']}”不认识，可写：{known_roles()}")
    return RosterRow(
        row=number,
        name=told["name"],
        unit_text=told["unit"],
        role_text=told["role"],
        title=told.get("title", ""),
        phone=told.get("phone", ""),
        username=told.get("username", ""),
        unit_code=match.unit.code if match else "",
        role=role,
        problem="；".join(problems),
    )


def plan(rows: list[RosterRow], units: UnitQuerySet) -> Plan:
    """What to make of the rows, within ``units``. Who has an account (same name, unit, role) gets no second
    one; a username that is not given is made of the unit's code and a number."""
    by_code = {unit.code: unit for unit in units}
    people = User.objects.filter(unit__in=by_code.values()).select_related("unit")
    present = {(user.name, user.unit.code, user.role) for user in people if user.unit}
    taken = {name.lower() for name in User.objects.values_list("username", flat=True)}
    numbers: Counter[str] = Counter()
    accounts: list[NewAccount] = []
    known, problems = [], []
    for row in rows:
        unit = by_code.get(row.unit_code)
        problem = row.problem or _problem(row, unit, taken)
        if problem:
            problems.append(f"第{row.row}行（{row.name}）：{problem}。")
        elif unit is not None and row.role is not None:
            if (row.name, unit.code, row.role.value) in present:
                known.append(f"{row.name}（{unit.name}）")
                continue
            present.add((row.name, unit.code, row.role.value))
            accounts.append(_account(row, row.role, unit, taken, numbers))
    return Plan(accounts, tuple(known), problems)


def _problem(row: RosterRow, unit: Unit | None, taken: set[str]) -> str:
    if unit is None:
        return f"{row.unit_text}不在您的工作范围内"
    if row.username and row.username.lower() in taken:
        return f"用户名“{row.username}”已有人使用"
    if " " in row.username:
        return f"用户名“{row.username}”含有空格"
    return ""


def _account(row: RosterRow, role: Role, unit: Unit, taken: set[str], numbers: Counter[str]) -> NewAccount:
    username = row.username
    while not username:
        numbers[unit.code] += 1
        made = f"{unit.code.lower()}-{numbers[unit.code]:02d}"
        username = made if made not in taken else ""
    taken.add(username.lower())
    return NewAccount(
        username=username, name=row.name, role=role, unit=unit, title=row.title[:60], phone=row.phone[:20]
    )


def template() -> bytes:
    """An empty roster to fill in, with one example to write over."""
    columns = [("姓名", 12), ("单位", 28), ("角色", 18), ("职务", 20), ("电话", 16), ("用户名", 18)]
    return write_styled(
        [
            SheetOut(
                "人员名册",
                [ColumnOut((name,), width) for name, width in columns],
                [("示例某某", "示例镇", "填报员", "信息员", "", "")],
                remarks=(
                    "单位写全称、简称或代码；用户名不填的由系统编号；第一行是示例，请改成本县的人员。",
                    f"角色可写：{known_roles()}。",
                ),
            )
        ]
    )
