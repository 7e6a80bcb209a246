"""What was left on each day or at the end of each 旬: the sums of the last day without what moved later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from dashboards.rules.documents import Setting, row_proof
from dashboards.rules.figures import MONEY, ZERO, Sums, plain
from dashboards.rules.tables import Number
from dashboards.rules.tallies import ISSUES

DAILY = 31
"""So many days at most have a point each; longer stretches one at the end of each 旬."""
LONGEST = timedelta(days=400)
SHORTEST = timedelta(days=30)
ONE_DAY = timedelta(days=1)
TENDAY_ENDS = (10, 20)


@dataclass(frozen=True, slots=True)
class Point:
    """What was left at the end of a day, by each basis where there are two; each with its list."""

    on: date
    left: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """``names`` of the lines drawn; ``points`` in order of days, without those before the first record."""

    title: str
    names: tuple[str, ...]
    points: tuple[Point, ...]

    @property
    def is_daily(self) -> bool:
        return len(self.points) < 2 or self.points[1].on - self.points[0].on == ONE_DAY


def days_between(first: date, last: date) -> list[date]:
    """Each day, or where they are many the end of each 旬, up to and with the last."""
    if (last - first).days <= DAILY:
        return [first + timedelta(days=at) for at in range((last - first).days + 1)]
    days = [first + timedelta(days=at) for at in range((last - first).days)]
    return [*(day for day in days if _ends_tenday(day)), last]


def _ends_tenday(day: date) -> bool:
    return day.day in TENDAY_ENDS or (day + ONE_DAY).day == 1


def first_day(start_on: date | None, as_of: date) -> date:
    """Where a trend begins: the day before the campaign, thirty days ago at least, four hundred at most."""
    before = start_on - ONE_DAY if start_on is not None and start_on <= as_of else as_of - SHORTEST
    return max(min(before, as_of - SHORTEST), as_of - LONGEST)


LEFT: dict[str, tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...]] = {
    ISSUES: (
        ("上报数", "&measure=left", ("found",), ("removed", "claimed")),
        ("核实数", "&measure=left&basis=confirmed", ("found",), ("removed", "confirmed")),
    ),
    "projects": (("未动工", "&measure=not_started", ("allotted",), ("started",)),),
    MONEY: (("未拨付", "&measure=unpaid", ("funded",), ("paid",)),),
}
"""Line → its name, its list, the measures added and taken off."""
TITLES = {ISSUES: "未整改", "projects": "未动工", MONEY: "已下达未拨付"}


def trend(
    setting: Setting, counted_in: str, now: Sums, moves: Mapping[date, Sums], days: Sequence[date]
) -> Trend:
    """What was left on ``days``: the sums ``now`` without what moved later; ``moves``: day → what changed."""
    key = MONEY if setting.of != ISSUES and counted_in == MONEY else setting.of
    lines = LEFT[key]
    begun = "found" if setting.of == ISSUES else "funded" if key == MONEY else "arranged"
    points: list[Point] = []
    later: dict[str, Decimal] = {}
    waiting = sorted(moves, reverse=True)
    for day in sorted(days, reverse=True):
        while waiting and waiting[0] > day:
            for name, value in moves[waiting.pop(0)].items():
                later[name] = later.get(name, ZERO) + value
        sums = {name: value - later.get(name, ZERO) for name, value in now.items()}
        if not sums[begun]:
            break  # 此前无记录
        points.append(Point(day, tuple(_left(setting, counted_in, day, line, sums) for line in lines)))
    return Trend(TITLES[key], tuple(line[0] for line in lines), tuple(reversed(points)))


def _left(
    setting: Setting,
    counted_in: str,
    day: date,
    line: tuple[str, str, tuple[str, ...], tuple[str, ...]],
    sums: Mapping[str, Decimal],
) -> Number:
    _, narrower, plus, minus = line
    value = sum((sums[name] for name in plus), ZERO) - sum((sums[name] for name in minus), ZERO)
    common = {name: text for name, text in setting.proof_params.items() if name != "basis"}
    then = replace(setting, proof_params={**common, "as_of": day.isoformat()})
    proof = row_proof(then, counted_in, {})
    return Number(plain(value), f"{proof}{narrower}", is_money=counted_in == MONEY)
