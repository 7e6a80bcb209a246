"""变更 of a project: its kinds, what each may change, what it moves in the ledger once decided."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from projects.rules.stages import Stage

Values = dict[str, str | int | None]
"""Field → value as a request keeps it: a quantity as decimal string, a unit as its id, a text as it is."""


class ChangeKind(StrEnum):
    STANDARD = "standard"
    MONEY = "money"
    PLACE = "place"
    CONTENT = "content"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]


KIND_LABELS = {
    ChangeKind.STANDARD: "标准",
    ChangeKind.MONEY: "资金",
    ChangeKind.PLACE: "地点",
    ChangeKind.CONTENT: "内容",
}


class ChangeState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS = {
    ChangeState.PENDING: "等领导小组决定",
    ChangeState.APPROVED: "同意",
    ChangeState.DECLINED: "不同意",
}

MONEY_FIELDS = ("investment", "due")
FIELDS: dict[ChangeKind, tuple[str, ...]] = {
    ChangeKind.STANDARD: ("standard", *MONEY_FIELDS),
    ChangeKind.MONEY: MONEY_FIELDS,
    ChangeKind.PLACE: ("township", "village", "place"),
    ChangeKind.CONTENT: ("content", "arranged", *MONEY_FIELDS),
}
"""What a request of each kind may change: a dearer standard, a larger content is asked with its money."""

FIELD_LABELS = {
    "standard": "建设标准",
    "investment": "投资",
    "due": "应下达资金",
    "township": "乡镇",
    "village": "村（社区）",
    "place": "地点",
    "content": "建设内容",
    "arranged": "安排数量",
}
QUANTITIES = frozenset({"arranged", *MONEY_FIELDS})
UNITS = frozenset({"township", "village"})
TEXTS = frozenset({"standard", "place", "content"})
LEDGER = frozenset({"arranged", "due"})
"""What only entries move."""


def kept(field: str, value: object) -> str | int | None:
    """``value`` of a project as a request keeps it; None for none."""
    if value is None or value == "":
        return None
    if field in QUANTITIES:
        return format(Decimal(str(value)).normalize(), "f")
    return value if isinstance(value, int) else str(value)


def differing(before: Values, wanted: Values) -> Values:
    """What of ``wanted`` is not as it was."""
    return {field: value for field, value in wanted.items() if value != before[field]}


def ledger_moves(
    before: Values, after: Values, allotted: Decimal, *, has_allotment: bool = True
) -> list[tuple[Stage, Decimal]]:
    """Stage → by how much it moves: works in what the project counts, ``due`` in 万元.

    What is arranged no longer is allotted no longer; what is arranged more waits for its 下达, unless its
    programme has none: then it is allotted on the same day."""
    moves = []
    if "arranged" in after:
        arranged = Decimal(after["arranged"] or 0)
        moves.append((Stage.ARRANGED, arranged - Decimal(before["arranged"] or 0)))
        if allotted > arranged or (not has_allotment and allotted < arranged):
            moves.append((Stage.ALLOTTED, arranged - allotted))
    if "due" in after:
        moves.append((Stage.DUE, Decimal(after["due"] or 0) - Decimal(before["due"] or 0)))
    return moves


def undecided(moves: Mapping[tuple[int | None, Stage], Decimal]) -> list[tuple[Stage, Decimal]]:
    """What files after the first moved of the arranged quantity or the money due, nobody having decided it.

    ``moves``: (import, stage) → net movement, in the order they were recorded; the first import made it."""
    imports = list(dict.fromkeys(source for source, _ in moves))
    return [(stage, moved) for (source, stage), moved in moves.items() if moved and source not in imports[:1]]
