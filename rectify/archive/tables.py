"""Rows of every table to lines of JSON and back, whatever the engine."""

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, cast
from uuid import UUID

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models.fields import Field
from django.utils.duration import duration_iso_string

LEFT_OUT = {"django_session"}
PARAMETERS_AT_ONCE = 900
"""Values of one INSERT: SQLite's oldest limit is 999."""


def stored_models() -> list[type[models.Model]]:
    """Every model with a table of its own, many-to-many tables included, by table name."""
    found = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in LEFT_OUT
    }
    return [found[table] for table in sorted(found)]


def columns(model: type[models.Model]) -> list["Field[Any, Any]"]:
    """The fields that hold values of their own (generated columns make themselves)."""
    fields = model._meta.concrete_fields
    return [field for field in fields if field.column and not getattr(field, "generated", False)]


@contextmanager
def one_moment() -> Iterator[None]:
    """Read all tables as they were at one instant, without holding up writers."""
    if connection.vendor == "sqlite":
        # Django would BEGIN IMMEDIATE and lock writers out; a plain BEGIN reads WAL's snapshot.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def lines(model: type[models.Model]) -> Iterator[str]:
    """The table's rows in order of their key, each a JSON array of its columns."""
    names = [field.attname for field in columns(model)]
    rows = model._base_manager.order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=2000):
        yield json.dumps([_encoded(value) for value in row], ensure_ascii=False)


def _encoded(value: Any) -> Any:
    if isinstance(value, date | time):  # datetime is a date
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    return value


def load(model: type[models.Model], rows: Iterable[str], names: list[str] | None = None) -> int:
    """Insert lines of `lines` as they were, keys and dates included; returns how many. `names`: the columns
    that a line holds, where they may stand in another order; ValueError where they are others."""
    fields = columns(model) if names is None else _in_order(columns(model), names)
    width = len(fields)
    quote = connection.ops.quote_name
    listed = ", ".join(quote(field.column or "") for field in fields)
    head = f"INSERT INTO {quote(model._meta.db_table)} ({listed}) VALUES "  # noqa: S608 - our own names
    one = f"({', '.join(['%s'] * width)})"
    step = max(1, PARAMETERS_AT_ONCE // width)
    remaining = iter(rows)
    count = 0
    with connection.cursor() as cursor:
        while chunk := list(islice(remaining, step)):
            values = [value for line in chunk for value in _stored(fields, json.loads(line))]
            cursor.execute(head + ", ".join([one] * len(chunk)), values)
            count += len(chunk)
    return count


def _in_order(fields: list["Field[Any, Any]"], names: list[str]) -> list["Field[Any, Any]"]:
    by_column = {field.column or "": field for field in fields}
    if sorted(by_column) != sorted(names):
        raise ValueError(f"columns {sorted(by_column.keys() ^ set(names))} stand on one side only")
    return [by_column[name] for name in names]


def _stored(fields: list["Field[Any, Any]"], row: list[Any]) -> Iterator[Any]:
    if len(row) != len(fields):
        raise ValueError(f"{len(row)} values for {len(fields)} columns")
    for field, value in zip(fields, row, strict=True):
        python_value = value if isinstance(field, models.JSONField) else field.to_python(value)
        yield field.get_db_prep_save(python_value, connection)


@contextmanager
def append_only_lifted() -> Iterator[None]:
    """Let a restore replace rows that triggers guard; within a transaction, and put back after."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cast(list[tuple[str, str]], cursor.fetchall())
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
            yield
            for _, statement in triggers:
                cursor.execute(statement.replace("%", "%%"))
            return
        tables = [connection.ops.quote_name(model._meta.db_table) for model in stored_models()]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # pending checks would forbid ALTER TABLE
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def empty_all() -> None:
    """Delete every row of every stored table, sessions too."""
    tables = [model._meta.db_table for model in stored_models()] + sorted(LEFT_OUT)
    quoted = [connection.ops.quote_name(table) for table in tables]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for table in quoted:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table names
        else:
            cursor.execute(f"TRUNCATE {', '.join(quoted)}")


def next_keys_follow() -> None:
    """Make the sequences of keys go on after the restored rows."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), stored_models()):
            cursor.execute(statement)
