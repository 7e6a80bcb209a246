"""What a verification does to the quantities: of so many examined, so many true."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from issues.rules.history import plain

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Finding:
    """Of ``examined``, ``found_true`` hold, in what the issue is counted in. ``adds``: what holds beyond the
    claim is claimed in the verifier's name."""

    examined: Decimal
    found_true: Decimal
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the issue stands before: ``unverified`` claimed and not yet confirmed, ``open`` to be put right
    and not yet confirmed."""

    unverified: Decimal
    open: Decimal
    counted_in: str


def taken_back(finding: Finding, standing: Standing) -> Decimal:
    """核减: what was claimed, was looked at, and does not hold."""
    return max(NOTHING, min(finding.examined, standing.unverified) - finding.found_true)


def added(finding: Finding, standing: Standing) -> Decimal:
    """补记: what holds without having been claimed."""
    return max(NOTHING, finding.found_true - standing.unverified)


@dataclass(frozen=True, slots=True)
class Money:
    """In 万元, before: ``left`` neither claimed nor removed; ``unverified`` claimed and not yet confirmed.
    ``is_said``: a claim named an amount."""

    left: Decimal = NOTHING
    unverified: Decimal = NOTHING
    is_said: bool = True


def carried(finding: Finding, standing: Standing, money: Money, back: Decimal | None) -> Money:
    """What goes with the quantities where no 认定金额 was typed.

    ``left`` is claimed in the verifier's name with the last of all, where he adds it or no claim ever named
    an amount; ``unverified`` is confirmed where all that is claimed holds: of a claim that was cut, only once
    ``back`` (核减金额) says what it took."""
    is_last = finding.found_true == standing.open
    claims = money.left if is_last and (added(finding, standing) or not money.is_said) else NOTHING
    cut = taken_back(finding, standing)
    holds = finding.found_true + cut >= standing.unverified and not (cut and back is None)
    rest = money.unverified + claims - (back or NOTHING)
    return Money(claims, max(NOTHING, rest) if holds else NOTHING)


def wrong(finding: Finding, standing: Standing) -> str:
    """Why the finding cannot be, naming the numbers; "" where it can."""
    examined, true, unit = finding.examined, finding.found_true, standing.counted_in
    if examined <= 0:
        return "核查数量须大于0。"
    if true < 0:
        return "属实数量不能小于0。"
    if true > examined:
        return f"核查{plain(examined)}{unit}，属实{plain(true)}{unit}：属实数量不能超过核查数量。"
    if examined > standing.open:
        return f"应整改而未核实的只有{plain(standing.open)}{unit}，不能核查{plain(examined)}{unit}。"
    if examined <= standing.unverified:
        return ""
    if true <= standing.unverified:
        return (
            f"自报完成而未核实的只有{plain(standing.unverified)}{unit}，核查{plain(examined)}{unit}、"
            f"属实{plain(true)}{unit}，没有多于自报的；核查数量请不要超过{plain(standing.unverified)}{unit}。"
        )
    if not finding.adds:
        more = plain(true - standing.unverified)
        return (
            f"自报完成而未核实的有{plain(standing.unverified)}{unit}，属实{plain(true)}{unit}，多{more}{unit}；"
            f"这{more}{unit}由您补记的，请勾选“补记”。"
        )
    return ""
