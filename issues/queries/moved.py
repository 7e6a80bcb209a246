"""What moved in a period: the issues behind 新增, 完成, 核减, 核实, 调出, 销号 between two days."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Case, ExpressionWrapper, F, IntegerField, Q, QuerySet, Value, When

from issues.models import IssueEntry
from issues.models.issues import IssueQuerySet
from issues.queries.sums import LEFT
from issues.rules.filters import IssueFilter
from issues.rules.stages import Cause, Stage
from rectify.lib.criteria import FilterRefused
from rectify.lib.livesums import item_sum, learned_by

MOVED = "moved_at"
CUT = Q(stage=Stage.CLAIMED.value, cause=Cause.VERIFICATION.value, quantity__lt=0)
"""核减: an entry by which a verification took a claim back."""
FOUND_BEFORE = "found_before"


def with_moved(issues: IssueQuerySet, wanted: IssueFilter, day: date) -> IssueQuerySet:
    """``issues`` (from ``annotate_as_of``) to which ``wanted.moved`` happened from ``since`` to the end of
    ``day``, with ``moved_at``: how much, in what they are counted in; for 销号 1 (−1: taken off again).

    Entries of one issue that cancel out are no movement. FilterRefused for a period without a beginning, or
    one that ends before it begins."""
    since = wanted.since
    if since is None or not wanted.moved:
        raise FilterRefused("看一段时间的变动，要同时写明看哪一项（moved）和从哪天起（from）。")
    if since > day:
        raise FilterRefused(f"期间从 {since.isoformat()} 开始，晚于截至日 {day.isoformat()}。")
    until = learned_by(IssueEntry.objects.all(), day, wanted.known_at)
    if wanted.moved == "closed":
        return _closed(issues, until, since, day)
    if wanted.moved == "opening":
        amount = item_sum(until.filter(happened_on__lt=since), "quantity", LEFT[wanted.basis])
        return _kept(issues, amount)
    entries, weights = _entries(until.filter(happened_on__gte=since), wanted.moved)
    touched = issues.filter(pk__in=entries.filter(stage__in=list(weights)).values("item"))
    return _kept(touched, item_sum(entries, "quantity", weights))


def _kept(issues: IssueQuerySet, amount: Any) -> IssueQuerySet:
    return issues.annotate(**{MOVED: amount}).exclude(**{MOVED: 0})


def _entries(period: QuerySet[IssueEntry], moved: str) -> tuple[QuerySet[IssueEntry], dict[str, int]]:
    """The entries that ``moved`` sums, and their signs by stage."""
    if moved == "cut":
        return period.filter(CUT), {Stage.CLAIMED.value: -1}
    if moved == Stage.CLAIMED:
        return period.exclude(CUT), {Stage.CLAIMED.value: 1}
    return period, {moved: 1}


def _closed(issues: IssueQuerySet, until: QuerySet[IssueEntry], since: date, day: date) -> IssueQuerySet:
    """Signed off within the period; as the measure ``closed`` counts: only what stands on the list."""
    before = item_sum(until.filter(happened_on__lt=since), "quantity", {Stage.FOUND.value: 1})
    now = _flag(Q(closed_on__lte=day, found_at__gt=0))
    then = _flag(Q(closed_on__lt=since, **{f"{FOUND_BEFORE}__gt": 0}))
    difference = ExpressionWrapper(F("closed_now") - F("closed_then"), output_field=IntegerField())
    marked = issues.filter(closed_on__lte=day).annotate(**{FOUND_BEFORE: before})
    return _kept(marked.annotate(closed_now=now, closed_then=then), difference)


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())
