"""What waits, as conditions over issues: the same for the desk's number, its list and its export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce

from issues.models import Closure, Extension, IssueUnit, Plan, Proposal, Refusal, Share
from issues.models.issues import IssueQuerySet
from issues.queries.choices import Choices
from issues.rules.piles import SOON_DAYS, Pile, silent_until
from issues.rules.records import OPEN_CLOSURES, ClosureState, PlanState, RequestState, ShareState
from issues.rules.stages import State, UnitRole
from issues.rules.workflow import TABLE, Verb
from rectify.lib import clock
from rectify.lib.masking import mask_text

Ids = list[int] | None
"""Units; None: all of them."""
WORKED_ON = tuple(
    state.value
    for state in (
        State.REGISTERED,
        State.AWAITING_SIGNATURE,
        State.PLANNING,
        State.PLAN_SUBMITTED,
        State.RECTIFYING,
    )
)
"""States in which something is still to be done by who answers."""
REVIEWED = (Pile.REVIEW_PLAN, Pile.REVIEW_CLOSURE)
"""These wait for who reviews; all others for who answers."""
COLUMNS = (
    "number", "description", "unit_id", "township_id", "village_id", "since", "answer_due", "due_on", "total",
)  # fmt: skip
SHOWN = 90
"""Characters of a description on the desk."""


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One issue on the desk; ``since`` the Beijing day it has waited from, ``days`` how many, ``due_on`` by
    when it is due; ``place``: township and village, else the unit it is counted under."""

    number: str
    description: str
    place: str
    since: date | None
    days: int | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Heap:
    """A pile of one person: how many issues, and those that wait longest."""

    count: int
    rows: list[WaitingRow]


def answered_by(ids: Ids) -> Q:
    """One of ``ids`` answers, as ``rules.answering`` says."""
    if ids is None:
        return Q()
    named = IssueUnit.objects.answering().filter(issue=OuterRef("pk"))
    return Q(Exists(named.filter(unit__in=ids))) | (~Q(Exists(named)) & Q(township__in=ids))


def waiting(pile: Pile, ids: Ids, today: date) -> Q:
    """The issues of ``pile``; ``ids``: only what waits for these units, to be reviewed or to be answered."""
    if pile is Pile.SIGN:
        return _where(Verb.SIGN) & Q(Exists(_to_sign(ids)))
    held = reviewed_by(ids) if pile in REVIEWED else answered_by(ids)
    return CONDITIONS[pile](today) & held


def heap(found: IssueQuerySet, pile: Pile, known: Choices, today: date, *, most: int = 5) -> Heap:
    """How many of ``found`` (already narrowed to ``pile``) there are, and the ``most`` that wait longest. One
    query."""
    rows = found.annotate(since=_since(pile), answer_due=_answer_due(pile), total=Window(Count("*")))
    first = list(rows.order_by(F("since").asc(nulls_first=True), "number").values(*COLUMNS)[:most])
    return Heap(first[0]["total"] if first else 0, [_row(row, known, today) for row in first])


def _row(row: dict[str, Any], known: Choices, today: date) -> WaitingRow:
    since = clock.beijing_date(row["since"]) if isinstance(row["since"], datetime) else row["since"]
    text = mask_text(row["description"])
    places = [known.units.label(row[name], today) for name in ("township_id", "village_id")]
    return WaitingRow(
        number=row["number"],
        description=text if len(text) <= SHOWN else text[:SHOWN] + "…",
        place=" ".join(place for place in places if place) or known.units.label(row["unit_id"], today),
        since=since,
        days=(today - since).days if since is not None and since <= today else None,
        due_on=row["answer_due"] or row["due_on"],
    )


# --- what each pile holds -----------------------------------------------------------------------------------


def _of(model: Any, **where: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = model.objects.filter(issue=OuterRef("pk"), **where)
    return found


def _to_sign(ids: Ids = None) -> QuerySet[Share]:
    shares = _of(Share, state=ShareState.AWAITING.value)
    return shares if ids is None else shares.filter(unit__in=ids)


def _where(verb: Verb) -> Q:
    """The issue is in a state from which the workflow's table lets ``verb`` go out."""
    return Q(state__in=[state.value for state in TABLE[verb].sources])


def _plans(state: PlanState) -> QuerySet[Plan]:
    return _of(Plan, state=state.value)


def _closures(*states: ClosureState) -> QuerySet[Closure]:
    return _of(Closure, state__in=[state.value for state in states])


def reviewed_by(ids: Ids) -> Q:
    """Somebody reviews its plan and closing (``Situation.has_reviewer``): a lead unit beside the responsible
    ones, or the category's 主管部门 where it neither answers nor supports; ``ids``: one of these units."""
    responsible = IssueUnit.objects.filter(issue=OuterRef("issue"), role=UnitRole.RESPONSIBLE.value)
    leads = _of(IssueUnit, role=UnitRole.LEAD.value, unit__isnull=False).filter(
        Exists(responsible.filter(unit__isnull=False)), ~Exists(responsible.filter(unit=OuterRef("unit")))
    )
    department = OuterRef("category__department")
    answers = IssueUnit.objects.answering().filter(issue=OuterRef("pk"), unit=department)
    supports = _of(IssueUnit, role=UnitRole.SUPPORT.value, unit=department)
    own_field = Q(category__department__isnull=False)
    if ids is not None:
        leads, own_field = leads.filter(unit__in=ids), Q(category__department__in=ids)
    return Q(Exists(leads)) | (own_field & ~Q(Exists(answers)) & ~Q(Exists(supports)))


def _plan(today: date) -> Q:
    waits = [PlanState.AWAITING_HEAD.value, PlanState.RETURNED.value]
    return Q(state=State.PLANNING) & ~Q(Exists(_of(Plan, state__in=waits)))


def _ready(today: date) -> Q:
    handled = _closures(*OPEN_CLOSURES, ClosureState.RETURNED)
    all_claimed = Q(claimed__gt=0, claimed=F("found") - F("removed"))
    return _where(Verb.APPLY_CLOSURE) & all_claimed & ~Q(Exists(handled))


def _due_soon(today: date) -> Q:
    near = (today, today + timedelta(days=SOON_DAYS))
    return (
        Q(state__in=WORKED_ON, deadline_confirmed=True, deadline_class__in=("dated", "immediate"))
        & Q(due_on__range=near)
        & _something_left()
    )


def silent(today: date) -> Q:
    """Something is left, and who answers has said nothing for fifteen days (W-020); where nobody ever spoke,
    since it was found."""
    last = silent_until(today)
    spoke_long_ago = Q(last_word_on__lte=last) | Q(last_word_on__isnull=True, found_on__lte=last)
    return Q(state__in=WORKED_ON) & spoke_long_ago & _something_left()


def _something_left() -> Q:
    return Q(claimed__lt=F("found") - F("removed"))


def _submitted(today: date) -> Q:
    return _where(Verb.APPROVE_PLAN) & Q(Exists(_plans(PlanState.SUBMITTED)))


def _closure_returned(today: date) -> Q:
    in_hand = Q(Exists(_closures(*OPEN_CLOSURES)))
    return _where(Verb.APPLY_CLOSURE) & Q(Exists(_closures(ClosureState.RETURNED))) & ~in_hand


def _sign_off(today: date) -> Q:
    reviewed = Q(Exists(_closures(ClosureState.REVIEWED)))
    own = Q(Exists(_closures(ClosureState.APPLIED))) & ~reviewed_by(None)
    return _where(Verb.SIGN_OFF) & (reviewed | own)


def _refused() -> QuerySet[Refusal]:
    return Refusal.objects.filter(share__issue=OuterRef("pk"), share__state=ShareState.REFUSED, answer="")


def _pending(model: Any) -> QuerySet[Any]:
    return _of(model, state=RequestState.PENDING.value)


CONDITIONS: dict[Pile, Callable[[date], Q]] = {
    Pile.PLAN: _plan,
    Pile.PLAN_RETURNED: lambda today: _where(Verb.DRAFT_PLAN) & Q(Exists(_plans(PlanState.RETURNED))),
    Pile.CLOSURE_RETURNED: _closure_returned,
    Pile.READY: _ready,
    Pile.DUE_SOON: _due_soon,
    Pile.SILENT: silent,
    Pile.HEAD_PLAN: lambda today: _where(Verb.SIGN_PLAN) & Q(Exists(_plans(PlanState.AWAITING_HEAD))),
    Pile.HEAD_CLOSURE: lambda today: (
        _where(Verb.SIGN_CLOSURE) & Q(Exists(_closures(ClosureState.AWAITING_HEAD)))
    ),
    Pile.REVIEW_PLAN: _submitted,
    Pile.REVIEW_CLOSURE: lambda today: (
        _where(Verb.REVIEW_CLOSURE) & Q(Exists(_closures(ClosureState.APPLIED)))
    ),
    Pile.REFUSED: lambda today: _where(Verb.ANSWER_REFUSAL) & Q(Exists(_refused())),
    Pile.APPROVE_PLAN: lambda today: _submitted(today) & ~reviewed_by(None),
    Pile.SIGN_OFF: _sign_off,
    Pile.CONFIRM: lambda today: Q(Exists(_pending(Proposal))),
    Pile.EXTENSION: lambda today: Q(Exists(_pending(Extension))),
}


# --- since when ---------------------------------------------------------------------------------------------


def _since(pile: Pile) -> Any:
    if pile in (Pile.SILENT, Pile.READY):
        return Coalesce("last_word_on", "found_on")
    if pile is Pile.DUE_SOON:
        return F("due_on")
    if pile in INSTANTS:
        found, column = INSTANTS[pile]()
        at = Subquery(found.order_by().values("issue").annotate(at=Min(column)).values("at")[:1])
        return Coalesce(at, F("state_since"), output_field=DateTimeField())
    if pile is Pile.REFUSED:
        return Subquery(_refused().values("refused_at")[:1])
    return F("state_since")


def _answer_due(pile: Pile) -> Any:
    """By when the office answers a refusal; an issue's own date anywhere else."""
    return Subquery(_refused().values("answer_due_on")[:1]) if pile is Pile.REFUSED else F("due_on")


INSTANTS: dict[Pile, Callable[[], tuple[QuerySet[Any], str]]] = {
    Pile.SIGN: lambda: (_to_sign(), "since"),
    Pile.PLAN_RETURNED: lambda: (_plans(PlanState.RETURNED), "decided_at"),
    Pile.CLOSURE_RETURNED: lambda: (_closures(ClosureState.RETURNED), "returned_at"),
    Pile.HEAD_PLAN: lambda: (_plans(PlanState.AWAITING_HEAD), "drafted_at"),
    Pile.HEAD_CLOSURE: lambda: (_closures(ClosureState.AWAITING_HEAD), "applied_at"),
    Pile.REVIEW_PLAN: lambda: (_plans(PlanState.SUBMITTED), "signed_at"),
    Pile.REVIEW_CLOSURE: lambda: (_closures(ClosureState.APPLIED), "signed_at"),
    Pile.APPROVE_PLAN: lambda: (_plans(PlanState.SUBMITTED), "signed_at"),
    Pile.SIGN_OFF: lambda: (_closures(ClosureState.APPLIED, ClosureState.REVIEWED), "reviewed_at"),
    Pile.CONFIRM: lambda: (_pending(Proposal), "proposed_at"),
    Pile.EXTENSION: lambda: (_pending(Extension), "asked_at"),
}
