"""变更: what shall change of a project and what the 领导小组 decided; fields that changed without one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from projects.models.projects import CAUSE_CHOICES, Project
from projects.rules.changes import ChangeKind, ChangeState


class ProjectChange(models.Model):
    """A request with the values before and after (``projects.rules.changes.Values``); moved by a decision
    alone, recorded by somebody else with the meeting that took it."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField("类别", max_length=16, choices=[(one.value, one.label) for one in ChangeKind])
    state = models.CharField(
        "状态",
        max_length=16,
        choices=[(one.value, one.label) for one in ChangeState],
        default=ChangeState.PENDING.value,
    )
    before = models.JSONField("变更前")
    after = models.JSONField("变更后")
    reason = models.TextField("理由")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间")
    meeting = models.CharField("领导小组会议", max_length=60, blank=True)
    met_on = models.DateField("会议日期", null=True)
    decision_words = models.TextField("决定", blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField("登记时间", null=True)

    class Meta:
        ordering = ["project", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state=ChangeState.PENDING.value),
                name="project_change_pending_once",
            ),
            models.CheckConstraint(
                name="project_change_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="project_change_approved_by_a_meeting",
                condition=~Q(state=ChangeState.APPROVED.value)
                | (~Q(meeting="") & Q(met_on__isnull=False, decided_by__isnull=False)),
            ),
        ]


class ProjectFieldChange(models.Model):
    """One field of a project changed by hand or by a later ledger: before and after as text. What a decision
    changed stands in its ``ProjectChange``."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="field_changes")
    field = models.CharField("字段", max_length=30)
    before = models.TextField("原值", blank=True)
    after = models.TextField("新值", blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=16, choices=CAUSE_CHOICES)
    cause_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["project", "id"]
