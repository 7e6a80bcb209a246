"""Who answers: units, people, calendar, audit events."""

from townships.models.calendar import CalendarDay, CalendarYear
from townships.models.events import Event, Seal
from townships.models.people import SYSTEM_USERNAME, Delegation, User
from townships.models.units import Revision, Seat, Sequence, Unit, UnitName, UnitSet

__all__ = [
    "SYSTEM_USERNAME",
    "CalendarDay",
    "CalendarYear",
    "Delegation",
    "Event",
    "Revision",
    "Seal",
    "Seat",
    "Sequence",
    "Unit",
    "UnitName",
    "UnitSet",
    "User",
]
