"""Letters for pages: the list as one person sees it, one letter with its issues and its history, the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from alerts.models import Letter, LetterItem, LetterReply
from alerts.models.letters import LetterQuerySet
from alerts.rules.letter_filters import LetterFilter
from alerts.rules.letters import OWING, LetterKind, LetterState, is_overdue, light_word
from issues.models import Issue
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from rectify.lib.masking import mask_text
from townships.models import Event, Unit, User
from townships.queries.branches import UnitTree, unit_tree
from townships.rules.scope import Reach

OWED = Q(state__in=[state.value for state in OWING], reply_due_on__isnull=False)
TOLD_OUTSIDE = (
    "letter_sign",
    "letter_receive",
    "letter_answer",
    "letter_accept",
    "letter_return",
    "letter_recalled",
)
SHOWN = ("unit", "signed_by", "drafted_by__unit", "campaign")


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter as a row; ``light``: overdue, soon, fine or "" with its word."""

    letter: Letter
    kind: str
    unit: str
    state: str
    is_ended: bool
    level: str
    word: str
    items: int


@dataclass(frozen=True, slots=True)
class Moment:
    """One act in a letter's history, as ``_components/timeline.html`` draws it."""

    on: date
    text: str
    by: str
    is_minor: bool = False
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An issue of a letter as the viewer may open it: ``is_seen`` False where it is out of the own sight."""

    number: str
    description: str
    state: str
    due_on: date | None
    is_seen: bool


def filtered(letters: LetterQuerySet, wanted: LetterFilter, user: User, on: date) -> LetterQuerySet:
    """``letters`` narrowed, newest first. FilterRefused where a code names no unit."""
    if wanted.campaign:
        letters = letters.filter(campaign__code=wanted.campaign)
    if wanted.kind:
        letters = letters.filter(kind=wanted.kind)
    letters = letters.filter(_in_state(wanted.state, on))
    if wanted.unit:
        letters = letters.filter(unit__in=_counting_as(wanted.unit, unit_tree(), on))
    if wanted.year:
        letters = letters.filter(Q(year=wanted.year) | Q(year=None, drafted_at__year=wanted.year))
    if wanted.issue:
        letters = letters.filter(
            Exists(LetterItem.objects.filter(letter=OuterRef("pk"), issue__number=wanted.issue))
        )
    if wanted.by:
        letters = letters.filter(drafted_by=user)
    for term in wanted.q.split()[:8]:
        letters = letters.filter(
            Q(title__icontains=term) | Q(number__icontains=term) | Q(unit__name__icontains=term)
        )
    return letters.order_by("-pk")


def _in_state(state: str, on: date) -> Q:
    if state == "owing":
        return OWED
    if state == "overdue":
        return OWED & Q(reply_due_on__lt=on)
    return Q(state=state) if state else ~Q(state=LetterState.DROPPED.value)


def _counting_as(code: str, tree: UnitTree, on: date) -> list[int]:
    node = tree.by_code.get(code)
    if node is None:
        raise FilterRefused(f"没有代码为“{code[:30]}”的单位。")
    return tree.counting_as(node.pk, on)


def lines(letters: QuerySet[Letter], on: date) -> list[LetterLine]:
    """The letters as rows. Two queries."""
    rows = list(letters.select_related(*SHOWN).defer("frozen", "body", "demands"))
    counted = LetterItem.objects.filter(letter__in=rows).order_by().values_list("letter")
    items = dict(counted.annotate(Count("pk")))
    return [_line(letter, items.get(letter.pk, 0), on) for letter in rows]


def _line(letter: Letter, items: int, on: date) -> LetterLine:
    state = LetterState(letter.state)
    word = light_word(state, letter.reply_due_on, on)
    late = is_overdue(state, letter.reply_due_on, on)
    near = letter.reply_due_on is not None and (letter.reply_due_on - on).days <= 2
    return LetterLine(
        letter=letter,
        kind=LetterKind(letter.kind).label,
        unit=letter.unit.name,
        state=state.label,
        is_ended=state in (LetterState.CLOSED, LetterState.DROPPED, LetterState.RECALLED),
        level="" if not word else "overdue" if late else "soon" if near else "fine",
        word=word,
        items=items,
    )


def letter_of(user: User, pk: int) -> Letter | None:
    """One letter in sight, with what its page names."""
    seen = Letter.objects.visible_to(user).filter(pk=pk)
    return seen.select_related(*SHOWN, "campaign__unit", "received_by", "recalls").first()


def line_of(letter: Letter, on: date) -> LetterLine:
    return _line(letter, letter.items.count(), on)


def item_lines(letter: Letter, user: User) -> list[ItemLine]:
    """The issues in the letter's order, each as far as the viewer sees it. Two queries."""
    rows = letter.items.order_by("position").select_related("issue")
    issues = [row.issue for row in rows]
    seen = set(
        Issue.objects.visible_to(user)
        .filter(pk__in=[issue.pk for issue in issues])
        .order_by()
        .values_list("pk", flat=True)
    )
    return [
        ItemLine(
            number=issue.number,
            description=mask_text(issue.description)[:80],
            state=issue.get_state_display(),
            due_on=issue.due_on,
            is_seen=issue.pk in seen,
        )
        for issue in issues
    ]


def replies_of(letter: Letter) -> list[LetterReply]:
    """Every reply, oldest first."""
    named = LetterReply.objects.filter(letter=letter)
    return list(named.select_related("unit", "answered_by", "decided_by").order_by("pk"))


def history_of(letter: Letter, user: User) -> list[Moment]:
    """What was done, oldest first; units do not learn what the office wrote before it was signed."""
    told = Event.objects.filter(subject_type="letter", subject_id=letter.pk).select_related("actor__unit")
    if user.scope.reach is not Reach.TREE:
        told = told.filter(action__in=TOLD_OUTSIDE)
    return [_moment(event, letter) for event in told.order_by("seq")]


def _moment(event: Event, letter: Letter) -> Moment:
    at = clock.as_lived(event.at)
    if letter.signed_at and event.action == "letter_sign":
        at = letter.signed_at.astimezone(clock.BEIJING)
    actor = event.actor
    who = f"{actor.unit.name if actor.unit else ''} {actor.name}".strip() if actor else ""
    return Moment(_day(at), event.summary, f"{who}　{at:%Y-%m-%d %H:%M}", event.action == "letter_edit")


def _day(at: datetime) -> date:
    return clock.beijing_date(at)


def years_of(letters: LetterQuerySet) -> list[int]:
    """The years in which letters in sight were signed, newest first."""
    named = letters.exclude(year=None).order_by("-year").values_list("year", flat=True).distinct()
    return [year for year in named if year is not None]


def units_of(letters: LetterQuerySet) -> list[Unit]:
    """The units that letters in sight were sent to, by code."""
    return list(Unit.objects.filter(pk__in=letters.order_by().values("unit")).order_by("code"))


def letters_of_issue(issue: Issue, user: User, on: date) -> list[LetterLine]:
    """The letters in sight that name the issue, newest first. Two queries."""
    named = LetterItem.objects.filter(issue=issue).values("letter")
    seen = Letter.objects.visible_to(user).filter(pk__in=named).exclude(state=LetterState.DROPPED.value)
    return lines(seen.order_by("-pk"), on)
