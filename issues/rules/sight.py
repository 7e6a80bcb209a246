"""Whose household names somebody reads in clear; issues.access says who has which sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class HouseholdSight:
    """Names are clear of issues at ``places`` or led by ``leads`` (ids of units), masked elsewhere."""

    places: frozenset[int] = frozenset()
    leads: frozenset[int] = frozenset()

    def sees(self, row: Mapping[str, Any]) -> bool:
        """``row`` holds township_id, village_id, lead_unit_id and department_id (of its category)."""
        if row["township_id"] in self.places or row["village_id"] in self.places:
            return True
        return (row["lead_unit_id"] or row["department_id"]) in self.leads


BLIND = HouseholdSight()
