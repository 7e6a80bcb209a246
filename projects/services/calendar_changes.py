"""Working dates of projects that a change of the county's calendar moves: known before, moved with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F

from projects.models import Project, ProjectFieldChange
from projects.rules.stages import Cause
from projects.rules.standing import DUES, Due
from rectify.lib import clock
from rectify.lib.cn_dates.reckoning import COUNTED, recounted
from rectify.lib.workdays import Workdays
from townships.models import User
from townships.services import revisions

STEPS = tuple(due for due in DUES if due.confirmed)
"""Dates of a project's own; the one by which a programme is allotted names its day."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A date of a project, its work not yet done, that hangs on the days that change."""

    project: Project
    due: Due
    due_on: date

    @property
    def word(self) -> str:
        return self.due.word

    @property
    def before(self) -> date:
        on: date = getattr(self.project, self.due.day)
        return on

    @property
    def raw(self) -> str:
        return str(getattr(self.project, _raw(self.due)))

    @property
    def days(self) -> int:
        """How many days later; negative: earlier."""
        return (self.due_on - self.before).days


def moved_by(before: Workdays, after: Workdays, first: date) -> list[Moved]:
    """The dates from ``first`` on that would move, the earliest first. A date that a person set stays. One
    query a step."""
    found = [one for due in STEPS for one in _of_step(due, before, after, first)]
    return sorted(found, key=lambda one: (one.before, one.project.number))


def _of_step(due: Due, before: Workdays, after: Workdays, first: date) -> Iterable[Moved]:
    open_ones = Project.objects.present().filter(
        **{f"{due.day}__gte": first, f"{_raw(due)}__contains": COUNTED, f"{due.stage}__lt": F("arranged")}
    )
    for project in open_ones.select_related("programme"):
        one = Moved(project, due, date.min)
        due_on = recounted(one.raw, project.anchors, one.before, before, after)
        if due_on != one.before:
            yield Moved(project, due, due_on)


@transaction.atomic
def move(moved: Iterable[Moved], *, by: User) -> None:
    """Give the projects their new dates; the former ones stay in their history."""
    at, units = clock.now(), set()
    for one in moved:
        project, name = one.project, one.due.day
        ProjectFieldChange.objects.create(
            project=project,
            field=name,
            before=one.before.isoformat(),
            after=one.due_on.isoformat(),
            changed_at=at,
            changed_by=by,
            cause=Cause.CALENDAR.value,
        )
        Project.objects.filter(pk=project.pk).update(
            **{name: one.due_on}, version=F("version") + 1, updated_at=at
        )
        units |= {project.township_id, project.department_id, project.programme.department_id}
    if units:
        revisions.bump(units)


def _raw(due: Due) -> str:
    return due.day.replace("_due_on", "_raw")
