"""The audit trail for its readers: newest first, by filters, a page after another by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from rectify.lib import clock
from townships.models import Event, Seal, User
from townships.rules.audit import SECRET_SUBJECTS
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Role

PAGE = 50


@dataclass(frozen=True, slots=True)
class EventFilter:
    """``actor``: part of a name or username; ``first`` and ``last``: Beijing dates, both included."""

    actor: str = ""
    action: str = ""
    subject_type: str = ""
    subject_id: int | None = None
    first: date | None = None
    last: date | None = None


def events_seen_by(user: User) -> QuerySet[Event]:
    """Events of people under the tree somebody acts for, and of nobody (failed logins); leads and inspections
    for the auditor alone."""
    events = Event.objects.select_related("actor", "actor__unit")
    if not user.is_active or user.unit is None or not holds(Role(user.role), Permission.READ_AUDIT):
        return events.none()
    events = events.filter(
        Q(actor=None) | Q(actor__unit=None) | Q(actor__unit__path__startswith=user.scope.root)
    )
    if Role(user.role) is not Role.AUDITOR:
        events = events.exclude(subject_type__in=SECRET_SUBJECTS)
    return events


def filtered(events: QuerySet[Event], wanted: EventFilter) -> QuerySet[Event]:
    """The events that match every given part of the filter."""
    if wanted.actor:
        who = Q(actor__name__icontains=wanted.actor) | Q(actor__username__icontains=wanted.actor)
        events = events.filter(who)
    if wanted.action:
        events = events.filter(action=wanted.action)
    if wanted.subject_type:
        events = events.filter(subject_type=wanted.subject_type)
    if wanted.subject_id is not None:
        events = events.filter(subject_id=wanted.subject_id)
    if wanted.first is not None:
        events = events.filter(at__gte=_midnight(wanted.first))
    if wanted.last is not None:
        events = events.filter(at__lt=_midnight(wanted.last + timedelta(days=1)))
    return events


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.BEIJING)


def page(events: QuerySet[Event], *, before: int | None) -> tuple[list[Event], int | None]:
    """The next 50 events older than id ``before`` (None: the newest), and the key of the page after."""
    if before is not None:
        events = events.filter(pk__lt=before)
    rows = list(events.order_by("-pk")[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def words_in_use(user: User) -> tuple[list[str], list[str]]:
    """The actions and the kinds of subjects that the trail holds, for the filter's choices; those of leads
    and inspections for the auditor alone."""
    events = Event.objects.all()
    if Role(user.role) is not Role.AUDITOR:
        events = events.exclude(subject_type__in=SECRET_SUBJECTS)
    actions = events.order_by("action").values_list("action", flat=True).distinct()
    subjects = events.order_by("subject_type").values_list("subject_type", flat=True).distinct()
    return list(actions), list(subjects)


def latest_seal() -> Seal | None:
    """The newest link of the county chain; its hash, written down elsewhere, proves everything before it."""
    return Seal.objects.order_by("-pk").first()
