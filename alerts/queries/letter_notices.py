"""整改任务通知书 by list: what stands in a notice, what needs none, what waits for one (W-081)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from alerts.models import LetterItem, NoticeWaiver
from issues.models import Issue, IssueList
from issues.models.issues import IssueQuerySet
from issues.rules.stages import OPEN_STATES
from projects.models import Campaign
from townships.models import User

OPEN = [state.value for state in OPEN_STATES]
BOUND = Exists(LetterItem.objects.filter(issue=OuterRef("pk"), binds=True))
WAIVED = Exists(NoticeWaiver.objects.filter(issue=OuterRef("pk")))


@dataclass(frozen=True, slots=True)
class ListLine:
    """One list by number: its open issues and those in a notice, in all, in a notice, waived, in neither."""

    code: str
    name: str
    total: int
    noticed: int
    waived: int
    without: int


def standing_by_list(campaign: Campaign, user: User) -> list[ListLine]:
    """Each list of the campaign that has open issues or notices. Two queries."""
    counted = (
        _asked(campaign, user)
        .annotate(is_bound=BOUND, is_waived=WAIVED)
        .order_by()
        .values("list")
        .annotate(
            total=Count("pk"),
            noticed=Count("pk", filter=Q(is_bound=True)),
            waived=Count("pk", filter=Q(is_bound=False, is_waived=True)),
            without=Count("pk", filter=Q(is_bound=False, is_waived=False)),
        )
    )
    found = {row["list"]: row for row in counted}
    named = IssueList.objects.filter(pk__in=found).order_by("code")
    return [
        ListLine(
            one.code,
            one.short_name,
            *(found[one.pk][name] for name in ("total", "noticed", "waived", "without")),
        )
        for one in named
    ]


def without_notice(campaign: Campaign, user: User, list_code: str) -> IssueQuerySet:
    """Open issues of the list that stand in no notice and are not marked as needing none."""
    return _open(campaign, user, list_code).filter(~BOUND, ~WAIVED)


def waived(campaign: Campaign, user: User, list_code: str) -> IssueQuerySet:
    """Those of the list that are marked as needing none."""
    marked = Issue.objects.visible_to(user).filter(WAIVED, campaign=campaign, list__code=list_code)
    return marked.select_related("notice_waiver__made_by", "unit").order_by("number")


def _open(campaign: Campaign, user: User, list_code: str) -> IssueQuerySet:
    seen = Issue.objects.visible_to(user).filter(campaign=campaign, list__code=list_code, state__in=OPEN)
    return seen.order_by("unit__code", "number")


def _asked(campaign: Campaign, user: User) -> IssueQuerySet:
    """Open issues, and closed ones that a notice held or that were marked: what was told stays counted."""
    return Issue.objects.visible_to(user).filter(Q(state__in=OPEN) | Q(BOUND) | Q(WAIVED), campaign=campaign)
