"""Words of the inbox: why somebody is told, where an item is seen to. Pure values."""

from __future__ import annotations

from typing import NamedTuple

from alerts.rules.ladder import ItemKind
from townships.rules.roles import Duty


class ItemKey(NamedTuple):
    """One item of warning; written ``issue:12``."""

    kind: ItemKind
    id: int

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id}"

    @classmethod
    def read(cls, text: str) -> ItemKey | None:
        """The key that ``text`` writes; None for any other text."""
        kind, _, number = text.partition(":")
        is_number = number.isascii() and number.isdigit() and len(number) < 19
        return cls(ItemKind(kind), int(number)) if kind in list(ItemKind) and is_number else None


def why(duty: Duty, unit: str) -> str:
    """Why the person of that seat is told: 您是水务局主要负责人, 您分管水务局."""
    words = {
        Duty.STAFF: f"您是{unit}经办人",
        Duty.HEAD: f"您是{unit}主要负责人",
        Duty.LEADER_IN_CHARGE: f"您分管{unit}",
        Duty.SUPERVISION: f"您在{unit}负责督查",
    }
    return words[duty]


def seat(duty: Duty, unit: str) -> str:
    """The seat in words: 水务局主要负责人; 政府督查室 is not said twice."""
    return unit if unit.endswith(duty.label) else f"{unit}{duty.label}"


def address(key: ItemKey, number: str) -> str:
    """The page where the item is seen to."""
    by_number = f"/issues/{number}/"
    return {
        ItemKind.ISSUE: by_number,
        ItemKind.REFUSAL: by_number,
        ItemKind.CLOSURE: by_number,
        ItemKind.PROJECT: f"/projects/{number}/",
        ItemKind.PART: f"/lists/parts/{key.id}/",
        ItemKind.LETTER: f"/letters/{key.id}/",
        ItemKind.FILING: "/rounds/",
    }[key.kind]
