"""自查漏报: whether what somebody else found stands in the unit's own check (W-003, W-023).

It is a suspicion, never a verdict: wherever one side does not say, the two are taken for the same."""

from __future__ import annotations

from dataclasses import dataclass

SELF_WORDS = ("自查", "自纠", "自报")
"""A source with one of these is the unit's own check; any other that is written is somebody else's."""


def is_outside(source: str) -> bool:
    """Whether the source names somebody else: 督查, 暗访, 审计, 信访 … An unsaid source names nobody."""
    return bool(source.strip()) and not any(word in source for word in SELF_WORDS)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong and where: ids of category and units, None where not said."""

    category: int | None
    township: int | None
    village: int | None
    household: str
    description: str


def alike(one: Finding, other: Finding) -> bool:
    """Whether both may be the same: nothing they both say differs, and category, household or words agree."""
    if one.township != other.township:
        return False
    said = (
        (one.category, other.category),
        (one.household, other.household),
        (one.village, other.village),
        (one.description, other.description),
    )
    if any(mine and theirs and mine != theirs for mine, theirs in said[:3]):
        return False
    return any(mine and mine == theirs for mine, theirs in (said[0], said[1], said[3]))
