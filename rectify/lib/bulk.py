"""Many rows into one table at once: COPY on PostgreSQL, executemany on SQLite. Ids are taken before."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models

from rectify.lib.ledger import QuantityField


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """``count`` new primary keys of ``model``, never given out twice; inside the caller's transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [f'"{table}"', model._meta.pk.column, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # The transaction is IMMEDIATE, so nobody else can take the same ids.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
    return list(range(first, first + count))


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert ``rows`` of Python values for the fields ``names`` (attribute names); returns how many.

    Foreign keys take ids, a QuantityField Decimals, a JSONField any JSON value. Defaults are not applied:
    name every column that the table requires.
    """
    fields: list[models.Field[Any, Any]] = [model._meta.get_field(name) for name in names]  # type: ignore[misc]
    if connection.vendor == "postgresql":
        return _copy(model, fields, rows)
    return _executemany(model, fields, rows)


def _executemany(
    model: type[models.Model], fields: Sequence[models.Field[Any, Any]], rows: Iterable[Sequence[Any]]
) -> int:
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    prepared = [
        [field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)]
        for row in rows
    ]
    if prepared:
        with connection.cursor() as cursor:
            statement = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})'  # noqa: S608
            cursor.executemany(statement, prepared)
    return len(prepared)


_NULL = "\ue000"
"""Stands for NULL in the CSV that COPY reads: a private character that no text of ours holds."""


def _copy(
    model: type[models.Model], fields: Sequence[models.Field[Any, Any]], rows: Iterable[Sequence[Any]]
) -> int:
    """The csv module quotes in C; only columns whose stored form differs from ``str`` are converted here."""
    converters = [(at, convert) for at, field in enumerate(fields) if (convert := _converter(field))]
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    count = 0
    for row in rows:
        line = [_NULL if value is None else value for value in row]
        for at, convert in converters:
            if line[at] is not _NULL:
                line[at] = convert(line[at])
        writer.writerow(line)
        count += 1
    if count:
        text = buffer.getvalue()
        source = io.StringIO(text.replace("\0", "") if "\0" in text else text)
        columns = ", ".join(f'"{field.column}"' for field in fields)
        statement = (
            f"COPY \"{model._meta.db_table}\" ({columns}) FROM STDIN WITH (FORMAT csv, NULL '{_NULL}')"
        )
        with connection.cursor() as cursor:
            cursor.copy_expert(statement, source)
    return count


def _converter(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, QuantityField):
        return lru_cache(maxsize=1024)(field.get_prep_value)  # most quantities are 0 or 1
    return None


_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def _json(value: Any) -> str:
    # JSON text cannot hold NUL in PostgreSQL, not even escaped.
    return _encode(value).replace("\\u0000", "")
