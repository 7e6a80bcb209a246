"""What a letter says of its issues: how they stand in one paragraph, the table, household names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from alerts.rules.letters import LetterKind, Table
from issues.rules.history import cn_day, plain
from rectify.lib.masking import mask_name, mask_text

SHORT = 60
"""Characters of a problem that the sentence quotes; the table has all of it."""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One issue as a letter tells it, texts masked but for ``household`` (as in the ledger). Quantities in
    ``counted_in``; ``due_on`` empty: ``deadline`` says why. ``is_clear``: the addressee may read the
    household's name (design, section 7)."""

    number: str
    problem: str
    category: str
    place: str
    household: str
    is_clear: bool
    quantity: Decimal
    done: Decimal
    counted_in: str
    due_on: date | None
    deadline: str
    requirement: str
    source: str

    @property
    def left(self) -> Decimal:
        return self.quantity - self.done

    def days_late(self, on: date) -> int:
        """Days past the deadline while something is left; 0 where it is not late."""
        if self.due_on is None or self.left <= 0:
            return 0
        return max(0, (on - self.due_on).days)


def shown_household(item: ItemFacts, *, is_full: bool) -> str:
    """The name as the addressee's edition (``is_full``) or everybody else's prints it."""
    if not item.household:
        return ""
    return mask_text(item.household) if is_full and item.is_clear else mask_name(item.household)


def subject(items: Sequence[ItemFacts]) -> str:
    """饮水安全问题, 饮水安全等2类问题, 有关问题."""
    named = list(dict.fromkeys(item.category for item in items if item.category))
    if not named:
        return "有关问题"
    stem = named[0].removesuffix("问题")
    return f"{stem}问题" if len(named) == 1 else f"{stem}等{len(named)}类问题"


def sources(items: Sequence[ItemFacts]) -> str:
    """The lists that the issues come from, by name: “第一轮督查”“第二轮督查”."""
    return "".join(dict.fromkeys(f"“{item.source}”" for item in items if item.source))


def standing(items: Sequence[ItemFacts], on: date, table: Table) -> str:
    """How the issues stand on the Beijing date ``on``, in one paragraph; "" without issues."""
    if not items:
        return ""
    if len(items) == 1:
        return _of_one(items[0], on)
    left: dict[str, Decimal] = {}
    for item in items:
        left[item.counted_in] = left.get(item.counted_in, Decimal(0)) + max(item.left, Decimal(0))
    quantities = "、".join(f"{plain(amount)}{unit}" for unit, amount in left.items() if amount)
    late = [days for item in items if (days := item.days_late(on))]
    parts = [f"截至{cn_day(on)}，这{len(items)}个问题"]
    parts.append(f"还有{quantities}没有整改" if quantities else "都已自报整改完成，尚未销号")
    if late:
        parts.append(f"其中{len(late)}个超过整改时限，最长的超过{max(late)}天")
    where = {Table.ATTACHED: "各项问题的时限和进展见附件", Table.IN_TEXT: "各项问题的时限和进展见下表"}
    if table in where:
        parts.append(where[table])
    return "，".join(parts) + "。"


def _of_one(item: ItemFacts, on: date) -> str:
    said = item.problem.strip().rstrip("。；;")
    said = f"{said[:SHORT]}……" if len(said) > SHORT else said
    where = f"（{item.place}）" if item.place else ""
    due = f"整改时限为{cn_day(item.due_on)}" if item.due_on else f"整改时限：{item.deadline}"
    unit = item.counted_in
    done = f"已整改{plain(item.done)}{unit}" if item.done else "没有整改进展"
    left = f"还有{plain(item.left)}{unit}没有整改" if item.left > 0 else "已自报整改完成，尚未销号"
    late = item.days_late(on)
    return (
        f"该问题（{item.number}）为：{said}{where}。应整改{plain(item.quantity)}{unit}，{due}；"
        f"截至{cn_day(on)}，{done}，{left}{f'，已超过整改时限{late}天' if late else ''}。"
    )


def due_words(item: ItemFacts) -> str:
    """2018-05-31, or why there is no date."""
    return item.due_on.isoformat() if item.due_on else item.deadline


def columns(kind: LetterKind) -> tuple[tuple[str, float], ...]:
    """Heading and width in millimetres; together 156."""
    if kind is LetterKind.NOTICE:
        return (("序号", 13), ("点位", 34), ("问题", 46), ("整改要求", 38), ("整改时限", 25))
    return (("序号", 13), ("编号", 33), ("问题", 40), ("地点", 21), ("应改/未改", 24), ("时限", 25))


def rows(kind: LetterKind, items: Sequence[ItemFacts], *, is_full: bool) -> list[list[str]]:
    """The table's rows, in the order of the letter."""
    return [_row(kind, at, item, is_full) for at, item in enumerate(items, 1)]


def _row(kind: LetterKind, at: int, item: ItemFacts, is_full: bool) -> list[str]:
    household = shown_household(item, is_full=is_full)
    if kind is LetterKind.NOTICE:
        spot = "\n".join(part for part in (item.place, household, item.number) if part)
        return [str(at), spot, item.problem, item.requirement, due_words(item)]
    place = "\n".join(part for part in (item.place, household) if part)
    unit, left = item.counted_in, max(item.left, Decimal(0))
    quantities = f"{plain(item.quantity)}{unit}/{plain(left)}{unit}"
    return [str(at), item.number, item.problem, place, quantities, due_words(item)]
