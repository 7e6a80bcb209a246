"""谁明天会收到什么: of the next digest, who would be told how much, and by which ways. Writes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from alerts.models import Alert, Choice, Telling
from alerts.queries.seats import OPEN, EmptySeats, by_unit
from alerts.rules.ladder import LADDER, Level
from alerts.rules.sending import ChannelKind, next_digest_day
from alerts.rules.telling import seat as seat_words
from alerts.services.channels import ways
from alerts.services.scan import scan
from rectify.lib import clock
from townships.access import acting_root
from townships.models import Seat, User
from townships.queries.branches import unit_tree
from townships.queries.calendar import workdays
from townships.rules.roles import Duty

SeatKey = tuple[int, str]
ByHeight = Counter[int]
INBOX = "收件箱"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person: the seats that bring him something, lines on each rung, the ways they come by."""

    user: User
    seats: list[str]
    levels: dict[Level, int]
    ways: list[str]

    @property
    def total(self) -> int:
        return sum(self.levels.values())


@dataclass(frozen=True, slots=True)
class Preview:
    """The next digest, as it would be if nothing moved until then."""

    at: datetime
    recipients: list[Recipient]
    empty: list[EmptySeats]
    columns: list[Level]

    @property
    def on(self) -> date:
        return self.at.date()

    @property
    def total(self) -> int:
        return sum(one.total for one in self.recipients)

    @property
    def untaken(self) -> int:
        """Lines for seats that nobody sits in."""
        return sum(unit.total for unit in self.empty)


def next_digest(user: User) -> Preview:
    """What the people under the office of ``user`` would be told next: what is made and untold, and what the
    scan of that day would make. Its queries do not grow with people or alerts."""
    return _Next(acting_root(user), next_digest_day(clock.now(), workdays())).drawn()


class _Next:
    """The next digest while it is worked out, for the units under a path."""

    def __init__(self, path: str, at: datetime) -> None:
        self._path, self._at = path, at
        self._coming, self._made, self._told = _of_scan(at.date()), _open_by_seat(), _told_by_person()
        self._units = unit_tree().nodes
        self._ways, self._choices = ways(), {one.user_id: one for one in Choice.objects.all()}
        self._people: dict[int, Recipient] = {}

    def drawn(self) -> Preview:
        taken: set[SeatKey] = set()
        seats = Seat.objects.filter(user__is_active=True, unit__path__startswith=self._path)
        for seat in seats.select_related("user__unit").order_by("user__unit__code", "user", "unit__code"):
            if seat.user is not None:
                taken.add((seat.unit_id, seat.duty))
                self._seated(seat, seat.user)
        people = sorted(self._people.values(), key=lambda one: -one.total)
        levels = {level for one in people for level in one.levels}
        return Preview(
            self._at, people, self._empty(taken), [level for level in reversed(Level) if level in levels]
        )

    def _seated(self, seat: Seat, person: User) -> None:
        told = self._told.get((person.pk, seat.unit_id, seat.duty), ByHeight())
        new = self._waiting((seat.unit_id, seat.duty)) - told
        if not new:
            return
        if person.pk not in self._people:
            self._people[person.pk] = Recipient(person, [], {}, self._ways_of(person))
        kept = self._people[person.pk]
        kept.seats.append(seat_words(Duty(seat.duty), self._units[seat.unit_id].label))
        for height, count in new.items():
            level = LADDER[height - 1]
            kept.levels[level] = kept.levels.get(level, 0) + count

    def _waiting(self, seat: SeatKey) -> ByHeight:
        return self._coming.get(seat, ByHeight()) + self._made.get(seat, ByHeight())

    def _empty(self, taken: set[SeatKey]) -> list[EmptySeats]:
        found = {*self._coming, *self._made} - taken
        return by_unit(
            (unit.code, unit.label, Duty(duty), self._waiting((unit_id, duty)).total())
            for unit_id, duty in found
            if (unit := self._units[unit_id]).path.startswith(self._path)
        )

    def _ways_of(self, person: User) -> list[str]:
        choice = self._choices.get(person.pk)
        wanted = {
            ChannelKind.EMAIL.value: bool(person.email) and (choice is None or choice.by_email),
            ChannelKind.SMS.value: bool(person.phone) and (choice is None or choice.by_sms),
        }
        return [INBOX, *(channel.name for channel in self._ways if wanted[channel.kind])]


def _of_scan(on: date) -> dict[SeatKey, ByHeight]:
    found: dict[SeatKey, ByHeight] = {}
    for (height, unit, duty), count in scan(on=on, preview=True).made.items():
        found.setdefault((unit, duty), Counter())[height] += count
    return found


def _open_by_seat() -> dict[SeatKey, ByHeight]:
    found: dict[SeatKey, ByHeight] = {}
    rows = Alert.objects.filter(OPEN).order_by().values_list("unit", "duty", "height").annotate(Count("pk"))
    for unit, duty, height, count in rows:
        found.setdefault((unit, duty), Counter())[height] += count
    return found


def _told_by_person() -> dict[tuple[int, int, str], ByHeight]:
    found: dict[tuple[int, int, str], ByHeight] = {}
    rows = (
        Telling.objects.filter(alert__voided_at__isnull=True, alert__handled_at__isnull=True)
        .order_by()
        .values_list("user", "alert__unit", "alert__duty", "alert__height")
        .annotate(Count("pk"))
    )
    for user, unit, duty, height, count in rows:
        found.setdefault((user, unit, duty), Counter())[height] += count
    return found
