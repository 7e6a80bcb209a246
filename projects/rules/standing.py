"""Where a project stands (W-009), what of it is late, what waits: words of the list's filters and marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from projects.rules.stages import Stage


class Standing(StrEnum):
    """The furthest step of the whole work; each project stands in exactly one on any day."""

    ARRANGED = "arranged"
    ALLOTTED = "allotted"
    STARTED = "started"
    COMPLETED = "completed"
    ACCEPTED = "accepted"

    @property
    def label(self) -> str:
        return STANDING_LABELS[self]


STANDING_LABELS = {
    Standing.ARRANGED: "未下达",
    Standing.ALLOTTED: "已下达未动工",
    Standing.STARTED: "已动工",
    Standing.COMPLETED: "已完工",
    Standing.ACCEPTED: "已验收",
}


def standing(figures: Mapping[str, Decimal]) -> Standing:
    """From the figures as of a day (arranged, allotted, started, completed, accepted): finished only as a
    whole, begun with its first part."""
    arranged = figures["arranged"]
    if arranged > 0 and figures["accepted"] >= arranged:
        return Standing.ACCEPTED
    if arranged > 0 and figures["completed"] >= arranged:
        return Standing.COMPLETED
    if figures["started"] > 0:
        return Standing.STARTED
    return Standing.ALLOTTED if figures["allotted"] > 0 else Standing.ARRANGED


@dataclass(frozen=True, slots=True)
class Due:
    """A step with a date: ``day`` and ``confirmed`` are columns of the project, ``word`` is what is done."""

    stage: Stage
    word: str
    day: str
    confirmed: str = ""


DUES = (
    Due(Stage.ALLOTTED, "下达", "programme__allot_due_on"),
    Due(Stage.STARTED, "动工", "start_due_on", "start_confirmed"),
    Due(Stage.COMPLETED, "完工", "finish_due_on", "finish_confirmed"),
)
DONE = "_done"
LATE = {
    **{due.stage.value: f"逾期未{due.word}" for due in DUES},
    **{f"{due.stage.value}{DONE}": f"逾期{due.word}" for due in DUES},
}
"""What is late and not done; with ``_done``: what was done late, which stays visible (W-014)."""
FLAGS = {
    "ahead_waiting": "先行动工，等下达",
    "ahead": "曾先行动工",
    "change_waiting": "变更等决定",
}
"""先斩后奏 while it waits and ever; requests that wait for the 领导小组."""


def is_late_start(figures: Mapping[str, Decimal], due_on: date | None, is_confirmed: bool, on: date) -> bool:
    """Whether the start is overdue on ``on``: some of the work has not begun, the date is sure."""
    return bool(due_on and is_confirmed and due_on < on and figures["started"] < figures["arranged"])
