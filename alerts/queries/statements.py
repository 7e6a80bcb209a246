"""SQL that Django cannot write: a queryset as a source, tables of constants, rungs as CASE.

Everything here is text with parameters; what it means is said in ``standing`` and ``lights``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Case, F, QuerySet, Value, When
from django.db.models.expressions import Col

from alerts.queries.days import number_of, number_sql
from alerts.rules.rungs import POINT, WEEK, RungSpec

_FENCES = {"postgresql": "OFFSET 0", "sqlite": "LIMIT -1 OFFSET 0"}
_DAYS_BEFORE = {"postgresql": "(CAST({day} AS date) - {days})", "sqlite": "date({day}, -{days} || ' days')"}


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with its parameters, in order."""

    sql: str
    params: tuple[Any, ...] = ()


def of(rows: QuerySet[Any]) -> Statement:
    """The queryset as SQL."""
    sql, params = rows.query.get_compiler(connection=connection).as_sql()
    return Statement(sql, tuple(params))


def fence() -> str:
    """Closes a subquery whose columns are computed once, however often they are used outside."""
    return _FENCES[connection.vendor]


def on(day: date) -> Any:
    """The day as this engine takes it."""
    return connection.ops.adapt_datefield_value(day)


def typed(value: str, kind: str) -> str:
    """SQL of ``value`` with PostgreSQL's type ``kind``; SQLite keeps dates as the text they come as."""
    return f"CAST({value} AS {kind})" if connection.vendor == "postgresql" else value


def within(column: str, first: int, last: int) -> str:
    """SQL of what narrows a join to a stretch before it is made; SQLite, which looks up pair by pair, would
    take the stretch for the narrower search."""
    return f"AND {column} BETWEEN {first:d} AND {last:d}" if connection.vendor == "postgresql" else ""


def days_before(day: str, days: str) -> str:
    """SQL of the date that lies ``days`` before ``day``, both SQL expressions."""
    return _DAYS_BEFORE[connection.vendor].format(day=day, days=days)


def constants(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Statement:
    """``name(columns) AS (VALUES …)`` for a WITH clause."""
    values = list(rows)
    line = f"({', '.join(['%s'] * len(columns))})"
    sql = f"{name}({', '.join(columns)}) AS (VALUES {', '.join([line] * len(values))})"
    return Statement(sql, tuple(value for row in values for value in row))


def until(rows: QuerySet[Any], day: date, column: str = "anchor_day") -> QuerySet[Any]:
    """The rows whose anchor lies up to ``day``, where the database can find them by it: a computed anchor is
    looked at afterwards, once."""
    is_column = isinstance(rows.query.annotations.get(column), Col)
    return rows.filter(**{f"{column}__lte": day}) if is_column else rows


def folded(rows: QuerySet[Any], successors: dict[int, int]) -> QuerySet[Any]:
    """The rows with ``seat_key``: the unit that is told for ``unit_key`` (a closed unit's successor)."""
    merged = [When(unit_key=closed, then=Value(unit)) for closed, unit in successors.items()]
    told = Case(*merged, default=F("unit_key"), output_field=BigIntegerField()) if merged else F("unit_key")
    found: QuerySet[Any] = rows.annotate(seat_key=told)
    return found


def folded_sql(unit: str, successors: dict[int, int]) -> str:
    """SQL of the same, of ``unit``, an SQL expression."""
    whens = " ".join(f"WHEN {closed:d} THEN {told:d}" for closed, told in successors.items())
    return f"CASE {unit} {whens} ELSE {unit} END" if whens else unit


def elapsed_sql(day: date, anchor: str = "anchor_day") -> str:
    """SQL of the days from the anchor to ``day``."""
    return f"({number_of(day)} - {number_sql(anchor)})"


def height_sql(rungs: Sequence[RungSpec]) -> str:
    """SQL of the highest rung reached, from columns ``elapsed`` and ``behind``; null below the first."""
    whens = []
    for rung in sorted(rungs, key=lambda rung: -rung.height):
        points = "" if rung.points is None else f" AND behind >= {rung.points * POINT:d}"
        whens.append(f"WHEN elapsed >= {rung.days:d}{points} THEN {rung.height:d}")
    return f"CASE {' '.join(whens)} END"


def step_sql(rungs: Sequence[RungSpec]) -> str:
    """SQL of the newest planned day's number, from ``height`` and ``elapsed`` (``rules.rungs.step_at``)."""
    return _by_height(rungs, _step)


def ago_sql(rungs: Sequence[RungSpec]) -> str:
    """SQL of how many days ago the newest planned day was; its % is doubled, for it goes with params."""
    return _by_height(rungs, _ago)


def _by_height(rungs: Sequence[RungSpec], value: Any) -> str:
    whens = (f"WHEN {rung.height:d} THEN {value(rung)}" for rung in rungs)
    return f"CASE height {' '.join(whens)} END"


def _step(rung: RungSpec) -> str:
    last = rung.offsets[-1] + rung.days
    early = " ".join(
        f"WHEN elapsed < {rung.days + offset:d} THEN {step:d}" for step, offset in enumerate(rung.offsets[1:])
    )
    weekly = f"{len(rung.offsets) - 1:d} + (elapsed - ({last:d})) / {WEEK}"
    return f"CASE {early} ELSE {weekly} END" if early else weekly


def _ago(rung: RungSpec) -> str:
    last = rung.offsets[-1] + rung.days
    early = " ".join(
        f"WHEN elapsed < {rung.days + later:d} THEN elapsed - ({rung.days + offset:d})"
        for offset, later in zip(rung.offsets, rung.offsets[1:], strict=False)
    )
    weekly = f"(elapsed - ({last:d})) %% {WEEK}"
    return f"CASE {early} ELSE {weekly} END" if early else weekly
