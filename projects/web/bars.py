"""What stands around the list of projects: what it can be narrowed to, in words."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any

from projects.queries.choices import Choices
from projects.queries.projects import PAGE_SIZE
from projects.rules.filters import DEFAULT_SORT, MEASURES, ProjectFilter
from rectify.lib.criteria import NONE, OWN
from townships.rules.roles import Level
from townships.web import bars
from townships.web.bars import Chip, Head, Options, Select
from townships.web.paging import Pager

PATH = "/projects/"
SHOWN_MEASURES = ("not_allotted", "allotted", "not_started", "started", "completed", "accepted", "over")
KEPT = ("campaign", "as_of", "basis", "known_at", "unit", "sort")
UNITS = ("township", "village", "department", "unit")
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
    offered: list[tuple[str, str, Options]] = [
        ("measure", "只看", [(name, MEASURES[name]) for name in SHOWN_MEASURES]),
        ("programme", "专项", programmes),
        ("township", "乡镇", townships),
        ("village", "村（社区）", _villages(wanted, known, on)),
        ("department", "责任部门", [(node.code, node.label) for node in departments]),
        ("counted_in", "计量单位", [(text, text) for text in known.counted_in]),
    ]
    return bars.selects(wanted, offered, partial(words, known=known, on=on))


def _villages(wanted: ProjectFilter, known: Choices, on: date) -> Options:
    township = known.units.by_code.get(wanted.township)
    if township is None:
        return []
    villages = known.units.at_level(Level.VILLAGE, on)
    return [(node.code, node.label) for node in villages if node.path.startswith(township.path)]


def chips(wanted: ProjectFilter, known: Choices, on: date) -> list[Chip]:
    return bars.chips(PATH, wanted, partial(words, known=known, on=on), {"township": ("village",)})


def words(name: str, value: Any, known: Choices, on: date) -> str:
    """A criterion's value as a person reads it."""
    text = str(value)
    if value == NONE:
        return "未填"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M以前登记的")
    own = "（本级）" if text.endswith(OWN) else ""
    code = text.removesuffix(OWN)
    if name in UNITS:
        node = known.units.by_code.get(code)
        return text if node is None else known.units.label(node.pk, on) + own
    if name == "programme":
        return next((one.full_name for one in known.programmes.values() if one.code == code), code) + own
    return MEASURES.get(text, text) if name == "measure" else text


def heads(wanted: ProjectFilter) -> list[Head]:
    return bars.heads(PATH, wanted, HEADS, DEFAULT_SORT)


def pager(wanted: ProjectFilter, count: int) -> Pager:
    return bars.pager(PATH, wanted, count, PAGE_SIZE)
