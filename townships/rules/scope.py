"""Scope: how far a person sees, as a value. Querysets turn it into conditions (``visible_to``)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from townships.rules.roles import Level, Role


class Reach(StrEnum):
    """NOTHING: no business data. UNIT: at, or answered, led or supported by one's unit. FIELD: also the
    categories and programmes the unit leads. TREE: everything under the root."""

    NOTHING = "nothing"
    UNIT = "unit"
    FIELD = "field"
    TREE = "tree"


REACH: dict[Role, Reach] = {
    Role.CADRE: Reach.UNIT,
    Role.UNIT_HEAD: Reach.UNIT,
    Role.DEPARTMENT_STAFF: Reach.FIELD,
    Role.OFFICE: Reach.TREE,
    Role.LEADER: Reach.TREE,
    Role.INSPECTOR: Reach.NOTHING,
    Role.DISCIPLINE: Reach.NOTHING,
    Role.SYSADMIN: Reach.NOTHING,
    Role.AUDITOR: Reach.NOTHING,
    Role.API_CLIENT: Reach.TREE,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """``path`` is the unit's own subtree; ``root`` the subtree an office, leader or client sees whole."""

    reach: Reach
    path: str
    root: str

    def covers(self, path: str) -> bool:
        """Whether everything under the unit at ``path`` is seen whole (roll-ups may serve it)."""
        return self.reach is Reach.TREE and path.startswith(self.root)


NO_SCOPE = Scope(Reach.NOTHING, path="-", root="-")


def scope_for(role: Role, level: Level, path: str) -> Scope:
    """The scope of somebody in ``role`` at the unit of ``level`` and ``path``.

    An office or a leader seated in a department or a leading group acts for the county above it; a client of
    the API sees what somebody of its unit sees, all of it only at a county or a city."""
    root = path
    if level in (Level.DEPARTMENT, Level.GROUP):
        root = path.rstrip("/").rpartition("/")[0] + "/"
    reach = REACH[role]
    if role is Role.API_CLIENT and level not in (Level.COUNTY, Level.CITY):
        reach = Reach.FIELD if level is Level.DEPARTMENT else Reach.UNIT
    return Scope(reach, path=path, root=root)
