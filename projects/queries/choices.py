"""What a list of projects can be narrowed to, and the names its rows point at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Min

from projects.models import Campaign, Programme, Project, ProjectBalance
from projects.rules.programmes import in_order
from townships.queries.branches import UnitTree, load_unit_tree
from townships.queries.revisions import until_changed


@dataclass(frozen=True, slots=True)
class ProgrammeLabel:
    pk: int
    campaign: int
    code: str
    name: str
    full_name: str
    path: str
    above: int | None = None
    position: int = 0
    department: int | None = None
    has_allotment: bool = True
    allot_due_on: date | None = None
    closed_on: date | None = None

    @property
    def depth(self) -> int:
        """0 at the top."""
        return self.path.count("/") - 1


@dataclass(frozen=True)
class Choices:
    """Everything by id; ``campaigns`` code → id; ``programmes`` in the order of their trees."""

    campaigns: Mapping[str, int]
    programmes: Mapping[int, ProgrammeLabel]
    units: UnitTree
    counted_in: tuple[str, ...]
    first_year: int | None = None


def choices() -> Choices:
    """Kept until counter 0 says that units, programmes or what an import brought have changed."""
    return until_changed("project choices", None, _load)


def _load() -> Choices:
    programmes = Programme.objects.order_by("path").values_list(
        "pk", "campaign_id", "code", "name", "full_name", "path", "parent_id", "position", "department_id",
        "has_allotment", "allot_due_on", "closed_on",
    )  # fmt: skip
    counted = ProjectBalance.objects.filter(arranged__gt=0).order_by("counted_in")
    first = Project.objects.present().aggregate(first=Min("arranged_on"))["first"]
    return Choices(
        campaigns=dict(Campaign.objects.values_list("code", "pk")),
        programmes={one.pk: one for one in in_order(ProgrammeLabel(*row) for row in programmes)},
        units=load_unit_tree(),
        counted_in=tuple(counted.values_list("counted_in", flat=True).distinct()),
        first_year=first.year if first else None,
    )
