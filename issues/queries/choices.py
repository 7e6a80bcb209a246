"""What a list can be narrowed to, and the names its rows point at: campaigns, lists, categories, units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from issues.models import Category, Issue, IssueBalance, IssueList
from projects.models import Campaign
from rectify.lib.masking import mask_text
from townships.queries.branches import UnitTree, load_unit_tree
from townships.queries.revisions import until_changed

MOST_SOURCES = 60


@dataclass(frozen=True, slots=True)
class CategoryLabel:
    pk: int
    campaign: int
    code: str
    name: str
    full_name: str
    path: str
    department: int | None

    @property
    def depth(self) -> int:
        """0 at the top."""
        return self.path.count("/") - 1


@dataclass(frozen=True, slots=True)
class ListLabel:
    pk: int
    campaign: int
    code: str
    title: str
    short_name: str
    state_words: Mapping[str, str] | None = None
    """What the list's template calls the states, where it says otherwise."""
    asks_funds: bool = False


@dataclass(frozen=True)
class Choices:
    """Everything by id; ``campaigns`` code → id; ``sources`` campaign → what its issues name, never a text
    that has to be masked. What of it somebody may see, the caller says."""

    campaigns: Mapping[str, int]
    lists: Mapping[int, ListLabel]
    categories: Mapping[int, CategoryLabel]
    units: UnitTree
    sources: Mapping[int, list[str]]
    counted_in: tuple[str, ...]


def choices() -> Choices:
    """Kept until counter 0 says that units, categories, lists or what an import brought have changed."""
    return until_changed("issue choices", None, _load)


def _load() -> Choices:
    lists = IssueList.objects.values_list(
        "pk", "campaign_id", "code", "title", "short_name", "template__state_words", "template__asks_funds"
    )
    categories = Category.objects.values_list(
        "pk", "campaign_id", "code", "name", "full_name", "path", "department_id"
    )
    counted = IssueBalance.objects.order_by("counted_in").values_list("counted_in", flat=True)
    return Choices(
        campaigns=dict(Campaign.objects.values_list("code", "pk")),
        lists={row[0]: ListLabel(*row) for row in lists},
        categories={row[0]: CategoryLabel(*row) for row in categories.order_by("path")},
        units=load_unit_tree(),
        sources=_sources(),
        counted_in=tuple(counted.distinct()),
    )


def _sources() -> dict[int, list[str]]:
    named = Issue.objects.present().exclude(source="").order_by("campaign", "source")
    found: dict[int, list[str]] = {}
    for campaign, source in named.values_list("campaign_id", "source").distinct():
        listed = found.setdefault(campaign, [])
        if len(listed) < MOST_SOURCES and mask_text(source) == source:
            listed.append(source)
    return found
