"""What stands around the list: selects, chips, sortable heads, pager, each with its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from issues.queries.choices import Choices
from issues.queries.listing import PAGE_SIZE
from issues.rules.filters import BASES, DEADLINE_CLASSES, DEFAULT_SORT, MEASURES, STATES, IssueFilter
from rectify.lib.criteria import NONE, OWN
from townships.rules.roles import Level
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

Options = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Select:
    """A select of the filter bar: its parameter, its word, value and label of each option."""

    name: str
    label: str
    value: str
    options: Options


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class Head:
    label: str
    kind: str
    url: str
    sorted: str


def url(wanted: IssueFilter) -> str:
    query = wanted.to_query()
    return f"{PATH}?{query}" if query else PATH


def kept(wanted: IssueFilter) -> list[tuple[str, str]]:
    """What the filter form passes on without a field of its own."""
    params = wanted.to_params()
    return [(name, params[name]) for name in KEPT if name in params]


def selects(wanted: IssueFilter, known: Choices, on: date) -> list[Select]:
    """The selects of the bar; a value they do not offer (a proof's) is added, so that it is not lost."""
    campaign = known.campaigns.get(wanted.campaign)
    units = known.units
    departments = [*units.at_level(Level.DEPARTMENT, on), *units.at_level(Level.GROUP, on)]
    townships = units.at_level(Level.TOWNSHIP, on)
    places = [(node.code, node.label) for node in townships]
    answering = [(node.code, node.label) for node in (*townships, *departments)]
    leading = [(node.code, node.label) for node in departments]
    lists = [(one.code, one.short_name) for one in known.lists.values() if campaign in (None, one.campaign)]
    categories = [
        (one.code, "　" * one.depth + one.name)
        for one in known.categories.values()
        if campaign in (None, one.campaign)
    ]
    offered: list[tuple[str, str, Options]] = [
        ("measure", "只看", [(name, MEASURES[name]) for name in SHOWN_MEASURES]),
        ("category", "类别", categories),
        ("township", "乡镇", places),
        *([("village", "村（社区）", villages)] if (villages := _villages(wanted, known, on)) else []),
        ("state", "状态", list(STATES.items())),
        ("deadline_class", "时限类别", list(DEADLINE_CLASSES.items())),
        ("list", "清单", lists),
        ("unit", "责任单位", answering),
        ("lead_unit", "牵头单位", leading),
        ("source", "来源", [(text, text[:24]) for text in known.sources]),
        ("counted_in", "计量单位", [(text, text) for text in known.counted_in]),
    ]
    return [
        Select(name, label, value, _with_current(options, name, value, known, on))
        for name, label, options in offered
        for value in (str(getattr(wanted, name)),)
        if options or value
    ]


def _villages(wanted: IssueFilter, known: Choices, on: date) -> Options:
    """Those of the township asked for; without one there would be hundreds."""
    township = known.units.by_code.get(wanted.township)
    if township is None:
        return [(wanted.village, _unit(wanted.village, known, on))] if wanted.village else []
    villages = known.units.at_level(Level.VILLAGE, on)
    return [(node.code, node.label) for node in villages if node.path.startswith(township.path)]


def _with_current(options: Options, name: str, value: str, known: Choices, on: date) -> Options:
    if not value or any(value == offered for offered, _ in options):
        return options
    return [*options, (value, words(name, value, known, on))]


def chips(wanted: IssueFilter, known: Choices, on: date) -> list[Chip]:
    """What is asked for, each with the address without it."""
    return [
        Chip(label, words(name, value, known, on), url(wanted.without(*_with_dependants(name))))
        for name, label, value in wanted.asked()
        if name not in ("as_of", "basis", "campaign")
    ]


def _with_dependants(name: str) -> tuple[str, ...]:
    return (name, "village") if name == "township" else (name,)


def words(name: str, value: object, known: Choices, on: date) -> str:
    """A criterion's value as a person reads it."""
    if value == NONE:
        return "未填"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M") + " 以前登记的"
    text = str(value)
    if name in ("township", "village", "unit", "lead_unit", "department"):
        return _unit(text, known, on)
    if name == "category":
        return _category(text, known)
    if name == "list":
        return next((one.short_name for one in known.lists.values() if one.code == text), text)
    tables = {"state": STATES, "deadline_class": DEADLINE_CLASSES, "measure": MEASURES, "basis": BASES}
    return tables.get(name, {}).get(text, f"第{text}号" if name == "import_id" else text)


def _unit(code: str, known: Choices, on: date) -> str:
    node = known.units.by_code.get(code.removesuffix(OWN))
    if node is None:
        return code
    label = known.units.label(node.pk, on)
    return f"{label}（本级）" if code.endswith(OWN) else label


def _category(code: str, known: Choices) -> str:
    own = code.removesuffix(OWN)
    name = next((one.full_name for one in known.categories.values() if one.code == own), own)
    return f"{name}（本级）" if code.endswith(OWN) else name


def heads(wanted: IssueFilter) -> list[Head]:
    """The table's heads; a click sorts, a second one the other way."""
    name = wanted.sort.removeprefix("-")
    is_down = wanted.sort.startswith("-")
    shown = []
    for sort, label, kind in HEADS:
        if not sort:
            shown.append(Head(label, kind, "", ""))
            continue
        is_this = sort == name
        falls_first = kind == "num"
        next_down = not is_down if is_this else falls_first
        address = url(wanted.with_(sort=f"-{sort}" if next_down else sort))
        said = ("descending" if is_down else "ascending") if is_this and wanted.sort != DEFAULT_SORT else ""
        shown.append(Head(label, kind, address, said))
    return shown


def pager(wanted: IssueFilter, count: int) -> Pager:
    """Where page ``wanted.page`` lies; beyond the last one it is the last."""
    pages = max(1, ceil(count / PAGE_SIZE))
    number = min(wanted.page, pages)
    return Pager(
        rows=[],
        number=number,
        pages=pages,
        first=min(count, (number - 1) * PAGE_SIZE + 1),
        last=min(count, number * PAGE_SIZE),
        count=count,
        previous_url=url(wanted.with_(page=number - 1)) if number > 1 else "",
        next_url=url(wanted.with_(page=number + 1)) if number < pages else "",
    )
