"""A change of the county's calendar: which deadlines it moves is known before it takes effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from issues.models import Issue
from issues.queries.reckoned import anchors
from issues.rules.stages import OPEN_STATES, Cause
from issues.services.deadlines import DeadlineChange, change_deadlines
from issues.services.workflow import note_change
from rectify.lib import clock
from rectify.lib.cn_dates.reckoning import recounted
from rectify.lib.workdays import DayKind, Workdays
from townships.models import User
from townships.queries.calendar import workdays
from townships.services import calendar

WORKDAYS = "工作日"
"""Texts without it count no working days."""
Days = Mapping[date, DayKind | None]
"""Day → what it becomes; None: what the week says."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An open issue whose date hangs on the days that change."""

    issue: Issue
    due_on: date

    @property
    def days(self) -> int:
        """How many days later; negative: earlier."""
        before = self.issue.due_on
        return (self.due_on - before).days if before else 0

    @property
    def earlier(self) -> int:
        return -self.days


def moved_by(days: Days) -> list[Moved]:
    """The issues whose deadline would move, the earliest first. A date that a person set, or that an
    extension or a pause moved since, stays. Two queries."""
    if not days:
        return []
    before = workdays()
    after = _changed(before, days)
    found = []
    for issue in _counted(min(days)):
        if issue.due_on is None:
            continue
        due_on = recounted(issue.deadline_raw, anchors(issue), issue.due_on, before, after)
        if due_on != issue.due_on:
            found.append(Moved(issue, due_on))
    return found


def _counted(first: date) -> list[Issue]:
    """Open issues whose text counts working days, due on ``first`` or later."""
    rows = Issue.objects.filter(
        state__in=[state.value for state in OPEN_STATES],
        deadline_class="dated",
        due_on__gte=first,
        deadline_raw__contains=WORKDAYS,
    )
    return list(rows.select_related("sheet__source").order_by("due_on", "number"))


def _changed(before: Workdays, days: Days) -> Workdays:
    kept = {day: kind for day, kind in before.days.items() if day not in days}
    return Workdays({**kept, **{day: kind for day, kind in days.items() if kind}}, before.official_years)


@transaction.atomic
def change_days(days: Days, *, by: User) -> list[Moved]:
    """Change the calendar and, with it, the deadlines that it moves: the new ones hold from today, the former
    are kept. Gives what moved. CalendarError: as ``townships.services.calendar`` says."""
    moved = moved_by(days)
    for day, kind in sorted(days.items()):
        if kind is None:
            calendar.remove_day(day, by=by)
        else:
            calendar.set_day(day, is_workday=kind.is_workday, name=kind.name, by=by)
    change_deadlines([_change(one) for one in moved], by=by, cause=Cause.CALENDAR)
    for one in moved:
        before = one.issue.due_on.isoformat() if one.issue.due_on else ""
        note_change(one.issue, "due_on", before, one.due_on.isoformat(), by=by, cause=Cause.CALENDAR)
    return moved


def _change(one: Moved) -> DeadlineChange:
    issue = one.issue
    return DeadlineChange(
        issue.pk,
        issue.deadline_class,
        one.due_on,
        issue.is_long,
        issue.deadline_confirmed,
        issue.deadline_raw,
        clock.today(),
    )
