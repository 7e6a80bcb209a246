"""Sums over a ledger's entries as of any date, for any set of items: per item, then per group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, models
from django.db.models import (
    BigIntegerField,
    Case,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from rectify.lib.ledger import QuantityField

Weights = Mapping[str, int]
"""Stage → +1 or −1: a measure that is a sum of entries, each stage taken with its sign."""


def millionths(name: str) -> ExpressionWrapper[Any]:
    """The column of a QuantityField as the whole number it is stored as."""
    return ExpressionWrapper(F(name), output_field=BigIntegerField())


def learned_by(entries: models.QuerySet[Any], as_of: date, known_at: datetime | None) -> models.QuerySet[Any]:
    """The entries that had happened on ``as_of`` and were known at ``known_at`` (None: now)."""
    past = entries.filter(happened_on__lte=as_of)
    return past if known_at is None else past.filter(recorded_at__lte=known_at)


def item_sum(entries: models.QuerySet[Any], column: str, weights: Weights) -> Coalesce:
    """Of one outer row: Σ weight × ``column`` over its ``entries``, as a quantity; 0 without any."""
    plus = [stage for stage, weight in weights.items() if weight > 0]
    minus = [stage for stage, weight in weights.items() if weight < 0]
    signed = Case(
        When(stage__in=plus, then=millionths(column)),
        When(stage__in=minus, then=ExpressionWrapper(Value(0) - F(column), output_field=BigIntegerField())),
        default=Value(0),
        output_field=BigIntegerField(),
    )
    summed = (
        entries.filter(item=OuterRef("pk"), stage__in=[*plus, *minus])
        .order_by()
        .values("item")
        .annotate(total_of_item=Sum(signed))
        .values("total_of_item")
    )
    return Coalesce(
        Subquery(summed, output_field=QuantityField()),
        Value(0, output_field=QuantityField()),
        output_field=QuantityField(),
    )


def cached_sum(columns: Mapping[str, int]) -> ExpressionWrapper[Any]:
    """Of one row: Σ weight × cached total, as a quantity."""
    total: Any = Value(0)
    for name, weight in columns.items():
        total = total + F(name) if weight > 0 else total - F(name)
    return ExpressionWrapper(total, output_field=QuantityField())


def is_whole_ledger(entry: type[models.Model], as_of: date, known_at: datetime | None) -> bool:
    """Whether nothing happened after ``as_of``, so that cached totals are the sums as of that day."""
    if known_at is not None:
        return False
    last = entry._default_manager.order_by().aggregate(last=models.Max("happened_on"))["last"]
    return last is None or last <= as_of


def compiled(queryset: models.QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    """The queryset's statement and parameters for this engine."""
    sql, params = queryset.query.get_compiler(connection=connection).as_sql()
    return sql, list(params)


def fetch(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def flag(condition: Q | Any) -> Case:
    """1 where the condition holds, else 0."""
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=models.IntegerField())


def grouped(
    rows: models.QuerySet[Any, Any], chunk: int = 2_000
) -> Callable[[int], Iterator[tuple[Any, ...]]]:
    """Rows (owner's id, …) in the order of owners, streamed: call with each owner's id in rising order for
    its rows without the id; rows of owners passed over are dropped."""
    source = rows.iterator(chunk)
    waiting: list[tuple[Any, ...]] = []

    def of_owner(owner: int) -> Iterator[tuple[Any, ...]]:
        while True:
            row = waiting.pop() if waiting else next(source, None)
            if row is None:
                return
            if row[0] > owner:
                waiting.append(row)
                return
            if row[0] == owner:
                yield tuple(row[1:])

    return of_owner
