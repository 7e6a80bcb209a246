"""From a filter to the issues it finds, and to their totals. Scope comes first: it is the caller's set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, ExpressionWrapper, F, Max, Min, Q, Sum

from issues.models.issues import IssueQuerySet
from issues.queries.choices import Choices, choices
from issues.queries.sums import annotate_as_of
from issues.rules.filters import OPEN, IssueFilter
from issues.rules.sight import BLIND, HouseholdSight
from issues.rules.stages import OPEN_STATES
from rectify.lib import clock
from rectify.lib.criteria import NONE, FilterRefused, split_own
from rectify.lib.ledger import QuantityField

MONEY = "万元"
UNIT_PATHS = {
    "township": "township",
    "village": "village",
    "unit": "unit",
    "lead_unit": "lead_unit",
    "department": "category__department",
}
AMOUNTS = {
    "amount": "amount_found_at",
    "amount_done": "amount_{basis}_at",
    "amount_left": "amount_left_{basis}_at",
}
PLAIN_FIELDS = ("source", "counted_in", "deadline_class")


def day_of(wanted: IssueFilter) -> date:
    """The day the figures stand for: the one asked for, else today (Beijing)."""
    return wanted.as_of or clock.today()


def filtered(issues: IssueQuerySet, wanted: IssueFilter, *, sight: HouseholdSight = BLIND) -> IssueQuerySet:
    """``issues`` narrowed by ``wanted``, with every measure as of its day annotated (``annotate_as_of``).

    ``sight``: where the searcher reads household names; elsewhere they are not searched either.
    FilterRefused where a code names nothing."""
    day = day_of(wanted)
    found = issues.filter(_narrowed(wanted, day))
    households = _clear_households(sight)
    for term in wanted.terms:
        found = found.filter(_matching(term, households))
    found = annotate_as_of(found, day, wanted.known_at)
    if wanted.measure == "amount_left":
        found = _with_amount_left(found, wanted.basis)
    measured = _measured(wanted, day)
    return found.filter(measured) if measured else found


def _narrowed(wanted: IssueFilter, day: date) -> Q:
    known = choices()
    refused: list[str] = []
    narrowed = _state(wanted) & _plain(wanted)
    for read in (_campaign, _list, _category, _units):
        try:
            narrowed &= read(wanted, day, known)
        except FilterRefused as error:
            refused.extend(error.reasons)
    if refused:
        raise FilterRefused(*refused)
    if wanted.import_id is not None:
        narrowed &= Q(sheet__source=wanted.import_id)
    return narrowed


def _campaign(wanted: IssueFilter, day: date, known: Choices) -> Q:
    if not wanted.campaign:
        return Q()
    if wanted.campaign not in known.campaigns:
        raise FilterRefused(f"没有代号为“{wanted.campaign}”的工作。")
    return Q(campaign=known.campaigns[wanted.campaign])


def _list(wanted: IssueFilter, day: date, known: Choices) -> Q:
    if not wanted.list:
        return Q()
    campaign = known.campaigns.get(wanted.campaign)
    ids = [
        one.pk for one in known.lists.values() if one.code == wanted.list and campaign in (None, one.campaign)
    ]
    if not ids:
        raise FilterRefused(f"没有代码为“{wanted.list}”的问题清单。")
    return Q(list__in=ids)


def _category(wanted: IssueFilter, day: date, known: Choices) -> Q:
    if wanted.category in ("", NONE):
        return Q(category__isnull=True) if wanted.category else Q()
    code, own = split_own(wanted.category)
    campaign = known.campaigns.get(wanted.campaign)
    named = [
        one for one in known.categories.values() if one.code == code and campaign in (None, one.campaign)
    ]
    if not named:
        raise FilterRefused(f"没有代码为“{code}”的类别。")
    if own:
        return Q(category__in=[one.pk for one in named])
    branches = {(one.campaign, one.path) for one in named}
    return Q(
        category__in=[
            one.pk
            for one in known.categories.values()
            if any(one.campaign == campaign and one.path.startswith(path) for campaign, path in branches)
        ]
    )


def _units(wanted: IssueFilter, day: date, known: Choices) -> Q:
    narrowed = Q()
    refused: list[str] = []
    for field, path in UNIT_PATHS.items():
        code: str = getattr(wanted, field)
        own_code, own = split_own(code)
        node = known.units.by_code.get(own_code)
        if code == NONE:
            narrowed &= Q(**{f"{path}__isnull": True})
        elif node is not None:
            narrowed &= Q(**{f"{path}__in": known.units.counting_as(node.pk, day, own=own)})
        elif code:
            refused.append(f"没有代码为“{own_code}”的单位。")
    if refused:
        raise FilterRefused(*refused)
    return narrowed


def _state(wanted: IssueFilter) -> Q:
    if wanted.state == OPEN:
        return Q(state__in=[state.value for state in OPEN_STATES])
    return Q(state=wanted.state) if wanted.state else Q()


def _plain(wanted: IssueFilter) -> Q:
    given = {name: getattr(wanted, name) for name in PLAIN_FIELDS if getattr(wanted, name)}
    return Q(**{name: "" if value == NONE else value for name, value in given.items()})


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
    left = F("amount_found_at") - F("amount_removed_at") - F(f"amount_{basis}_at")
    return found.annotate(
        **{f"amount_left_{basis}_at": ExpressionWrapper(left, output_field=QuantityField())}
    )


def _measured(wanted: IssueFilter, day: date) -> Q:
    """The condition of ``measure``; a day asked for shows what was on the list then."""
    basis, measure = wanted.basis, wanted.measure
    on_list = Q(found_at__gt=0) if wanted.as_of or wanted.known_at or measure else Q()
    if measure in ("", "items", "found"):
        return on_list
    if measure in ("removed", "claimed", "confirmed", "unstated"):
        return on_list & Q(**{f"{measure}_at__gt": 0})
    if measure == "closed":
        return on_list & Q(is_closed_at=1)
    if measure == "unverified":
        return on_list & Q(claimed_at__gt=F("confirmed_at"))
    if measure in AMOUNTS:
        return on_list & Q(**{f"{AMOUNTS[measure].format(basis=basis)}__gt": 0})
    return on_list & Q(**{f"{measure}_{basis}_at__gt": 0})


# --- totals of what was found -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Total:
    """Sums of the issues found that are counted in the same thing; ``measured`` is Σ of the filter's measure.

    ``is_one_kind``: all of one category and list. Over several a household may stand in two, so the sum is
    worded 个问题, never 户 (design, section 5)."""

    counted_in: str
    items: int
    found: Decimal
    removed: Decimal
    claimed: Decimal
    confirmed: Decimal
    left: Decimal
    measured: Decimal | None
    measured_in: str
    is_one_kind: bool

    @property
    def word(self) -> str:
        """What the sums count, in words."""
        return self.counted_in if self.is_one_kind or self.counted_in == MONEY else "个问题"


def totals(found: IssueQuerySet, wanted: IssueFilter) -> list[Total]:
    """One Total per thing counted, most issues first. One query; ``found`` comes from ``filtered``."""
    measured = _measure_column(wanted)
    sums = {f"sum_{name}": Sum(f"{name}_at") for name in ("found", "removed", "claimed", "confirmed")}
    if measured:
        sums["sum_measured"] = Sum(measured)
    rows = (
        found.order_by()
        .values("counted_in")
        .annotate(
            items=Count("pk"),
            with_category=Count("category"),
            lowest=Min("category"),
            highest=Max("category"),
            first_list=Min("list"),
            last_list=Max("list"),
            **sums,
        )
    )
    return sorted((_total(row, wanted, bool(measured)) for row in rows), key=lambda one: -one.items)


def _measure_column(wanted: IssueFilter) -> str:
    """The column whose sum the list proves, where it is not one of those always shown."""
    measure = wanted.measure
    if measure in ("overdue", "undetermined", "unconfirmed", "stated_left"):
        return f"{measure}_{wanted.basis}_at"
    if measure in AMOUNTS:
        return AMOUNTS[measure].format(basis=wanted.basis)
    return "unstated_at" if measure == "unstated" else ""


def _total(row: Mapping[str, Any], wanted: IssueFilter, has_measure: bool) -> Total:
    none = Decimal(0)
    sums = {name: row[f"sum_{name}"] or none for name in ("found", "removed", "claimed", "confirmed")}
    alike = row["lowest"] == row["highest"] and row["first_list"] == row["last_list"]
    return Total(
        counted_in=row["counted_in"],
        items=row["items"],
        **sums,
        left=sums["found"] - sums["removed"] - sums[wanted.basis],
        measured=(row["sum_measured"] or none) if has_measure else None,
        measured_in=MONEY if wanted.measure in AMOUNTS else row["counted_in"],
        is_one_kind=alike and row["with_category"] in (0, row["items"]),
    )
