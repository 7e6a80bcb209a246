"""Writing a ledger: entries of held items as facts, new lines, cached totals changed by what was added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any, Protocol, TypeVar, cast

from django.db import connection, models

from rectify.lib.ledger import Entry, to_millionths
from rectify.lib.livesums import millionths
from rectify.lib.measures import EntryFact, LedgerRefusal, Total
from rectify.lib.prepared import Prepared

BATCH = 1_000
T = TypeVar("T")
E = TypeVar("E", bound=Entry)


class Movement(Protocol):
    """One movement to write: ``quantity`` in what the item is counted in, ``amount`` in 万元 or none."""

    @property
    def stage(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def happened_on(self) -> date: ...


def batches(values: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """``values`` in lists of at most ``size``."""
    source = iter(values)
    while batch := list(islice(source, size)):
        yield batch


def fact(move: Movement) -> EntryFact:
    """The movement in millionths; ValueError where it is finer."""
    amount = 0 if move.amount is None else to_millionths(move.amount)
    return EntryFact(str(move.stage), to_millionths(move.quantity), amount, move.happened_on)


def entries_of(entry: type[models.Model], ids: Iterable[int]) -> dict[int, list[EntryFact]]:
    """The entries of the items ``ids``, oldest day first; one query."""
    found: dict[int, list[EntryFact]] = {}
    wanted = list(ids)
    lines = _lines_of_one(entry).ask(*wanted) if len(wanted) == 1 else _lines(entry, item__in=wanted)
    for item_id, stage, quantity, amount, day in lines:
        found.setdefault(item_id, []).append(EntryFact(stage, quantity, amount or 0, day))
    return found


def _lines(entry: type[models.Model], **items: Any) -> models.QuerySet[Any, tuple[Any, ...]]:
    lines = entry._default_manager.filter(**items).order_by("happened_on", "pk")
    return lines.values_list("item_id", "stage", millionths("quantity"), millionths("amount"), "happened_on")


@cache
def _lines_of_one(entry: type[models.Model]) -> Prepared[tuple[Any, ...]]:
    return Prepared(lambda item: _lines(entry, item=item))


def refuse_day(number: str, moves: Sequence[EntryFact], first_on: date, today: date) -> None:
    """LedgerRefusal where a movement lies after ``today``, before the item began, or moves nothing."""
    for move in moves:
        if move.happened_on > today:
            raise LedgerRefusal(f"{number}：发生日期{move.happened_on}晚于今天{today}。")
        if move.happened_on < first_on:
            raise LedgerRefusal(f"{number}：发生日期{move.happened_on}早于列入日期{first_on}。")
        if move.quantity == 0 and move.amount == 0:
            raise LedgerRefusal(f"{number}：{move.happened_on}的数量和金额都是零，没有可记的变动。")


def line(
    entry: type[E],
    item_id: int,
    move: Movement,
    *,
    recorded_at: datetime,
    by_id: int,
    cause: str,
    cause_id: int | None,
) -> E:
    """An unsaved ledger line."""
    values: dict[str, Any] = {
        "item_id": item_id,
        "stage": str(move.stage),
        "quantity": move.quantity,
        "amount": move.amount,
        "happened_on": move.happened_on,
        "recorded_at": recorded_at,
        "recorded_by_id": by_id,
        "cause": str(cause),
        "cause_id": cause_id,
    }
    return entry(**values)


def added(moves: Iterable[EntryFact], totals: Mapping[str, Total]) -> list[int]:
    """By how many millionths ``moves`` change each cached total, in the order of ``totals``."""
    sums = dict.fromkeys(totals, 0)
    for move in moves:
        for name, total in totals.items():
            if total.stage == move.stage:
                sums[name] += move.quantity if total.column == "quantity" else move.amount
    return list(sums.values())


def change_rows(
    model: type[models.Model],
    rows: Sequence[Sequence[Any]],
    *,
    add: Sequence[str] = (),
    put: Sequence[str] = (),
    updated_at: datetime,
) -> None:
    """Change many rows by one statement a thousand: each of ``rows`` is (pk, *added, *put).

    ``add`` columns grow by whole numbers as stored (millionths), ``put`` columns get the value; ``version``
    goes up by one.
    """
    fields = {name: cast("models.Field[Any, Any]", model._meta.get_field(name)) for name in (*add, *put)}
    table = model._meta.db_table
    columns = ["id", *(field.column for field in fields.values())]
    given = {name: (field.column, _given(field)) for name, field in fields.items()}
    setting = [
        f'"{column}" = "{table}"."{column}" + {value}' for column, value in (given[name] for name in add)
    ]
    setting += [f'"{column}" = {value}' for column, value in (given[name] for name in put)]
    setting += [f'"version" = "{table}"."version" + 1', '"updated_at" = %s']
    mark = f"({', '.join(['%s'] * len(columns))})"
    names = ", ".join(f'"{column}"' for column in columns)
    for batch in batches(rows):
        values = [value for row in batch for value in _stored(row, len(add), [fields[name] for name in put])]
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH given({names}) AS (VALUES {', '.join([mark] * len(batch))}) "  # noqa: S608
                f'UPDATE "{table}" SET {", ".join(setting)} '
                f'FROM given WHERE "{table}"."id" = given."id"',
                [*values, connection.ops.adapt_datetimefield_value(updated_at)],
            )


def _given(field: models.Field[Any, Any]) -> str:
    """The given value with the column's type: PostgreSQL takes a column of NULLs for text."""
    column = f'given."{field.column}"'
    return f"CAST({column} AS {field.db_type(connection)})" if connection.vendor == "postgresql" else column


def _stored(row: Sequence[Any], added_count: int, put: Sequence[models.Field[Any, Any]]) -> Iterator[Any]:
    yield from row[: 1 + added_count]
    for field, value in zip(put, row[1 + added_count :], strict=True):
        yield field.get_db_prep_save(value, connection)


def reverse(
    entry: type[Entry],
    ids: Sequence[int],
    *,
    recorded_at: datetime,
    by_id: int,
    cause: str,
    cause_id: int | None,
) -> None:
    """Write for every item, stage and day the line that takes back their sum; one statement."""
    table = entry._meta.db_table
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" (item_id, stage, quantity, amount, happened_on, recorded_at, '  # noqa: S608
            "recorded_by_id, cause, cause_id) "
            "SELECT item_id, stage, -SUM(quantity), -SUM(amount), happened_on, "
            f'%s, %s, %s, %s FROM "{table}" WHERE item_id IN ({marks}) '
            "GROUP BY item_id, stage, happened_on HAVING SUM(quantity) <> 0 OR SUM(amount) <> 0 "
            "ORDER BY item_id, happened_on, stage",
            [connection.ops.adapt_datetimefield_value(recorded_at), by_id, str(cause), cause_id, *ids],
        )


__all__ = [
    "LedgerRefusal",
    "Movement",
    "added",
    "batches",
    "change_rows",
    "entries_of",
    "fact",
    "line",
    "refuse_day",
    "reverse",
]
