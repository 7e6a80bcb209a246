"""Tables and bars of a bulletin as values: cells are figures with the lists that prove them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.rules.figures import MONEY
from dashboards.rules.snapshots import most, number
from dashboards.rules.tables import Number
from dashboards.rules.tallies import ISSUES

MOST_BARS = 10


@dataclass(frozen=True, slots=True)
class Grid:
    """``widths`` in millimetres on paper; ``words``: columns (by place) of words, all others hold figures;
    ``totals``: rows (by place) of totals."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Number, ...], ...]
    widths: tuple[float, ...]
    words: frozenset[int] = frozenset({0})
    totals: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class BarRow:
    name: str
    shown: Number
    share: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from zero, sorted, each with its figure; ``rest``: how many smaller ones are not drawn."""

    caption: str
    rows: tuple[BarRow, ...]
    rest: int = 0


def chart_of(caption: str, block: Mapping[str, Any], dimension: str, code: str) -> Chart | None:
    """The largest of a block's rows as bars; None where fewer than two have anything."""
    found = most(block["rows"], dimension, code)
    if len(found) < 2:
        return None
    longest = found[0][1]
    of = ISSUES if "claimed" in block["total"] else "projects"
    rows = tuple(
        BarRow(row[dimension], number(of, row, code, block["counted_in"]), float(value / longest))
        for row, value in found[:MOST_BARS]
    )
    word = f"，单位：{MONEY}" if block["counted_in"] == MONEY else ""
    return Chart(f"{caption}{word}", rows, len(found) - len(rows))
