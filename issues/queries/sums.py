"""Sums of issues: from the roll-ups for who sees all, live from the entries for any other set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from issues.models import (
    Issue,
    IssueBalance,
    IssueDay,
    IssueEntry,
    IssueMonth,
    IssueRoll,
    PastDeadline,
    Report,
)
from issues.rules.measures import DATED
from issues.rules.stages import MEASURES, Stage
from rectify.lib import clock
from rectify.lib.ledger import QuantityField
from rectify.lib.livesums import cached_sum, compiled, fetch, flag, is_whole_ledger, item_sum, learned_by
from rectify.lib.measures import Row
from rectify.lib.rollups import Rollup

ROLLUP = Rollup(
    balance=IssueBalance,
    day=IssueDay,
    month=IssueMonth,
    roll=IssueRoll,
    keys=("campaign_key", "list_key", "category_key", "township_key", "counted_in"),
    measures=MEASURES,
)
ROLLED_BY = {"list": "list_key", "category": "category_key", "township": "township_key"}

OVERDUE, UNDETERMINED, UNCONFIRMED, IN_TIME = 1, 2, 3, 0
LEFT = {
    "claimed": {"found": 1, "removed": -1, "claimed": -1},
    "confirmed": {"found": 1, "removed": -1, "confirmed": -1},
}
STAGES = tuple(stage.value for stage in Stage)
TOTALS = (*STAGES, *(f"amount_{stage}" for stage in STAGES))
FLAGS = ("deadline_at", "is_unstated_at", "is_closed_at")
FENCE = {"postgresql": "OFFSET 0", "sqlite": ""}
"""Flags behind it are looked at once a row; PostgreSQL would write them out wherever one is used."""
FEW = 8
"""One of so many entries of the ledger."""
Issues = TypeVar("Issues", bound=QuerySet[Any])


def ensure_rolled(today: date) -> date:
    """Bring the balances up to ``today`` if they lag behind; returns the day they stand for."""
    return ROLLUP.catch_up(today)


def rolled(
    campaign_id: int,
    *,
    as_of: date,
    by: Sequence[str] = ("list", "category", "township"),
    list_ids: Iterable[int | None] | None = None,
    category_ids: Iterable[int | None] | None = None,
    township_ids: Iterable[int | None] | None = None,
    today: date | None = None,
) -> list[Row]:
    """Figures from the roll-ups as of the end of ``as_of``, one row per ``by`` and what is counted.

    ``by``: any of list, category, township, in the order of ``Row.key``. Ids narrow (None in them: without
    one; None instead of them: all). For viewers who see the whole campaign. ValueError for a day after today.
    """
    wanted = {"campaign_key": [campaign_id], **_keys(list_ids, category_ids, township_ids)}
    columns = [ROLLED_BY[name] for name in by]
    return ROLLUP.sums(as_of=as_of, today=today or clock.today(), by=columns, where=wanted)


def moves(
    campaign_id: int,
    *,
    after: date,
    until: date,
    list_ids: Iterable[int | None] | None = None,
    category_ids: Iterable[int | None] | None = None,
    township_ids: Iterable[int | None] | None = None,
) -> list[tuple[date, Row]]:
    """What changed on each day in (``after``, ``until``], by what is counted, from the roll-ups' days."""
    wanted = {"campaign_key": [campaign_id], **_keys(list_ids, category_ids, township_ids)}
    return ROLLUP.moves(after=after, until=until, where=wanted)


def first_entry(
    campaign_id: int,
    *,
    list_ids: Iterable[int | None] | None = None,
    category_ids: Iterable[int | None] | None = None,
    township_ids: Iterable[int | None] | None = None,
) -> date | None:
    """The day of the first issue found in the campaign, so narrowed; before it 此前无记录."""
    wanted = {"campaign_key": [campaign_id], **_keys(list_ids, category_ids, township_ids)}
    return ROLLUP.first_day(measure="found", where=wanted)


def first_entry_of(issues: QuerySet[Issue]) -> date | None:
    """The day of the first entry of any of ``issues``."""
    entries = IssueEntry.objects.filter(item__in=issues.order_by().values("pk")).order_by("happened_on")
    return entries.values_list("happened_on", flat=True).first()


def _keys(
    list_ids: Iterable[int | None] | None,
    category_ids: Iterable[int | None] | None,
    township_ids: Iterable[int | None] | None,
) -> dict[str, list[int] | None]:
    given = {"list_key": list_ids, "category_key": category_ids, "township_key": township_ids}
    return {name: None if ids is None else [pk or 0 for pk in ids] for name, ids in given.items()}


# --- live ---------------------------------------------------------------------------------------------------


def live(
    issues: QuerySet[Issue], *, by: Sequence[str], as_of: date, known_at: datetime | None = None
) -> list[Row]:
    """Figures of ``issues`` from their entries with happened_on ≤ ``as_of`` (and recorded_at ≤ ``known_at``).

    ``by``: fields of an issue or paths from it (township, unit, source, category__department); units and
    trees come back as ids. One row per ``by`` and what is counted, same measures as ``rolled``.
    """
    names = [f"group_{position}" for position in range(len(by))]
    scoped = _flagged(issues.order_by(), as_of, known_at)
    whole = is_whole_ledger(IssueEntry, as_of, known_at)
    totals = TOTALS if whole else ()
    try:
        sql, params = compiled(
            scoped.values_list("pk", *(F(name) for name in by), "counted_in", *FLAGS, *totals)
        )
    except EmptyResultSet:  # a scope or filter that holds nothing is never asked
        return []
    groups = ", ".join([*names, "counted_in"])
    columns = ", ".join(["item_id", *names, "counted_in", *FLAGS, *totals])
    parts = [f"scoped({columns}) AS ({sql})"]
    if not whole:
        entries, more = _entry_sums(issues, as_of, known_at)
        parts.append(entries)
        params += more
    parts.append(_cells(groups, "scoped" if whole else "scoped JOIN summed ON entry_item = item_id"))
    statement = f"SELECT {groups}, {_MEASURED} FROM cells GROUP BY {groups}"  # noqa: S608
    found = fetch(f"WITH {', '.join(parts)} {statement}", params)
    width = len(by)
    return [
        Row(tuple(row[:width]), row[width], MEASURES, vector)
        for row in found
        if any(vector := tuple(int(value or 0) for value in row[width + 1 :]))
    ]


def _cells(groups: str, source: str) -> str:
    """The common table expression ``cells``: items of one group with the same flags are one cell, so that a
    flag is looked at once an item, not once a measure."""
    keys = ", ".join([groups, *FLAGS])
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in TOTALS)
    items = (
        f"SELECT {keys}, CASE WHEN found > 0 THEN 1 ELSE 0 END AS is_there, {', '.join(TOTALS)} "  # noqa: S608
        f"FROM {source} {FENCE[connection.vendor]}"
    )
    return (
        f"cells AS (SELECT {keys}, is_there, COUNT(*) AS pieces, {sums} "  # noqa: S608
        f"FROM ({items}) AS items GROUP BY {keys}, is_there)"
    )


def _entry_sums(issues: QuerySet[Issue], as_of: date, known_at: datetime | None) -> tuple[str, list[Any]]:
    """The common table expression ``summed``: per item every stage's quantity and amount. Of few items alone;
    where they are many, leaving others' entries out first costs more than summing them too."""
    few = learned_by(IssueEntry.objects.all(), as_of, None).count() // FEW
    is_few = issues.order_by()[: few + 1].count() <= few
    # PostgreSQL would gather the sums of many items in a table too large for its memory; sorted it need not.
    order = () if is_few else ("item_id",)
    entries = learned_by(IssueEntry.objects.order_by(*order), as_of, known_at)
    sql, params = compiled(entries.values_list("item_id", "stage", "quantity", "amount"))
    columns = ", ".join(
        f"CAST(COALESCE(SUM({column}) FILTER (WHERE stage = '{stage}'), 0) AS BIGINT) AS {prefix}{stage}"
        for column, prefix in (("quantity", ""), ("amount", "amount_"))
        for stage in STAGES
    )
    only = "WHERE entry_item IN (SELECT item_id FROM scoped)" if is_few else ""
    return (
        f"past(entry_item, stage, quantity, amount) AS ({sql}), "  # noqa: S608
        f"summed AS (SELECT entry_item, {columns} FROM past {only} GROUP BY entry_item)",
        params,
    )


def _measured() -> str:
    by_claim, by_finding = "(found - removed - claimed)", "(found - removed - confirmed)"
    columns = {
        "items": "is_there * pieces",
        "closed": "is_there * is_closed_at * pieces",
        "unstated": f"CASE WHEN is_unstated_at = 1 THEN {by_claim} ELSE 0 END",
    }
    for name, code in (("overdue", OVERDUE), ("undetermined", UNDETERMINED), ("unconfirmed", UNCONFIRMED)):
        columns[f"{name}_claimed"] = f"CASE WHEN deadline_at = {code} THEN {by_claim} ELSE 0 END"
        columns[f"{name}_confirmed"] = f"CASE WHEN deadline_at = {code} THEN {by_finding} ELSE 0 END"
    return ", ".join(f"SUM({columns.get(name, name)})" for name in MEASURES)


_MEASURED = _measured()


def _deadline_code(as_of: date, confirmed: str) -> Case:
    """Which measure the left of an item stands in, by a deadline's columns (``confirmed`` is one's name)."""
    return Case(
        When(deadline_class="undetermined", then=Value(UNDETERMINED)),
        When(Q(**{confirmed: False}), then=Value(UNCONFIRMED)),
        When(deadline_class__in=DATED, due_on__lt=as_of, then=Value(OVERDUE)),
        default=Value(IN_TIME),
        output_field=IntegerField(),
    )


def _flagged(issues: Issues, as_of: date, known_at: datetime | None) -> Issues:
    """``issues`` with the deadline in force on ``as_of`` as a code, and whether unstated and closed then."""
    in_force = Q(until_on__gt=as_of)
    if known_at is not None:
        in_force |= Q(changed_at__gt=known_at)  # its end was not known yet
    code: Any = _deadline_code(as_of, "deadline_confirmed")
    superseded = PastDeadline.objects.filter(in_force)
    if superseded.exists():  # seldom, as of today never: then no row looks for its past
        past = (
            superseded.filter(issue=OuterRef("pk"))
            .order_by("from_on")
            .values_list(_deadline_code(as_of, "confirmed"))[:1]
        )
        code = Coalesce(Subquery(past, output_field=IntegerField()), code, output_field=IntegerField())
    return issues.annotate(
        deadline_at=code,
        is_unstated_at=flag(_unstated(as_of, known_at)),
        is_closed_at=flag(Q(closed_on__lte=as_of)),
    )


def _unstated(as_of: date, known_at: datetime | None) -> Q:
    """Nobody had said by ``as_of`` how the issue stands, as far as it was recorded by ``known_at``.

    ``stated_on``, the first day that anybody spoke of, moves back when somebody tells later of an earlier
    day. So an issue whose first word was recorded after ``known_at`` had none, unless there was another by
    then. What its own unit registered was said with it. A ledger's word (是否完成) leaves no line: it counts
    as known, unless a claim of the very same day was recorded later."""
    unstated = Q(stated_on__isnull=True) | Q(stated_on__gt=as_of)
    if known_at is None:
        return unstated
    first = _said(happened_on=OuterRef("stated_on"), recorded_at__gt=known_at)
    known = _said(happened_on__lte=as_of, recorded_at__lte=known_at)
    return unstated | (Q(reported_by__isnull=True) & first & ~known)


def _said(**when: Any) -> Q:
    """Somebody claimed something of the issue, or reported on it, if only that nothing is done yet."""
    claims = IssueEntry.objects.filter(item=OuterRef("pk"), stage=Stage.CLAIMED.value, quantity__gt=0)
    reports = Report.objects.filter(issue=OuterRef("pk"))
    return Q(Exists(claims.filter(**when))) | Q(Exists(reports.filter(**when)))


def annotate_as_of(issues: Issues, as_of: date, known_at: datetime | None = None) -> Issues:
    """``issues`` with every measure as of a day: the list behind a number is ``filter(<measure>_at__gt=0)``.

    Adds found_at, removed_at, claimed_at, confirmed_at, amount_<stage>_at and, for each basis b (claimed,
    confirmed), left_b_at, overdue_b_at, undetermined_b_at, unconfirmed_b_at, stated_left_b_at; unstated_at,
    is_closed_at; items are those with found_at > 0. What a query does not use costs nothing. Reads cached
    totals where nothing happened after ``as_of``.
    """
    whole = is_whole_ledger(IssueEntry, as_of, known_at)
    entries = learned_by(IssueEntry.objects.all(), as_of, known_at)
    amounts = {f"amount_{stage}_at": (f"amount_{stage}", stage) for stage in STAGES}
    sums: dict[str, Any] = {}
    for stage in STAGES:
        sums[f"{stage}_at"] = F(stage) if whole else item_sum(entries, "quantity", {stage: 1})
    for name, (column, stage) in amounts.items():
        sums[name] = F(column) if whole else item_sum(entries, "amount", {stage: 1})
    for basis, weights in LEFT.items():
        sums[f"left_{basis}_at"] = cached_sum(weights) if whole else item_sum(entries, "quantity", weights)
    measured = _flagged(issues, as_of, known_at).annotate(**sums)
    derived: dict[str, Any] = {"unstated_at": _only(Q(is_unstated_at=1), "left_claimed_at")}
    for basis in LEFT:
        left = f"left_{basis}_at"
        derived[f"overdue_{basis}_at"] = _only(Q(deadline_at=OVERDUE), left)
        derived[f"undetermined_{basis}_at"] = _only(Q(deadline_at=UNDETERMINED), left)
        derived[f"unconfirmed_{basis}_at"] = _only(Q(deadline_at=UNCONFIRMED), left)
        derived[f"stated_left_{basis}_at"] = _only(Q(is_unstated_at=0), left)
    return measured.annotate(**derived)


def _only(condition: Q, name: str) -> Case:
    return Case(
        When(condition, then=F(name)),
        default=Value(0, output_field=QuantityField()),
        output_field=QuantityField(),
    )


__all__ = [
    "ROLLUP",
    "Row",
    "annotate_as_of",
    "ensure_rolled",
    "first_entry",
    "first_entry_of",
    "live",
    "moves",
    "rolled",
]
