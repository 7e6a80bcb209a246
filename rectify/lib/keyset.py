"""Pages by key, not by number: what is read stays read, whatever is written meanwhile."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from rectify.lib.criteria import FIRST_YEAR, LAST_YEAR

Position = tuple[Any, ...]
BIGGEST = 2**63 - 1
WHOLE: tuple[str, ...] = ("pk",)
CHANGED: tuple[str, ...] = ("updated_at", "pk")
"""Orders of a list: all of it by a key that never changes; changes as they came, so that one that comes while
a program is reading stands on a later page."""


def beyond(columns: Sequence[str], position: Position) -> Q:
    """Rows after ``position`` in the ascending order of ``columns``; its first bound can use an index."""
    first, rest = columns[0], columns[1:]
    if not rest:
        return Q(**{f"{first}__gt": position[0]})
    ties = Q(**{first: position[0]}) & beyond(rest, position[1:])
    return Q(**{f"{first}__gte": position[0]}) & (Q(**{f"{first}__gt": position[0]}) | ties)


def rows_after(
    items: QuerySet[Any], order: Sequence[str], after: Position | None, size: int, columns: Sequence[str]
) -> list[dict[str, Any]]:
    """The next ``size`` rows in ``order`` after a position (None: from the start). One query."""
    if after is not None:
        items = items.filter(beyond(order, after))
    return list(items.order_by(*order).values(*columns)[:size])


def reached(rows: Sequence[Mapping[str, Any]], order: Sequence[str], size: int) -> Position | None:
    """Of ``size`` rows and one more: the position of the last of them; None where no more came."""
    return tuple(rows[size - 1][column] for column in order) if len(rows) > size else None


def written(position: Position) -> str:
    """The position as a cursor: instants and whole numbers, safe in an address."""
    values = [value.isoformat() if isinstance(value, datetime) else value for value in position]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def read(cursor: str, kinds: Sequence[type]) -> Position:
    """The position that ``cursor`` stands for, one value of each kind; ValueError for any other text."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, UnicodeError, RecursionError) as error:
        raise ValueError(cursor) from error
    if not isinstance(values, list) or len(values) != len(kinds):
        raise ValueError(cursor)
    return tuple(_value(value, kind) for value, kind in zip(values, kinds, strict=True))


def _value(value: Any, kind: type) -> Any:
    if kind is datetime and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None and FIRST_YEAR <= moment.year <= LAST_YEAR:
            return moment
    if kind is int and type(value) is int and 0 <= value <= BIGGEST:
        return value
    raise ValueError(value)
