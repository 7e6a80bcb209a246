"""What may run out in an issue: its date, its review, movement, 序时进度, signature, plan."""

from __future__ import annotations

from datetime import date

from django.db.models import (
    BigIntegerField,
    Case,
    DateField,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Least, TruncDate

from alerts.queries.answering import (
    Condition,
    Expression,
    items_of,
    named,
    nobody_of,
    rows_of,
    seats_stand_at,
)
from alerts.queries.days import DayNumber, number_of
from alerts.queries.source import Rows, Source
from alerts.rules.ladder import Subject
from alerts.rules.schedule import WHOLE
from issues.models import Extension, IssueEntry, IssueList, Milestone, Pause, Plan, Share, Supplement
from issues.queries.lagging import SIGNED, STANDING
from issues.rules.measures import DATED
from issues.rules.planning import LONG
from issues.rules.records import RequestState, ShareState
from issues.rules.stages import OPEN_STATES, Stage, State
from issues.rules.terms import plan_due, signing_due
from projects.models import Campaign
from rectify.lib import clock
from rectify.lib.livesums import millionths
from townships.queries.calendar import workdays

OPEN = [state.value for state in OPEN_STATES]
WORKED_ON = [State.REGISTERED.value, State.PLAN_SUBMITTED.value, State.RECTIFYING.value]
"""States in which movement is to be expected: before them the signature or the plan is what is missing."""
Day = DateField()
NO_DAY = Cast(Value(None), Day)
"""Typed: a CASE of nothing but it would be text."""


def not_paused(at: str) -> Q:
    """The clock of the issue at path ``at`` does not stand still today: one condition for all subjects."""
    running = Pause.objects.running(clock.today()).filter(issue=OuterRef(f"{at}pk"))
    return ~Q(Exists(running))


def _open(campaign: int, *states: str) -> Condition:
    """Open issues of the campaign of which something is left; without ``states`` in any open one."""

    def found(at: str) -> Q:
        left = F(f"{at}found") - F(f"{at}removed")
        standing = Q(**{f"{at}campaign": campaign, f"{at}state__in": list(states) or OPEN})
        return standing & Q(**{f"{at}claimed__lt": left}) & not_paused(at)

    return found


def _and(first: Condition, more: Condition) -> Condition:
    return lambda at: first(at) & more(at)


# --- 整改期限 -----------------------------------------------------------------------------------------------


def _dated(at: str) -> Q:
    """A date that a person or the ledger has made certain; what nobody could read or confirm warns of nothing
    (it is counted apart, never as on time)."""
    return Q(
        **{f"{at}deadline_class__in": DATED, f"{at}deadline_confirmed": True, f"{at}due_on__isnull": False}
    )


def _due(campaign: int) -> Condition:
    return _and(_open(campaign), _dated)


def due_rows(campaign: int, on: date) -> list[Rows]:
    return rows_of(_due(campaign), lambda at: F(f"{at}due_on"))


def due_items(campaign: int, on: date) -> Rows:
    return items_of(_due(campaign), lambda at: F(f"{at}due_on"))


def due_nobody(campaign: int, on: date) -> Rows:
    return nobody_of(_due(campaign), lambda at: F(f"{at}due_on"))


def extension_pending(campaign: int) -> QuerySet[Extension, int]:
    """Issues for whose date an answer is awaited: the next rung waits, the light does not."""
    asked = Extension.objects.filter(state=RequestState.PENDING.value, issue__campaign=campaign)
    return asked.values_list("issue", flat=True)


# --- 下次复核 -----------------------------------------------------------------------------------------------


def _reviewed(campaign: int) -> Condition:
    return _and(
        _open(campaign, State.LONG_TERM.value), lambda at: Q(**{f"{at}next_review_on__isnull": False})
    )


def review_rows(campaign: int, on: date) -> list[Rows]:
    return rows_of(_reviewed(campaign), lambda at: F(f"{at}next_review_on"))


def review_items(campaign: int, on: date) -> Rows:
    return items_of(_reviewed(campaign), lambda at: F(f"{at}next_review_on"))


# --- 停滞 ---------------------------------------------------------------------------------------------------


def _moving(campaign: int) -> Condition:
    return _and(_open(campaign, *WORKED_ON), lambda at: ~Q(**{f"{at}deadline_class": LONG}))


def last_movement(at: str) -> Combinable:
    """The last day on which something was done or verified, else the day it was found. Words, meetings and
    papers are no movement (W-020, W-027): only the ledger counts."""
    last = Subquery(_moves(at).order_by().values("item").annotate(last=Max("happened_on")).values("last")[:1])
    return Coalesce(last, F(f"{at}found_on"), output_field=Day)


def _moves(at: str) -> QuerySet[IssueEntry]:
    stages = (Stage.CLAIMED.value, Stage.CONFIRMED.value)
    return IssueEntry.objects.filter(item=OuterRef(f"{at}pk"), stage__in=stages)


def still_since(day: date) -> Q:
    """Of items: the last movement lies up to ``day``. Asked of all, only of the rest which day it was."""
    return (Q(found_on__lte=day) | Q(Exists(_moves("")))) & ~Q(Exists(_moves("").filter(happened_on__gt=day)))


def stalled_rows(campaign: int, on: date) -> list[Rows]:
    return rows_of(_moving(campaign), last_movement)


def stalled_items(campaign: int, on: date) -> Rows:
    return items_of(_moving(campaign), last_movement)


# --- 序时进度 -----------------------------------------------------------------------------------------------


def _scheduled(campaign: int, on: date) -> Condition:
    """Not yet due: from then on the date itself is what warns."""

    def runs(at: str) -> Q:
        return Q(**{f"{at}due_on__gte": on, f"{at}found_on__lte": on, f"{at}found_on__lt": F(f"{at}due_on")})

    return _and(_and(_open(campaign), _dated), runs)


def points_behind(on: date) -> Expression:
    """``rules.schedule`` in SQL: hundredths of a percentage point behind nodes, else behind the time gone."""

    def behind(at: str) -> Combinable:
        whole = millionths(f"{at}found") - millionths(f"{at}removed")
        nodes = Milestone.objects.filter(issue=OuterRef(f"{at}pk"), quantity__isnull=False).order_by()
        reached = nodes.filter(on__lte=on).values("issue").annotate(most=Max(millionths("quantity")))
        most = Coalesce(Subquery(reached.values("most")[:1]), Value(0))
        begun, due = DayNumber(F(f"{at}found_on")), DayNumber(F(f"{at}due_on"))
        planned = Case(
            When(Exists(nodes), then=Least(most, whole) * Value(WHOLE) / whole),
            default=(Value(number_of(on)) - begun) * Value(WHOLE) / (due - begun),
            output_field=BigIntegerField(),
        )
        return planned - millionths(f"{at}claimed") * Value(WHOLE) / whole

    return behind


def behind_rows(campaign: int, on: date) -> list[Rows]:
    return rows_of(_scheduled(campaign, on), _found_on, behind=points_behind(on))


def behind_items(campaign: int, on: date) -> Rows:
    return items_of(_scheduled(campaign, on), _found_on, behind=points_behind(on))


def _found_on(at: str) -> Combinable:
    return F(f"{at}found_on")


# --- 未签收, 未制定整改计划 ---------------------------------------------------------------------------------


def unsigned_rows(campaign: int, on: date) -> list[Rows]:
    """One row a share that waits, from the working day by which it was to be signed for (W-072)."""
    shares = Share.objects.filter(_open(campaign)("issue__"), state=ShareState.AWAITING.value).annotate(
        given_on=TruncDate("since", tzinfo=clock.BEIJING)
    )
    days, known = list(shares.order_by().values_list("given_on", flat=True).distinct()), workdays()
    terms = [When(given_on=day, then=Value(signing_due(day, known))) for day in days]
    return [
        shares.order_by()
        .annotate(
            item_key=F("issue_id"),
            item_number=F("issue__number"),
            unit_key=seats_stand_at("unit"),
            anchor_day=Case(*terms, default=NO_DAY, output_field=Day),
        )
        .values("item_key", "item_number", "unit_key", "anchor_day")
    ]


def unplanned_rows(campaign: int, on: date) -> list[Rows]:
    """Signed for, and no plan in force or handed in, from the day by which there was to be one (W-005)."""
    return rows_of(_unplanned(campaign), _plan_due(campaign))


def _unplanned(campaign: int) -> Condition:
    """As ``issues.queries.lagging.planless`` counts them, whether the day has come or not."""

    def found(at: str) -> Q:
        signed = Share.objects.filter(issue=OuterRef(f"{at}pk"), state__in=SIGNED)
        handed_in = Plan.objects.filter(issue=OuterRef(f"{at}pk"), state__in=STANDING)
        asked = ~Q(**{f"{at}deadline_class": "immediate"}) & Q(**{f"{at}list__locked_at__isnull": False})
        return asked & Q(Exists(signed)) & ~Q(Exists(handed_in))

    return _and(_open(campaign, State.PLANNING.value, State.RECTIFYING.value), found)


def _plan_due(campaign: int) -> Expression:
    """The day of the issue's list; what was added later has as many days from then on."""
    locked = IssueList.objects.filter(campaign=campaign, locked_at__isnull=False)
    campaign_due = Campaign.objects.values_list("plan_due_on", flat=True).get(pk=campaign)
    due = {
        pk: plan_due(clock.beijing_date(locked_at), campaign_due)
        for pk, locked_at in locked.values_list("pk", "locked_at")
        if locked_at is not None
    }
    added = Supplement.objects.filter(list__in=due).values_list("pk", "made_at")
    later = {pk: plan_due(clock.beijing_date(made_at), None) for pk, made_at in added}

    def anchor(at: str) -> Combinable:
        by_supplement = [When(**{f"{at}supplement": pk, "then": Value(day)}) for pk, day in later.items()]
        by_list = [When(**{f"{at}list": pk, "then": Value(day)}) for pk, day in due.items()]
        return Case(*by_supplement, *by_list, default=NO_DAY, output_field=Day)

    return anchor


SOURCES = (
    Source(
        Subject.DUE,
        due_rows,
        due_items,
        named=named,
        nobody=due_nobody,
        held=extension_pending,
        over="已整改完成",
    ),
    Source(Subject.REVIEW, review_rows, review_items, named=named, over="已复核"),
    Source(Subject.STALLED, stalled_rows, stalled_items, named=named, reached=still_since, over="已有进展"),
    Source(Subject.BEHIND, behind_rows, behind_items, named=named, has_points=True, over="进度已赶上"),
    Source(Subject.UNSIGNED, unsigned_rows, over="已签收或退回"),
    Source(Subject.UNPLANNED, unplanned_rows, over="计划已报"),
)
