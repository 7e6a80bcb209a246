"""Units: the index of all names; for pages the own county's tree, one unit, a search by any name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from django.db.models import Count, Prefetch, Q, QuerySet

from rectify.lib.cn_text import narrow, simplify, squeeze
from townships.models import Seat, Unit, UnitName, UnitSet, User
from townships.models.units import UnitQuerySet
from townships.queries.revisions import until_changed
from townships.rules.names import NameRole, UnitIndex, UnitRecord
from townships.rules.names import UnitName as NameRecord
from townships.rules.roles import Level, Role

SEARCH_LIMIT = 100
HIDDEN_NAME_ROLES = ("official", "short")


@dataclass(slots=True)
class Branch:
    """A unit with its other names and what stands below it, for drawing the tree."""

    unit: Unit
    former: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    children: list[Branch] = field(default_factory=list)


def unit_index(on: date | None = None) -> UnitIndex:
    """Every unit of the county with every name it ever bore, to find what a text means; kept until changed.

    Closed units stay in it: an old ledger names them. With ``on``, one that was closed by then gives way to
    an open unit of the same name."""
    return until_changed("units", on, lambda: _unit_index(on))


def _unit_index(on: date | None) -> UnitIndex:
    names: defaultdict[int, list[NameRecord]] = defaultdict(list)
    for unit_id, name, role in UnitName.objects.order_by("pk").values_list("unit_id", "name", "role"):
        names[unit_id].append(NameRecord(name, cast(NameRole, role)))
    records = [
        UnitRecord(
            code=unit.code,
            name=unit.name,
            short_name=unit.short_name,
            kind=unit.kind,
            level=unit.level,
            parent_code=unit.parent.code if unit.parent else "",
            opened_on=unit.opened_on,
            closed_on=unit.closed_on,
            successor_code=unit.successor.code if unit.successor else "",
            names=tuple(names[unit.pk]),
        )
        for unit in Unit.objects.select_related("parent", "successor").order_by("code")
    ]
    if on is not None:
        open_names = {(record.level, record.name) for record in records if record.is_valid_on(on)}
        records = [
            record
            for record in records
            if record.is_valid_on(on) or (record.level, record.name) not in open_names
        ]
    sets = {unit_set.name: [unit.code for unit in unit_set.units.all()] for unit_set in _sets()}
    return UnitIndex(records, sets)


def _sets() -> QuerySet[UnitSet]:
    return UnitSet.objects.prefetch_related(Prefetch("units", Unit.objects.order_by("code")))


def directory(user: User) -> UnitQuerySet:
    """The units a person may look up: all of the own county (units are no secret); without a unit nothing,
    but everything for a 系统管理员, who comes before the first unit."""
    if not user.is_active:
        return Unit.objects.none()
    if user.unit is None:
        everything = Role(user.role) is Role.SYSADMIN
        return Unit.objects.all() if everything else Unit.objects.none()
    return Unit.objects.filter(path__startswith=_county_path(user.unit))


def _county_path(unit: Unit) -> str:
    """The path of the county above ``unit``; the unit's own top where there is none (a city)."""
    codes = unit.path.rstrip("/").split("/")
    above = ["/".join(codes[: count + 1]) + "/" for count in range(len(codes))]
    county = (
        Unit.objects.filter(path__in=above, level=Level.COUNTY.value).values_list("path", flat=True).first()
    )
    return county or above[0]


def tree(user: User) -> list[Branch]:
    """The directory as roots with their children, in the order of codes. Three queries."""
    branches = {
        unit.pk: Branch(unit) for unit in directory(user).select_related("successor").order_by("code")
    }
    for unit_id, name, role in _other_names(list(branches)):
        (branches[unit_id].former if role == "former" else branches[unit_id].aliases).append(name)
    roots: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.unit.parent_id or 0)
        (above.children if above else roots).append(branch)
    return roots


def _other_names(unit_ids: list[int]) -> list[tuple[int, str, str]]:
    names = UnitName.objects.exclude(role__in=HIDDEN_NAME_ROLES).filter(unit__in=unit_ids).order_by("pk")
    return list(names.values_list("unit_id", "name", "role"))


def search(user: User, text: str) -> list[tuple[Unit, list[str]]]:
    """Units whose code or one of whose names contains ``text``, with the names that do; 100 at most."""
    wanted = squeeze(simplify(narrow(text)))
    if not wanted:
        return []
    units = directory(user)
    hits: defaultdict[int, list[str]] = defaultdict(list)
    for unit_id, name in (
        UnitName.objects.filter(unit__in=units, name__icontains=wanted)
        .order_by("pk")
        .values_list("unit_id", "name")
    ):
        hits[unit_id].append(name)
    found = units.filter(Q(pk__in=list(hits)) | Q(code__startswith=wanted)).select_related(
        "parent", "successor"
    )
    return [(unit, hits[unit.pk]) for unit in found.order_by("path")[:SEARCH_LIMIT]]


def one(user: User, code: str) -> Unit | None:
    """The unit with ``code`` from the person's directory, or None."""
    if "\x00" in code:  # no database takes it
        return None
    return directory(user).select_related("parent", "successor").filter(code=code).first()


def names_of(unit: Unit) -> list[UnitName]:
    """Every name of the unit, official first."""
    order = {"official": 0, "short": 1, "former": 2, "alias": 3}
    return sorted(unit.names.all(), key=lambda name: (order[name.role], name.pk))


def seats_of(unit: Unit) -> list[Seat]:
    """The unit's seats with the people in them, in the order of duties."""
    order = {"head": 0, "staff": 1, "leader_in_charge": 2, "supervision": 3}
    seats = Seat.objects.filter(unit=unit).select_related("user")
    return sorted(seats, key=lambda seat: (order[seat.duty], seat.pk))


def sets_of(unit: Unit) -> list[str]:
    """The names of the sets (专项部门) that the unit belongs to."""
    return list(UnitSet.objects.filter(units=unit).order_by("name").values_list("name", flat=True))


def children_of(unit: Unit) -> UnitQuerySet:
    """Units right below, with ``below``: how many stand below each."""
    return Unit.objects.filter(parent=unit).annotate(below=Count("children")).order_by("code")


def without_leader_in_charge(user: User) -> UnitQuerySet:
    """Open departments and townships of the directory that no leader is in charge of (W-038)."""
    empty = Seat.objects.filter(duty="leader_in_charge", user=None).values("unit")
    levels = (Level.TOWNSHIP.value, Level.DEPARTMENT.value)
    return directory(user).filter(pk__in=empty, level__in=levels, closed_on=None).order_by("code")


def named_under(top: Unit) -> dict[str, Unit]:
    """The units under ``top``, itself among them, by short and official name."""
    return {name: unit for unit in Unit.objects.under(top) for name in (unit.short_name, unit.name)}
