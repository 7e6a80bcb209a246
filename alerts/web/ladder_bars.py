"""What stands around the ladder: what it can be narrowed to, in words."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from alerts.queries.ladder import PAGE_SIZE
from alerts.rules.alert_filters import MINE, RUNGS, STATES, STOCKS, SUBJECTS, AlertFilter
from townships.queries.branches import UnitTree
from townships.rules.roles import Level
from townships.web import bars
from townships.web.bars import Chip, Options, Select
from townships.web.paging import Pager

PATH = "/alerts/"
TABLES = {"state": STATES, "rung": RUNGS, "subject": SUBJECTS, "backlog": STOCKS, "mine": MINE}
UNITS = ("unit", "township")
KEPT = ("campaign", "state", "rung", "mine", "made_on")


def url(wanted: AlertFilter) -> str:
    return bars.address(PATH, wanted)


def kept(wanted: AlertFilter) -> list[tuple[str, str]]:
    """What the filter form passes on without a field of its own."""
    params = wanted.to_params()
    return [(name, params[name]) for name in KEPT if name in params]


def selects(wanted: AlertFilter, tree: UnitTree, on: date, *, sees_all: bool) -> list[Select]:
    """The selects of the bar; units only to who sees several."""
    units = [*tree.at_level(Level.DEPARTMENT, on), *tree.at_level(Level.TOWNSHIP, on)] if sees_all else []
    townships = tree.at_level(Level.TOWNSHIP, on) if sees_all else []
    offered: list[tuple[str, str, Options]] = [
        ("subject", "期限", list(SUBJECTS.items())),
        ("unit", "送达单位", [(node.code, node.label) for node in units]),
        ("township", "所在乡镇", [(node.code, node.label) for node in townships]),
        ("backlog", "存量", list(STOCKS.items())),
    ]
    return bars.selects(wanted, offered, partial(words, tree=tree, on=on))


def chips(wanted: AlertFilter, tree: UnitTree, on: date) -> list[Chip]:
    asked = wanted.without("state", "rung")
    made = bars.chips(PATH, asked, partial(words, tree=tree, on=on), {})
    return [Chip(one.label, one.value, _with_tabs(one.without, wanted)) for one in made]


def _with_tabs(address: str, wanted: AlertFilter) -> str:
    """The chip's address keeps the tabs that are chosen."""
    tabs = AlertFilter(state=wanted.state, rung=wanted.rung).to_query()
    return f"{address}{'&' if '?' in address else '?'}{tabs}" if tabs else address


def words(name: str, value: Any, tree: UnitTree, on: date) -> str:
    """A criterion's value as a person reads it."""
    if name in UNITS:
        node = tree.by_code.get(str(value))
        return str(value) if node is None else tree.label(node.pk, on)
    return TABLES.get(name, {}).get(str(value), str(value))


def tabs(wanted: AlertFilter) -> list[tuple[str, str, bool]]:
    """(label, address, is current) of the states."""
    return [
        (label, url(wanted.with_(state=state, rung="")), state == wanted.state)
        for state, label in STATES.items()
    ]


def pager(wanted: AlertFilter, count: int) -> Pager:
    return bars.pager(PATH, wanted, count, PAGE_SIZE)
