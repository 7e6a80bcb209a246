"""存量 and 增量 between two days (W-031).

期初 + 新增 − 完成 + 核减 − 调出 = 期末 for the stock, for the increment and for both; what each column is,
dashboards.rules.movements says. 增量 is what was added to a list after its lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboards.rules.comparisons import Period, proof_of
from dashboards.rules.documents import Setting, row_proof
from dashboards.rules.figures import MONEY, ZERO, Sums, plain
from dashboards.rules.indicators import Indicator
from dashboards.rules.movements import ISSUE_COLUMNS, MONEY_COLUMNS, WORK_COLUMNS, Column, Flow, flow
from dashboards.rules.tables import Number
from dashboards.rules.tallies import ISSUES, Block

CLAIMED = {"opening": "=", "new": "+", "done": "-", "cut": "+", "removed": "-", "closing": "="}
CONFIRMED = {"opening": "=", "new": "+", "confirmed": "-", "removed": "-", "closing": "="}
WORKS = {"opening": "=", "allotted": "+", "started": "-", "closing": "="}
MONIES = {"unpaid": "=", "funded": "+", "paid": "-", "unpaid_now": "="}


@dataclass(frozen=True, slots=True)
class FlowHead:
    """A column: its indicator, its sign in the identity ("" stands beside it, as 销号 in issues does)."""

    said: Indicator
    sign: str

    @property
    def short(self) -> str:
        """The name on a chart's axis."""
        return self.said.name.removesuffix("未整改").removesuffix("未动工").removesuffix("未拨付")


@dataclass(frozen=True, slots=True)
class FlowLine:
    """存量, 增量 or both of them."""

    name: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class FlowTable:
    """One block's flow. ``lines`` are stock and increment; none where nothing was added after a lock."""

    heads: tuple[FlowHead, ...]
    lines: tuple[FlowLine, ...]
    total: FlowLine
    sentence: str


def signs(of: str, counted_in: str, basis: str) -> dict[str, str]:
    """Column → its sign in the identity, in order."""
    if of == ISSUES:
        return CLAIMED if basis == "claimed" else CONFIRMED
    return MONIES if counted_in == MONEY else WORKS


def columns_of(of: str, counted_in: str, basis: str, total: Flow) -> list[tuple[Column, str]]:
    """The columns in order, each with its sign; cut and removed where there are any, 销号 beside them."""
    known = {
        column.code: column
        for column in (
            ISSUE_COLUMNS if of == ISSUES else MONEY_COLUMNS if counted_in == MONEY else WORK_COLUMNS
        )
    }
    shown = [
        (known[code], sign)
        for code, sign in signs(of, counted_in, basis).items()
        if code not in ("cut", "removed") or total[code]
    ]
    return [*shown, (known["closed"], "")] if of == ISSUES else shown


def parted(total: Flow, increment: Flow) -> Flow:
    """What is not increment is stock: every column is a sum."""
    return {name: total[name] - increment[name] for name in total}


def flow_table(
    setting: Setting, period: Period, block: Block, word: str, total: Flow, increment: Flow | None
) -> FlowTable:
    """The flow of one block; ``increment`` is None where nothing is parted (works, lists never locked)."""
    counted_in = block.counted_in
    columns = columns_of(setting.of, counted_in, setting.basis, total)
    proof = row_proof(setting, counted_in, {})
    lines: list[FlowLine] = []
    if increment is not None:
        parts = (("存量", "stock", parted(total, increment)), ("增量", "increment", increment))
        lines = [
            FlowLine(name, _numbers(columns, f"{proof}&stock={code}", period, counted_in, moved))
            for name, code, moved in parts
        ]
    return FlowTable(
        heads=tuple(FlowHead(column.said, sign) for column, sign in columns),
        lines=tuple(lines),
        total=FlowLine("合计", _numbers(columns, proof, period, counted_in, total)),
        sentence=_sentence(setting, period, counted_in, columns, word, total, increment),
    )


def _numbers(
    columns: Sequence[tuple[Column, str]], proof: str, period: Period, counted_in: str, moved: Flow
) -> tuple[Number, ...]:
    return tuple(
        Number(
            plain(moved[column.code]),
            proof_of(proof, column, period),
            is_money=counted_in == MONEY and not column.is_pieces,
        )
        for column, _ in columns
    )


def _sentence(
    setting: Setting,
    period: Period,
    counted_in: str,
    columns: Sequence[tuple[Column, str]],
    word: str,
    total: Flow,
    increment: Flow | None,
) -> str:
    told = "，".join(_said(column, word, total[column.code]) for column, _ in columns)
    counted = f"按{counted_in}统计，" if setting.of == ISSUES else "，"
    start = f"{period.words}，{setting.telling.subject}{counted}{told}。"
    if increment is None:
        return start
    closing = next(column for column, _ in reversed(columns) if column.measure)
    stock = plain(total[closing.code] - increment[closing.code])
    added, left = plain(increment["new"]), plain(increment[closing.code])
    told = f"存量{stock}{word}，增量{left}{word}（期间新增的增量{added}{word}）"
    return f"{start}{closing.said.name}中，{told}。"


def _said(column: Column, word: str, value: Decimal) -> str:
    if column.is_pieces:
        return f"{column.said.name.removesuffix('（件）')}{plain(value)}件"
    return f"{column.said.name}{plain(value)}{word}"


def flows_of(of: str, basis: str, then: Sums, now: Sums, cut: Decimal) -> Flow:
    """Every column from the sums of both days; sums nobody has are nothing."""
    names = {*then, *now}
    before, after = ({name: sums.get(name, ZERO) for name in names} for sums in (then, now))
    return flow(of, basis, before, after, cut)
