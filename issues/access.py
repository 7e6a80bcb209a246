"""Who sees a household's name in clear: its own township or village, and the department that leads."""

from __future__ import annotations

from issues.models import Issue
from issues.rules.sight import BLIND, HouseholdSight
from townships.models import Unit, User
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Level, Role

PLACES = (Level.TOWNSHIP, Level.VILLAGE)


def household_sight(user: User) -> HouseholdSight:
    """What ``user`` sees of household names; one query, none for roles that see all of them masked."""
    if user.unit is None or not user.is_active or not holds(Role(user.role), Permission.SEE_CLEAR_PERSONS):
        return BLIND
    level = Level(user.unit.level)
    if level not in (*PLACES, Level.DEPARTMENT):
        return BLIND
    units = frozenset(Unit.objects.under(user.unit).values_list("pk", flat=True))
    return HouseholdSight(places=units) if level in PLACES else HouseholdSight(leads=units)


def sees_household(user: User, issue: Issue) -> bool:
    """Whether ``user`` sees the household's name of this one issue in clear."""
    row = {
        "township_id": issue.township_id,
        "village_id": issue.village_id,
        "lead_unit_id": issue.lead_unit_id,
        "department_id": issue.category.department_id if issue.category else None,
    }
    return household_sight(user).sees(row)
