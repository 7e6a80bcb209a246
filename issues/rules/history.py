"""An issue's ledger lines and changes as sentences a person reads; no number is made here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from issues.rules.stages import Cause, Stage
from rectify.lib.cn_dates.words import cn_day as cn_day

FOUND, REMOVED, CLAIMED, CONFIRMED = Stage.FOUND, Stage.REMOVED, Stage.CLAIMED, Stage.CONFIRMED
SAID: dict[tuple[Cause, Stage], tuple[str, str]] = {
    (Cause.IMPORT, FOUND): ("列入清单", "台账减少列入"),
    (Cause.IMPORT, REMOVED): ("台账称已调出", "台账减少调出"),
    (Cause.IMPORT, CLAIMED): ("台账称已整改", "台账减少已整改"),
    (Cause.REGISTRATION, FOUND): ("登记列入", "减少列入"),
    (Cause.REPORT, CLAIMED): ("责任单位自报完成", "责任单位更正，减少自报完成"),
    (Cause.CORRECTION, FOUND): ("更正，增加列入", "更正，减少列入"),
    (Cause.CORRECTION, REMOVED): ("更正，增加调出", "更正，减少调出"),
    (Cause.CORRECTION, CLAIMED): ("更正，增加自报完成", "更正，减少自报完成"),
    (Cause.CORRECTION, CONFIRMED): ("更正，增加核实认定", "更正，减少核实认定"),
    (Cause.REJECTION, REMOVED): ("不予受理，调出", "撤销不予受理，减少调出"),
    (Cause.TRANSFER, REMOVED): ("移交，调出", "撤销移交，减少调出"),
    (Cause.MERGER, REMOVED): ("合并，调出", "撤销合并，减少调出"),
    (Cause.MERGER, FOUND): ("合并转入", "合并转出"),
    (Cause.VERIFICATION, CONFIRMED): ("核查认定已整改", "核查减少认定"),
    (Cause.VERIFICATION, CLAIMED): ("核查补记自报完成", "核减"),
    (Cause.REMOVAL, REMOVED): ("调出", "调出撤销"),
    (Cause.SPLIT, REMOVED): ("拆分，由明细替代", "撤销拆分"),
    (Cause.SPLIT, FOUND): ("拆分转入", "拆分转出"),
    (Cause.TAKEOVER, FOUND): ("接收历史台账，列入", "减少列入"),
    (Cause.TAKEOVER, CLAIMED): ("接收历史台账，已整改", "减少已整改"),
    (Cause.TAKEOVER, CONFIRMED): ("接收历史台账，已认定", "减少已认定"),
    (Cause.WITHDRAWAL, FOUND): ("撤回导入，恢复列入", "撤回导入，冲销列入"),
    (Cause.WITHDRAWAL, CLAIMED): ("撤回导入，恢复自报完成", "撤回导入，冲销自报完成"),
}
"""(cause, stage) → the words when the quantity rises, and when it falls."""

READING = frozenset({"export", "view_clear", "download"})
"""Acts of reading: they change nothing, and the office alone is told of them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One ledger line: ``quantity`` in ``counted_in``, ``amount`` in 万元, both signed."""

    cause: Cause
    stage: Stage
    quantity: Decimal
    amount: Decimal | None
    counted_in: str
    happened_on: date


def said(line: Line) -> str:
    """2018年5月20日，台账称已整改1户，金额3.2万元."""
    falls = line.quantity < 0 or (line.quantity == 0 and (line.amount or 0) < 0)
    words = SAID.get((line.cause, line.stage))
    if words is None:
        words = (f"{line.cause.label}：{line.stage.label}增加", f"{line.cause.label}：{line.stage.label}减少")
    parts = [cn_day(line.happened_on), words[1] if falls else words[0]]
    if line.quantity:
        parts[-1] += plain(abs(line.quantity)) + line.counted_in
    if line.amount:
        parts.append(f"金额{plain(abs(line.amount))}万元")
    return "，".join(parts)


def moved(line: Line, on: date) -> str:
    """自报完成 +3户，金额 +1.2万元（6月3日）: the movement below the act of the day ``on`` that wrote it."""
    parts = []
    if line.quantity:
        parts.append(f"{line.stage.label} {_signed(line.quantity)}{line.counted_in}")
    if line.amount:
        parts.append(f"{'' if parts else line.stage.label}金额 {_signed(line.amount)}万元")
    day = "" if line.happened_on == on else f"（{cn_day(line.happened_on)}）"
    return "，".join(parts) + day


def shown(kind: str, name: str) -> str:
    """佐证：成效照片《屋面.jpg》."""
    return f"佐证：{kind}《{name}》"


def changed(label: str, before: str, after: str) -> str:
    """责任人由“张某”改为“李某”."""
    if not before:
        return f"补填{label}“{after}”"
    if not after:
        return f"删去{label}“{before}”"
    return f"{label}由“{before}”改为“{after}”"


def plain(value: Decimal) -> str:
    """The number with thousands separated and no trailing zeros."""
    if value == value.to_integral_value():
        return f"{int(value):,}"
    return f"{value.normalize():,f}"


def _signed(value: Decimal) -> str:
    """+3, −2."""
    return f"{'−' if value < 0 else '+'}{plain(abs(value))}"
