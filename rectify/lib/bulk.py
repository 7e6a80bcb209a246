"""Many rows into one table at once: COPY on PostgreSQL, executemany on SQLite. Ids are taken before."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


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

    Values go through each field's own ``get_db_prep_save``, so a QuantityField takes Decimals, a JSONField
    any JSON value. Defaults are not applied: name every column that the table requires.
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


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})


def _copy(
    model: type[models.Model], fields: Sequence[models.Field[Any, Any]], rows: Iterable[Sequence[Any]]
) -> int:
    json_columns = [isinstance(field, models.JSONField) for field in fields]
    prepare = [field.get_prep_value for field in fields]
    buffer = io.StringIO()
    count = 0
    for row in rows:
        line = []
        for value, is_json, prep in zip(row, json_columns, prepare, strict=True):
            if value is None:
                line.append("\\N")
            elif is_json:
                # JSON text cannot hold NUL in PostgreSQL, not even escaped.
                line.append(json.dumps(value, ensure_ascii=False).replace("\\u0000", "").translate(_ESCAPES))
            else:
                line.append(_text(prep(value)))
        buffer.write("\t".join(line))
        buffer.write("\n")
        count += 1
    if count:
        buffer.seek(0)
        columns = ", ".join(f'"{field.column}"' for field in fields)
        with connection.cursor() as cursor:
            cursor.copy_expert(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN', buffer)
    return count


def _text(value: Any) -> str:
    if value is True:
        return "t"
    if value is False:
        return "f"
    return str(value).translate(_ESCAPES)
