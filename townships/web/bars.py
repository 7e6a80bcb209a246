"""What stands around any list: selects, chips, sortable heads, pager, each with its address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any

from django.http import HttpRequest

from rectify.lib.criteria import NONE, OWN, Criteria, FilterRefused
from townships.queries.branches import UnitTree
from townships.rules.roles import Level
from townships.web.paging import Pager

Options = list[tuple[str, str]]
Words = Callable[[str, Any], str]
NOT_CHIPS = ("as_of", "basis", "campaign")
"""Criteria that the page's head shows already."""


@dataclass(frozen=True, slots=True)
class Select:
    """A select of the filter bar: its parameter, its word, value and label of each option."""

    name: str
    label: str
    value: str
    options: Options


@dataclass(frozen=True, slots=True)
class Chip:
    """A criterion that is set, and the address of the list without it."""

    label: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head; ``url`` sorts by it, ``sorted`` is what aria-sort says."""

    label: str
    kind: str
    url: str
    sorted: str


def of_campaign(wanted: Any, request: HttpRequest) -> Any:
    """The list is about one campaign of the viewer's: the one named, else the one on top of the page.

    Raises FilterRefused where the one named is none of theirs."""
    campaign = request.frame.campaign
    if campaign is not None:
        return wanted.with_(campaign=campaign.code, page=wanted.page)
    if wanted.campaign:
        raise FilterRefused(f"没有代号为“{wanted.campaign}”的工作。")
    return wanted


def villages(township: str, units: UnitTree, on: date) -> Options:
    """The villages of the chosen township; none before one is chosen."""
    chosen = units.by_code.get(township)
    if chosen is None:
        return []
    return [
        (node.code, node.label)
        for node in units.at_level(Level.VILLAGE, on)
        if node.path.startswith(chosen.path)
    ]


def own(code: str) -> str:
    return "（本级）" if code.endswith(OWN) else ""


def plain_words(value: Any, units: UnitTree | None, on: date) -> str:
    """A criterion's value in the words that every list has for it: nothing, a moment, a unit (where ``units``
    is given); "" where the list has its own."""
    if value == NONE:
        return "未填"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M以前登记的")
    node = units.by_code.get(str(value).removesuffix(OWN)) if units is not None else None
    return "" if units is None or node is None else units.label(node.pk, on) + own(str(value))


def address(path: str, wanted: Criteria) -> str:
    query = wanted.to_query()
    return f"{path}?{query}" if query else path


def selects(wanted: Criteria, offered: Iterable[tuple[str, str, Options]], words: Words) -> list[Select]:
    """One select per (parameter, label, options); a value not offered (a proof's) is added, never lost."""
    made = []
    for name, label, options in offered:
        value = str(getattr(wanted, name))
        if value and all(value != other for other, _ in options):
            options = [*options, (value, words(name, value))]
        if options:
            made.append(Select(name, label, value, options))
    return made


def chips(path: str, wanted: Criteria, words: Words, dependants: dict[str, tuple[str, ...]]) -> list[Chip]:
    """What is asked for; taking a criterion away takes along those that make no sense without it."""
    return [
        Chip(label, words(name, value), address(path, wanted.without(name, *dependants.get(name, ()))))
        for name, label, value in wanted.asked()
        if name not in NOT_CHIPS
    ]


def heads(path: str, wanted: Any, columns: Iterable[tuple[str, str, str]], default: str) -> list[Head]:
    """The heads of (sort, label, kind); a click sorts, figures from the top, a second one the other way."""
    name, is_down = wanted.sort.removeprefix("-"), wanted.sort.startswith("-")
    made = []
    for sort, label, kind in columns:
        if not sort:
            made.append(Head(label, kind, "", ""))
            continue
        is_this = sort == name
        down = not is_down if is_this else kind == "num"
        said = "" if not is_this or wanted.sort == default else "descending" if is_down else "ascending"
        made.append(Head(label, kind, address(path, wanted.with_(sort=f"-{sort}" if down else sort)), said))
    return made


def pager(path: str, wanted: Any, count: int, size: int) -> Pager:
    """Where page ``wanted.page`` lies; beyond the last one it is the last."""
    pages = max(1, ceil(count / size))
    number = min(wanted.page, pages)
    return Pager(
        rows=[],
        number=number,
        pages=pages,
        first=min(count, (number - 1) * size + 1),
        last=min(count, number * size),
        count=count,
        previous_url=address(path, wanted.with_(page=number - 1)) if number > 1 else "",
        next_url=address(path, wanted.with_(page=number + 1)) if number < pages else "",
    )
