"""A bulletin's snapshot read: blocks by what is counted, changes since the period began, rankings of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dashboards.rules.figures import MONEY, plain
from dashboards.rules.indicators import indicator
from dashboards.rules.proofs import narrowed
from dashboards.rules.ranking import Placed, places, ranking
from dashboards.rules.tables import Number
from dashboards.rules.tallies import ISSUES

Row = Mapping[str, Any]
Block = Mapping[str, Any]
SIGNED_FIGURES = {"total": "应整改", "claimed": "上报整改", "confirmed": "核实整改", "left": "未整改"}
"""Of the totals that the last signed bulletin told, those kept to be compared with."""
BASIS_WORDS = {"claimed": "上报口径", "confirmed": "核实口径"}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``told`` as ``services.snapshots.take`` made it."""

    told: Mapping[str, Any]

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.told["as_of"])

    @property
    def previous_on(self) -> date:
        return date.fromisoformat(self.told["previous_on"])

    @property
    def basis(self) -> str:
        return str(self.told["basis"])

    @property
    def rule(self) -> str:
        return str(self.told["rule"]["text"])

    @property
    def signed_before(self) -> Mapping[str, Any]:
        """Number and totals of the signed bulletin that ended where this one begins; empty where there is
        none, and in snapshots that were taken before this was kept."""
        found: Mapping[str, Any] = self.told.get("signed_before", {})
        return found

    def tells(self, of: str) -> bool:
        """Whether it is about issues, or about projects."""
        return of in self.told

    def answer(self, of: str, by: str) -> Mapping[str, Any]:
        """The tally as every door gives it."""
        found: Mapping[str, Any] = self.told[of][by]
        return found

    def blocks(self, of: str, by: str) -> dict[str, Block]:
        """What is counted → its block, on the last day; empty where the snapshot is not about it."""
        return _blocks(self.told, of, by)

    def earlier_blocks(self, of: str, by: str) -> dict[str, Block]:
        """The same at the end of the day before the period."""
        return _blocks(self.told["previous"], of, by)

    def counted(self) -> list[str]:
        """What issues are counted in, but money; most issues first."""
        blocks = self.blocks(ISSUES, "total")
        known = [name for name in blocks if name != MONEY]
        return sorted(known, key=lambda name: (-int(blocks[name]["total"]["items"]), name))

    def ranking(self, dimension: str, counted_in: str) -> list[Placed]:
        """Units in their places on the last day."""
        block = self.blocks(ISSUES, dimension).get(counted_in)
        return ranking(block["rows"], dimension, self.basis) if block else []

    def earlier_places(self, dimension: str, counted_in: str) -> dict[str, int]:
        """Code → place at the end of the day before the period, by the same rule."""
        block = self.earlier_blocks(ISSUES, dimension).get(counted_in)
        return places(ranking(block["rows"], dimension, self.basis)) if block else {}


def _blocks(told: Mapping[str, Any], of: str, by: str) -> dict[str, Block]:
    if of not in told:
        return {}
    return {block["counted_in"]: block for block in told[of][by]["blocks"]}


def number(of: str, row: Row, code: str, counted_in: str) -> Number:
    """A figure of a row with its list; a rate with its base in the title, which print shows too."""
    said = indicator(of, code)
    if said.is_rate:
        rate = row["rates"][code]
        shown = "—" if rate["percent"] is None else f"{rate['percent']}%"
        return Number(shown, title=f"{rate['numerator']}÷{rate['denominator']}")
    return Number(str(row[code]), narrowed(row["proof"], said.measure), is_money=counted_in == MONEY)


def change(row: Row, before: Row | None, code: str) -> Number:
    """+12, −3, 持平; — where there was nothing before."""
    if before is None:
        return Number("—")
    difference = Decimal(row[code]) - Decimal(before[code])
    if difference == 0:
        return Number("持平", title=f"原为{before[code]}")
    sign = "+" if difference > 0 else "−"
    return Number(f"{sign}{plain(abs(difference))}", title=f"原为{before[code]}")


def moved(place: int | None, before: int | None) -> str:
    """升3, 降2, 持平; — where one of the two is unknown."""
    if place is None or before is None:
        return "—"
    if place == before:
        return "持平"
    return f"升{before - place}" if place < before else f"降{place - before}"


def most(rows: Sequence[Row], dimension: str, code: str) -> list[tuple[Row, Decimal]]:
    """Rows of known members with anything of ``code``, most first, then by code."""
    found = [(row, Decimal(row[code])) for row in rows if row[f"{dimension}_code"] is not None]
    return sorted(
        (pair for pair in found if pair[1] > 0), key=lambda pair: (-pair[1], pair[0][f"{dimension}_code"])
    )
