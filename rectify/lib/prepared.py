"""Statements of the busiest acts, made once a process: Django compiles a statement anew each time it is used,
which costs more than the database's answer to a small one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from inspect import signature
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models import Value
from django.db.models.query import ModelIterable
from django.db.transaction import TransactionManagementError

R = TypeVar("R")
Fields = tuple["models.Field[Any, Any]", ...]


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where the value of one position goes."""

    position: int


@dataclass(frozen=True, slots=True)
class _Statement:
    """What was compiled. ``converters``: by position in the row, what makes the field's value of the
    database's; ``model`` with ``names`` of its columns, or None for plain rows; ``locks``: its rows."""

    sql: str
    params: tuple[Any, ...]
    converters: Mapping[int, tuple[Sequence[Callable[..., Any]], Any]]
    model: type[models.Model] | None
    names: tuple[str, ...]
    locks: bool


class Prepared(Generic[R]):
    """A question whose statement is kept. ``question`` makes the queryset out of the values it is asked with,
    whole numbers, text or days; all else in it stays as it was the first time, so that no day and nobody's
    scope belongs there.

    parts = Prepared(lambda pk: IssueUnit.objects.filter(issue=pk).values_list("role", "unit"))
    parts.ask(7)
    """

    def __init__(self, question: Callable[..., models.QuerySet[Any, R]]) -> None:
        self._question = question

    def ask(self, *values: int | str | date) -> list[R]:
        """The rows: models, without others joined, or what ``values_list`` gives."""
        made = self._statement
        if made.locks and not connection.in_atomic_block:
            raise TransactionManagementError("a row is held only inside a transaction")
        params = [values[one.position] if isinstance(one, _Slot) else one for one in made.params]
        with connection.cursor() as cursor:
            cursor.execute(made.sql, params)
            rows = cursor.fetchall()
        return [_row(made, row) for row in rows]

    @cached_property
    def _statement(self) -> _Statement:
        slots = [Value(_Slot(position)) for position in range(len(signature(self._question).parameters))]
        queryset = self._question(*slots)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        columns = [column for column, _, _ in compiler.select]
        is_model = issubclass(queryset._iterable_class, ModelIterable)
        return _Statement(
            sql,
            tuple(params),
            compiler.get_converters(columns),
            queryset.model if is_model else None,
            tuple(column.target.attname for column in columns) if is_model else (),
            queryset.query.select_for_update,
        )


def _row(made: _Statement, found: Sequence[Any]) -> Any:
    row = list(found)
    for position, (converters, column) in made.converters.items():
        for convert in converters:
            row[position] = convert(row[position], column, connection)
    return tuple(row) if made.model is None else made.model.from_db(connection.alias, made.names, row)


def insert(row: models.Model, *, unless_taken: bool = False) -> bool:
    """Write a new row and give it its id, as ``save(force_insert=True)`` does; no column is left to the
    database. ``unless_taken``: False where another row already has what must be unique, after waiting for
    whoever is just writing it; the transaction goes on."""
    fields, sql = _insertion(type(row), unless_taken)
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchone()
    if found is None:
        return False
    row.pk = found[0]
    row._state.adding, row._state.db = False, connection.alias
    return True


@cache
def _insertion(model: type[models.Model], unless_taken: bool) -> tuple[Fields, str]:
    """The fields that are written, and the statement."""
    fields = tuple(field for field in model._meta.local_concrete_fields if not field.primary_key)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    otherwise = "ON CONFLICT DO NOTHING" if unless_taken else ""
    into = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})'  # noqa: S608
    return fields, f'{into} {otherwise} RETURNING "{model._meta.pk.column}"'


__all__ = ["Prepared", "insert"]
