"""What the lists and the office itself owe: parts not signed, refusals not answered, closings not decided."""

from __future__ import annotations

from datetime import date

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate

from alerts.queries.issue_sources import OPEN
from alerts.queries.source import Rows, Source
from alerts.rules.ladder import Subject
from issues.models import Closure, IssueUnit, Part, Refusal
from issues.rules.records import ClosureState, PartState, ShareState
from issues.rules.stages import UnitRole
from rectify.lib import clock

COLUMNS = ("item_key", "item_number", "unit_key", "anchor_day")


def unlisted_rows(campaign: int, on: date) -> list[Rows]:
    """Parts that nobody signed, from the day the list is locked by (W-001): 未报 is not 零问题."""
    parts = Part.objects.filter(
        list__campaign=campaign, state=PartState.DRAFT.value, unit__isnull=False, list__locked_at__isnull=True
    )
    return [
        parts.order_by()
        .annotate(
            item_key=F("pk"),
            item_number=F("list__code"),
            unit_key=F("unit_id"),
            anchor_day=Coalesce("list__lock_on", "list__campaign__list_lock_on"),
        )
        .values(*COLUMNS)
    ]


def unanswered_rows(campaign: int, on: date) -> list[Rows]:
    """Shares given back, from the day by which the office answers."""
    refused = Refusal.objects.filter(
        answer="",
        share__state=ShareState.REFUSED.value,
        share__issue__campaign=campaign,
        share__issue__state__in=OPEN,
    )
    return [
        refused.order_by()
        .annotate(
            item_key=F("pk"),
            item_number=F("share__issue__number"),
            unit_key=F("share__issue__campaign__unit_id"),
            anchor_day=F("answer_due_on"),
        )
        .values(*COLUMNS)
    ]


def unchecked_rows(campaign: int, on: date) -> list[Rows]:
    """Closings applied for and signed, from that day on: the lead department's review, else the office's."""
    return [_closings(campaign, ClosureState.APPLIED), _closings(campaign, ClosureState.REVIEWED)]


def _closings(campaign: int, state: ClosureState) -> Rows:
    found = Closure.objects.filter(issue__campaign=campaign, issue__state__in=OPEN, state=state.value)
    is_applied = state is ClosureState.APPLIED
    office = F("issue__campaign__unit_id")
    rows: Rows = (
        found.order_by()
        .annotate(
            item_key=F("pk"),
            item_number=F("issue__number"),
            unit_key=_reviewer() if is_applied else office,
            anchor_day=TruncDate("signed_at" if is_applied else "reviewed_at", tzinfo=clock.BEIJING),
        )
        .values(*COLUMNS)
    )
    return rows


def _reviewer() -> Coalesce:
    office = F("issue__campaign__unit_id")
    return Coalesce(_lead_beside(), _department(), office, output_field=BigIntegerField())


def _lead_beside() -> Subquery:
    """The unit that leads beside those that answer: it reviews (``issues.queries.waiting.reviewed_by``)."""
    responsible = IssueUnit.objects.filter(
        issue=OuterRef("issue"), role=UnitRole.RESPONSIBLE.value, unit__isnull=False
    )
    leads = IssueUnit.objects.filter(
        Exists(responsible),
        ~Exists(responsible.filter(unit=OuterRef("unit"))),
        issue=OuterRef("issue"),
        role=UnitRole.LEAD.value,
        unit__isnull=False,
    )
    return Subquery(leads.values("unit")[:1])


def _department() -> Case:
    """The category's 主管部门, where it has no part in the issue itself."""
    named = IssueUnit.objects.filter(issue=OuterRef("issue"), unit=OuterRef("issue__category__department"))
    return Case(
        When(~Exists(named), then=F("issue__category__department_id")),
        default=Value(None),
        output_field=BigIntegerField(),
    )


SOURCES = (
    Source(Subject.UNLISTED, unlisted_rows, over="已签报"),
    Source(Subject.UNANSWERED, unanswered_rows, over="已答复"),
    Source(Subject.UNCHECKED, unchecked_rows, over="已办理"),
)
