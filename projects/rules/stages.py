"""Stages of works and money. Quantities never run ahead of the stage before."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """``arranged ≥ allotted ≥ started ≥ completed ≥ accepted``; ``due`` is a norm; ``funded ≥ paid``."""

    ARRANGED = "arranged"
    ALLOTTED = "allotted"
    STARTED = "started"
    COMPLETED = "completed"
    ACCEPTED = "accepted"
    DUE = "due"
    FUNDED = "funded"
    PAID = "paid"

    @property
    def label(self) -> str:
        return STAGE_LABELS[self]


STAGE_LABELS: dict[Stage, str] = {
    Stage.ARRANGED: "安排",
    Stage.ALLOTTED: "下达",
    Stage.STARTED: "开工",
    Stage.COMPLETED: "完工",
    Stage.ACCEPTED: "验收",
    Stage.DUE: "应下达资金",
    Stage.FUNDED: "资金下达",
    Stage.PAID: "资金拨付",
}

WORK_STAGES = (Stage.ARRANGED, Stage.ALLOTTED, Stage.STARTED, Stage.COMPLETED, Stage.ACCEPTED)
MONEY_STAGES = (Stage.DUE, Stage.FUNDED, Stage.PAID)


class Cause(StrEnum):
    """Why an entry was written."""

    IMPORT = "import"
    REGISTRATION = "registration"
    REPORT = "report"
    AHEAD = "ahead"
    CORRECTION = "correction"
    CHANGE = "change"
    WITHDRAWAL = "withdrawal"
    CALENDAR = "calendar"

    @property
    def label(self) -> str:
        return CAUSE_LABELS[self]


CAUSE_LABELS: dict[Cause, str] = {
    Cause.IMPORT: "台账导入",
    Cause.REGISTRATION: "登记",
    Cause.REPORT: "进展上报",
    Cause.AHEAD: "先行动工，下达后入账",
    Cause.CORRECTION: "更正",
    Cause.CHANGE: "变更",
    Cause.WITHDRAWAL: "撤回导入",
    Cause.CALENDAR: "工作日历变更",
}

MEASURES = (
    "items",
    "arranged",
    "allotted",
    "started",
    "completed",
    "accepted",
    "due",
    "funded",
    "paid",
    "over",
)
"""Columns of the project roll-ups. ``over`` is 超额下达, max(0, funded − due) of each item, in 万元."""
