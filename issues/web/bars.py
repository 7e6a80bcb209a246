"""What stands around the issue list: what it can be narrowed to, in words."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any

from issues.queries.choices import Choices
from issues.queries.listing import PAGE_SIZE
from issues.rules.filters import BASES, DEADLINE_CLASSES, DEFAULT_SORT, MEASURES, STATES, IssueFilter
from rectify.lib.criteria import NONE, OWN
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
KEPT = ("campaign", "as_of", "basis", "known_at", "import", "department", "sort")
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
UNITS = ("township", "village", "unit", "lead_unit", "department")
TABLES = {"state": STATES, "deadline_class": DEADLINE_CLASSES, "measure": MEASURES, "basis": BASES}


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
        ("village", "村（社区）", _villages(wanted, known, on)),
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


def _villages(wanted: IssueFilter, known: Choices, on: date) -> Options:
    township = known.units.by_code.get(wanted.township)
    if township is None:
        return []
    villages = known.units.at_level(Level.VILLAGE, on)
    return [(node.code, node.label) for node in villages if node.path.startswith(township.path)]


def chips(wanted: IssueFilter, known: Choices, on: date) -> list[Chip]:
    return bars.chips(PATH, wanted, partial(words, known=known, on=on), {"township": ("village",)})


def words(name: str, value: Any, known: Choices, on: date) -> str:
    """A criterion's value as a person reads it."""
    text = str(value)
    if value == NONE:
        return "未填"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M以前登记的")
    if name in UNITS:
        node = known.units.by_code.get(text.removesuffix(OWN))
        return text if node is None else known.units.label(node.pk, on) + _own(text)
    if name == "category":
        code = text.removesuffix(OWN)
        named = (one.full_name for one in known.categories.values() if one.code == code)
        return next(named, code) + _own(text)
    if name == "list":
        return next((one.short_name for one in known.lists.values() if one.code == text), text)
    if name == "import_id":
        return f"第{text}次"
    return TABLES.get(name, {}).get(text, text)


def _own(code: str) -> str:
    return "（本级）" if code.endswith(OWN) else ""


def heads(wanted: IssueFilter) -> list[Head]:
    return bars.heads(PATH, wanted, HEADS, DEFAULT_SORT)


def pager(wanted: IssueFilter, count: int) -> Pager:
    return bars.pager(PATH, wanted, count, PAGE_SIZE)
