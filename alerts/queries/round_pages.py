"""What the pages of rounds show: collections with the period that runs, a matrix of units × periods."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from alerts.models import Collection, Filing, Round
from alerts.queries.rounds import Stood, stand, unit_kinds
from alerts.rules.rounds import OWING, Matter, Period, Rhythm, Standing
from projects.models import Campaign
from townships.models import Unit, User
from townships.rules.scope import Reach

SHOWN = 12
"""Periods a matrix shows, the newest first."""
TOLD = (
    Standing.FILED,
    Standing.ZERO,
    Standing.LATE,
    Standing.SILENT,
    Standing.AWAITED,
    Standing.EXEMPT,
)
"""In which order standings are counted."""


def collections_in_sight(user: User) -> QuerySet[Collection]:
    """For an office or leader those of the county, else those that ask the own unit; running ones first."""
    found = Collection.objects.select_related("campaign__unit")
    found = found.order_by(F("stopped_at").asc(nulls_first=True), "-from_on", "-pk")
    if user.scope.reach is Reach.TREE:
        return found.filter(campaign__in=Campaign.objects.under(user.scope.root))
    return found.filter(pk__in=Filing.objects.visible_to(user).values("round__collection"))


def rounds_in_sight(user: User) -> QuerySet[Round]:
    """The rounds of ``collections_in_sight``."""
    found = Round.objects.select_related("collection__campaign__unit")
    return found.filter(collection__in=collections_in_sight(user))


@dataclass(frozen=True, slots=True)
class Line:
    """A collection on the list: its newest round, and how many units stand how in it."""

    collection: Collection
    rhythm: Rhythm
    matter: Matter
    newest: Round | None
    period: Period | None
    counts: tuple[tuple[Standing, int], ...]
    is_over: bool


def lines(user: User, campaign: Campaign | None, today: date) -> list[Line]:
    """The campaign's collections in sight, running ones first."""
    return [_line(one, user, today) for one in collections_in_sight(user).filter(campaign=campaign)]


def _line(collection: Collection, user: User, today: date) -> Line:
    newest = collection.rounds.select_related("collection").order_by("-first_on").first()
    stood = _standings(newest, user, today) if newest else []
    return Line(
        collection,
        Rhythm(collection.rhythm),
        Matter(collection.matter),
        newest,
        Period(newest.first_on, newest.last_on) if newest else None,
        counted(stood),
        collection.stopped_at is not None or collection.until_on < today,
    )


def _standings(one: Round, user: User, today: date) -> list[Stood]:
    seen = Filing.objects.visible_to(user).filter(round=one).select_related("unit")
    return stand(one, seen, today)


def counted(stood: Sequence[Stood]) -> tuple[tuple[Standing, int], ...]:
    """How many stand how, in the order of ``TOLD``, without the empty ones."""
    found = Counter(one.standing for one in stood)
    return tuple((standing, found[standing]) for standing in TOLD if found[standing])


@dataclass(frozen=True, slots=True)
class Row:
    """A unit in the matrix: how it stands in the round looked at, and in each of the others shown."""

    unit: Unit
    now: Stood
    others: tuple[Standing | None, ...]


@dataclass(frozen=True, slots=True)
class KindTable:
    """Units that report alike, with the names of those that stay silent (W-006)."""

    label: str
    rows: tuple[Row, ...]
    counts: tuple[tuple[Standing, int], ...]

    def named(self, *standings: Standing) -> list[str]:
        return [row.unit.short_name or row.unit.name for row in self.rows if row.now.standing in standings]

    @property
    def silent(self) -> list[str]:
        """Who has said nothing: late already, or still awaited."""
        return self.named(*OWING)


@dataclass(frozen=True, slots=True)
class Matrix:
    """A collection's units × its newest periods: ``looked_at``, for which names are told, and ``others``."""

    looked_at: Round
    rounds: tuple[Round, ...]
    others: tuple[Round, ...]
    tables: tuple[KindTable, ...]

    @property
    def counts(self) -> tuple[tuple[Standing, int], ...]:
        found: Counter[Standing] = Counter()
        for table in self.tables:
            found.update(dict(table.counts))
        return tuple((standing, found[standing]) for standing in TOLD if found[standing])

    @property
    def sentence(self) -> str:
        """有13个乡镇、18个部门没有报送线索, as it is read from the platform (W-006)."""
        silent = [f"{len(table.silent)}个{table.label}" for table in self.tables if table.silent]
        matter = Matter(self.looked_at.collection.matter).label
        return f"有{'、'.join(silent)}没有报送{matter}。" if silent else f"都已报送{matter}。"


def matrix(collection: Collection, user: User, today: date, *, first_on: date | None = None) -> Matrix | None:
    """The matrix as ``user`` may see it, looked at in the round that begins on ``first_on`` (else the last).

    None before the first round or where none begins that day. Queries grow with open rounds alone."""
    begun = collection.rounds.select_related("collection__campaign__unit").order_by("-first_on")
    looked_at = begun.filter(first_on=first_on).first() if first_on else begun.first()
    return matrix_of(looked_at, list(begun[:SHOWN]), user, today) if looked_at else None


def matrix_of(looked_at: Round, rounds: Sequence[Round], user: User, today: date) -> Matrix:
    """One round, and the others of ``rounds`` beside it."""
    others = [one for one in rounds if one != looked_at]
    shown = [looked_at, *others]
    filings = Filing.objects.visible_to(user).filter(round__in=shown).select_related("unit")
    by_round: dict[int, list[Filing]] = defaultdict(list)
    for filing in filings.order_by("unit__code"):
        by_round[filing.round_id].append(filing)
    stood = {
        one.pk: {told.filing.unit_id: told for told in stand(one, by_round[one.pk], today)} for one in shown
    }
    collection, tables = looked_at.collection, []
    for kind in unit_kinds(collection.campaign, collection.levels, looked_at.first_on):
        ids = {unit.pk for unit in kind.units}
        rows = tuple(
            Row(told.filing.unit, told, tuple(_cell(stood[one.pk], pk) for one in others))
            for pk, told in stood[looked_at.pk].items()
            if pk in ids
        )
        if rows:
            tables.append(KindTable(kind.label, rows, counted([row.now for row in rows])))
    return Matrix(looked_at, tuple(rounds) or (looked_at,), tuple(others), tuple(tables))


def _cell(stood: dict[int, Stood], unit: int) -> Standing | None:
    told = stood.get(unit)
    return told.standing if told else None


def owed(user: User, today: date) -> list[Stood]:
    """What the own unit is still to answer, the earliest due first."""
    if user.unit_id is None or user.scope.reach is Reach.TREE:
        return []
    open_ = Filing.objects.filter(
        Q(round__closes_on__gte=today) | Q(late_until__gte=today),
        unit=user.unit_id,
        round__settled_at__isnull=True,
        round__first_on__lte=today,
    ).select_related("unit", "round__collection")
    found: list[Stood] = []
    for filing in open_.order_by("round__due_on", "pk"):
        found += stand(filing.round, [filing], today)
    return [one for one in found if one.standing in OWING]
