"""What stands around the issue list: what it can be narrowed to, in words."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from issues.queries.choices import Choices
from issues.queries.listing import PAGE_SIZE
from issues.rules.filters import (
    BASES,
    DEADLINE_CLASSES,
    DEFAULT_SORT,
    MEASURES,
    MOVES,
    OMITTED,
    STATES,
    STOCKS,
    IssueFilter,
)
from issues.rules.five import View
from issues.rules.piles import PILES
from rectify.lib.criteria import OWN
from townships.rules.roles import Level
from townships.web import bars
from townships.web.bars import Chip, Head, Options, Select
from townships.web.paging import Pager

PATH = "/issues/"
SHOWN_MEASURES = (
    "left",
    "overdue",
    "undetermined",
    "unconfirmed",
    "unstated",
    "claimed",
    "unverified",
    "removed",
)
KEPT = (
    "campaign",
    "as_of",
    "basis",
    "known_at",
    "import",
    "project",
    "department",
    "moved",
    "from",
    "stock",
    "omitted",
    "waiting",
    "holder",
    "view",
    "sort",
)
HEADS = (
    ("number", "编号", ""),
    ("ledger", "序号", ""),
    ("category", "类别", ""),
    ("", "问题", ""),
    ("place", "乡镇、村", ""),
    ("", "户主", ""),
    ("found", "数量", "num"),
    ("done", "已整改", "num"),
    ("left", "未整改", "num"),
    ("due", "时限", ""),
    ("unit", "责任单位", ""),
    ("state", "状态", ""),
)
UNITS = ("township", "village", "unit", "lead_unit", "department", "holder")
TABLES = {
    "state": STATES,
    "deadline_class": DEADLINE_CLASSES,
    "measure": MEASURES,
    "basis": BASES,
    "waiting": PILES,
    "moved": MOVES,
    "stock": STOCKS,
    "omitted": OMITTED,
}


def url(wanted: IssueFilter) -> str:
    return bars.address(PATH, wanted)


def kept(wanted: IssueFilter) -> list[tuple[str, str]]:
    """What the filter form passes on without a field of its own."""
    params = wanted.to_params()
    return [(name, params[name]) for name in KEPT if name in params]


def selects(wanted: IssueFilter, known: Choices, on: date, *, sees_all: bool) -> list[Select]:
    """The selects of the bar; villages only once a township is chosen, sources to who sees every issue."""
    campaign = known.campaigns.get(wanted.campaign)
    departments = [*known.units.at_level(Level.DEPARTMENT, on), *known.units.at_level(Level.GROUP, on)]
    townships = known.units.at_level(Level.TOWNSHIP, on)
    sources = known.sources.get(campaign or 0, []) if sees_all else []
    mine = (None, campaign) if campaign is None else (campaign,)
    offered: list[tuple[str, str, Options]] = [
        ("measure", "只看", [(name, MEASURES[name]) for name in SHOWN_MEASURES]),
        ("category", "类别", _categories(known, mine)),
        ("township", "乡镇", [(node.code, node.label) for node in townships]),
        ("village", "村（社区）", bars.villages(wanted.township, known.units, on)),
        ("state", "状态", list(STATES.items())),
        ("deadline_class", "时限类别", list(DEADLINE_CLASSES.items())),
        (
            "list",
            "清单",
            [(one.code, one.short_name) for one in known.lists.values() if _in(one.campaign, mine)],
        ),
        ("unit", "责任单位", [(node.code, node.label) for node in (*townships, *departments)]),
        ("lead_unit", "牵头单位", [(node.code, node.label) for node in departments]),
        ("source", "来源", [(text, text[:24]) for text in sources]),
        ("counted_in", "计量单位", [(text, text) for text in known.counted_in]),
    ]
    return bars.selects(wanted, offered, partial(words, known=known, on=on))


def _in(campaign: int, mine: tuple[int | None, ...]) -> bool:
    return None in mine or campaign in mine


def _categories(known: Choices, mine: tuple[int | None, ...]) -> Options:
    shown = (one for one in known.categories.values() if _in(one.campaign, mine))
    return [(one.code, "　" * one.depth + one.name) for one in shown]


def chips(wanted: IssueFilter, known: Choices, on: date) -> list[Chip]:
    return bars.chips(PATH, wanted, partial(words, known=known, on=on), {"township": ("village",)})


def words(name: str, value: Any, known: Choices, on: date) -> str:
    """A criterion's value as a person reads it."""
    text = str(value)
    if plain := bars.plain_words(value, known.units if name in UNITS else None, on):
        return plain
    if name == "category":
        code = text.removesuffix(OWN)
        named = (one.full_name for one in known.categories.values() if one.code == code)
        return next(named, code) + bars.own(text)
    if name == "list":
        return next((one.short_name for one in known.lists.values() if one.code == text), text)
    if name == "import_id":
        return f"第{text}次"
    return TABLES.get(name, {}).get(text, text)


def views(wanted: IssueFilter, known: Choices) -> list[tuple[str, str, bool]]:
    """The five lists as tabs: label, address, is it shown; 清零台账 where the chosen list asks for money."""
    asks = any(one.code == wanted.list and one.asks_funds for one in known.lists.values())
    offered = [view for view in View if view is not View.CLEARING or asks]
    return [(view.label, url(wanted.with_(view=view.value)), view.value == wanted.view) for view in offered]


def heads(wanted: IssueFilter) -> list[Head]:
    return bars.heads(PATH, wanted, HEADS, DEFAULT_SORT)


def pager(wanted: IssueFilter, count: int) -> Pager:
    return bars.pager(PATH, wanted, count, PAGE_SIZE)
