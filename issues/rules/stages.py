"""Stages, causes and states of an issue, in the glossary's words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    """``0 ≤ confirmed ≤ claimed ≤ found − removed``, at every date."""

    FOUND = "found"
    REMOVED = "removed"
    CLAIMED = "claimed"
    CONFIRMED = "confirmed"

    @property
    def label(self) -> str:
        return STAGE_LABELS[self]


STAGE_LABELS: dict[Stage, str] = {
    Stage.FOUND: "列入",
    Stage.REMOVED: "调出",
    Stage.CLAIMED: "自报完成",
    Stage.CONFIRMED: "核实认定",
}


class Cause(StrEnum):
    """Why an entry was written."""

    IMPORT = "import"
    REGISTRATION = "registration"
    REPORT = "report"
    VERIFICATION = "verification"
    REMOVAL = "removal"
    CORRECTION = "correction"
    SPLIT = "split"
    TAKEOVER = "takeover"
    WITHDRAWAL = "withdrawal"
    REJECTION = "rejection"
    MERGER = "merger"
    TRANSFER = "transfer"
    SIGNING = "signing"
    PLAN = "plan"
    CLOSURE = "closure"
    EXTENSION = "extension"
    ASSIGNMENT = "assignment"
    PAUSE = "pause"
    CALENDAR = "calendar"

    @property
    def label(self) -> str:
        return CAUSE_LABELS[self]


CAUSE_LABELS: dict[Cause, str] = {
    Cause.IMPORT: "台账导入",
    Cause.REGISTRATION: "登记",
    Cause.REPORT: "进展上报",
    Cause.VERIFICATION: "核查",
    Cause.REMOVAL: "调出",
    Cause.CORRECTION: "更正",
    Cause.SPLIT: "拆分",
    Cause.TAKEOVER: "历史接收",
    Cause.WITHDRAWAL: "撤回导入",
    Cause.REJECTION: "不予受理",
    Cause.MERGER: "合并",
    Cause.TRANSFER: "移交",
    Cause.SIGNING: "签收",
    Cause.PLAN: "整改计划",
    Cause.CLOSURE: "销号",
    Cause.EXTENSION: "延期",
    Cause.ASSIGNMENT: "分办",
    Cause.PAUSE: "暂停计时",
    Cause.CALENDAR: "工作日历变更",
}


class State(StrEnum):
    """Where an issue stands; overdue, light and progress rating are derived, never a state."""

    REGISTERED = "registered"
    AWAITING_SIGNATURE = "awaiting_signature"
    PLANNING = "planning"
    PLAN_SUBMITTED = "plan_submitted"
    RECTIFYING = "rectifying"
    CLOSING = "closing"
    CLOSED = "closed"
    LONG_TERM = "long_term"
    REMOVED = "removed"
    REJECTED = "rejected"
    MERGED = "merged"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS: dict[State, str] = {
    State.REGISTERED: "登记",
    State.AWAITING_SIGNATURE: "待签收",
    State.PLANNING: "待制定计划",
    State.PLAN_SUBMITTED: "计划待审",
    State.RECTIFYING: "整改中",
    State.CLOSING: "申请销号",
    State.CLOSED: "已销号",
    State.LONG_TERM: "转长期坚持",
    State.REMOVED: "调出",
    State.REJECTED: "不予受理",
    State.MERGED: "合并",
    State.TRANSFERRED: "已移交",
    State.WITHDRAWN: "已撤回",
}


def state_word(state: str, words: Mapping[str, str] | None, *, is_taken_over: bool = False) -> str:
    """What a list calls the state: its template's own word, else ours; what was taken over as history is
    told apart from what was put right."""
    word = (words or {}).get(state) or State(state).label
    return f"{word}（接收）" if is_taken_over and state == State.CLOSED else word


OPEN_STATES = (
    State.REGISTERED,
    State.AWAITING_SIGNATURE,
    State.PLANNING,
    State.PLAN_SUBMITTED,
    State.RECTIFYING,
    State.CLOSING,
    State.LONG_TERM,
)


class UnitRole(StrEnum):
    """What a unit has to do with an issue."""

    LEAD = "lead"
    RESPONSIBLE = "responsible"
    SUPPORT = "support"

    @property
    def label(self) -> str:
        return {"lead": "牵头单位", "responsible": "责任单位", "support": "配合单位"}[self.value]


MEASURES = (
    "items",
    "found",
    "removed",
    "claimed",
    "confirmed",
    "closed",
    "overdue_claimed",
    "overdue_confirmed",
    "undetermined_claimed",
    "undetermined_confirmed",
    "unconfirmed_claimed",
    "unconfirmed_confirmed",
    "unstated",
    "amount_found",
    "amount_removed",
    "amount_claimed",
    "amount_confirmed",
)
"""Columns of the issue roll-ups. ``items`` and ``closed`` count issues; amounts are in 万元; overdue,
undetermined and unconfirmed are quantities left, once by each basis."""
