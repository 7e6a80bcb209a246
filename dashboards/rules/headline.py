"""The head of a block: its figures, what stands beside them, how they changed; done beside time gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dashboards.rules.documents import Setting
from dashboards.rules.figures import MONEY, Sums, issue_quantities, project_money, project_quantities
from dashboards.rules.indicators import Indicator, indicator
from dashboards.rules.pace import Pace, pace
from dashboards.rules.since import Change, Earlier, change
from dashboards.rules.tables import Number, is_money_block, number
from dashboards.rules.tallies import ISSUES, Block


@dataclass(frozen=True, slots=True)
class Figure:
    """A number at the head of a block: what it counts, what stands beside it, how it changed."""

    said: Indicator
    number: Number
    word: str = ""
    note: str = ""
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Then:
    """What a block is compared with: its sums at the end of an earlier day (none: nothing was on record), and
    the share that should be done by now, in per cent."""

    earlier: Earlier
    sums: Sums
    planned: Decimal | None = None


FIGURES = {
    ISSUES: (
        "total",
        "removed",
        "claimed",
        "confirmed",
        "unverified",
        "left",
        "unstated",
        "overdue",
        "undetermined",
        "unconfirmed",
        "closed",
        "cut_rate",
    ),
    "projects": ("arranged", "allotted", "not_allotted", "started", "not_started", "completed", "accepted"),
    MONEY: ("due", "funded", "paid", "over"),
}
ALWAYS = (
    "total",
    "claimed",
    "confirmed",
    "unverified",
    "left",
    "overdue",
    "closed",
    "arranged",
    "allotted",
    "not_started",
    "due",
    "funded",
)
PIECES = "件"


def figures(
    setting: Setting, block: Block, total: Mapping[str, Any], word: str, then: Then | None
) -> tuple[Figure, ...]:
    """The figures of a block, those that are always shown and those that say anything. ``total``: the block's
    as a document tells it; ``word``: what it counts."""
    counted_in = block.counted_in
    key = MONEY if is_money_block(setting, counted_in) else setting.of
    wanted = [name for name in FIGURES[key] if name in ALWAYS or _has(total, name)]
    differences = _differences(setting, block, then) if then and any(then.sums.values()) else {}
    shown = []
    for name in wanted:
        counts = _word_of(name, word)
        moved = change(differences[name], then.earlier, counts) if then and name in differences else None
        here = number(setting.of, total, name, counted_in)
        shown.append(Figure(indicator(setting.of, name), here, counts, _note(total, name), moved))
    return tuple(shown)


def _has(total: Mapping[str, Any], name: str) -> bool:
    if name in total["rates"]:
        return total["rates"][name]["percent"] is not None
    return str(total.get(name, "0")) != "0"


def _word_of(name: str, word: str) -> str:
    if name == "closed":
        return PIECES
    return "" if name == "cut_rate" else word


def _note(total: Mapping[str, Any], name: str) -> str:
    """What stands beside a figure: that part of what is left nobody spoke of, what a rate is made of."""
    if name == "left" and total.get("unstated", "0") != "0":
        return f"含未说明{total['unstated']}"
    if name == "cut_rate":
        rate = total["rates"][name]
        return f"核减{rate['numerator']}÷核查{rate['denominator']}"
    return ""


def _differences(setting: Setting, block: Block, then: Then) -> dict[str, Decimal]:
    """Every figure's change: all of them are sums, so the difference of the sums says it."""
    now = block.total.sums
    moved = {name: now[name] - then.sums.get(name, Decimal(0)) for name in now}
    if setting.of == ISSUES:
        return {**issue_quantities(moved, setting.basis), "closed": moved["closed"]}
    money = is_money_block(setting, block.counted_in)
    return project_money(moved) if money else project_quantities(moved)


def pace_of(setting: Setting, block: Block, then: Then | None) -> Pace | None:
    """Done beside what should be done by now: issues by the basis, without what was taken off; works by how
    many have begun."""
    if then is None or is_money_block(setting, block.counted_in):
        return None
    sums = block.total.sums
    if setting.of == ISSUES:
        name = "上报完成" if setting.basis == "claimed" else "核实完成"
        return pace(sums[setting.basis], sums["found"] - sums["removed"], then.planned, name)
    return pace(sums["started"], sums["arranged"], then.planned, "开工")
