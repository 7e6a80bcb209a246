"""What a board can be narrowed to: lists or programmes, and townships."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dashboards.rules.tallies import ISSUES
from issues.models import IssueList
from projects.models import Campaign, Programme
from rectify.lib.prepared import Prepared
from townships.queries.branches import unit_tree
from townships.rules.roles import Level

Choice = tuple[str, str]
_LISTS: Prepared[Choice] = Prepared(
    lambda campaign: (
        IssueList.objects.filter(campaign=campaign).order_by("code").values_list("code", "short_name")
    )
)
_TOPS: Prepared[Choice] = Prepared(
    lambda campaign: (
        Programme.objects.filter(campaign=campaign, parent=None).order_by("path").values_list("code", "name")
    )
)


@dataclass(frozen=True, slots=True)
class Choices:
    """(code, name) pairs; ``groups`` are lists for issues, top programmes for projects."""

    groups: tuple[Choice, ...]
    townships: tuple[Choice, ...]


def choices_of(campaign: Campaign, of: str, on: date) -> Choices:
    """The choices of one campaign on a day; two queries."""
    groups = (_LISTS if of == ISSUES else _TOPS).ask(campaign.pk)
    towns = unit_tree().at_level(Level.TOWNSHIP, on)
    inside = [(node.code, node.name) for node in towns if node.path.startswith(campaign.unit.path)]
    return Choices(tuple(groups), tuple(inside))
