"""Lists and categories as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from issues.models import Category, Issue, IssueList
from projects.models import Campaign
from townships.models import User
from townships.rules.scope import Reach


@dataclass(frozen=True, slots=True)
class ListedList:
    """A list and how many of its issues the viewer sees."""

    listed: IssueList
    items: int


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category in the order of the tree. ``has_issues``: some stand in its branch, so its name is fixed."""

    category: Category
    has_issues: bool

    @property
    def depth(self) -> int:
        """0 at the top."""
        return self.category.path.count("/") - 1


def lists_of(user: User, campaign: Campaign | None) -> list[ListedList]:
    """The campaign's lists: all for who sees it whole, else those with issues the viewer sees."""
    if campaign is None:
        return []
    seen = Issue.objects.visible_to(user).filter(campaign=campaign).order_by()
    counts = dict(seen.values_list("list").annotate(items=Count("pk")))
    sees_all = user.scope.reach is Reach.TREE
    return [
        ListedList(listed, counts.get(listed.pk, 0))
        for listed in IssueList.objects.filter(campaign=campaign).order_by("code")
        if sees_all or listed.pk in counts
    ]


def one_list(campaigns: list[Campaign], pk: int) -> IssueList | None:
    """The list, where it is of one of the campaigns."""
    return IssueList.objects.select_related("campaign__unit").filter(campaign__in=campaigns, pk=pk).first()


def category_lines(campaign: Campaign) -> list[CategoryLine]:
    """Every category of the campaign, parents before children. Two queries."""
    with_issues = set(
        Issue.objects.filter(campaign=campaign, category__isnull=False)
        .order_by()
        .values_list("category__path", flat=True)
        .distinct()
    )
    categories = Category.objects.filter(campaign=campaign).select_related("department").order_by("path")
    return [
        CategoryLine(category, any(path.startswith(category.path) for path in with_issues))
        for category in categories
    ]
