"""自查项目: what a template has units go through before its part is signed, and what it found (W-045)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from issues.rules.closing import guidance, heading

MOST = 99_999
"""No unit finds more under one item."""
NAMED = 5

Row = Mapping[str, str]
Answers = Mapping[str, int]
"""Code of the item → how many problems were found under it, 0 for none; what is missing is unanswered."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item as one unit answered it; ``found`` None where it did not."""

    code: str
    heading: str
    guidance: str
    found: int | None


@dataclass(frozen=True, slots=True)
class ItemSum:
    """One item over all units asked: ``with_problems`` of the ``answered`` units found ``found`` together."""

    code: str
    heading: str
    with_problems: int
    answered: int
    units: int
    found: int

    @property
    def silent(self) -> int:
        return self.units - self.answered


def items_of(rows: Sequence[Row], answers: Answers) -> list[Item]:
    """The template's items in its order with the unit's answers; answers to items no longer asked are left
    out."""
    return [
        Item(row["code"], heading(row["text"]), guidance(row["text"]), answers.get(row["code"]))
        for row in rows
    ]


def unanswered(items: Iterable[Item]) -> list[Item]:
    return [item for item in items if item.found is None]


def refusal(items: Sequence[Item], *, is_zero: bool) -> str:
    """Why the part cannot be signed, naming the items; "" where it can."""
    if silent := unanswered(items):
        return f"自查项目共{len(items)}项，还有{len(silent)}项没有回答：{_named(silent)}。"
    found = [item for item in items if item.found]
    if is_zero and found:
        return f"自查项目{_named(found)}填了有问题，不能报零问题；请登记查出的问题，或更正自查结果。"
    return ""


def sums(rows: Sequence[Row], answered: Sequence[Answers]) -> list[ItemSum]:
    """Item by item what the units said, one of ``answered`` for each unit asked."""
    found = []
    for row in rows:
        said = [answers[row["code"]] for answers in answered if row["code"] in answers]
        troubled = sum(count > 0 for count in said)
        found.append(
            ItemSum(row["code"], heading(row["text"]), troubled, len(said), len(answered), sum(said))
        )
    return found


def _named(items: Sequence[Item]) -> str:
    names = "、".join(f"“{item.heading}”" for item in items[:NAMED])
    return f"{names}等{len(items)}项" if len(items) > NAMED else names
