"""A change of the county's calendar: which dates it moves is known before it takes effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from issues.models import Issue
from issues.queries.reckoned import anchors
from issues.rules.stages import OPEN_STATES, Cause
from issues.services.deadlines import DeadlineChange, change_deadlines
from issues.services.workflow import note_change
from projects.services import calendar_changes as works
from projects.services.calendar_changes import Moved as MovedWork
from rectify.lib import clock
from rectify.lib.cn_dates.reckoning import COUNTED, recounted
from rectify.lib.workdays import DayKind, Workdays
from townships.models import User
from townships.queries.calendar import workdays
from townships.services import calendar

Days = Mapping[date, DayKind | None]
"""Day → what it becomes; None: what the week says."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An open issue whose date hangs on the days that change."""

    issue: Issue
    before: date
    due_on: date

    @property
    def days(self) -> int:
        """How many days later; negative: earlier."""
        return (self.due_on - self.before).days


@dataclass(frozen=True, slots=True)
class Moves:
    """What a change of the calendar moves, the earliest first."""

    issues: list[Moved] = field(default_factory=list)
    works: list[MovedWork] = field(default_factory=list)

    @property
    def words(self) -> str:
        """15个问题、3个项目; "" where nothing moves."""
        projects = {one.project.pk for one in self.works}
        counts = ((len(self.issues), "问题"), (len(projects), "项目"))
        return "、".join(f"{count}个{kind}" for count, kind in counts if count)


def moved_by(days: Days) -> Moves:
    """The issues and projects whose dates would move. A date that a person set, or that an extension or a
    pause moved since, stays. Four queries."""
    if not days:
        return Moves()
    before = workdays()
    after, first = _changed(before, days), min(days)
    found = []
    for issue in _counted(first):
        if issue.due_on is None:
            continue
        due_on = recounted(issue.deadline_raw, anchors(issue), issue.due_on, before, after)
        if due_on != issue.due_on:
            found.append(Moved(issue, issue.due_on, due_on))
    return Moves(found, works.moved_by(before, after, first))


def _counted(first: date) -> list[Issue]:
    """Open issues whose text counts working days, due on ``first`` or later."""
    rows = Issue.objects.filter(
        state__in=[state.value for state in OPEN_STATES],
        deadline_class="dated",
        due_on__gte=first,
        deadline_raw__contains=COUNTED,
    )
    return list(rows.select_related("sheet__source").order_by("due_on", "number"))


def _changed(before: Workdays, days: Days) -> Workdays:
    kept = {day: kind for day, kind in before.days.items() if day not in days}
    return Workdays({**kept, **{day: kind for day, kind in days.items() if kind}}, before.official_years)


@transaction.atomic
def change_days(days: Days, *, by: User) -> Moves:
    """Change the calendar and, with it, the dates that it moves: the new ones hold from today, the former
    are kept. Gives what moved. CalendarError: as ``townships.services.calendar`` says."""
    moved = moved_by(days)
    for day, kind in sorted(days.items()):
        if kind is None:
            calendar.remove_day(day, by=by)
        else:
            calendar.set_day(day, is_workday=kind.is_workday, name=kind.name, by=by)
    change_deadlines([_change(one) for one in moved.issues], by=by, cause=Cause.CALENDAR)
    for one in moved.issues:
        before, after = one.before.isoformat(), one.due_on.isoformat()
        note_change(one.issue, "due_on", before, after, by=by, cause=Cause.CALENDAR)
    works.move(moved.works, by=by)
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
