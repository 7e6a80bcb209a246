"""Open alerts whose reason is gone: done, another date, another unit, caught up."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable, RawSQL

from alerts.models import Alert
from alerts.queries import statements
from alerts.queries.asked import Asked, Span
from alerts.queries.issue_sources import WORKED_ON
from alerts.queries.source import Rows, Source
from alerts.queries.statements import Statement
from alerts.queries.stretch import STANDING
from alerts.rules.ladder import ItemKind, Subject
from alerts.rules.rungs import POINT
from issues.models import Extension, Issue, Pause
from issues.rules.records import RequestState
from issues.rules.stages import State
from projects.models import Project
from rectify.lib import clock
from townships.rules.roles import Duty

MOVED = "期限已变更"
EXTENDED = "延期已批准"
NOT_THEIRS = "不再由这个单位办理"
PAUSED = "已暂停计时"
COME = "期限已到"
ELSEWHERE = "已转入其他环节"
ENDED = (State.CLOSED, State.REMOVED, State.REJECTED, State.MERGED, State.TRANSFERRED, State.WITHDRAWN)
SUPERVISION = Duty.SUPERVISION.value
DATES = {Subject.DUE: "due_on", Subject.REVIEW: "next_review_on"}
PROJECT_DATES = {Subject.START: "start_due_on", Subject.FINISH: "finish_due_on"}


SUSPECTS = "scan_suspects"


def told(asked: Asked, span: Span) -> QuerySet[Alert]:
    """Alerts of the subject that are neither voided nor handled."""
    subject = asked.source.subject
    of_subject = Alert.objects.filter(
        subject=subject.value, item_kind=subject.item.value, item_id__range=(span.first, span.last)
    )
    return of_subject.filter(campaign=asked.campaign_id).open()


def suspects(asked: Asked, span: Span) -> Statement:
    """SELECT of the ids of those ``told`` for whose seat nothing stands on a rung today (as high a one, where
    there are points). Few are left of many; whether their reason is gone says ``stale``: after a change of
    rules something may stand on no rung and yet be open."""
    found = statements.of(
        told(asked, span).order_by().values("id", "item_id", "anchor_on", "unit_id", "duty", "height")
    )
    high = "AND one.height >= told.height" if asked.source.has_points else ""
    sql = f"""
        SELECT told.id AS id FROM ({found.sql}) AS told WHERE NOT EXISTS (
          SELECT 1 FROM {STANDING} AS one
          WHERE one.item_key = told.item_id AND one.anchor_day = told.anchor_on
          AND one.seat_key IS NOT NULL AND (one.seat_key = told.unit_id OR told.duty = %s) {high})
    """  # noqa: S608
    return Statement(sql, (*found.params, SUPERVISION))


def returned(asked: Asked, span: Span) -> QuerySet[Alert]:
    """Voided alerts of the very planned day that stands again (closed and reopened, answered and returned).
    They were told and are not told anew, but they are to be handled: else nobody would hear for a week."""
    subject = asked.source.subject
    gone = Alert.objects.filter(
        subject=subject.value, item_kind=subject.item.value, item_id__range=(span.first, span.last)
    ).filter(campaign=asked.campaign_id, voided_at__isnull=False)
    found = statements.of(
        gone.order_by().values("id", "item_id", "anchor_on", "unit_id", "duty", "height", "step")
    )
    sql = f"""
        SELECT gone.id FROM ({found.sql}) AS gone JOIN {STANDING} AS one
          ON one.item_key = gone.item_id AND one.anchor_day = gone.anchor_on
          AND one.height = gone.height AND one.step = gone.step
        WHERE one.seat_key = gone.unit_id OR (gone.duty = %s AND one.seat_key IS NOT NULL)
    """  # noqa: S608
    return Alert.objects.filter(pk__in=RawSQL(sql, (*found.params, SUPERVISION)))  # noqa: S611


def stale(asked: Asked, rows: list[Rows]) -> list[QuerySet[Alert]]:
    """Those among ``SUSPECTS`` that no row of the source stands for any more: own seats, and 督查室, which is
    told for whatever unit answers. Sets apart, for a database joins no alternatives."""
    found = Alert.objects.filter(pk__in=RawSQL(f"SELECT id FROM {SUSPECTS}", ()))  # noqa: S608, S611
    own, watching = found.exclude(duty=SUPERVISION), found.filter(duty=SUPERVISION)
    sides = ((own, True), (watching, False))
    if not asked.source.has_points:
        return [_gone(asked, rows, seats, of_unit=of_unit) for seats, of_unit in sides]
    least = {rung.height: (rung.points or 0) * POINT for rung in asked.rungs}
    levels: list[tuple[Q, int | None]] = [(Q(height=height), behind) for height, behind in least.items()]
    levels.append((~Q(height__in=least), None))  # told by rules that had this rung
    return [
        _gone(asked, rows, seats.filter(level), of_unit=of_unit, behind=behind)
        for level, behind in levels
        for seats, of_unit in sides
    ]


def _gone(
    asked: Asked, rows: list[Rows], alerts: QuerySet[Alert], *, of_unit: bool, behind: int | None = None
) -> QuerySet[Alert]:
    """Of ``alerts``, those without a row of their item and anchor (and unit, and as far behind)."""
    for found in rows:
        standing = statements.folded(found, asked.successors).filter(
            item_key=OuterRef("item_id"), anchor_day=OuterRef("anchor_on")
        )
        if of_unit:
            standing = standing.filter(seat_key=OuterRef("unit_id"))
        if behind is not None:
            standing = standing.filter(behind__gte=behind)
        alerts = alerts.filter(~Exists(standing))
    return alerts


def cause(source: Source, on: date) -> Combinable:
    """Why an alert of the source is voided, looked up for those that are."""
    kind = source.subject.item
    if kind is ItemKind.ISSUE:
        return Case(*_issue_causes(source.subject, on), default=Value(source.over))
    if source.subject in PROJECT_DATES:
        project = Project.objects.filter(pk=OuterRef("item_id"))
        moved = project.exclude(**{PROJECT_DATES[source.subject]: OuterRef("anchor_on")})
        taken_back = project.filter(withdrawn_at__isnull=False)
        return Case(
            When(Exists(taken_back), then=Value(State.WITHDRAWN.label)),
            When(Exists(moved), then=Value(MOVED)),
            default=Value(source.over),
        )
    return Value(source.over)


def ended() -> list[When]:
    """The issue has left the list: the word of its state."""
    issue = Issue.objects.filter(pk=OuterRef("item_id"))
    return [When(Exists(issue.filter(state=state.value)), then=Value(state.label)) for state in ENDED]


def beside(subject: Subject, on: date) -> list[When]:
    """Why nothing warns though nothing was done: the clock stands still, the date itself warns now, others
    have the issue in hand."""
    issue = Issue.objects.filter(pk=OuterRef("item_id"))
    paused = Pause.objects.running(clock.today()).filter(issue=OuterRef("item_id"))
    whens = [When(Exists(paused), then=Value(PAUSED))]
    if subject is Subject.BEHIND:
        left = issue.filter(due_on__lt=on, claimed__lt=F("found") - F("removed"))
        whens.append(When(Exists(left), then=Value(COME)))
    if subject is Subject.STALLED:
        others = issue.filter(claimed__lt=F("found") - F("removed")).exclude(state__in=WORKED_ON)
        whens.append(When(Exists(others), then=Value(ELSEWHERE)))
    return whens


def _issue_causes(subject: Subject, on: date) -> list[When]:
    issue = Issue.objects.filter(pk=OuterRef("item_id"))
    causes = ended()
    if subject in DATES:
        extended = Extension.objects.filter(
            issue=OuterRef("item_id"),
            original_due_on=OuterRef("anchor_on"),
            state=RequestState.GRANTED.value,
        )
        moved = ~Q(Exists(issue.filter(**{DATES[subject]: OuterRef("anchor_on")})))
        if subject is Subject.DUE:
            causes.append(When(moved & Q(Exists(extended)), then=Value(EXTENDED)))
        causes.append(When(moved, then=Value(MOVED)))
    if subject in (Subject.DUE, Subject.REVIEW):
        return [*causes, *beside(subject, on), When(Exists(_left(issue)), then=Value(NOT_THEIRS))]
    return [*causes, *beside(subject, on)]


def _left(issue: QuerySet[Any]) -> QuerySet[Any]:
    return issue.filter(claimed__lt=F("found") - F("removed"))
