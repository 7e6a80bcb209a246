"""What the form of a new issue offers: categories of the campaign, townships and villages of the county."""

from __future__ import annotations

from issues.models import Category
from projects.models import Campaign
from townships.models import Unit, UnitSet, User
from townships.queries.units import directory
from townships.rules.roles import Level


def categories_of(campaign: Campaign) -> list[Category]:
    """All categories, parents before children."""
    return list(Category.objects.filter(campaign=campaign).order_by("path"))


def townships_of(user: User) -> list[Unit]:
    """The open townships of the county."""
    return list(directory(user).filter(closed_on=None, level=Level.TOWNSHIP.value).order_by("code"))


def villages_of(township: Unit) -> list[Unit]:
    """The open villages of the township."""
    found = Unit.objects.filter(parent=township, closed_on=None, level=Level.VILLAGE.value)
    return list(found.order_by("code"))


def village_named(township: Unit, name: str) -> Unit | None:
    """The one village of the township that bears ``name``, whether official, short, former or an alias."""
    found = Unit.objects.filter(parent=township, level=Level.VILLAGE.value, names__name=name.strip())
    both = list(found.distinct()[:2])
    return both[0] if len(both) == 1 else None


def unit_sets(user: User) -> dict[str, list[int]]:
    """The county's named sets of units with their members' ids."""
    sets = UnitSet.objects.filter(units__in=directory(user)).distinct().order_by("name")
    return {one.name: [unit.pk for unit in one.units.all()] for one in sets.prefetch_related("units")}
