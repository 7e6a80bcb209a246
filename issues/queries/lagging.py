"""What stands still before and during rectification: not signed for, without a plan, shelved; measures done.

Each is a set of all issues of a campaign: narrow it by ``visible_to`` before it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from issues.models import Action, Issue, IssueList, Plan, Share
from issues.models.issues import IssueQuerySet
from issues.rules.planning import LONG
from issues.rules.records import PlanState, ShareState
from issues.rules.stages import OPEN_STATES, State
from issues.rules.terms import PLAN_DAYS, last_day_to_be_late, plan_due
from projects.models import Campaign
from rectify.lib import clock
from townships.queries.calendar import workdays

STANDING = (PlanState.APPROVED.value, PlanState.SUBMITTED.value)
SIGNED = (ShareState.ACCEPTED.value, ShareState.DONE.value)
DATED = ("dated", "immediate")
NO_OWNER, NO_DATE, PAST = "no_owner", "no_date", "past"


def unsigned(campaign: Campaign, on: date) -> QuerySet[Share]:
    """Shares that wait to be signed for on ``on`` though their term has passed (W-072)."""
    late = last_day_to_be_late(on, workdays())
    return (
        Share.objects.filter(
            issue__campaign=campaign,
            issue__state__in=[state.value for state in OPEN_STATES],
            state=ShareState.AWAITING.value,
            since__lt=_midnight(late + timedelta(days=1)),
        )
        .select_related("unit", "issue")
        .order_by("unit__code", "issue__number")
    )


def planless(campaign: Campaign, on: date) -> IssueQuerySet:
    """Issues signed for whose plan was due before ``on`` and is neither in force nor handed in (W-005).

    A plan that the head has not signed is not handed in (W-028); 立行立改 needs none. What was added to a
    locked list later has its own days."""
    lists = IssueList.objects.filter(campaign=campaign, locked_at__isnull=False)
    due = {
        pk: plan_due(clock.beijing_date(locked_at), campaign.plan_due_on)
        for pk, locked_at in lists.values_list("pk", "locked_at")
        if locked_at is not None
    }
    added_before = _midnight(on - timedelta(days=PLAN_DAYS))
    return (
        Issue.objects.filter(
            Q(supplement__isnull=True) | Q(supplement__made_at__lt=added_before),
            list__in=[pk for pk, day in due.items() if day < on],
            state__in=(State.PLANNING.value, State.RECTIFYING.value),
        )
        .exclude(deadline_class="immediate")
        .filter(Exists(Share.objects.filter(issue=OuterRef("pk"), state__in=SIGNED)))
        .exclude(Exists(Plan.objects.filter(issue=OuterRef("pk"), state__in=STANDING)))
    )


def counted_by_unit(issues: IssueQuerySet) -> dict[int | None, int]:
    """Unit id (the lead, else the first responsible) → how many of ``issues`` are its own."""
    rows = issues.order_by().values_list("unit_id").annotate(Count("pk"))
    return dict(rows)


def shelved(campaign: Campaign, on: date) -> IssueQuerySet:
    """Open issues that nobody answers for, or without a next date, or whose next date is past (W-115).

    The next date is the review of what takes long, else the due date; ``shelved_because`` says which."""
    is_long = Q(state=State.LONG_TERM.value) | Q(deadline_class=LONG)
    nothing = Value(None)
    next_on = Case(
        When(is_long, then=F("next_review_on")),
        When(deadline_class__in=DATED, then=F("due_on")),
        default=nothing,
    )
    because = Case(
        When(owner__isnull=True, then=Value(NO_OWNER)),
        When(next_on__isnull=True, then=Value(NO_DATE)),
        When(next_on__lt=on, then=Value(PAST)),
        default=Value(""),
    )
    found = Issue.objects.filter(campaign=campaign, state__in=[state.value for state in OPEN_STATES])
    return (
        found.annotate(owner=Coalesce("unit_id", "township_id"), next_on=next_on)
        .annotate(shelved_because=because)
        .exclude(shelved_because="")
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far some issues are, counted in issues and counted in measures: the two differ (W-106)."""

    issues: int
    issues_done: int
    measures: int
    measures_done: int


def measures_done(issue_ids: Iterable[int] | QuerySet[Issue]) -> Progress:
    """An issue is done when all of it is claimed. Two queries."""
    ids = issue_ids.values("pk") if isinstance(issue_ids, QuerySet) else list(issue_ids)
    is_done = Q(found__gt=F("removed")) & Q(claimed=F("found") - F("removed"))
    issues = Issue.objects.filter(Q(pk__in=ids)).aggregate(all=Count("pk"), done=Count("pk", filter=is_done))
    actions = Action.objects.filter(Q(issue__in=ids)).aggregate(
        all=Count("pk"), done=Count("pk", filter=Q(done_on__isnull=False))
    )
    return Progress(issues["all"], issues["done"], actions["all"], actions["done"])


def _midnight(day: date) -> datetime:
    """The beginning of the Beijing day."""
    return datetime.combine(day, time(), tzinfo=clock.BEIJING)
