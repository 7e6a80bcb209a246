"""Who answers for an issue: the responsible units; where the ledger names none of ours, the lead unit; else
the township of the place. A lead unit beside responsible ones does not answer: it reviews and verifies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from issues.rules.stages import UnitRole

T = TypeVar("T")


def answering(named: Iterable[tuple[str, T]]) -> list[T]:
    """Of (role, unit of ours), those that answer; [] where the township of the place does."""
    by_role: dict[str, list[T]] = {}
    for role, unit in named:
        by_role.setdefault(role, []).append(unit)
    return by_role.get(UnitRole.RESPONSIBLE) or by_role.get(UnitRole.LEAD, [])
