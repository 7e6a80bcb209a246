"""Tables of figures as pages and sheets show them. Every number carries the list that proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dashboards.rules.columns import columns_of, shown
from dashboards.rules.documents import Setting
from dashboards.rules.figures import MONEY
from dashboards.rules.indicators import Indicator, indicator
from dashboards.rules.pages import page_at
from dashboards.rules.proofs import narrowed
from dashboards.rules.tallies import DIMENSION_LABELS, ISSUES
from rectify.lib.measures import COUNTS

HEAT = (Decimal(5), Decimal(10), Decimal(20))
"""Shares in per cent at which a cell turns one step darker; above 0 is the first step."""


@dataclass(frozen=True, slots=True)
class Number:
    """A figure in a place: its text, its list, how dark its cell is."""

    text: str
    href: str = ""
    step: int = 0
    title: str = ""
    is_money: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its name (and the page or the list of all of it), its figures, its worst place.

    ``is_unsaid``: of nothing in it anybody ever said whether it is put right, so its 0 done is no finding;
    ``last_word_on``: when the place last said anything, of other things."""

    name: str
    href: str
    numbers: tuple[Number, ...]
    cells: tuple[Number, ...] = ()
    worst: str = ""
    worst_href: str = ""
    is_unsaid: bool = False
    last_word_on: date | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Figures by one dimension. ``heads`` are their indicators; ``columns`` the names of the heat cells."""

    label: str
    heads: tuple[Indicator, ...]
    lines: tuple[Line, ...]
    total: Line
    columns: tuple[str, ...] = ()
    has_worst: bool = False
    has_heat: bool = False

    @property
    def has_unsaid(self) -> bool:
        return any(line.is_unsaid for line in self.lines)


def is_money_block(setting: Setting, counted_in: str) -> bool:
    """Whether the block holds money of works rather than works."""
    return setting.of != ISSUES and counted_in == MONEY


def number(of: str, row: Mapping[str, Any], column: str, counted_in: str) -> Number:
    """A row's figure with its list; a rate has none of its own."""
    said = indicator(of, column)
    text = shown(row, column)
    if said.is_rate:
        base = row["rates"][column]
        return Number(text, title=f"{base['numerator']}÷{base['denominator']}")
    money = (counted_in == MONEY and column not in COUNTS) or column.startswith("amount")
    return Number(text, narrowed(row["proof"], said.measure), is_money=money)


def table_by(
    setting: Setting,
    block: Mapping[str, Any],
    dimension: str,
    *,
    measure: str,
    word: str = "",
    has_worst: bool = False,
) -> Table:
    """A block's rows by ``dimension``; ``measure`` is what the worst place has most of, ``word`` what the
    total counts where that is not what the block counts."""
    columns = columns_of(setting.of, block)
    counted_in = block["counted_in"]
    return Table(
        label=DIMENSION_LABELS[dimension],
        heads=tuple(indicator(setting.of, name) for name in columns),
        lines=tuple(line_of(setting, row, dimension, columns, counted_in, measure) for row in block["rows"]),
        total=line_of(setting, block["total"], dimension, columns, counted_in, measure, word),
        has_worst=has_worst,
    )


def line_of(
    setting: Setting,
    row: Mapping[str, Any],
    dimension: str,
    columns: Sequence[str],
    counted_in: str,
    measure: str,
    word: str = "",
) -> Line:
    """A row of a block as a line; the total, without such a member, is 合计. The name opens the page of what
    the row stands for, where it has one, else the list of it."""
    worst, href = worst_words(setting, row, measure, word or counted_in) if "worst" in row else ("", "")
    name = row.get(dimension, "合计")
    return Line(
        name=f"未写明{DIMENSION_LABELS[dimension]}" if name is None else name,
        href=page_at(setting, dimension, row.get(f"{dimension}_code")) or row["proof"],
        numbers=tuple(number(setting.of, row, column, counted_in) for column in columns),
        worst=worst,
        worst_href=href,
        is_unsaid=setting.of == ISSUES and is_unsaid(row),
    )


def is_unsaid(row: Mapping[str, Any]) -> bool:
    """未更新: all that stands in the row is unstated."""
    if row["unstated"] == "0" or row["claimed"] != "0" or row["confirmed"] != "0":
        return False
    return Decimal(row["unstated"]) == Decimal(row["total"]) - Decimal(row["removed"])


def worst_words(setting: Setting, row: Mapping[str, Any], measure: str, word: str) -> tuple[str, str]:
    """分水镇130户，占69.9%; the list behind it where it is one place."""
    worst = row["worst"]
    if worst is None:
        return "", ""
    names, value = worst["townships"], f"{worst[measure]}{word}"
    if len(names) > 1:
        shortened = "、".join(names[:3]) + (f"等{len(names)}个乡镇" if len(names) > 3 else "")
        return f"{shortened}各{value}", ""
    href = f"{row['proof']}&township={worst['codes'][0]}"
    return f"{names[0]}{value}，占{worst['share']}%", narrowed(href, indicator(setting.of, measure).measure)


def darkness(value: Decimal, share: Decimal) -> int:
    return 0 if value <= 0 else 1 + sum(share > bound for bound in HEAT)


def share_words(value: Decimal, share: Decimal) -> str:
    return f"占{share:.1f}%" if value > 0 else ""
