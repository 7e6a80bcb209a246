"""Which figures a table of a block shows, in which order: for the printed table, the sheet and the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.rules.figures import MONEY
from dashboards.rules.tallies import DIMENSION_LABELS, ISSUES

ISSUE_COLUMNS = (
    "total",
    "removed",
    "claimed",
    "confirmed",
    "left",
    "unstated",
    "overdue",
    "claimed_rate",
    "confirmed_rate",
)
ISSUE_MONEY = ("amount", "amount_left")
WORK_COLUMNS = (
    "arranged",
    "allotted",
    "not_allotted",
    "started",
    "not_started",
    "completed",
    "accepted",
    "started_rate",
)
FUND_COLUMNS = ("due", "funded", "paid", "over")
OPTIONAL = ("removed", "unstated", "amount", "amount_left", "accepted", "paid")
"""Columns that are left out where the whole block has none."""


def columns_of(of: str, block: Mapping[str, Any]) -> tuple[str, ...]:
    """The figures of this block's table; those that are all nothing are left out."""
    total = block["total"]
    if of == ISSUES:
        wanted: Sequence[str] = (*ISSUE_COLUMNS, *ISSUE_MONEY)
    elif block["counted_in"] == MONEY:
        wanted = (*(WORK_COLUMNS if total["arranged"] != "0" else ()), *FUND_COLUMNS)
    else:
        wanted = WORK_COLUMNS
    return tuple(name for name in wanted if name not in OPTIONAL or total.get(name, "0") != "0")


def shown(row: Mapping[str, Any], column: str) -> str:
    """A row's figure in a column as text; empty where the row has none (no money), — without a base."""
    if column.endswith("_rate"):
        percent = row["rates"][column]["percent"]
        return "—" if percent is None else f"{percent}%"
    return str(row.get(column, ""))


def heads(by: Sequence[str]) -> list[str]:
    """The names of the leading columns, one for each dimension."""
    return [DIMENSION_LABELS[name] for name in by]


def members_of(row: Mapping[str, Any], by: Sequence[str]) -> list[str]:
    """The row's own names, 未写明 where there is none."""
    return [row[name] if row[name] is not None else f"未写明{DIMENSION_LABELS[name]}" for name in by]
