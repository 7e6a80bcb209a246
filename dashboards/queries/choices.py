"""What a board can be narrowed to: lists or programmes, and townships."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dashboards.rules.tallies import ISSUES
from issues.models import IssueList
from projects.models import Campaign, Programme
from townships.queries.branches import unit_tree
from townships.rules.roles import Level

Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Choices:
    """(code, name) pairs; ``groups`` are lists for issues, top programmes for projects."""

    groups: tuple[Choice, ...]
    townships: tuple[Choice, ...]


def choices_of(campaign: Campaign, of: str, on: date) -> Choices:
    """The choices of one campaign on a day; two queries."""
    groups: list[Choice]
    if of == ISSUES:
        lists = IssueList.objects.filter(campaign=campaign).order_by("code")
        groups = list(lists.values_list("code", "short_name"))
    else:
        tops = Programme.objects.filter(campaign=campaign, parent=None).order_by("path")
        groups = list(tops.values_list("code", "name"))
    towns = unit_tree().at_level(Level.TOWNSHIP, on)
    inside = [(node.code, node.name) for node in towns if node.path.startswith(campaign.unit.path)]
    return Choices(tuple(groups), tuple(inside))
