"""What the directory of units may be narrowed by; what each of them finds is in townships.queries.feed."""

from __future__ import annotations

from dataclasses import dataclass

from rectify.lib.criteria import Criteria, criterion, one_of, text
from townships.rules.roles import LEVEL_LABELS

LEVELS = {level.value: label for level, label in LEVEL_LABELS.items()}


@dataclass(frozen=True)
class UnitFilter(Criteria):
    """``under`` is the code of a unit: itself and everything below it."""

    level: str = criterion("level", "层级", one_of(LEVELS))
    under: str = criterion("under", "在这一单位之下（连同它自己）", text)
