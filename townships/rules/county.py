"""A county as its CSVs tell it: units, names, sets. Reading files is in exchange, storing in services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from townships.rules.roles import Level

SEPARATOR = ";"
_CHANGED_ENDINGS = ("乡", "镇", "街道", "村", "社区")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit as told. ``aliases`` may hold former names too; ``names_of`` picks them by the note."""

    code: str
    name: str
    short_name: str
    level: Level
    kind: str = ""
    parent_code: str = ""
    opened_on: date | None = None
    closed_on: date | None = None
    successor_code: str = ""
    aliases: tuple[str, ...] = ()
    note: str = ""
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class County:
    """Everything one folder tells. ``sets``: name → codes of its units."""

    units: tuple[UnitRow, ...]
    sets: dict[str, tuple[str, ...]]


def split_aliases(text: str) -> tuple[str, ...]:
    """The names in a ``;``-separated cell (full-width ； and 、 too), in order, each once."""
    for mark in "；、":
        text = text.replace(mark, SEPARATOR)
    return tuple(dict.fromkeys(part.strip() for part in text.split(SEPARATOR) if part.strip()))


def names_of(row: UnitRow) -> dict[str, str]:
    """Every name of the unit → its role: official, short, former, alias. The first role a text has wins."""
    names = {row.name: "official"}
    if row.short_name:
        names.setdefault(row.short_name, "short")
    for name in row.former:
        names.setdefault(name, "former")
    for alias in row.aliases:
        names.setdefault(alias, "former" if _is_former(alias, row) else "alias")
    return names


def _is_former(alias: str, row: UnitRow) -> bool:
    """A name of a place that the note tells as the one before (原石坝彝族乡更名)."""
    return alias != row.name and alias.endswith(_CHANGED_ENDINGS) and f"原{alias}" in row.note


def problems(county: County) -> list[str]:
    """What keeps the county from being stored, as Chinese sentences."""
    found = []
    codes: set[str] = set()
    for row in county.units:
        if row.code in codes:
            found.append(f"单位代码 {row.code}（{row.name}）出现两次。")
        codes.add(row.code)
    for row in county.units:
        found += _problems_of(row, codes)
    for name, members in county.sets.items():
        found += [f"单位集合“{name}”中的代码 {code} 不存在。" for code in members if code not in codes]
    if not found:
        found += _cycles(county.units)
    return found


def _problems_of(row: UnitRow, codes: set[str]) -> Iterator[str]:
    if not row.code or not row.name:
        yield f"单位 {row.code or row.name or '（空行）'} 缺少代码或名称。"
    if "/" in row.code:
        yield f"单位代码 {row.code} 不能含“/”。"
    if row.parent_code and row.parent_code not in codes:
        yield f"{row.name}的上级代码 {row.parent_code} 不存在。"
    if row.successor_code and row.successor_code not in codes:
        yield f"{row.name}的继承单位代码 {row.successor_code} 不存在。"
    if row.successor_code and row.closed_on is None:
        yield f"{row.name}写了继承单位，但没有撤并日期。"
    if row.opened_on and row.closed_on and row.closed_on <= row.opened_on:
        yield f"{row.name}的撤并日期早于设立日期。"


def _cycles(rows: Iterable[UnitRow]) -> list[str]:
    parents = {row.code: row.parent_code for row in rows}
    found = []
    for code in parents:
        seen, above = {code}, parents[code]
        while above and above not in seen:
            seen.add(above)
            above = parents[above]
        if above:
            found.append(f"单位 {code} 的上级关系成环。")
    return found


def parents_first(rows: Iterable[UnitRow]) -> list[UnitRow]:
    """The rows in an order in which every parent comes before its children."""
    waiting = {row.code: row for row in rows}
    ordered: dict[str, UnitRow] = {}

    def place(row: UnitRow) -> None:
        if row.code in ordered:
            return
        if row.parent_code in waiting:
            place(waiting[row.parent_code])
        ordered[row.code] = row

    for row in waiting.values():
        place(row)
    return list(ordered.values())
