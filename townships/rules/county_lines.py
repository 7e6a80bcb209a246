"""One row of an office's list of units as the units it speaks of; nothing is looked up here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from townships.rules.county import split_aliases
from townships.rules.county_words import DATES, level_of_name, level_of_word
from townships.rules.roles import Level

_DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: .*)?$")


@dataclass(frozen=True, slots=True)
class Line:
    """A unit as told. ``at`` says where (“村”第12行). ``is_implied``: named only as the place of another one.
    ``within``: what the parent stands under; ``above``: the township last listed above it in its sheet."""

    at: str
    level: Level
    name: str
    code: str = ""
    short_name: str = ""
    kind: str = ""
    parent: str = ""
    within: str = ""
    above: str = ""
    aliases: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    opened_on: date | None = None
    closed_on: date | None = None
    successor: str = ""
    note: str = ""
    is_implied: bool = False


class LineError(Exception):
    """The row cannot be understood; ``str(error)`` is a Chinese sentence without its place."""


def lines_of(at: str, told: Mapping[str, str], hint: Level | None) -> Iterator[Line]:
    """The units that a row speaks of: the one it names, or those of its 乡镇, 村, 部门 columns.

    ``told``: field → text; ``hint``: the level that the sheet's name promises. LineError in Chinese."""
    if told.get("name"):
        yield _named(at, told, hint)
        return
    township, village = told.get("township", ""), told.get("village", "")
    if told.get("county") and not (township or village or told.get("department")):
        yield Line(at, Level.COUNTY, told["county"], code=told.get("code", ""))
    if township:
        own = {} if village else _attributes(told)
        own["code"] = told.get("township_code", "") or own.get("code", "")
        yield Line(
            at, Level.TOWNSHIP, township, parent=told.get("county", ""), is_implied=bool(village), **own
        )
    if village:
        own = _attributes(told)
        own["code"] = told.get("village_code", "") or own["code"]
        yield Line(at, Level.VILLAGE, village, parent=township, within=told.get("county", ""), **own)
    if told.get("department"):
        own = {} if township or village else _attributes(told)
        own["code"] = told.get("department_code", "") or own.get("code", "")
        yield Line(at, Level.DEPARTMENT, told["department"], **own)


def _named(at: str, told: Mapping[str, str], hint: Level | None) -> Line:
    name = told["name"]
    level = _level(told, hint, name)
    place = {Level.VILLAGE: "township", Level.TOWNSHIP: "county"}.get(level, "")
    parent = told.get("parent", "") or told.get(place, "")
    within = told.get("county", "") if level is Level.VILLAGE else ""
    return Line(at, level, name, parent=parent, within=within, **_attributes(told))


def _level(told: Mapping[str, str], hint: Level | None, name: str) -> Level:
    word = told.get("level", "")
    if word:
        level = level_of_word(word)
        if level is None:
            raise LineError(f"级别“{word}”不认识，可写：县、乡镇、村、部门、领导小组、县外单位")
        # 县级 of a department is its rank, not what it is.
        return level_of_name(name) if word == "县级" else level
    return level_of_word(told.get("kind", "")) or hint or level_of_name(name)


def _attributes(told: Mapping[str, str]) -> dict[str, Any]:
    days = {field: _day(told.get(field, ""), field) for field in DATES}
    texts = {field: told.get(field, "") for field in ("code", "short_name", "kind", "successor", "note")}
    names = {field: split_aliases(told.get(field, "")) for field in ("aliases", "former")}
    return {**texts, **names, **days}


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    found = _DAY.match(text)
    label = {"opened_on": "设立日期", "closed_on": "撤并日期"}[field]
    try:
        if found is None:
            raise ValueError(text)
        return date(*(int(part) for part in found.groups()))
    except ValueError as error:
        raise LineError(f"{label}不是日期（应如 2020-06-30）：{text}") from error
