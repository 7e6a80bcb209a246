"""问题反馈表 and 整改报告 of one unit: which parts each problem needs, and the words of the documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from issues.rules.five import Facts
from issues.rules.history import cn_day, plain
from issues.rules.records import Labelled

MOST = 500
"""Problems in one document; more than these nobody reads, and a list narrows them."""
PERSON, DEADLINE, MEASURES = "责任人", "整改时限", "整改措施"


class Document(Labelled):
    FEEDBACK = "feedback", "问题反馈表"
    REPORT = "report", "整改报告"


@dataclass(frozen=True, slots=True)
class Problem:
    """One issue as a document tells it: ``due`` is what is to be put right, ``words`` the last word of it."""

    facts: Facts
    due: Decimal
    claimed: Decimal
    words: str
    last_word_on: date | None
    has_deadline: bool


@dataclass(frozen=True, slots=True)
class Lacking:
    """A problem that cannot be reported on yet, and why."""

    number: str
    problem: str
    parts: tuple[str, ...]


def lacking(problems: Sequence[Problem]) -> list[Lacking]:
    """The problems without one of the three mandatory parts (W-112)."""
    found = []
    for one in problems:
        parts = tuple(
            label
            for label, is_there in (
                (PERSON, bool(one.facts.person)),
                (DEADLINE, one.has_deadline),
                (MEASURES, bool(one.facts.tasks)),
            )
            if not is_there
        )
        if parts:
            found.append(Lacking(one.facts.number, one.facts.problem, parts))
    return found


def deadline(problem: Problem) -> str:
    """2018年7月31日前, 立行立改, 长期坚持（2018年9月1日复核）, or nothing."""
    facts = problem.facts
    if facts.due_on:
        return f"{cn_day(facts.due_on)}前"
    if not problem.has_deadline:
        return ""
    review = f"（{cn_day(facts.next_review_on)}复核）" if facts.next_review_on else ""
    return f"{facts.deadline_class}{review}"


def measures(problem: Problem) -> str:
    """（1）逐户签约；（2）拆除超出部分。"""
    texts = [task.text.strip().rstrip("；;。") for task in problem.facts.tasks]
    if len(texts) == 1:
        return f"{texts[0]}。"
    return "；".join(f"（{at}）{text}" for at, text in enumerate(texts, 1)) + "。" if texts else ""


def progress(problem: Problem) -> str:
    """应整改10户，已整改3户，还有7户。屋面已修。（截至2018年6月4日）"""
    unit = problem.facts.counted_in
    left = problem.due - problem.claimed
    said = f"应整改{plain(problem.due)}{unit}，"
    is_done = left <= 0 < problem.due
    said += "已全部整改" if is_done else f"已整改{plain(problem.claimed)}{unit}，还有{plain(left)}{unit}"
    words = f"{problem.words.strip().rstrip('。')}。" if problem.words.strip() else ""
    day = f"（截至{cn_day(problem.last_word_on)}）" if problem.last_word_on else "（未更新）"
    return f"{said}。{words}{day}"


def totals(problems: Sequence[Problem]) -> str:
    """共12个问题：已整改完成5个，正在整改7个."""
    done = sum(one.due > 0 and one.claimed >= one.due for one in problems)
    return f"共{len(problems)}个问题，已整改完成{done}个，正在整改{len(problems) - done}个"
