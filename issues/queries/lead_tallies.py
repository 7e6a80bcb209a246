"""How many leads each kind of unit reported, how many were valid, and who reported none (W-006, W-007)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count

from issues.models.leads import LeadQuerySet
from issues.queries.leads import SEARCHED
from issues.rules.leads import LeadView, share
from projects.models import Campaign
from townships.models import UnitSet
from townships.queries.branches import Node, UnitTree, unit_tree
from townships.rules.roles import Level

SUMS = {
    "reported": Count("pk"),
    "good": Count("pk", filter=SEARCHED[LeadView.VALID]),
    "still": Count("pk", filter=SEARCHED[LeadView.OPEN]),
}
"""What is counted of leads: reported, of these valid, without a result."""


class Reporter(StrEnum):
    """Kinds of reporting units."""

    TOWNSHIP = "township"
    DEPARTMENT = "department"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Kind:
    """Units that are expected to report; ``units`` is empty for what other sources bring."""

    reporter: Reporter
    label: str
    units: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportingRow:
    """Leads of one kind of units. ``silent``: the units that reported none, by name."""

    kind: Kind
    reported: int
    valid: int
    without_result: int
    silent: tuple[str, ...]

    @property
    def units(self) -> int:
        return len(self.kind.units)

    @property
    def reporting(self) -> int:
        return self.units - len(self.silent)

    @property
    def rate(self) -> str:
        """有效 of 报送, one decimal."""
        return share(self.valid, self.reported)


def kinds_of(campaign: Campaign, on: date) -> list[Kind]:
    """The campaign's townships, the departments of the county's named sets (all of them where it has none),
    and other sources. Two queries."""
    tree = unit_tree()
    here = [node for node in tree.at_level(Level.TOWNSHIP, on) if node.path.startswith(campaign.unit.path)]
    label, departments = _departments(tree, campaign, on)
    return [
        Kind(Reporter.TOWNSHIP, "乡镇", tuple(here)),
        Kind(Reporter.DEPARTMENT, label, tuple(departments)),
        Kind(Reporter.OTHER, "其他来源"),
    ]


def _departments(tree: UnitTree, campaign: Campaign, on: date) -> tuple[str, list[Node]]:
    standing = {
        node.pk: node
        for node in tree.at_level(Level.DEPARTMENT, on)
        if node.path.startswith(campaign.unit.path)
    }
    named = UnitSet.objects.filter(units__in=standing).order_by("name", "units__code")
    pairs = list(named.values_list("name", "units"))
    if not pairs:
        return "部门", list(standing.values())
    asked = dict.fromkeys(pk for _, pk in pairs if pk in standing)
    return "、".join(dict.fromkeys(name for name, _ in pairs)), [standing[pk] for pk in asked]


def reported_by(leads: LeadQuerySet, kind: Reporter, kinds: list[Kind], on: date) -> LeadQuerySet:
    """Those of ``leads`` that units of the kind reported; what was merged counts under its successor."""
    tree = unit_tree()
    wanted = {node.pk for one in kinds for node in one.units if kind in (one.reporter, Reporter.OTHER)}
    ids = [pk for pk in tree.nodes if tree.final(pk, on) in wanted]
    if kind is Reporter.OTHER:
        return leads.exclude(reported_by__in=ids)
    return leads.filter(reported_by__in=ids)


def reporting(leads: LeadQuerySet, kinds: list[Kind], on: date) -> list[ReportingRow]:
    """One row a kind, together all of ``leads``. One query."""
    tree = unit_tree()
    found = leads.order_by().values_list("reported_by").annotate(**SUMS)
    kind_of = {node.pk: kind.reporter for kind in kinds for node in kind.units}
    sums = {kind.reporter: [0, 0, 0] for kind in kinds}
    spoke: set[int] = set()
    for unit, *numbers in found:
        final = None if unit is None else tree.final(unit, on)
        spoke |= {final} if final is not None else set()
        row = sums[kind_of.get(final, Reporter.OTHER)] if final is not None else sums[Reporter.OTHER]
        row[:] = [have + more for have, more in zip(row, numbers, strict=True)]
    return [
        ReportingRow(
            kind,
            reported,
            valid,
            still,
            silent=tuple(node.name for node in kind.units if node.pk not in spoke),
        )
        for kind, (reported, valid, still) in ((kind, sums[kind.reporter]) for kind in kinds)
    ]


def sentence(rows: list[ReportingRow]) -> str:
    """The tallies as they are said aloud: 乡镇报送28条，9条有效（32.1%）；… 有13个乡镇没有报送线索。"""
    said = "；".join(
        f"{row.kind.label}{'' if row.kind.reporter is Reporter.OTHER else '报送'}{row.reported}条，"
        f"{row.valid}条有效（{row.rate}）"
        for row in rows
        if row.reported
    )
    total = f"共{sum(row.reported for row in rows)}条线索。"
    silent = "、".join(f"{len(row.silent)}个{row.kind.label}" for row in rows if row.silent)
    return total + (f"{said}。" if said else "") + (f"有{silent}没有报送线索。" if silent else "")
