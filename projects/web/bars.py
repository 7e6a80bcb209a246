"""What stands around the list of projects: what it can be narrowed to, in words."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from projects.queries.choices import Choices
from projects.queries.projects import PAGE_SIZE
from projects.rules.filters import DEFAULT_SORT, MEASURES, MOVES, STAGES, ProjectFilter
from projects.rules.standing import FLAGS, LATE
from rectify.lib.criteria import OWN
from townships.rules.roles import Level
from townships.web import bars
from townships.web.bars import Chip, Head, Options, Select
from townships.web.paging import Pager

PATH = "/projects/"
SHOWN_MEASURES = ("not_allotted", "allotted", "not_started", "started", "completed", "accepted", "over")
KEPT = ("campaign", "as_of", "basis", "known_at", "unit", "moved", "from", "sort")
UNITS = ("township", "village", "department", "unit")
TABLES = {"measure": MEASURES, "moved": MOVES, "stage": STAGES, "late": LATE, "flag": FLAGS}
HEADS = (
    ("number", "编号", ""),
    ("programme", "专项", ""),
    ("", "项目", ""),
    ("place", "乡镇、村", ""),
    ("department", "责任部门", ""),
    ("arranged", "安排", "num"),
    ("allotted", "下达", "num"),
    ("started", "开工", "num"),
    ("completed", "完工", "num"),
    ("investment", "投资", "num"),
    ("finish", "计划完工", ""),
    ("", "环节", ""),
    ("", "进展", ""),
)


def url(wanted: ProjectFilter) -> str:
    return bars.address(PATH, wanted)


def kept(wanted: ProjectFilter) -> list[tuple[str, str]]:
    """What the filter form passes on without a field of its own."""
    params = wanted.to_params()
    return [(name, params[name]) for name in KEPT if name in params]


def selects(wanted: ProjectFilter, known: Choices, on: date) -> list[Select]:
    """The selects of the bar; villages only once a township is chosen."""
    campaign = known.campaigns.get(wanted.campaign)
    departments = [*known.units.at_level(Level.DEPARTMENT, on), *known.units.at_level(Level.GROUP, on)]
    programmes = [
        (one.code, "　" * one.depth + one.name)
        for one in known.programmes.values()
        if campaign in (None, one.campaign)
    ]
    townships = [(node.code, node.label) for node in known.units.at_level(Level.TOWNSHIP, on)]
    years = range(on.year, (known.first_year or on.year) - 1, -1)
    offered: list[tuple[str, str, Options]] = [
        ("measure", "只看", [(name, MEASURES[name]) for name in SHOWN_MEASURES]),
        ("stage", "环节", list(STAGES.items())),
        ("late", "逾期", list(LATE.items())),
        ("flag", "标记", list(FLAGS.items())),
        ("programme", "专项", programmes),
        ("township", "乡镇", townships),
        ("village", "村（社区）", bars.villages(wanted.township, known.units, on)),
        ("department", "责任部门", [(node.code, node.label) for node in departments]),
        ("year", "年度", [(str(number), f"{number}年") for number in years] if len(years) > 1 else []),
        ("counted_in", "计量单位", [(text, text) for text in known.counted_in]),
    ]
    return bars.selects(wanted, offered, partial(words, known=known, on=on))


def chips(wanted: ProjectFilter, known: Choices, on: date) -> list[Chip]:
    return bars.chips(PATH, wanted, partial(words, known=known, on=on), {"township": ("village",)})


def words(name: str, value: Any, known: Choices, on: date) -> str:
    """A criterion's value as a person reads it."""
    text = str(value)
    if plain := bars.plain_words(value, known.units if name in UNITS else None, on):
        return plain
    if name == "programme":
        code = text.removesuffix(OWN)
        named = (one.full_name for one in known.programmes.values() if one.code == code)
        return next(named, code) + bars.own(text)
    return TABLES.get(name, {}).get(text, f"{text}年" if name == "year" else text)


def heads(wanted: ProjectFilter) -> list[Head]:
    return bars.heads(PATH, wanted, HEADS, DEFAULT_SORT)


def pager(wanted: ProjectFilter, count: int) -> Pager:
    return bars.pager(PATH, wanted, count, PAGE_SIZE)
