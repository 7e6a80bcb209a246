"""What may run out in a project: the day it is to start, the day it is to be finished (W-013)."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from alerts.queries.source import Rows, Source
from alerts.rules.ladder import Subject
from projects.models import Project
from projects.models.projects import ProjectQuerySet


def _unstarted(campaign: int) -> ProjectQuerySet:
    """Arranged works of which some has not begun, with a confirmed date to begin by."""
    waits = Q(started__lt=F("arranged"), start_due_on__isnull=False, start_confirmed=True)
    return Project.objects.present().filter(waits, campaign=campaign)


def _unfinished(campaign: int) -> ProjectQuerySet:
    waits = Q(completed__lt=F("arranged"), finish_due_on__isnull=False, finish_confirmed=True)
    return Project.objects.present().filter(waits, campaign=campaign)


def _rows(found: ProjectQuerySet, anchor: str) -> Rows:
    """Told to the department that answers, else the programme's, else the township."""
    return (
        found.order_by()
        .annotate(
            item_key=F("pk"),
            item_number=F("number"),
            unit_key=Coalesce("department_id", "programme__department_id", "township_id"),
            anchor_day=F(anchor),
        )
        .values("item_key", "item_number", "unit_key", "anchor_day")
    )


def start_rows(campaign: int, on: date) -> list[Rows]:
    return [_rows(_unstarted(campaign), "start_due_on")]


def start_items(campaign: int, on: date) -> Rows:
    return _rows(_unstarted(campaign), "start_due_on")


def finish_rows(campaign: int, on: date) -> list[Rows]:
    return [_rows(_unfinished(campaign), "finish_due_on")]


def finish_items(campaign: int, on: date) -> Rows:
    return _rows(_unfinished(campaign), "finish_due_on")


def _nobody(found: ProjectQuerySet, anchor: str) -> Rows:
    lost = found.filter(department=None, programme__department=None, township=None).order_by()
    columns = {"item_key": F("pk"), "item_number": F("number"), "anchor_day": F(anchor)}
    rows: Rows = lost.annotate(**columns).values(*columns)
    return rows


def start_nobody(campaign: int, on: date) -> Rows:
    return _nobody(_unstarted(campaign), "start_due_on")


def finish_nobody(campaign: int, on: date) -> Rows:
    return _nobody(_unfinished(campaign), "finish_due_on")


WHY = "没有责任部门，也没有所在乡镇，无人可告知"
SOURCES = (
    Source(Subject.START, start_rows, start_items, nobody=start_nobody, why=WHY, over="已动工"),
    Source(Subject.FINISH, finish_rows, finish_items, nobody=finish_nobody, why=WHY, over="已完工"),
)
