"""The order of an issue's stages: what must hold at every date, and the first day that breaks it."""

from __future__ import annotations

from collections.abc import Sequence

from issues.rules.stages import Stage
from rectify.lib.measures import Break, EntryFact, Order, Total, first_break

TOTALS: dict[str, Total] = {
    **{stage.value: Total("quantity", stage.value) for stage in Stage},
    **{f"amount_{stage}": Total("amount", stage.value) for stage in Stage},
}
"""Cached total on the issue → what it is the sum of."""


def _orders(prefix: str, what: str) -> tuple[Order, ...]:
    found, removed, claimed, confirmed = (f"{prefix}{stage}" for stage in Stage)
    return (
        Order({removed: 1}, f"调出{what}为负"),
        Order({confirmed: 1}, f"核实认定{what}为负"),
        Order({claimed: 1, confirmed: -1}, f"核实认定{what}超过自报完成"),
        Order({found: 1, removed: -1, claimed: -1}, f"自报完成{what}超过列入减调出"),
    )


QUANTITY_ORDERS = _orders("", "")
ORDERS = (*QUANTITY_ORDERS, *_orders("amount_", "金额"))
"""0 ≤ confirmed ≤ claimed ≤ found − removed, of quantities and of amounts alike (design, section 4)."""


def broken(entries: Sequence[EntryFact]) -> Break | None:
    """The first day whose running sums are out of order; None where all hold."""
    return first_break(entries, TOTALS, ORDERS)
