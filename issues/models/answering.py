"""Who answers for an issue and how: parts of a list, shares, refusals, plans, milestones."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from issues.models.issues import Issue
from issues.models.lists import IssueList
from issues.rules.records import PartState, PlanState, RefusalAnswer, RefusalKind, ShareState, choices
from issues.rules.stages import UnitRole
from rectify.lib.ledger import QuantityField
from townships.models import Unit

SHARE_ROLES = [(role.value, role.label) for role in (UnitRole.LEAD, UnitRole.RESPONSIBLE)]


class Part(models.Model):
    """分工: what one unit owes to a list. Signed by the unit's head, after which the unit adds nothing;
    locked with the whole list by the office (W-001, W-002)."""

    list = models.ForeignKey(IssueList, on_delete=models.PROTECT, related_name="parts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=12, choices=choices(PartState), default=PartState.DRAFT.value)
    words = models.CharField("说明", max_length=300, blank=True)
    answers = models.JSONField("自查结果", default=dict)
    """Code of the template's item → how many problems were found under it, 0 for none (W-045)."""
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    signed_at = models.DateTimeField("签字时间", null=True)
    locked_at = models.DateTimeField("锁定时间", null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["list", "unit__code"]
        constraints = [
            models.UniqueConstraint(fields=["list", "unit"], name="part_once"),
            models.CheckConstraint(
                name="part_answer_is_signed",
                condition=Q(state="draft", signed_at__isnull=True)
                | (~Q(state="draft") & Q(signed_at__isnull=False, signed_by__isnull=False)),
            ),
        ]


class Share(models.Model):
    """分办: an issue × a unit that answers for it, each with its own state; closing needs all (W-073)."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="shares")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    role = models.CharField("性质", max_length=12, choices=SHARE_ROLES)
    state = models.CharField(
        "状态", max_length=12, choices=choices(ShareState), default=ShareState.AWAITING.value
    )
    since = models.DateTimeField("进入本状态的时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """Who put it in this state; empty: the lock of the list did."""

    class Meta:
        ordering = ["issue", "role", "unit__code"]
        constraints = [models.UniqueConstraint(fields=["issue", "unit"], name="share_once")]
        indexes = [models.Index(fields=["unit", "state"], name="share_by_unit")]


class Refusal(models.Model):
    """A unit did not sign for its share; the office answers by ``answer_due_on``."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="refusals")
    kind = models.CharField("理由", max_length=16, choices=choices(RefusalKind))
    words = models.CharField("说明", max_length=500)
    suggested_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="建议办理单位"
    )
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    refused_at = models.DateTimeField("退回时间")
    answer_due_on = models.DateField("答复期限")
    answer = models.CharField("答复", max_length=16, choices=choices(RefusalAnswer), blank=True)
    answer_words = models.CharField("答复说明", max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        ordering = ["share", "id"]
        constraints = [
            models.UniqueConstraint(fields=["share"], condition=Q(answer=""), name="refusal_open_once")
        ]


class Plan(models.Model):
    """整改计划, one version of it. ``steps``: [{"text", "person", "due_on"}]; ``milestones``:
    [{"on", "quantity", "text"}] with the quantity done by that day as a decimal string; dates are ISO.
    An approved version's steps and milestones become the issue's actions and milestones."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="plans")
    version = models.PositiveSmallIntegerField("版次")
    state = models.CharField("状态", max_length=16, choices=choices(PlanState), default=PlanState.DRAFT.value)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="制定单位")
    requirement = models.TextField("整改要求", blank=True)
    effect = models.TextField("整改效果", blank=True)
    leader = models.CharField("责任领导", max_length=60, blank=True)
    person = models.CharField("责任人", max_length=60, blank=True)
    fund_source = models.CharField("资金来源", max_length=200, blank=True)
    steps = models.JSONField("整改措施", default=list)
    milestones = models.JSONField("时间节点", default=list)
    extra = models.JSONField("补充栏目", default=dict)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField("起草时间")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    signed_at = models.DateTimeField("签字时间", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField("审定时间", null=True)
    missing = models.JSONField("缺少的内容", default=list)
    decision_words = models.CharField("审定意见", max_length=500, blank=True)

    class Meta:
        ordering = ["issue", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["issue"], condition=Q(state="approved"), name="plan_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["issue"],
                condition=Q(state__in=["draft", "awaiting_head", "submitted", "returned"]),
                name="plan_one_in_hand",
            ),
        ]


class Milestone(models.Model):
    """A node of the approved plan: by ``on`` the ``quantity`` (in what the issue is counted in) is done."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="milestones")
    position = models.PositiveSmallIntegerField("次序")
    on = models.DateField("节点日期")
    quantity = QuantityField("应完成", null=True)
    text = models.CharField("阶段目标", max_length=300, blank=True)

    class Meta:
        ordering = ["issue", "position"]
        constraints = [models.UniqueConstraint(fields=["issue", "position"], name="milestone_once")]
