"""Seats and what waits at them: who sits where, what he was not told yet, seats that nobody sits in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from alerts.models import Alert, Digest, Telling
from alerts.rules.sending import DigestKind
from rectify.lib import clock
from townships.models import Seat, Unit, User
from townships.rules.roles import Duty, Level

OPEN = Q(voided_at__isnull=True, handled_at__isnull=True)
AT_ONCE = Q(is_urgent=True, is_backlog=False)
"""A backlog is told in one digest, however urgent its rungs."""


def seats_of(user: User) -> list[Seat]:
    """Where the person sits, the seat's unit with it; nowhere while inactive."""
    if not user.is_active:
        return []
    return list(user.seats.select_related("unit").order_by("unit__code", "duty"))


def at_seats(seats: list[Seat]) -> Q:
    """The condition on alerts that they are for one of the seats."""
    by_duty: dict[str, list[int]] = {}
    for seat in seats:
        by_duty.setdefault(seat.duty, []).append(seat.unit_id)
    wanted = Q(pk__in=[])
    for duty, units in by_duty.items():
        wanted |= Q(duty=duty, unit_id__in=units)
    return wanted


def untold(user: User, wanted: Q) -> QuerySet[Alert]:
    """Open alerts for the person's seats that he was not told, of those ``wanted``, oldest first; each is
    told once, ever."""
    told = Telling.objects.filter(alert=OuterRef("pk"), user=user)
    alerts = Alert.objects.filter(OPEN, wanted, at_seats(seats_of(user)))
    return alerts.exclude(Exists(told)).order_by("pk")


def people_to_tell(wanted: Q) -> QuerySet[User]:
    """Active people in a seat with something untold of what is ``wanted``; one query for all."""
    told = Telling.objects.filter(alert=OuterRef("pk"), user=OuterRef(OuterRef("user")))
    waiting = Alert.objects.filter(OPEN, wanted, unit=OuterRef("unit"), duty=OuterRef("duty"))
    seats = Seat.objects.filter(Exists(waiting.exclude(Exists(told))), user=OuterRef("pk"))
    return User.objects.filter(Exists(seats), is_active=True).order_by("pk")


def without_digest(people: QuerySet[User], for_on: date) -> QuerySet[User]:
    """Those of them who had no daily digest for that Beijing date yet."""
    had = Digest.objects.filter(user=OuterRef("pk"), kind=DigestKind.DAILY.value, for_on=for_on)
    return people.exclude(Exists(had))


@dataclass(frozen=True, slots=True)
class EmptySeats:
    """A unit with open alerts for seats nobody sits in: duty → alerts. They stay, and are told to whoever
    sits down."""

    unit: str
    code: str
    counts: Mapping[Duty, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def by_duty(self) -> list[int]:
        """In the order of the enum; 0 where somebody sits or nothing waits."""
        return [self.counts.get(duty, 0) for duty in Duty]


def by_unit(found: Iterable[tuple[str, str, Duty, int]]) -> list[EmptySeats]:
    """(code, name, duty, alerts) as one line a unit, most alerts first."""
    units: dict[str, tuple[str, dict[Duty, int]]] = {}
    for code, name, duty, count in found:
        units.setdefault(code, (name, {}))[1][duty] = count
    lines = [EmptySeats(name, code, counts) for code, (name, counts) in units.items()]
    return sorted(lines, key=lambda line: (-line.total, line.code))


def empty_seats(path: str) -> list[EmptySeats]:
    """The seats under the unit at ``path`` whose alerts nobody can be told."""
    sitting = Seat.objects.filter(unit=OuterRef("unit"), duty=OuterRef("duty"), user__is_active=True)
    rows = (
        Alert.objects.filter(OPEN, unit__path__startswith=path)
        .exclude(Exists(sitting))
        .order_by()
        .values_list("unit__code", "unit__name", "duty")
        .annotate(count=Count("pk"))
    )
    return by_unit((code, name, Duty(duty), count) for code, name, duty, count in rows)


def without_leader(path: str) -> QuerySet[Unit]:
    """Departments and townships under ``path`` that nobody is in charge of (W-038): a warning about them
    reaches the unit and no leader."""
    leading = Seat.objects.filter(unit=OuterRef("pk"), duty=Duty.LEADER_IN_CHARGE.value, user__is_active=True)
    return (
        Unit.objects.filter(path__startswith=path, level__in=[Level.DEPARTMENT.value, Level.TOWNSHIP.value])
        .valid_on(clock.today())
        .exclude(Exists(leading))
        .order_by("level", "code")
    )
