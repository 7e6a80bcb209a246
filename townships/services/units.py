"""A county is loaded from its CSVs: units, names, sets, seats. Changes by hand are in unit_changes.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from townships.models import Seat, Unit, UnitName, UnitSet, User
from townships.rules.county import County, UnitRow, names_of, parents_first, problems
from townships.rules.roles import Duty
from townships.services import events, revisions

STANDARD_SEATS = (Duty.STAFF, Duty.HEAD, Duty.LEADER_IN_CHARGE)
_FIELDS = ("name", "short_name", "level", "kind", "path", "opened_on", "closed_on", "note")


class UnitError(Exception):
    """The units stay as they were; ``str(error)`` says why in Chinese."""


@dataclass
class Loaded:
    """What a load did: numbers of units, by level too, names, sets and seats added."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    names: int = 0
    seats: int = 0
    sets: int = 0
    levels: Counter[str] = field(default_factory=Counter)

    def as_facts(self) -> dict[str, Any]:
        return {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "names": self.names,
            "seats": self.seats,
            "sets": self.sets,
            "levels": dict(self.levels),
        }

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated or self.names or self.seats or self.sets)


@transaction.atomic
def load_county(county: County, *, by: User | None) -> Loaded:
    """Store the county: new units made, changed ones updated, none deleted. Safe to repeat."""
    found = problems(county)
    if found:
        raise UnitError("".join(found[:10]))
    done = Loaded()
    known = {unit.code: unit for unit in Unit.objects.all()}
    rows = parents_first(county.units)
    for row in rows:
        known[row.code] = _store(row, known, done)
    _link_successors(rows, known, done)
    _store_names(rows, known, done)
    _store_sets(county.sets, known, done)
    done.seats = give_seats([known[row.code] for row in rows])
    if done.changed:
        revisions.bump([0])
        events.record(
            subject_type="unit",
            subject_id=known[rows[0].code].pk,
            action="load_county",
            summary=f"载入{rows[0].name}单位：新增{done.created}个，更新{done.updated}个",
            by=by,
            facts=done.as_facts(),
        )
    return done


def _store(row: UnitRow, known: dict[str, Unit], done: Loaded) -> Unit:
    parent = known.get(row.parent_code)
    wanted = {
        "name": row.name,
        "short_name": row.short_name or row.name,
        "level": row.level.value,
        "kind": row.kind,
        "path": f"{parent.path if parent else ''}{row.code}/",
        "opened_on": row.opened_on,
        "closed_on": row.closed_on,
        "note": row.note,
    }
    done.levels[row.level.value] += 1
    unit = known.get(row.code)
    if unit is None:
        done.created += 1
        return Unit.objects.create(code=row.code, parent=parent, **wanted)
    changed = [name for name in _FIELDS if getattr(unit, name) != wanted[name]]
    if unit.parent_id != (parent.pk if parent else None):
        changed.append("parent")
    if not changed:
        done.unchanged += 1
        return unit
    if unit.name != row.name:
        UnitName.objects.filter(unit=unit, name=unit.name).update(role="former")
    for name in _FIELDS:
        setattr(unit, name, wanted[name])
    unit.parent = parent
    if row.closed_on is None:
        unit.successor = None
    unit.save()
    done.updated += 1
    return unit


def _link_successors(rows: Iterable[UnitRow], known: dict[str, Unit], done: Loaded) -> None:
    for row in rows:
        unit, successor = known[row.code], known.get(row.successor_code)
        if unit.successor_id != (successor.pk if successor else None):
            Unit.objects.filter(pk=unit.pk).update(successor=successor)
            done.updated += unit.successor_id is not None


def _store_names(rows: Iterable[UnitRow], known: dict[str, Unit], done: Loaded) -> None:
    present = {(name.unit_id, name.name): name for name in UnitName.objects.all()}
    fresh = []
    for row in rows:
        unit = known[row.code]
        for text, role in names_of(row).items():
            name = present.get((unit.pk, text))
            if name is None:
                fresh.append(UnitName(unit=unit, name=text, role=role))
            elif name.role != role:
                UnitName.objects.filter(pk=name.pk).update(role=role)
                done.names += 1
    UnitName.objects.bulk_create(fresh)
    done.names += len(fresh)


def _store_sets(sets: dict[str, tuple[str, ...]], known: dict[str, Unit], done: Loaded) -> None:
    for name, codes in sets.items():
        unit_set, created = UnitSet.objects.get_or_create(name=name)
        wanted = {known[code].pk for code in codes}
        if created or set(unit_set.units.values_list("pk", flat=True)) != wanted:
            unit_set.units.set(wanted)
            done.sets += 1


def give_seats(units: Iterable[Unit]) -> int:
    """An empty seat of each standard duty (经办, 主要负责人, 分管领导) where none is; returns how many."""
    units = list(units)
    taken = set(Seat.objects.filter(unit__in=units).values_list("unit_id", "duty"))
    fresh = [
        Seat(unit=unit, duty=duty.value)
        for unit in units
        for duty in STANDARD_SEATS
        if (unit.pk, duty.value) not in taken
    ]
    Seat.objects.bulk_create(fresh)
    return len(fresh)
