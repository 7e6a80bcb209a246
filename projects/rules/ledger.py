"""The order of works and of money: what must hold at every date, and the first day that breaks it.

Works move by quantity, in what the project is counted in; money moves by amount, in 万元.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from projects.rules.stages import MONEY_STAGES, WORK_STAGES
from rectify.lib.measures import Break, EntryFact, Order, Total, first_break

FUND_TOTALS: dict[str, Total] = {stage.value: Total("amount", stage.value) for stage in MONEY_STAGES}
PROJECT_TOTALS: dict[str, Total] = {
    **{stage.value: Total("quantity", stage.value) for stage in WORK_STAGES},
    **FUND_TOTALS,
}
"""Cached total on the item → what it is the sum of."""

FUND_ORDERS = (
    Order({"due": 1}, "应下达资金为负"),
    Order({"paid": 1}, "资金拨付为负"),
    Order({"funded": 1, "paid": -1}, "资金拨付超过资金下达"),
)
PROJECT_ORDERS = (
    *(
        Order({before.value: 1, after.value: -1}, f"{after.label}超过{before.label}")
        for before, after in pairwise(WORK_STAGES)
    ),
    Order({WORK_STAGES[-1].value: 1}, f"{WORK_STAGES[-1].label}为负"),
    *FUND_ORDERS,
)
"""arranged ≥ allotted ≥ started ≥ completed ≥ accepted ≥ 0; funded ≥ paid ≥ 0; due ≥ 0, a norm that may be
exceeded (design, section 4)."""


def project_broken(entries: Sequence[EntryFact]) -> Break | None:
    """The first day whose running sums of a project are out of order; None where all hold."""
    return first_break(entries, PROJECT_TOTALS, PROJECT_ORDERS)


def fund_broken(entries: Sequence[EntryFact]) -> Break | None:
    """The first day whose running sums of a fund are out of order; None where all hold."""
    return first_break(entries, FUND_TOTALS, FUND_ORDERS)
