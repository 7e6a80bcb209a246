"""Found again and again (屡纠不改, W-052); and what in one list looks like the same issue twice."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from issues.models import Category, Issue, IssueList
from townships.models import Unit, User

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Repeats:
    """Earlier issues of the same unit and category from elsewhere: the latest few, and how many in all."""

    latest: list[Issue]
    count: int


def repeats(issue: Issue, user: User) -> Repeats:
    """The issues found before this one with the same unit and category, from another list or source, as far
    as ``user`` sees them. Two queries."""
    if issue.unit_id is None or issue.category is None:
        return Repeats([], 0)
    earlier = Q(found_on__lt=issue.found_on) | Q(found_on=issue.found_on, pk__lt=issue.pk)
    found = (
        Issue.objects.visible_to(user)
        .filter(earlier, unit_id=issue.unit_id, category__full_name=issue.category.full_name)
        .exclude(list_id=issue.list_id, source=issue.source)
        .exclude(merged_into=issue.pk)
    )
    count = found.count()
    latest = found.select_related("list").order_by("-found_on", "-pk")[:SHOWN] if count else []
    return Repeats(list(latest), count)


def suspected(
    listed: IssueList,
    user: User,
    *,
    category: Category | None,
    township: Unit | None,
    village: Unit | None,
    household: str,
    description: str,
) -> list[Issue]:
    """Issues of the list at the same place that look like the one about to be registered: the same household
    and category, or the same words (W-101); as far as ``user`` sees them. One query."""
    same = Q(description=description.strip())
    if household.strip():
        same |= Q(household=household.strip(), category=category)
    found = Issue.objects.visible_to(user).filter(same, list=listed, township=township)
    if village is not None:
        found = found.filter(village=village)
    return list(found.order_by("number")[:SHOWN])
