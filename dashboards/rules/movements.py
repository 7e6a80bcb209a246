"""What moved between two days: the columns of a comparison, their definitions and their arithmetic.

For every unit and any two days: 期初 + 新增 − 完成 + 核减 − 调出 = 期末 by what was claimed, and
期初 + 新增 − 核实 − 调出 = 期末 by what was confirmed; for works 期初未动工 + 下达 − 开工 = 期末未动工; for
money 期初未拨付 + 资金下达 − 拨付 = 期末未拨付.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dashboards.rules.figures import MONEY, ZERO, Sums, issue_left
from dashboards.rules.indicators import BY_BASIS, Indicator
from dashboards.rules.tallies import ISSUES, PROJECTS

Flow = Mapping[str, Decimal]
"""Column → how much; quantities in what the block counts, money in 万元, 销号 in issues."""
PIECES = "件"


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of a comparison: the list's parameter that proves it is ``moved``, or for the closing
    ``measure``."""

    code: str
    said: Indicator
    moved: str = ""
    measure: str = ""

    @property
    def is_pieces(self) -> bool:
        """Whether it counts issues, whatever the block counts."""
        return self.code == "closed"


def _column(of: str, code: str, name: str, formula: str, *, moved: str = "", measure: str = "") -> Column:
    basis = BY_BASIS if code in ("opening", "closing") else "两个口径相同"
    said = Indicator(f"flow-{code}", name, of, formula, basis=basis if of == ISSUES else "不分口径")
    return Column(code, said, moved, measure)


ISSUE_COLUMNS = (
    _column(ISSUES, "opening", "期初未整改", "起始日终了时的未整改，含未说明", moved="opening"),
    _column(ISSUES, "new", "新增", "起始日次日至截止日列入数之和，更正已抵减", moved="found"),
    _column(
        ISSUES,
        "done",
        "上报完成",
        "起始日次日至截止日自报完成数之和，更正已抵减；核减另列，不在此抵减",
        moved="claimed",
    ),
    _column(ISSUES, "cut", "核减", "起始日次日至截止日核查从自报完成中收回的数量", moved="cut"),
    _column(ISSUES, "confirmed", "核实整改", "起始日次日至截止日核查认定确已整改的数量", moved="confirmed"),
    _column(ISSUES, "removed", "调出", "起始日次日至截止日调出数之和", moved="removed"),
    _column(ISSUES, "closed", "销号（件）", "起始日次日至截止日签字销号的问题件数", moved="closed"),
    _column(
        ISSUES,
        "closing",
        "期末未整改",
        "上报口径：期初 + 新增 − 上报完成 + 核减 − 调出；核实口径：期初 + 新增 − 核实整改 − 调出",
        measure="left",
    ),
)
WORK_COLUMNS = (
    _column(PROJECTS, "opening", "期初未动工", "起始日终了时下达而未开工的数量", moved="opening"),
    _column(PROJECTS, "arranged", "新安排", "起始日次日至截止日安排数之和，变更已抵减", moved="arranged"),
    _column(PROJECTS, "allotted", "新下达", "起始日次日至截止日下达数之和", moved="allotted"),
    _column(PROJECTS, "started", "新开工", "起始日次日至截止日开工数之和", moved="started"),
    _column(PROJECTS, "completed", "新完工", "起始日次日至截止日完工数之和", moved="completed"),
    _column(PROJECTS, "accepted", "新验收", "起始日次日至截止日验收数之和", moved="accepted"),
    _column(PROJECTS, "closing", "期末未动工", "期初未动工 + 新下达 − 新开工", measure="not_started"),
)
MONEY_COLUMNS = (
    _column(PROJECTS, "unpaid", "期初未拨付", "起始日终了时下达而未拨付的资金（万元）", moved="unpaid"),
    _column(PROJECTS, "due", "新增应下达", "起始日次日至截止日应下达资金的增减（万元）", moved="due"),
    _column(PROJECTS, "funded", "资金下达", "起始日次日至截止日下达的资金（万元）", moved="funded"),
    _column(PROJECTS, "paid", "资金拨付", "起始日次日至截止日拨付的资金（万元）", moved="paid"),
    _column(
        PROJECTS, "unpaid_now", "期末未拨付", "期初未拨付 + 资金下达 − 资金拨付（万元）", measure="unpaid"
    ),
)
FLOW_INDICATORS = tuple(column.said for column in (*ISSUE_COLUMNS, *WORK_COLUMNS, *MONEY_COLUMNS))
OPTIONAL = ("cut", "removed", "accepted", "due")
"""Columns left out where nothing of the kind happened anywhere."""


def flow(of: str, basis: str, then: Sums, now: Sums, cut: Decimal) -> Flow:
    """Every column's figure from the sums as of both days; ``cut``: what was taken back between them."""
    if of != ISSUES:
        return {**_works(then, now), **_money(then, now)}
    return {
        "opening": issue_left(then, basis),
        "new": now["found"] - then["found"],
        "done": now["claimed"] - then["claimed"] + cut,
        "cut": cut,
        "confirmed": now["confirmed"] - then["confirmed"],
        "removed": now["removed"] - then["removed"],
        "closed": now["closed"] - then["closed"],
        "closing": issue_left(now, basis),
    }


def _works(then: Sums, now: Sums) -> Flow:
    stages = ("arranged", "allotted", "started", "completed", "accepted")
    return {
        "opening": then["allotted"] - then["started"],
        **{name: now[name] - then[name] for name in stages},
        "closing": now["allotted"] - now["started"],
    }


def _money(then: Sums, now: Sums) -> Flow:
    return {
        "unpaid": then["funded"] - then["paid"],
        **{name: now[name] - then[name] for name in ("due", "funded", "paid")},
        "unpaid_now": now["funded"] - now["paid"],
    }


def columns_of(of: str, counted_in: str, total: Flow) -> tuple[Column, ...]:
    """The columns of a block; those in which nothing ever moved are left out where they may be."""
    wanted: tuple[Column, ...]
    if of == ISSUES:
        wanted = ISSUE_COLUMNS
    elif counted_in != MONEY:
        wanted = WORK_COLUMNS
    else:
        has_works = any(total[column.code] for column in WORK_COLUMNS)
        wanted = (*(WORK_COLUMNS if has_works else ()), *MONEY_COLUMNS)
    return tuple(column for column in wanted if column.code not in OPTIONAL or total[column.code] != ZERO)
