"""Who stands where, by a rule that is printed with it (W-040): only in a bulletin that somebody signs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dashboards.rules.figures import percent

NAMED = 3
"""How many places at either end are named: 前三、后三."""
RULE_CODE = "rate_then_left"


def rule_text(basis: str) -> str:
    """The rule in the words that are printed under every ranking."""
    rate = {"claimed": "上报完成率", "confirmed": "核实完成率"}[basis]
    return (
        f"位次按{rate}（整改数÷应整改数）从高到低排列，按没有四舍五入的数值比较；相同的，未整改少的在前；仍相同的"
        "并列同一位次，后面的位次顺延。没有应整改数、或者已全部调出的单位不排位次。乡镇和部门分别排列，计量单位"
        "不同的分别排列。"
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit in the ranking by the registry's rate, done ÷ ``base`` (应整改), so that the order follows from
    what is printed; ``place`` None: nothing was due of it."""

    code: str
    name: str
    base: Decimal
    done: Decimal
    left: Decimal
    place: int | None

    @property
    def rate(self) -> str:
        """Per cent with one decimal, — without a base."""
        shown = percent(self.done, self.base)
        return "—" if shown is None else f"{shown}%"


def ranking(rows: Sequence[Mapping[str, Any]], dimension: str, basis: str) -> list[Placed]:
    """The rows of a tally's block as units in their places, best first, those not ranked last; what belongs
    to no unit of the dimension stands nowhere."""
    units = [_unit(row, dimension, basis) for row in rows if row[f"{dimension}_code"] is not None]
    ranked = sorted((one for one, due in units if due > 0), key=_order)
    placed: list[Placed] = []
    for at, one in enumerate(ranked, 1):
        same = bool(placed) and _merit(ranked[at - 2]) == _merit(one)
        place = placed[-1].place if same else at
        placed.append(Placed(one.code, one.name, one.base, one.done, one.left, place))
    return placed + sorted((one for one, due in units if due <= 0), key=lambda one: one.code)


def _unit(row: Mapping[str, Any], dimension: str, basis: str) -> tuple[Placed, Decimal]:
    """The unit, and what was due of it: what was taken out is not."""
    total, removed, done = (Decimal(row[name]) for name in ("total", "removed", basis))
    due = total - removed
    return Placed(row[f"{dimension}_code"], row[dimension], total, done, due - done, None), due


def _merit(one: Placed) -> tuple[Fraction, Decimal]:
    return -Fraction(one.done) / Fraction(one.base), one.left


def _order(one: Placed) -> tuple[Fraction, Decimal, str]:
    return *_merit(one), one.code


def places(placed: Sequence[Placed]) -> dict[str, int]:
    """Code → place, of those that have one."""
    return {one.code: one.place for one in placed if one.place is not None}


def ends(placed: Sequence[Placed]) -> tuple[list[Placed], list[Placed]]:
    """The units to be named as best and as worst: places 1 to 3 with something done, and the last three
    places with something left, ties whole. Too few units, or all alike: nobody is named. Who has finished
    is never named as worst, who did nothing never as best."""
    ranked = [one for one in placed if one.place is not None]
    if len(ranked) <= 2 * NAMED or ranked[0].place == ranked[-1].place:
        return [], []
    best = [one for one in ranked if (one.place or 0) <= NAMED and one.done > 0]
    bound = ranked[-NAMED].place or 0
    worst = [one for one in ranked if (one.place or 0) >= bound and one.left > 0]
    return best, [one for one in reversed(worst) if one not in best]
