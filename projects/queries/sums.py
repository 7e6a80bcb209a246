"""Sums of projects and funds: from the roll-ups for who sees all, live from the entries for any other set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db.models import Case, F, Model, Q, QuerySet, Value, When

from projects.models import (
    Fund,
    FundEntry,
    Project,
    ProjectBalance,
    ProjectDay,
    ProjectEntry,
    ProjectMonth,
    ProjectRoll,
)
from projects.rules.measures import MONEY
from projects.rules.stages import MEASURES, MONEY_STAGES, WORK_STAGES
from rectify.lib import clock
from rectify.lib.ledger import QuantityField
from rectify.lib.livesums import cached_sum, compiled, fetch, is_whole_ledger, item_sum, learned_by
from rectify.lib.measures import Row
from rectify.lib.rollups import Cells, Rollup, add_to

ROLLUP = Rollup(
    balance=ProjectBalance,
    day=ProjectDay,
    month=ProjectMonth,
    roll=ProjectRoll,
    keys=("campaign_key", "programme_key", "township_key", "counted_in"),
    measures=MEASURES,
)
ROLLED_BY = {"programme": "programme_key", "township": "township_key"}
WORKS = tuple(stage.value for stage in WORK_STAGES)
MONIES = tuple(stage.value for stage in MONEY_STAGES)
Items = TypeVar("Items", bound=QuerySet[Any])


def ensure_rolled(today: date) -> date:
    """Bring the balances up to ``today`` if they lag behind; returns the day they stand for."""
    return ROLLUP.catch_up(today)


def rolled(
    campaign_id: int,
    *,
    as_of: date,
    by: Sequence[str] = ("programme", "township"),
    programme_ids: Iterable[int | None] | None = None,
    township_ids: Iterable[int | None] | None = None,
    today: date | None = None,
) -> list[Row]:
    """Figures of projects and funds from the roll-ups as of the end of ``as_of``; money in the rows of 万元.

    ``by``: any of programme, township, in the order of ``Row.key``. Ids narrow (None in them: without one;
    None instead of them: all). For viewers who see the whole campaign. ValueError for a day after today.
    """
    wanted = _keys(campaign_id, programme_ids, township_ids)
    columns = [ROLLED_BY[name] for name in by]
    return ROLLUP.sums(as_of=as_of, today=today or clock.today(), by=columns, where=wanted)


def moves(
    campaign_id: int,
    *,
    after: date,
    until: date,
    programme_ids: Iterable[int | None] | None = None,
    township_ids: Iterable[int | None] | None = None,
) -> list[tuple[date, Row]]:
    """What changed on each day in (``after``, ``until``], by what is counted, from the roll-ups' days."""
    wanted = _keys(campaign_id, programme_ids, township_ids)
    return ROLLUP.moves(after=after, until=until, where=wanted)


def first_entry(
    campaign_id: int,
    *,
    programme_ids: Iterable[int | None] | None = None,
    township_ids: Iterable[int | None] | None = None,
) -> date | None:
    """The day of the first project or fund of the campaign, so narrowed; before it 此前无记录."""
    return ROLLUP.first_day(measure="items", where=_keys(campaign_id, programme_ids, township_ids))


def first_entry_of(projects: QuerySet[Project], funds: QuerySet[Fund] | None = None) -> date | None:
    """The day of the first entry of any of ``projects`` and ``funds``."""
    days = [_first(ProjectEntry, projects)]
    if funds is not None:
        days.append(_first(FundEntry, funds))
    return min((day for day in days if day is not None), default=None)


def _first(entry: type[Model], items: QuerySet[Any]) -> date | None:
    entries = entry._default_manager.filter(item__in=items.order_by().values("pk")).order_by("happened_on")
    return entries.values_list("happened_on", flat=True).first()


def _keys(
    campaign_id: int, programme_ids: Iterable[int | None] | None, township_ids: Iterable[int | None] | None
) -> dict[str, list[int] | None]:
    given = {"programme_key": programme_ids, "township_key": township_ids}
    narrowed = {name: None if ids is None else [pk or 0 for pk in ids] for name, ids in given.items()}
    return {"campaign_key": [campaign_id], **narrowed}


# --- live ---------------------------------------------------------------------------------------------------


def live(
    projects: QuerySet[Project],
    *,
    by: Sequence[str],
    as_of: date,
    known_at: datetime | None = None,
    funds: QuerySet[Fund] | None = None,
) -> list[Row]:
    """Figures of ``projects`` (and ``funds``) from their entries with happened_on ≤ ``as_of`` (and
    recorded_at ≤ ``known_at``), same measures and blocks as ``rolled``.

    ``by``: fields of a project, or paths from it; where funds are given, of both (programme, township).
    """
    cells: Cells = {}
    _gather(cells, projects, ProjectEntry, by, as_of, known_at)
    if funds is not None:
        _gather(cells, funds, FundEntry, by, as_of, known_at)
    return [Row(key[:-1], key[-1], MEASURES, tuple(vector)) for key, vector in cells.items() if any(vector)]


def _gather(
    cells: Cells,
    items: QuerySet[Any, Any],
    entry: type[Model],
    by: Sequence[str],
    as_of: date,
    known_at: datetime | None,
) -> None:
    """Add the sums of ``items`` (a queryset giving what they are counted in) to ``cells``: one statement."""
    names = [f"group_{position}" for position in range(len(by))]
    try:
        scoped, params = compiled(
            items.order_by().values_list("pk", *(F(name) for name in by), *_counted(items))
        )
    except EmptyResultSet:  # a scope or filter that holds nothing is never asked
        return
    past, more = compiled(
        learned_by(entry._default_manager.order_by(), as_of, known_at).values_list(
            "item_id", "stage", "quantity", "amount"
        )
    )
    sums = [f"SUM(CASE WHEN stage = '{stage}' THEN quantity ELSE 0 END) AS {stage}" for stage in WORKS]
    sums += [
        f"SUM(CASE WHEN stage = '{stage}' THEN COALESCE(amount, 0) ELSE 0 END) AS {stage}" for stage in MONIES
    ]
    groups = ", ".join([*names, "counted_in"])
    totals = ", ".join(f"SUM({stage})" for stage in (*WORKS, *MONIES))
    found = fetch(
        f"WITH scoped(item_id, {groups}) AS ({scoped}), "  # noqa: S608
        f"past(entry_item, stage, quantity, amount) AS ({past}), "
        f"summed AS (SELECT entry_item, {', '.join(sums)} FROM past "
        "WHERE entry_item IN (SELECT item_id FROM scoped) GROUP BY entry_item) "
        f"SELECT {groups}, {_OF_AN_ITEM[items.model]}, {totals} "
        f"FROM scoped JOIN summed ON entry_item = item_id GROUP BY {groups}",
        [*params, *more],
    )
    width = len(by)
    for row in found:
        _add(cells, tuple(row[:width]), row[width], [int(value or 0) for value in row[width + 1 :]])


def _counted(items: QuerySet[Any, Any]) -> tuple[Any, ...]:
    return (Value(MONEY),) if items.model is Fund else ("counted_in",)


_HAS_MONEY = "(due > 0 OR funded > 0)"


def _of_an_item(exceeds: str) -> str:
    """What is asked of each item before it is summed: whether it has works, money, any of both; by how much
    it exceeds what is due, where ``exceeds`` holds."""
    return ", ".join(
        f"SUM(CASE WHEN {condition} THEN {value} ELSE 0 END)"
        for condition, value in (
            ("arranged > 0", "1"),
            (_HAS_MONEY, "1"),
            (f"arranged > 0 OR {_HAS_MONEY}", "1"),
            (exceeds, "funded - due"),
        )
    )


_OF_AN_ITEM = {Project: _of_an_item("due > 0 AND funded > due"), Fund: _of_an_item("funded > due")}
"""As ``rules.measures.over_issued``: a project of which nothing is due exceeds nothing."""


def _add(cells: Cells, key: tuple[Any, ...], counted_in: str, sums: list[int]) -> None:
    """Works go under what they are counted in, money under 万元; an item in both of one row counts once."""
    has_work, has_money, has_any, over = sums[:4]
    works, money = sums[4 : 4 + len(WORKS)], sums[4 + len(WORKS) :]
    if counted_in == MONEY:
        add_to(cells, (*key, MONEY), [has_any, *works, *money, over])
        return
    add_to(cells, (*key, counted_in), [has_work, *works, 0, 0, 0, 0])
    add_to(cells, (*key, MONEY), [has_money, 0, 0, 0, 0, 0, *money, over])


def annotate_as_of(projects: Items, as_of: date, known_at: datetime | None = None) -> Items:
    """``projects`` with every measure as of a day: ``<stage>_at`` for works and money, not_allotted_at,
    not_started_at, over_at; items are those with arranged_at > 0. Reads cached totals where nothing happened
    after ``as_of``. For funds: ``annotate_funds_as_of``."""
    whole = is_whole_ledger(ProjectEntry, as_of, known_at)
    entries = learned_by(ProjectEntry.objects.all(), as_of, known_at)
    sums: dict[str, Any] = {}
    for stage in WORKS:
        sums[f"{stage}_at"] = F(stage) if whole else item_sum(entries, "quantity", {stage: 1})
    for name, weights in (
        ("not_allotted_at", {"arranged": 1, "allotted": -1}),
        ("not_started_at", {"allotted": 1, "started": -1}),
    ):
        sums[name] = cached_sum(weights) if whole else item_sum(entries, "quantity", weights)
    exceeds = Q(surplus_at__gt=0, due_at__gt=0)
    return _with_money(projects.annotate(**sums), entries, whole, exceeds)


def annotate_funds_as_of(funds: Items, as_of: date, known_at: datetime | None = None) -> Items:
    """``funds`` with due_at, funded_at, paid_at and over_at as of a day, in 万元."""
    whole = is_whole_ledger(FundEntry, as_of, known_at)
    entries = learned_by(FundEntry.objects.all(), as_of, known_at)
    return _with_money(funds, entries, whole, Q(surplus_at__gt=0))


def _with_money(items: Items, entries: QuerySet[Any], whole: bool, exceeds: Q) -> Items:
    """The money of ``items``; over_at is what was issued beyond what is due, of those that ``exceeds`` keeps:
    the same rule as ``_OF_AN_ITEM``."""
    surplus = {"funded": 1, "due": -1}
    sums: dict[str, Any] = {
        f"{stage}_at": F(stage) if whole else item_sum(entries, "amount", {stage: 1}) for stage in MONIES
    }
    sums["surplus_at"] = cached_sum(surplus) if whole else item_sum(entries, "amount", surplus)
    nothing = Value(0, output_field=QuantityField())
    over = Case(When(exceeds, then=F("surplus_at")), default=nothing, output_field=QuantityField())
    return items.annotate(**sums).annotate(over_at=over)
