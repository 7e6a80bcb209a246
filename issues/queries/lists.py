"""Lists and categories as their pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from issues.models import Category, Issue, IssueList
from issues.queries.parts import parts_for
from projects.models import Campaign
from townships.access import acting_root
from townships.models import Unit, User
from townships.rules.scope import Reach


@dataclass(frozen=True, slots=True)
class ListedList:
    """A list and how many of its issues the viewer sees."""

    listed: IssueList
    items: int


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category in the order of the tree. ``has_issues``: some stand in its branch, so its name is fixed;
    ``is_leaf``: no other stands under it."""

    category: Category
    has_issues: bool
    is_leaf: bool

    @property
    def depth(self) -> int:
        """0 at the top."""
        return self.category.path.count("/") - 1


def lists_of(user: User, campaign: Campaign | None) -> list[ListedList]:
    """The campaign's lists: all for who sees it whole, else those with issues the viewer sees or a part that
    the own unit owes."""
    if campaign is None:
        return []
    seen = Issue.objects.visible_to(user).filter(campaign=campaign).order_by()
    counts = dict(seen.values_list("list").annotate(items=Count("pk")))
    sees_all = user.scope.reach is Reach.TREE
    asked = set(parts_for(user).filter(list__campaign=campaign).values_list("list_id", flat=True))
    return [
        ListedList(listed, counts.get(listed.pk, 0))
        for listed in IssueList.objects.filter(campaign=campaign).order_by("code")
        if sees_all or listed.pk in counts or listed.pk in asked
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
    parents = {category.parent_id for category in categories}
    return [
        CategoryLine(
            category,
            any(path.startswith(category.path) for path in with_issues),
            category.pk not in parents,
        )
        for category in categories
    ]


def missing_standards(lines: Sequence[CategoryLine]) -> list[tuple[Unit | None, list[Category]]]:
    """The lowest categories without a standard, of their own or of one above them, under the department that
    has to write it (W-021); those that nobody leads last, under None. No query."""
    written = [line.category.path for line in lines if line.category.standard]
    found: dict[int | None, tuple[Unit | None, list[Category]]] = {}
    for line in lines:
        category = line.category
        if line.is_leaf and not any(category.path.startswith(path) for path in written):
            found.setdefault(category.department_id, (category.department, []))[1].append(category)
    return sorted(found.values(), key=lambda one: (one[0] is None, one[0].code if one[0] else ""))


def one_category(campaigns: list[Campaign], pk: int) -> Category | None:
    """The category, where it is of one of the campaigns."""
    return Category.objects.select_related("campaign__unit").filter(campaign__in=campaigns, pk=pk).first()


def led_by(user: User, campaign: Campaign) -> list[Category]:
    """The campaign's categories whose lead department is within the unit one acts for."""
    led = Category.objects.filter(campaign=campaign, department__path__startswith=acting_root(user))
    return list(led.select_related("department").order_by("path"))
