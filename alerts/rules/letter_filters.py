"""What the list of letters may be narrowed by."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.rules.letters import KINDS, LetterKind, LetterState
from rectify.lib.criteria import Criteria, criterion, number, one_of, text

KIND_WORDS = {kind.value: KINDS[kind].label for kind in LetterKind}
STATE_WORDS = {
    **{state.value: state.label for state in LetterState},
    "owing": "回复未到",
    "overdue": "回复逾期",
}
"""``owing``: a reply was asked for and has not come; ``overdue``: its day has passed."""
OWNERS = {"mine": "我起草的"}


@dataclass(frozen=True)
class LetterFilter(Criteria):
    """``unit``: the code of the unit a letter is sent to; ``year``: of its number, or of its draft."""

    campaign: str = criterion("campaign", "工作", text)
    kind: str = criterion("kind", "种类", one_of(KIND_WORDS))
    state: str = criterion("state", "状态", one_of(STATE_WORDS))
    unit: str = criterion("unit", "主送单位", text)
    year: int | None = criterion("year", "年份", number, None)
    issue: str = criterion("issue", "问题", text)
    by: str = criterion("by", "起草人", one_of(OWNERS))
    q: str = criterion("q", "搜索", text)
    page: int = criterion("page", "页码", number, 1)
