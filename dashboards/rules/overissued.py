"""人数 × 标准 against money issued: the townships that were given more than is due, in order (W-016)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from dashboards.rules.figures import MONEY, plain

MOST_NAMED = 3


def standard(people: Decimal | None, due: Decimal) -> Decimal | None:
    """What is due for one person, 万元; None where nobody said how many there are."""
    return due / people if people else None


def in_order(over: Iterable[tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    """Township → by how much it was given too much, the most first; ``over``: one pair a fund."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for township, amount in over:
        if amount > 0:
            sums[township] += amount
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


def sentence(over: Iterable[tuple[str, Decimal]]) -> str:
    """8个乡镇超额下达，合计超7241.9万元，最多的3个依次是……; empty where none was."""
    ranked = in_order(over)
    if not ranked:
        return ""
    total = sum((amount for _, amount in ranked), Decimal(0))
    named = "、".join(
        f"{name or '没有写明乡镇的'}超{plain(amount)}{MONEY}" for name, amount in ranked[:MOST_NAMED]
    )
    lead = f"最多的{len(ranked[:MOST_NAMED])}个依次是" if len(ranked) > 1 else "为"
    return f"{len(ranked)}个乡镇超额下达，合计超{plain(total)}{MONEY}，{lead}{named}。"
