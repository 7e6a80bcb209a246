"""What changed since: a tag over the revision counters in a scope, and values kept until they change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import StrIndex

from townships.models import Revision, Unit, UnitName, User
from townships.rules.scope import Reach, Scope

WITHOUT_UNIT = 0
Kept = TypeVar("Kept")

_VERSION = (
    f'SELECT (SELECT "number" FROM "{Revision._meta.db_table}" WHERE "unit_key" = %s), '  # noqa: S608
    f'(SELECT MAX("id") FROM "{UnitName._meta.db_table}")'
)
_kept: dict[tuple[str, Any], tuple[tuple[int, int], Any]] = {}


def revision_tag(user: User, today: date, build: str) -> str:
    """A tag that changes with anything in the user's scope, the day, the build or the person. One query."""
    with connection.cursor() as cursor:
        cursor.execute(*_counters(user.scope))
        counters = cursor.fetchall()
    content = (user.pk, user.role, user.unit_id, today.isoformat(), build, counters)
    return hashlib.sha256(repr(content).encode()).hexdigest()[:32]


@lru_cache(maxsize=1024)
def _counters(scope: Scope) -> tuple[str, tuple[Any, ...]]:
    """The query of a scope's counters, made once: it costs more to make than an unchanged page to answer."""
    counters = Revision.objects.filter(_in_scope(scope)).order_by("unit_key")
    return counters.values_list("unit_key", "number").query.sql_with_params()


def _in_scope(scope: Scope) -> Q:
    """Counter 0, and those of the units seen: for a place also the units above it (a village's rows raise the
    counter of its township); for a department all under the county, since its field may lie anywhere."""
    if scope.reach is Reach.NOTHING:
        return Q(unit_key=WITHOUT_UNIT)
    is_unit = scope.reach is Reach.UNIT
    seen = Unit.objects.in_scope(scope).values_list("pk", flat=True) if is_unit else _under(scope.root)
    above = _above(scope.path if is_unit else scope.root)
    return Q(unit_key=WITHOUT_UNIT) | Q(unit_key__in=seen) | Q(unit_key__in=above)


def _under(path: str) -> QuerySet[Unit, int]:
    return Unit.objects.filter(path__startswith=path).values_list("pk", flat=True)


def _above(path: str) -> QuerySet[Unit, int]:
    starts = Unit.objects.annotate(place=StrIndex(Value(path), F("path"))).filter(place=1)
    return starts.values_list("pk", flat=True)


def until_changed(name: str, argument: Any, build: Callable[[], Kept]) -> Kept:
    """``build()``, kept in this process until units, names or the calendar change (counter 0). One query.

    Inside a transaction nothing is kept: what it sees may be rolled back."""
    if connection.in_atomic_block:
        return build()
    version = _version()
    held = _kept.get((name, argument))
    if held is not None and held[0] == version:
        value: Kept = held[1]
        return value
    value = build()
    _kept[name, argument] = (version, value)
    return value


def _version() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_VERSION, [WITHOUT_UNIT])
        number, newest = cursor.fetchone()
    return number or 0, newest or 0
