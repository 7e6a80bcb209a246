"""What the codes of a filter stand for: ids of lists and categories, of units with their branches."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from issues.queries.choices import Choices
from issues.queries.masked import sources_shown_as
from issues.queries.waiting import answered_by, waiting
from issues.rules.filters import OPEN, TAKEN_OVER, IssueFilter
from issues.rules.five import View
from issues.rules.omissions import Ruling
from issues.rules.piles import Pile
from issues.rules.stages import OPEN_STATES, State
from rectify.lib import clock
from rectify.lib.criteria import NONE, FilterRefused, split_own

UNIT_PATHS = {
    "township": "township",
    "village": "village",
    "unit": "unit",
    "lead_unit": "lead_unit",
    "department": "category__department",
}
PLAIN_FIELDS = ("leader", "counted_in", "deadline_class")
Ids = list[int] | list[None] | None
"""Ids asked for; [None]: issues without one; None: all."""


def narrowed(wanted: IssueFilter, day: date, known: Choices) -> Q:
    """All criteria but search and measure as one condition; FilterRefused names every unknown code."""
    refused: list[str] = []
    given = {name: getattr(wanted, name) for name in PLAIN_FIELDS if getattr(wanted, name)}
    condition = Q(**{name: "" if value == NONE else value for name, value in given.items()})
    condition &= _state(wanted) & _source(wanted) & _project(wanted)
    if reason := _without_funds(wanted, known):
        refused.append(reason)
    parts = {"campaign": campaign_ids, "list": list_ids, "category": category_ids}
    for path, read in parts.items():
        try:
            condition &= _one_of(path, read(wanted, known))
        except FilterRefused as error:
            refused.extend(error.reasons)
    for field, path in UNIT_PATHS.items():
        try:
            condition &= _one_of(path, unit_ids(getattr(wanted, field), day, known))
        except FilterRefused as error:
            refused.extend(error.reasons)
    try:
        condition &= _waiting(wanted, day, known)
    except FilterRefused as error:
        refused.extend(error.reasons)
    if refused:
        raise FilterRefused(*refused)
    if wanted.import_id is not None:
        condition &= Q(sheet__source=wanted.import_id)
    return condition & _stock(wanted) & _omitted(wanted)


def _stock(wanted: IssueFilter) -> Q:
    return Q(supplement__isnull=wanted.stock == "stock") if wanted.stock else Q()


def _omitted(wanted: IssueFilter) -> Q:
    """Those that a person ruled to be missing from the unit's own check."""
    return Q(omission__ruling=Ruling.OMITTED.value) if wanted.omitted else Q()


def _source(wanted: IssueFilter) -> Q:
    if wanted.source in ("", NONE):
        return Q(source="") if wanted.source else Q()
    return Q(source__in=sources_shown_as(wanted.source))


def _project(wanted: IssueFilter) -> Q:
    """By the number of the project that solves it; one out of sight is asked for in vain like one that is
    none."""
    if wanted.project in ("", NONE):
        return Q(project__isnull=True) if wanted.project else Q()
    return Q(project__number=wanted.project)


def campaign_ids(wanted: IssueFilter, known: Choices) -> Ids:
    if not wanted.campaign:
        return None
    if wanted.campaign not in known.campaigns:
        raise FilterRefused(f"没有代号为“{wanted.campaign}”的工作。")
    return [known.campaigns[wanted.campaign]]


def list_ids(wanted: IssueFilter, known: Choices) -> Ids:
    if not wanted.list:
        return None
    campaign = known.campaigns.get(wanted.campaign)
    ids = [
        one.pk for one in known.lists.values() if one.code == wanted.list and campaign in (None, one.campaign)
    ]
    if not ids:
        raise FilterRefused(f"没有代码为“{wanted.list}”的问题清单。")
    return ids


def category_ids(wanted: IssueFilter, known: Choices) -> Ids:
    """The category and all below it; with "!" it alone."""
    if wanted.category in ("", NONE):
        return [None] if wanted.category else None
    code, own = split_own(wanted.category)
    campaign = known.campaigns.get(wanted.campaign)
    all_of_it = [one for one in known.categories.values() if campaign in (None, one.campaign)]
    named = [one for one in all_of_it if one.code == code]
    if not named:
        raise FilterRefused(f"没有代码为“{code}”的类别。")
    if own:
        return [one.pk for one in named]
    branches = {(one.campaign, one.path) for one in named}
    return [
        one.pk
        for one in all_of_it
        if any(one.campaign == home and one.path.startswith(path) for home, path in branches)
    ]


def unit_ids(code: str, day: date, known: Choices) -> Ids:
    """All units that count as the one named, or its branch, on ``day``."""
    if code in ("", NONE):
        return [None] if code else None
    own_code, own = split_own(code)
    node = known.units.by_code.get(own_code)
    if node is None:
        raise FilterRefused(f"没有代码为“{own_code}”的单位。")
    return known.units.counting_as(node.pk, day, own=own)


def _without_funds(wanted: IssueFilter, known: Choices) -> str:
    """Why there is no 清零台账 of what is asked: it is of one list that asks for the source of money."""
    if wanted.view != View.CLEARING or any(
        one.code == wanted.list and one.asks_funds for one in known.lists.values()
    ):
        return ""
    return "清零台账按清单出，只有模板要求写资金来源的清单才有；请先选一张这样的清单。"


def _waiting(wanted: IssueFilter, day: date, known: Choices) -> Q:
    """What waits, and for whom: as it is now, there is no pile of an earlier day."""
    if not wanted.waiting and not wanted.holder:
        return Q()
    today = clock.today()
    if wanted.waiting and (day != today or wanted.known_at is not None):
        raise FilterRefused("等办事项只按今天的情况列出，不能看以前某一天的。")
    if wanted.holder == NONE:
        raise FilterRefused("承办单位：请写一个单位的代码。")
    ids = unit_ids(wanted.holder, day, known) if wanted.holder else None
    holders = [pk for pk in ids if pk is not None] if ids is not None else None
    if not wanted.waiting:
        return answered_by(holders)
    return waiting(Pile(wanted.waiting), holders, today)


def _one_of(path: str, ids: Ids) -> Q:
    if ids is None:
        return Q()
    return Q(**{f"{path}__isnull": True}) if ids == [None] else Q(**{f"{path}__in": ids})


def _state(wanted: IssueFilter) -> Q:
    if wanted.state == OPEN:
        return Q(state__in=[state.value for state in OPEN_STATES])
    if wanted.state == TAKEN_OVER:
        return Q(state=State.CLOSED.value, is_taken_over=True)
    return Q(state=wanted.state) if wanted.state else Q()
