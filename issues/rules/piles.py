"""Piles: what waits for whom. Each is a filter of the issue list: its number opens exactly its issues.

What a pile holds is in issues.queries.waiting; whose desk it lies on, the dashboards say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SILENT_DAYS = 15
"""So many days without a word from who answers, and an issue is silent (W-020)."""
SOON_DAYS = 7
"""So many days before its date a deadline is near, as its light says."""


class Pile(StrEnum):
    """What waits; the value is the ``waiting`` of the list's address."""

    SIGN = "sign"
    PLAN = "plan"
    PLAN_RETURNED = "plan_returned"
    CLOSURE_RETURNED = "closure_returned"
    READY = "ready"
    DUE_SOON = "due_soon"
    SILENT = "silent"
    HEAD_PLAN = "head_plan"
    HEAD_CLOSURE = "head_closure"
    REVIEW_PLAN = "review_plan"
    REVIEW_CLOSURE = "review_closure"
    REFUSED = "refused"
    APPROVE_PLAN = "approve_plan"
    SIGN_OFF = "sign_off"
    CONFIRM = "confirm"
    EXTENSION = "extension"

    @property
    def label(self) -> str:
        return SAID[self].label

    @property
    def duty(self) -> str:
        return SAID[self].duty

    @property
    def since(self) -> str:
        return SAID[self].since


@dataclass(frozen=True, slots=True)
class Said:
    """``label`` on the desk and in the filter; ``duty`` what to do; ``since`` what the day of a row means."""

    label: str
    duty: str
    since: str


SAID: dict[Pile, Said] = {
    Pile.SIGN: Said("待签收", "签收，或退回并说明理由", "分办"),
    Pile.PLAN: Said("待制定计划", "制定整改计划，送主要负责人签字", "签收"),
    Pile.PLAN_RETURNED: Said("计划被退回", "按退回意见修改后重新报送", "退回"),
    Pile.CLOSURE_RETURNED: Said("销号被退回", "按退回意见整改后重新申请", "退回"),
    Pile.READY: Said("已报完未申请销号", "已全部填报完成；计划、措施、佐证齐全的，申请销号", "最近一次填报"),
    Pile.DUE_SOON: Said("临近期限", f"{SOON_DAYS}天内到期，还没有整改完", "到期"),
    Pile.SILENT: Said(f"{SILENT_DAYS}天没有进展", "填报进展；没有进展的说明情况", "最近一次说明"),
    Pile.HEAD_PLAN: Said("计划待签字", "看过内容后签字报送，或退回", "起草"),
    Pile.HEAD_CLOSURE: Said("销号申请待签字", "逐项看过后签字，或退回", "申请"),
    Pile.REVIEW_PLAN: Said("计划待主管部门审", "批准，或退回并写明缺少的内容", "报送"),
    Pile.REVIEW_CLOSURE: Said("销号待主管部门复核", "复核同意，或退回", "签字"),
    Pile.REFUSED: Said("退回分办待答复", "在期限内答复", "退回"),
    Pile.APPROVE_PLAN: Said("计划待整改办审", "没有其他主管部门审定的计划，批准或退回", "报送"),
    Pile.SIGN_OFF: Said("待销号", "核实后逐项销号；核查过的人不能签", "复核"),
    Pile.CONFIRM: Said("提请待确认", "由提请人以外的第二人确认，或不同意", "提请"),
    Pile.EXTENSION: Said("延期待批复", "同意或不同意，写明意见", "申请"),
}
PILES = {pile.value: pile.label for pile in Pile}


def silent_until(today: date) -> date:
    """A last word on or before this day is silence on ``today``."""
    return today - timedelta(days=SILENT_DAYS)
