"""What changed on each day of a stretch: from the roll-ups' days, else from the entries of what is seen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet, Sum

from dashboards.queries.narrowing import Narrowing
from dashboards.queries.sources import Items
from dashboards.rules.figures import MONEY, ZERO
from dashboards.rules.tallies import ISSUES
from issues.models import IssueEntry
from issues.queries import sums as issue_sums
from projects.models import Campaign, FundEntry, ProjectEntry
from projects.queries import sums as project_sums
from projects.rules.stages import MONEY_STAGES
from rectify.lib.livesums import learned_by

Moves = dict[str, dict[date, dict[str, Decimal]]]
"""What is counted → day → stage → how much it changed by."""
MONIES = tuple(stage.value for stage in MONEY_STAGES)


def rolled_moves(of: str, campaign: Campaign, found: Narrowing, *, after: date, until: date) -> Moves:
    """From the roll-ups, for who sees the whole campaign: one statement, whatever the number of items."""
    ids = found.ids
    if of == ISSUES:
        days = issue_sums.moves(
            campaign.pk,
            after=after,
            until=until,
            list_ids=ids.get("list"),
            category_ids=ids.get("category"),
            township_ids=ids.get("township"),
        )
    else:
        days = project_sums.moves(
            campaign.pk,
            after=after,
            until=until,
            programme_ids=ids.get("programme"),
            township_ids=ids.get("township"),
        )
    moves: Moves = {}
    for day, row in days:
        moves.setdefault(row.counted_in, {})[day] = dict(row)
    return moves


def live_moves(
    of: str, items: Items, found: Narrowing, *, after: date, until: date, known_at: datetime | None
) -> Moves:
    """From the entries of ``items``: stages alone, which is all that what is left is made of."""
    within = items.within(of, found)
    moves: Moves = {}
    if of == ISSUES:
        _add(moves, _sums(IssueEntry, within.main, "quantity", after, until, known_at))
        return moves
    works = _sums(ProjectEntry, within.main, "quantity", after, until, known_at)
    _add(moves, (row for row in works if row[1] not in MONIES))
    for entry, owners in ((ProjectEntry, within.main), (FundEntry, within.funds)):
        if owners is not None:
            money = _sums(entry, owners, "amount", after, until, known_at)
            _add(moves, ((day, stage, MONEY, value) for day, stage, _, value in money if stage in MONIES))
    return moves


def _sums(
    entry: type[Model], items: QuerySet[Any], column: str, after: date, until: date, known_at: datetime | None
) -> Iterable[tuple[date, str, str, Decimal | None]]:
    entries = learned_by(entry._default_manager.filter(happened_on__gt=after), until, known_at)
    within = entries.filter(item__in=items.order_by().values("pk")).order_by()
    counted = ["item__counted_in"] if hasattr(items.model, "counted_in") else []
    rows = within.values_list("happened_on", "stage", *counted).annotate(Sum(column))
    return ((row[0], row[1], row[2] if counted else "", row[-1]) for row in rows)


def _add(moves: Moves, rows: Iterable[tuple[date, str, str, Decimal | None]]) -> None:
    for day, stage, counted_in, value in rows:
        stages = moves.setdefault(counted_in, {}).setdefault(day, {})
        stages[stage] = stages.get(stage, ZERO) + (value or ZERO)
