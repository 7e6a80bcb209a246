"""Days in SQL, alike on both engines."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Func, IntegerField

FIRST = date(2000, 1, 1)
_TEMPLATES = {
    "postgresql": "({day} - DATE '2000-01-01')",
    "sqlite": "CAST(julianday({day}) - 2451544.5 AS INTEGER)",
}


def number_of(day: date) -> int:
    """The day as ``DayNumber`` counts it."""
    return (day - FIRST).days


def number_sql(day: str) -> str:
    """SQL of the number of the date that ``day``, an SQL expression, gives."""
    return _TEMPLATES[connection.vendor].format(day=day)


class DayNumber(Func):
    """Days since 2000-01-01 of a date expression: two of them subtracted are whole days. Null of null."""

    arity = 1
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = _TEMPLATES["postgresql"].format(day="%(expressions)s")
        return self.as_sql(compiler, connection, template=template, **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = _TEMPLATES["sqlite"].format(day="%(expressions)s")
        return self.as_sql(compiler, connection, template=template, **context)
