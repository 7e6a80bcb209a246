"""Units as other programs read them: plain objects with codes beside names. Constant queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rectify.lib.criteria import FilterRefused
from rectify.lib.keyset import WHOLE, Position, reached, rows_after
from townships.models import UnitName, User
from townships.models.units import UnitQuerySet
from townships.queries.branches import UnitTree
from townships.queries.units import directory
from townships.rules.filters import UnitFilter
from townships.rules.names import NameRole
from townships.rules.roles import Level

COLUMNS = (
    "pk", "code", "name", "short_name", "level", "kind", "parent__name", "parent__code", "opened_on",
    "closed_on", "successor__name", "successor__code",
)  # fmt: skip
OTHER_NAMES: dict[NameRole, str] = {"former": "former_names", "alias": "aliases"}
Record = dict[str, Any]


def named(name: str, pk: int | None, units: UnitTree, on: date) -> Record:
    """The unit that ``pk`` counts as on the day, by its official name, with its code."""
    if pk is None:
        return {name: None, f"{name}_code": None}
    node = units.nodes[units.final(pk, on)]
    return {name: node.name, f"{name}_code": node.code}


def units_found(user: User, wanted: UnitFilter) -> UnitQuerySet:
    """The units of the person's directory that the filter finds; FilterRefused for an unknown code."""
    found = directory(user)
    if wanted.level:
        found = found.filter(level=wanted.level)
    if wanted.under:
        above = directory(user).filter(code=wanted.under).first()
        if above is None:
            raise FilterRefused(f"没有代码为“{wanted.under}”的单位。")
        found = found.under(above)
    return found


def page_of_units(
    found: UnitQuerySet, *, after: Position | None, size: int
) -> tuple[list[Record], Position | None]:
    """``size`` units after a position, and where to go on, if they do. Two queries."""
    rows = rows_after(found, WHOLE, after, size + 1, COLUMNS)
    return _records(rows[:size]), reached(rows, WHOLE, size)


def unit_record(user: User, code: str) -> Record | None:
    """The unit with ``code`` from the person's directory, or None."""
    if "\x00" in code:  # no database takes it
        return None
    records = _records(list(directory(user).filter(code=code).values(*COLUMNS)))
    return records[0] if records else None


def _records(rows: Sequence[Mapping[str, Any]]) -> list[Record]:
    names: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    others = UnitName.objects.filter(unit__in=[row["pk"] for row in rows], role__in=list(OTHER_NAMES))
    for unit, role, name in others.order_by("pk").values_list("unit_id", "role", "name"):
        names[unit, role].append(name)
    return [
        _record(row, {field: names[row["pk"], role] for role, field in OTHER_NAMES.items()}) for row in rows
    ]


def _record(row: Mapping[str, Any], others: Record) -> Record:
    return {
        "code": row["code"],
        "name": row["name"],
        "short_name": row["short_name"],
        "level": row["level"],
        "level_label": Level(row["level"]).label,
        "kind": row["kind"],
        "parent": row["parent__name"],
        "parent_code": row["parent__code"],
        "opened_on": row["opened_on"],
        "closed_on": row["closed_on"],
        "successor": row["successor__name"],
        "successor_code": row["successor__code"],
        **others,
        "url": f"/units/{row['code']}/",
    }
