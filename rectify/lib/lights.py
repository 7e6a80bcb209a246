"""The light of something that is due: arithmetic of days. How soon is soon, the caller says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SOON_DAYS = 7
LEVELS = {"overdue": "逾期", "soon": "临近", "fine": "正常", "none": "不计"}
DEADLINE_CLASSES = {"dated": "有期限", "immediate": "立行立改", "long": "长期坚持", "undetermined": "未定"}


@dataclass(frozen=True, slots=True)
class Light:
    """``level`` is overdue, soon, fine or none; ``word`` says it too; ``days`` until due, if known."""

    level: str
    word: str
    days: int | None = None


UNDATED = Light("none", "无时限")


def light(due_on: date, on: date, *, soon_days: int = SOON_DAYS) -> Light:
    """The light on the day ``on`` of something not yet done: overdue from the day after ``due_on``."""
    days = (due_on - on).days
    if days < 0:
        return Light("overdue", f"逾期{-days}天", days)
    if days == 0:
        return Light("soon", "今天到期", 0)
    if days <= soon_days:
        return Light("soon", f"临近 {days}天", days)
    return Light("fine", "正常", days)
