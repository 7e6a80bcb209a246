"""Who was due in a round and who answered: read from what units did, never asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, F, Min, OuterRef, Q

from alerts.models import Collection, Filing, Round
from alerts.rules.rounds import Dates, Filed, Matter, Rhythm, Standing, standing
from issues.models import Issue, IssueUnit, Lead, Report
from issues.queries.lead_tallies import Reporter, kinds_of
from issues.rules.stages import OPEN_STATES
from projects.models import Campaign, Project, ProjectEntry
from projects.rules.stages import Cause
from rectify.lib import clock
from townships.queries.branches import Node, UnitTree, unit_tree

Days = dict[int, date]
LEVEL_KINDS = {"township": Reporter.TOWNSHIP, "department": Reporter.DEPARTMENT}
"""What ``Collection.levels`` may hold."""


@dataclass(frozen=True, slots=True)
class UnitKind:
    """Units that report alike (乡镇, 专项部门), told and counted apart."""

    code: str
    label: str
    units: tuple[Node, ...]


def unit_kinds(campaign: Campaign, levels: Iterable[str], on: date) -> list[UnitKind]:
    """The kinds of units that are asked, with the units that stand on ``on``."""
    wanted = {LEVEL_KINDS[level]: level for level in levels}
    found = {kind.reporter: kind for kind in kinds_of(campaign, on)}
    return [UnitKind(level, found[one].label, found[one].units) for one, level in wanted.items()]


@dataclass(frozen=True, slots=True)
class Stood:
    """How a unit stands in a round, and the day it answered."""

    filing: Filing
    standing: Standing
    answered_on: date | None


def dates(one: Round) -> Dates:
    return Dates(one.due_on, one.on_time_until, one.closes_on)


def stand(one: Round, filings: Iterable[Filing], today: date) -> list[Stood]:
    """How each of ``filings`` stands; what is settled as it was settled. At most five queries."""
    filings = list(filings)
    if one.settled_at is not None:
        return [Stood(filing, Standing(filing.standing), filing.answered_on) for filing in filings]
    asked = {filing.unit_id for filing in filings}
    answers, due = _answers(one, asked), _due(one, asked)
    return [_stood(one, filing, answers, due, today) for filing in filings]


def _stood(one: Round, filing: Filing, answers: Days, due: set[int], today: date) -> Stood:
    said = clock.beijing_date(filing.zero_at) if filing.zero_at else None
    spoke = answers.get(filing.unit_id)
    known = Filed(
        answered_on=min((day for day in (said, spoke) if day is not None), default=None),
        is_zero=spoke is None,
        is_due=filing.unit_id in due,
        late_until=filing.late_until,
    )
    return Stood(filing, standing(known, dates(one), today), known.answered_on)


def _answers(one: Round, asked: set[int]) -> Days:
    """Unit asked → the Beijing day of its first answer."""
    matter = Matter(one.collection.matter)
    source = {Matter.PROGRESS: _spoke, Matter.LEADS: _told, Matter.SELF_CHECK: _checked}[matter]
    found: Days = {}
    counts_as = _counting(asked, one.last_on)
    for unit, day in source(one):
        if (asked_unit := counts_as(unit)) is not None:
            found[asked_unit] = min(day, found.get(asked_unit, day))
    return found


def _spoke(one: Round) -> Iterator[tuple[int, date]]:
    """Reports on issues and works that were made in the period, or afterwards about it."""
    for rows in (_reports(one), _works(one)):
        for unit, at in rows:
            yield unit, clock.beijing_date(at)


def _reports(one: Round) -> Iterable[tuple[int, datetime]]:
    said = Report.objects.filter(_within(one), issue__campaign=one.collection.campaign_id)
    return said.order_by().values_list("unit_id").annotate(Min("recorded_at"))


def _works(one: Round) -> Iterable[tuple[int, datetime]]:
    moved = ProjectEntry.objects.filter(
        _within(one),
        item__campaign=one.collection.campaign_id,
        cause=Cause.REPORT.value,
        recorded_by__unit__isnull=False,
    )
    return moved.order_by().values_list("recorded_by__unit_id").annotate(Min("recorded_at"))


def _within(one: Round) -> Q:
    in_period = Q(recorded_at__gte=_midnight(one.first_on), recorded_at__lt=_after(one.last_on))
    about_it = Q(happened_on__range=(one.first_on, one.last_on), recorded_at__gte=_midnight(one.first_on))
    return in_period | about_it


def _told(one: Round) -> Iterator[tuple[int, date]]:
    """Days on which units reported leads. Of a lead nothing else is read: neither text nor number (design,
    section 7), and who may see the round sees 已报, never which."""
    leads = Lead.objects.present().filter(campaign=one.collection.campaign_id, reported_by__isnull=False)
    for unit, reported_on, created_at in leads.values_list("reported_by_id", "reported_on", "created_at"):
        day = reported_on or clock.as_lived(created_at).date()
        if one.first_on <= day <= _last_taken(one):
            yield unit, day


def _checked(one: Round) -> Iterator[tuple[int, date]]:
    """Days on which units registered what they found themselves."""
    own = Issue.objects.present().filter(campaign=one.collection.campaign_id, reported_by__isnull=False)
    for unit, created_at in own.values_list("reported_by_id").annotate(Min("created_at")):
        day = clock.as_lived(created_at).date()
        if one.first_on <= day <= _last_taken(one):
            yield unit, day


def _last_taken(one: Round) -> date:
    """Until when something answers this round: after a period that repeats, it answers the next."""
    return one.closes_on if one.collection.rhythm == Rhythm.ONCE else one.last_on


def _due(one: Round, asked: set[int]) -> set[int]:
    """The units of which something was due: all of them, but for progress those with something left."""
    if Matter(one.collection.matter) is not Matter.PROGRESS:
        return asked
    counts_as = _counting(asked, one.last_on)
    return {unit for pk in _busy(one) if (unit := counts_as(pk)) is not None}


def _busy(one: Round) -> Iterator[int]:
    left = Q(found__gt=F("removed") + F("claimed")) | Q(last_word_on__gte=one.first_on)
    running = Q(state__in=[state.value for state in OPEN_STATES]) | Q(closed_on__gte=one.first_on)
    issues = Issue.objects.filter(
        left, running, campaign=one.collection.campaign_id, found_on__lte=one.last_on
    )
    named = IssueUnit.objects.answering()
    answering = named.filter(issue__in=issues).order_by().values_list("unit_id", flat=True)
    yield from answering.distinct()
    nobodys = issues.exclude(Exists(named.filter(issue=OuterRef("pk")))).filter(township__isnull=False)
    yield from nobodys.order_by().values_list("township_id", flat=True).distinct()
    works = Project.objects.present().filter(
        campaign=one.collection.campaign_id, arranged__gt=F("completed"), arranged_on__lte=one.last_on
    )
    for pair in works.order_by().values_list("township_id", "department_id").distinct():
        yield from (pk for pk in pair if pk is not None)


class _Counting:
    """The unit asked as which another one counts: itself, its successor, or the township of a village."""

    def __init__(self, asked: set[int], on: date, tree: UnitTree) -> None:
        self._asked = {tree.nodes[pk].path: pk for pk in asked}
        self._on, self._tree = on, tree

    def __call__(self, pk: int) -> int | None:
        path = self._tree.nodes[self._tree.final(pk, self._on)].path
        while path:
            if path in self._asked:
                return self._asked[path]
            above = path.rstrip("/").rpartition("/")[0]
            path = f"{above}/" if above else ""
        return None


def _counting(asked: set[int], on: date) -> _Counting:
    return _Counting(asked, on, unit_tree())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.BEIJING)


def _after(day: date) -> datetime:
    return _midnight(day + timedelta(days=1))


def running(campaign_id: int | None, today: date) -> list[Collection]:
    """Collections that are neither stopped nor ended, of one campaign or (None) of all."""
    found = Collection.objects.filter(stopped_at__isnull=True, from_on__lte=today)
    if campaign_id is not None:
        found = found.filter(campaign=campaign_id)
    return list(found.select_related("campaign__unit"))
