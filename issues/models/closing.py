"""How an issue is checked and leaves the list: verifications, closures, proposals, extensions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from issues.models.issues import Issue
from issues.models.lists import IssueList
from issues.rules.records import (
    OPEN_CLOSURES,
    ClosureState,
    Method,
    ProposalKind,
    RequestState,
    ReturnReason,
    choices,
)
from projects.models import Campaign
from rectify.lib.ledger import QuantityField
from townships.models import Unit


class CheckSheet(models.Model):
    """核查单: many issues to be looked at in one go; each gets its own verification."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="check_sheets")
    number = models.CharField("编号", max_length=20, unique=True)
    title = models.CharField("标题", max_length=100)
    method = models.CharField("方式", max_length=8, choices=choices(Method))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="核查单位")
    planned_on = models.DateField("计划核查日期", null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("制单时间")

    class Meta:
        ordering = ["-id"]


class CheckLine(models.Model):
    sheet = models.ForeignKey(CheckSheet, on_delete=models.CASCADE, related_name="lines")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="check_lines")
    position = models.PositiveSmallIntegerField("次序")

    class Meta:
        ordering = ["sheet", "position"]
        constraints = [models.UniqueConstraint(fields=["sheet", "issue"], name="check_line_once")]


class Verification(models.Model):
    """核查: of ``examined``, ``found_true`` held; ``taken_back`` left the claim (核减), ``added`` was found
    beyond it and claimed in the verifier's name. Quantities in what the issue is counted in."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="verifications")
    line = models.OneToOneField(CheckLine, on_delete=models.PROTECT, null=True, related_name="verification")
    method = models.CharField("方式", max_length=8, choices=choices(Method))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="核查单位")
    examined = QuantityField("核查数量")
    found_true = QuantityField("属实")
    taken_back = QuantityField("核减")
    added = QuantityField("补记")
    reason = models.CharField("退回理由", max_length=12, choices=choices(ReturnReason), blank=True)
    words = models.TextField("核查意见", blank=True)
    verified_on = models.DateField("核查日期")
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ["issue", "id"]
        constraints = [
            models.CheckConstraint(
                name="verification_adds_up",
                condition=Q(examined__gte=0, found_true__gte=0, taken_back__gte=0, added__gte=0)
                & Q(found_true__lte=F("examined")),
            ),
            models.CheckConstraint(
                name="verification_cut_has_a_reason", condition=Q(taken_back=0) | ~Q(reason="")
            ),
        ]


class Closure(models.Model):
    """销号 of one issue: applied for, signed by the unit's head, reviewed by the lead department, signed off
    by somebody who did not verify. ``answers``: code of the checklist's statement → what was said to it."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="closures")
    state = models.CharField("状态", max_length=16, choices=choices(ClosureState))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    statement = models.TextField("整改完成情况", blank=True)
    answers = models.JSONField("销号清单", default=dict)
    similar = models.CharField("举一反三情况", max_length=500, blank=True)
    mechanism = models.CharField("长效机制", max_length=500, blank=True)
    archive_number = models.CharField("档案号", max_length=60, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    applied_at = models.DateTimeField("申请时间", null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    signed_at = models.DateTimeField("签字时间", null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField("复核时间", null=True)
    review_words = models.CharField("复核意见", max_length=500, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    returned_at = models.DateTimeField("退回时间", null=True)
    return_reason = models.CharField("退回理由", max_length=12, choices=choices(ReturnReason), blank=True)
    return_words = models.CharField("退回意见", max_length=500, blank=True)
    number = models.CharField("销号编号", max_length=24, null=True, unique=True)  # noqa: DJ001 - unique
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_on = models.DateField("销号日期", null=True)

    class Meta:
        ordering = ["issue", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue"],
                condition=Q(state__in=[state.value for state in OPEN_CLOSURES]),
                name="closure_one_in_hand",
            ),
            models.UniqueConstraint(
                fields=["issue"], condition=Q(state="signed_off"), name="closure_one_signed_off"
            ),
            models.CheckConstraint(
                name="closure_signed_off_whole",
                condition=~Q(state="signed_off")
                | Q(number__isnull=False, closed_by__isnull=False, closed_on__isnull=False),
            ),
        ]


class Proposal(models.Model):
    """提请: an act that needs a second person. ``payload`` holds what the act needs besides (stage, quantity
    and amount as decimal strings, dates in ISO, the number of the issue merged into). A list's takeover names
    the list, everything else an issue."""

    kind = models.CharField("事项", max_length=12, choices=choices(ProposalKind))
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, null=True, related_name="proposals")
    list = models.ForeignKey(IssueList, on_delete=models.PROTECT, null=True, related_name="proposals")
    reason = models.CharField("理由", max_length=500)
    document = models.CharField("依据文号", max_length=100, blank=True)
    payload = models.JSONField("内容", default=dict)
    state = models.CharField(
        "状态", max_length=12, choices=choices(RequestState), default=RequestState.PENDING.value
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("提请时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField("决定时间", null=True)
    decision_words = models.CharField("决定意见", max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="proposal_names_one_thing",
                condition=Q(issue__isnull=False, list__isnull=True)
                | Q(issue__isnull=True, list__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["issue"], condition=Q(state="pending"), name="proposal_one_pending"
            ),
            models.UniqueConstraint(
                fields=["list"], condition=Q(state="pending"), name="proposal_one_pending_a_list"
            ),
            models.CheckConstraint(
                name="proposal_takes_two",
                condition=~Q(state="granted")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
            ),
        ]


class Extension(models.Model):
    """延期: asked for before the deadline expires; the original date is kept with it."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="extensions")
    original_due_on = models.DateField("原期限")
    wanted_on = models.DateField("延期至")
    reason = models.CharField("理由", max_length=500)
    progress = models.CharField("目前进展", max_length=500)
    state = models.CharField(
        "状态", max_length=12, choices=choices(RequestState), default=RequestState.PENDING.value
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField("批复时间", null=True)
    decision_words = models.CharField("批复意见", max_length=500, blank=True)
    granted_on = models.DateField("批准延期至", null=True)

    class Meta:
        ordering = ["issue", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue"], condition=Q(state="pending"), name="extension_one_pending"
            ),
            models.CheckConstraint(
                name="extension_goes_forward", condition=Q(wanted_on__gt=F("original_due_on"))
            ),
        ]
