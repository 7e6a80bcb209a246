"""What somebody who reports needs to see: the last words about an issue, the issues still to be reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Max, Q, Sum

from issues.models import Evidence, Issue, IssueEntry, Report
from issues.models.issues import IssueQuerySet
from issues.queries.waiting import answered_by
from issues.rules.records import RESULTS
from issues.rules.stages import OPEN_STATES, Stage
from rectify.lib import clock
from rectify.lib.masking import mask_text
from townships.models import Unit, User
from townships.rules.roles import Level

LATEST = 3


@dataclass(frozen=True, slots=True)
class Word:
    """One report as the form shows it; ``quantity`` in what the issue is counted in, its corrections not
    included; ``is_own``: of the viewer's unit, so that its words can be taken over."""

    pk: int
    happened_on: date
    quantity: Decimal
    narrative: str
    receipt: str
    by: str
    is_own: bool
    is_correction: bool


def latest_words(issue: Issue, user: User, *, most: int = LATEST) -> list[Word]:
    """The last reports about the issue, newest first. One query."""
    found = Report.objects.filter(issue=issue).select_related("unit", "reported_by").order_by("-pk")[:most]
    return [
        Word(
            pk=report.pk,
            happened_on=report.happened_on,
            quantity=report.quantity,
            narrative=mask_text(report.narrative),
            receipt=report.receipt,
            by=f"{report.unit.name} {report.reported_by.name}",
            is_own=report.unit_id == user.unit_id,
            is_correction=report.corrects_id is not None,
        )
        for report in found
    ]


def last_own_words(issue_ids: Iterable[int], user: User) -> dict[int, tuple[int, str]]:
    """Issue id → (report, its words, masked): the own unit's last report with words. Two queries."""
    own = Report.objects.filter(issue__in=list(issue_ids), unit=user.unit_id, corrects=None)
    last = own.exclude(narrative="").order_by().values("issue_id").annotate(last=Max("pk"))
    found = Report.objects.filter(pk__in=[row["last"] for row in last])
    return {
        issue_id: (pk, mask_text(words))
        for issue_id, pk, words in found.order_by().values_list("issue_id", "pk", "narrative")
    }


@dataclass(frozen=True, slots=True)
class Correctable:
    """A report of the own unit and what it says with its corrections so far."""

    pk: int
    happened_on: date
    quantity: Decimal
    receipt: str


def correctable(issue: Issue, user: User) -> list[Correctable]:
    """Reports of the own unit about the issue, newest first. One query."""
    own = Report.objects.filter(issue=issue, unit=user.unit_id, corrects=None).order_by("-pk")
    return [
        Correctable(report.pk, report.happened_on, report.quantity + (report.later or 0), report.receipt)
        for report in own.annotate(later=Sum("corrections__quantity"))
    ]


def to_report(user: User) -> IssueQuerySet:
    """Open issues the user's unit answers for with something left, the most urgent first."""
    found = Issue.objects.visible_to(user).filter(
        state__in=OPEN_STATES, claimed__lt=F("found") - F("removed")
    )
    return found.filter(answered_by(_own_units(user))).order_by(F("due_on").asc(nulls_last=True), "number")


def _own_units(user: User) -> list[int]:
    """The units that ``user`` reports for, as ``situations`` has it: a township or department also for what
    is under it and what was merged into it."""
    own = user.unit
    if own is None:
        return []
    if own.level in (Level.TOWNSHIP, Level.DEPARTMENT):
        return list(Unit.objects.in_scope(user.scope).values_list("pk", flat=True))
    merged = Q(successor=own, closed_on__lte=clock.today())
    return list(Unit.objects.filter(Q(pk=own.pk) | merged).values_list("pk", flat=True))


def last_movement(issue_ids: Iterable[int]) -> dict[int, date]:
    """Issue id → the last Beijing day on which something moved: a quantity claimed or confirmed, a photo of
    the result, an acceptance or a payment handed in (W-020). Words, meetings and documents move nothing
    (W-027); an issue that never moved is left out. Two queries."""
    ids = list(issue_ids)
    moved = IssueEntry.objects.filter(item__in=ids, stage__in=[Stage.CLAIMED, Stage.CONFIRMED]).order_by()
    found = dict(moved.values_list("item_id").annotate(Max("happened_on")))
    shown = Evidence.objects.filter(issue__in=ids, struck_at__isnull=True, kind__in=list(RESULTS)).order_by()
    for issue_id, at in shown.values_list("issue_id").annotate(Max("uploaded_at")):
        day = clock.beijing_date(at)
        found[issue_id] = max(found.get(issue_id, day), day)
    return found
