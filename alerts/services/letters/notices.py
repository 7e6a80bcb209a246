"""无须通知: an issue that needs no 整改任务通知书, with the reason; it may be taken back (W-081)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from alerts.models import NoticeWaiver
from alerts.queries.letter_items import bound_in
from alerts.services.letters.door import LetterRefused
from alerts.services.letters.drafting import some
from issues.models import Issue
from issues.services.words import words_given
from projects.models import Campaign
from rectify.lib import clock
from townships.access import allowed
from townships.models import User
from townships.rules.permissions import Permission
from townships.services import revisions
from townships.services.events import Draft, record_many


@transaction.atomic
def waive(campaign: Campaign, numbers: Sequence[str], reason: str, *, by: User) -> int:
    """Mark the issues ``numbers``; how many were marked now. Those that a notice holds are refused."""
    issues = _issues(campaign, numbers, by)
    why = words_given(reason, most=200, field="reason", missing="请写明为什么无须通知。")
    if held := bound_in([issue.pk for issue in issues]):
        names = [issue.number for issue in issues if issue.pk in held]
        raise LetterRefused(f"这些问题已经写进通知书：{some(names)}。", "issues")
    marked = set(NoticeWaiver.objects.filter(issue__in=issues).values_list("issue_id", flat=True))
    new = [issue for issue in issues if issue.pk not in marked]
    NoticeWaiver.objects.bulk_create(
        NoticeWaiver(issue=issue, reason=why, made_by=by, made_at=clock.now()) for issue in new
    )
    _tell(new, "waive_notice", f"标明无须通知：{why}", by)
    return len(new)


@transaction.atomic
def unwaive(campaign: Campaign, numbers: Sequence[str], *, by: User) -> int:
    """Take the mark back; how many had it."""
    issues = _issues(campaign, numbers, by)
    found = NoticeWaiver.objects.filter(issue__in=issues)
    marked = set(found.values_list("issue_id", flat=True))
    found.delete()
    _tell([issue for issue in issues if issue.pk in marked], "unwaive_notice", "取消无须通知", by)
    return len(marked)


def _issues(campaign: Campaign, numbers: Sequence[str], by: User) -> list[Issue]:
    """The issues, held in the order of their ids."""
    verdict = allowed(by, Permission.WRITE_LETTERS, campaign)
    if not verdict:
        raise LetterRefused(verdict.reason)
    wanted = set(numbers)
    if not wanted:
        raise LetterRefused("请至少选一个问题。", "issues")
    seen = Issue.objects.visible_to(by).filter(campaign=campaign, number__in=wanted)
    found = list(Issue.objects.select_for_update(no_key=True).filter(pk__in=seen.values("pk")).order_by("pk"))
    if len(found) != len(wanted):
        missing = sorted(wanted - {issue.number for issue in found})
        raise LetterRefused(f"没有这些问题，或不在您的工作范围内：{some(missing)}。", "issues")
    return found


def _tell(issues: Sequence[Issue], action: str, summary: str, by: User) -> None:
    if not issues:
        return
    drafts = [Draft("issue", issue.pk, action, summary) for issue in issues]
    record_many(drafts, by=by)
    revisions.bump({issue.unit_id for issue in issues})
