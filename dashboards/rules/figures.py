"""From sums of measures to figures: what is left, what is late, rates with numerator and denominator."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

Sums = Mapping[str, Decimal]
"""Measure → sum: quantities in what the block counts, amounts in 万元, ``items`` and ``closed`` in pieces."""

MONEY = "万元"
ZERO = Decimal(0)
TENTH = Decimal("0.1")


def plain(value: Decimal | int) -> str:
    """The number as digits, without exponent, trailing zeros or a minus before zero."""
    if isinstance(value, int):
        return str(value)
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def percent(numerator: Decimal, denominator: Decimal) -> str | None:
    """Per cent with one decimal, half up; None without a base."""
    if denominator == 0:
        return None
    return str((numerator * 100 / denominator).quantize(TENTH, ROUND_HALF_UP))


def rate(numerator: Decimal, denominator: Decimal) -> dict[str, str | None]:
    """A rate as every door shows it: numerator, denominator, per cent."""
    return {
        "numerator": plain(numerator),
        "denominator": plain(denominator),
        "percent": percent(numerator, denominator),
    }


def issue_left(sums: Sums, basis: str) -> Decimal:
    """未整改: found − removed − done by the basis (``claimed`` or ``confirmed``)."""
    return sums["found"] - sums["removed"] - sums[basis]


def issue_quantities(sums: Sums, basis: str) -> dict[str, Decimal]:
    """The quantities of a row of issues, in what the block counts."""
    left = issue_left(sums, basis)
    return {
        "total": sums["found"],
        "removed": sums["removed"],
        "done": sums[basis],
        "left": left,
        "stated_left": left - sums["unstated"],
        "unstated": sums["unstated"],
        "claimed": sums["claimed"],
        "confirmed": sums["confirmed"],
        "unverified": sums["claimed"] - sums["confirmed"],
        "overdue": sums[f"overdue_{basis}"],
        "undetermined": sums[f"undetermined_{basis}"],
        "unconfirmed": sums[f"unconfirmed_{basis}"],
    }


def issue_amounts(sums: Sums, basis: str) -> dict[str, Decimal]:
    """The money of a row of issues in 万元; empty where no issue carries any."""
    if not sums["amount_found"]:
        return {}
    done = sums[f"amount_{basis}"]
    left = sums["amount_found"] - sums["amount_removed"] - done
    return {"amount": sums["amount_found"], "amount_done": done, "amount_left": left}


def issue_rates(sums: Sums) -> dict[str, dict[str, str | None]]:
    """上报完成率, 核实完成率, 销号率, 核减率."""
    return {
        "claimed_rate": rate(sums["claimed"], sums["found"]),
        "confirmed_rate": rate(sums["confirmed"], sums["found"]),
        "closed_rate": rate(sums["closed"], sums["items"]),
        "cut_rate": rate(sums["taken_back"], sums["examined"]),
    }


def project_quantities(sums: Sums) -> dict[str, Decimal]:
    """The works of a row of projects, in what the block counts."""
    return {
        "arranged": sums["arranged"],
        "allotted": sums["allotted"],
        "not_allotted": sums["arranged"] - sums["allotted"],
        "started": sums["started"],
        "not_started": sums["allotted"] - sums["started"],
        "completed": sums["completed"],
        "accepted": sums["accepted"],
    }


def project_money(sums: Sums) -> dict[str, Decimal]:
    """The money of a row in the block of 万元."""
    return {name: sums[name] for name in ("due", "funded", "paid", "over")}


def project_rates(sums: Sums) -> dict[str, dict[str, str | None]]:
    """开工率, 未动工率, 完工率, all of what was arranged."""
    return {
        "started_rate": rate(sums["started"], sums["arranged"]),
        "not_started_rate": rate(sums["allotted"] - sums["started"], sums["arranged"]),
        "completed_rate": rate(sums["completed"], sums["arranged"]),
    }
