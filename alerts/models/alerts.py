"""What was told and why: alerts, the changes of lights, the scans that found them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from alerts.models.rules import COLOUR_CHOICES, HEIGHT_CHOICES, SUBJECT_CHOICES, RuleSet
from alerts.rules.ladder import ItemKind
from projects.models import Campaign
from townships.models import Unit, User
from townships.rules.roles import Duty
from townships.rules.scope import Reach

ITEM_CHOICES = [(kind.value, kind.label) for kind in ItemKind]
DUTY_CHOICES = [(duty.value, duty.label) for duty in Duty]


class Scan(models.Model):
    """One run of the scan for the Beijing date ``on``; ``created``: rung's word → rows, ``skipped``: items
    that could not be judged, each with why."""

    on = models.DateField("扫描日期")
    started_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("完成", null=True)
    created = models.JSONField("新增", default=dict)
    skipped = models.JSONField("跳过", default=list)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["on"], condition=Q(finished_at__isnull=False), name="scan_finished_on")
        ]


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self) -> AlertQuerySet:
        """Told or to be told, neither voided nor handled."""
        return self.filter(voided_at__isnull=True, handled_at__isnull=True)

    def visible_to(self, user: User) -> AlertQuerySet:
        """All of its campaigns for an office, a leader or their client; else what the own unit's seats are
        told. Leads and unreleased findings are never warned of."""
        scope = user.scope
        if scope.reach is Reach.NOTHING:
            return self.none()
        if scope.reach is Reach.TREE:
            return self.filter(campaign__in=Campaign.objects.under(scope.root))
        return self.filter(unit__in=Unit.objects.in_scope(scope))


class Alert(models.Model):
    """预警: one seat is told that one deadline of one item stands on one rung, at one planned day.

    ``anchor_on`` is the deadline's version: the day the rung counts from (the date it is due, the last
    movement, the day it was sent). A deadline that moves has another anchor and starts anew; a plain re-save
    has the same. ``step`` counts the planned days of the rung, 0 its first. A seat is a duty at a unit:
    whoever sits there when the digest is made."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="alerts")
    item_kind = models.CharField("对象", max_length=8, choices=ITEM_CHOICES)
    item_id = models.BigIntegerField()
    number = models.CharField("编号", max_length=40)
    subject = models.CharField("期限", max_length=12, choices=SUBJECT_CHOICES)
    anchor_on = models.DateField("起算日")
    height = models.PositiveSmallIntegerField("梯级", choices=HEIGHT_CHOICES)
    step = models.PositiveSmallIntegerField("第几次", default=0)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    duty = models.CharField("岗位", max_length=20, choices=DUTY_CHOICES)
    colour = models.CharField("颜色", max_length=8, choices=COLOUR_CHOICES)
    word = models.CharField("灯语", max_length=20)
    is_urgent = models.BooleanField("即时送达", default=False)
    is_backlog = models.BooleanField("存量", default=False)
    planned_on = models.DateField("应提醒日")
    made_on = models.DateField("生成日期")
    made_at = models.DateTimeField("生成时间")
    voided_at = models.DateTimeField("作废时间", null=True)
    void_cause = models.CharField("作废原因", max_length=60, blank=True)
    handled_at = models.DateTimeField("处理时间", null=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item_kind", "subject", "item_id", "anchor_on", "height", "step", "unit", "duty"],
                name="alert_once",
            ),
            models.CheckConstraint(
                name="alert_voided_with_a_cause", condition=Q(voided_at__isnull=True) | ~Q(void_cause="")
            ),
            models.CheckConstraint(
                name="alert_handled_by_somebody",
                condition=Q(handled_at__isnull=True, handled_by__isnull=True)
                | Q(handled_at__isnull=False, handled_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "duty"],
                condition=Q(voided_at__isnull=True, handled_at__isnull=True),
                name="alert_open_by_seat",
            ),
            models.Index(fields=["made_on", "height"], name="alert_by_day"),
            models.Index(
                fields=["item_kind", "subject", "item_id"],
                condition=Q(voided_at__isnull=False),
                name="alert_voided",
            ),
        ]


class LightChange(models.Model):
    """The light of an item turned on the day ``on``, and why. The last of an item is ``is_latest``; an item
    that has none has never left green. The light itself is always derived, never read from here."""

    item_kind = models.CharField("对象", max_length=8, choices=ITEM_CHOICES)
    item_id = models.BigIntegerField()
    subject = models.CharField("期限", max_length=12, choices=SUBJECT_CHOICES)
    before = models.CharField("原灯", max_length=20, blank=True)
    after = models.CharField("新灯", max_length=20)
    colour = models.CharField("颜色", max_length=8, choices=COLOUR_CHOICES)
    on = models.DateField("日期")
    cause = models.CharField("原因", max_length=100)
    rules = models.ForeignKey(RuleSet, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("记录时间")
    is_latest = models.BooleanField(default=True)

    class Meta:
        ordering = ["item_kind", "item_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item_kind", "subject", "item_id"],
                condition=Q(is_latest=True),
                name="light_latest_once",
            )
        ]
        indexes = [models.Index(fields=["item_kind", "item_id"], name="light_by_item")]
