"""What an issue registered by hand must say, and how the list finds it again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from issues.rules.drafts import DeadlineFacts
from rectify.lib.masking import mask_text
from rectify.lib.secrecy import words_refusal

MOST = Decimal(1_000_000_000)
FINEST = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Typed:
    """The words and numbers of a new issue; ``amount`` in 万元. Units and category stand beside it."""

    description: str
    quantity: Decimal
    counted_in: str
    found_on: date
    deadline_class: str = "undetermined"
    due_on: date | None = None
    amount: Decimal | None = None
    texts: dict[str, str] = field(default_factory=dict)
    """place, household, goal, source, source_doc, ledger_number, note: those that were filled in."""


def refusal(typed: Typed, today: date) -> str:
    """Why it cannot be registered, one sentence; "" where it can."""
    if not typed.description.strip():
        return "请写明问题内容。"
    if not 0 < typed.quantity <= MOST:
        return "数量应大于零，不超过十亿。"
    if typed.amount is not None and not 0 <= typed.amount <= MOST:
        return "涉及金额不能小于零，不超过十亿万元。"
    if not typed.counted_in.strip() or len(typed.counted_in) > 12:
        return "请写明计量单位，最长12个字。"
    if any(value is not None and value % FINEST for value in (typed.quantity, typed.amount)):
        return "数量和金额最多六位小数。"
    if typed.found_on > today:
        return f"发现日期{typed.found_on.isoformat()}晚于今天。"
    if typed.deadline_class == "dated" and typed.due_on is None:
        return "选了“有期限”，请填到期日。"
    if typed.due_on is not None and typed.due_on < typed.found_on:
        return f"到期日{typed.due_on.isoformat()}早于发现日期{typed.found_on.isoformat()}。"
    return words_refusal(typed.description, *typed.texts.values())


def deadline_of(typed: Typed, immediate_days: int) -> DeadlineFacts:
    """The deadline as a person set it; 立行立改 without a day is due ``immediate_days`` after the finding."""
    match typed.deadline_class:
        case "dated" if typed.due_on is not None:
            return DeadlineFacts(f"{typed.due_on.isoformat()}前", "dated", typed.due_on, confirmed=True)
        case "immediate":
            due_on = typed.due_on or typed.found_on + timedelta(days=immediate_days)
            return DeadlineFacts("立行立改", "immediate", due_on, confirmed=True)
        case "long":
            return DeadlineFacts("长期坚持", "long", None, is_long=True, confirmed=True)
        case _:
            return DeadlineFacts()


def searchable(number: str, parts: Iterable[str]) -> str:
    """What free-text search looks in, as for imported ones: masked, lower-case, no household names."""
    return f"{number} {mask_text(' '.join(part for part in parts if part))}".lower()
