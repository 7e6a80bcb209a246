"""From a filter to the issues it finds. Scope comes first: it is the caller's set."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import ExpressionWrapper, F, Q

from issues.models.issues import IssueQuerySet
from issues.queries.choices import Choices, choices
from issues.queries.moved import MOVED, with_moved
from issues.queries.narrowing import narrowed
from issues.queries.sums import annotate_as_of
from issues.rules.filters import IssueFilter
from issues.rules.sight import BLIND, HouseholdSight
from rectify.lib import clock
from rectify.lib.ledger import QuantityField

AMOUNTS = {
    "amount": "amount_found_at",
    "amount_done": "amount_{basis}_at",
    "amount_left": "amount_left_{basis}_at",
}
UNFILED = Q(list__template__needs_file_number=True, archive_number="")
"""Done there means done and filed: without a file number it is 待归档 (W-107)."""


def day_of(wanted: IssueFilter) -> date:
    """The day the figures stand for: the one asked for, else today (Beijing)."""
    return wanted.as_of or clock.today()


def filtered(
    issues: IssueQuerySet,
    wanted: IssueFilter,
    *,
    sight: HouseholdSight = BLIND,
    known: Choices | None = None,
) -> IssueQuerySet:
    """``issues`` narrowed by ``wanted``, with every measure as of its day annotated (``annotate_as_of``).

    ``sight``: where the searcher reads household names; elsewhere they are not searched either. ``known``:
    the choices, if the caller has them. FilterRefused where a code names nothing."""
    day = day_of(wanted)
    found = issues.filter(narrowed(wanted, day, known or choices()))
    households = _clear_households(sight)
    for term in wanted.terms:
        found = found.filter(_matching(term, households))
    found = annotate_as_of(found, day, wanted.known_at)
    if wanted.measure == "amount_left":
        found = _with_amount_left(found, wanted.basis)
    if wanted.measure == "unverified":
        found = found.annotate(unverified_at=_difference("claimed_at", "confirmed_at"))
    if wanted.moved or wanted.since:
        found = with_moved(found, wanted, day)
    return found.filter(_measured(wanted))


def measure_column(wanted: IssueFilter) -> str:
    """The column whose sum the list proves, where it is not one of those a total always shows."""
    measure = wanted.measure
    if wanted.moved:
        return MOVED
    if measure in ("overdue", "undetermined", "unconfirmed", "stated_left"):
        return f"{measure}_{wanted.basis}_at"
    if measure in AMOUNTS:
        return AMOUNTS[measure].format(basis=wanted.basis)
    return f"{measure}_at" if measure in ("unstated", "unverified") else ""


def _matching(term: str, households: Q | None) -> Q:
    """``search_text`` is stored lower-case, masked and without household names."""
    found = Q(search_text__contains=term.lower())
    return found if households is None else found | (Q(household__icontains=term) & households)


def _clear_households(sight: HouseholdSight) -> Q | None:
    """``sight.sees`` as a condition; None where nothing is seen."""
    if sight.places:
        return Q(township__in=sight.places) | Q(village__in=sight.places)
    if sight.leads:
        by_category = Q(lead_unit__isnull=True, category__department__in=sight.leads)
        return Q(lead_unit__in=sight.leads) | by_category
    return None


def _with_amount_left(found: IssueQuerySet, basis: str) -> IssueQuerySet:
    left = _difference("amount_found_at", "amount_removed_at", f"amount_{basis}_at")
    return found.annotate(**{f"amount_left_{basis}_at": left})


def _difference(first: str, *others: str) -> ExpressionWrapper[Any]:
    """A quantity: the first column less the others."""
    left: Any = F(first)
    for name in others:
        left = left - F(name)
    return ExpressionWrapper(left, output_field=QuantityField())


def _measured(wanted: IssueFilter) -> Q:
    """The condition of ``measure``; what was not found yet, or has gone to its parts, is on no list."""
    basis, measure = wanted.basis, wanted.measure
    on_list = Q(found_at__gt=0)
    if wanted.moved and not measure:
        return Q()  # what moved may have left the list since: with_moved has kept exactly that
    if measure in ("", "items", "found"):
        return on_list
    if measure in ("removed", "claimed", "confirmed", "unstated"):
        return on_list & Q(**{f"{measure}_at__gt": 0})
    if measure == "closed":
        return on_list & Q(is_closed_at=1)
    if measure == "supplement":
        return on_list & Q(supplement__isnull=False)
    if measure == "unfiled":
        return on_list & Q(left_claimed_at=0, claimed_at__gt=0) & UNFILED
    if measure == "unverified":
        return on_list & Q(claimed_at__gt=F("confirmed_at"))
    if measure == "overdue" and day_of(wanted) >= clock.today():
        on_list &= Q(due_on__lt=day_of(wanted))  # the index over due days; earlier days had other deadlines
    column = measure_column(wanted) or f"{measure}_{basis}_at"
    return on_list & Q(**{f"{column}__gt": 0})
