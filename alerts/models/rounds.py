"""Rounds: what is asked of units and on whose word, period by period, and how each unit stands in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alerts.rules.rounds import Matter, Rhythm, Standing
from projects.models import Campaign
from townships.models import Unit, User
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Role
from townships.rules.scope import Reach

RHYTHM_CHOICES = [(rhythm.value, rhythm.label) for rhythm in Rhythm]
MATTER_CHOICES = [(matter.value, matter.label) for matter in Matter]
STANDING_CHOICES = [(standing.value, standing.label) for standing in Standing]


class Collection(models.Model):
    """报送事项: what units are asked for, with ground, approver and end. ``levels``: which kinds of units."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="collections")
    title = models.CharField("名称", max_length=60)
    rhythm = models.CharField("周期", max_length=8, choices=RHYTHM_CHOICES)
    matter = models.CharField("内容", max_length=12, choices=MATTER_CHOICES)
    levels = models.JSONField("报送单位", default=list)
    ground = models.CharField("依据", max_length=200)
    approver = models.CharField("批准人", max_length=60)
    from_on = models.DateField("开始")
    until_on = models.DateField("结束")
    due_days = models.PositiveSmallIntegerField("应报（工作日）", default=0)
    grace_days = models.PositiveSmallIntegerField("算按时（工作日）", default=1)
    door_days = models.PositiveSmallIntegerField("关门（工作日）", default=3)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("发起时间")
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    stopped_at = models.DateTimeField("停止时间", null=True)

    class Meta:
        ordering = ["-from_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "matter", "rhythm", "from_on"],
                condition=Q(stopped_at__isnull=True),
                name="collection_once",
            ),
            models.CheckConstraint(name="collection_ends", condition=Q(until_on__gte=F("from_on"))),
            models.CheckConstraint(
                name="collection_on_somebodys_word", condition=~Q(ground="") & ~Q(approver="")
            ),
            models.CheckConstraint(
                name="collection_stopped_by_somebody",
                condition=Q(stopped_at__isnull=True, stopped_by__isnull=True)
                | Q(stopped_at__isnull=False, stopped_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Round(models.Model):
    """期: one period of a collection with its three dates; ``settled_at``: its door is closed and each
    unit's standing is on record."""

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="rounds")
    first_on = models.DateField("起")
    last_on = models.DateField("止")
    due_on = models.DateField("应报")
    on_time_until = models.DateField("算按时")
    closes_on = models.DateField("关门")
    settled_at = models.DateTimeField("结账时间", null=True)

    class Meta:
        ordering = ["collection", "-first_on"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "first_on"], name="round_once"),
            models.CheckConstraint(
                name="round_dates_in_order",
                condition=Q(first_on__lte=F("last_on"))
                & Q(last_on__lte=F("due_on"))
                & Q(due_on__lte=F("on_time_until"))
                & Q(on_time_until__lte=F("closes_on")),
            ),
        ]


class FilingQuerySet(models.QuerySet["Filing"]):
    def visible_to(self, user: User) -> FilingQuerySet:
        """All of an office's or leader's own county; else the own unit's."""
        scope = user.scope
        if scope.reach is Reach.NOTHING or not holds(Role(user.role), Permission.SEE_DASHBOARD):
            return self.none()
        if scope.reach is Reach.TREE:
            return self.filter(round__collection__campaign__in=Campaign.objects.under(scope.root))
        return self.filter(unit__in=Unit.objects.in_scope(scope))


class Filing(models.Model):
    """填报: a unit of whom something is asked in a round. What it did in the system answers for it; only
    "nothing" has to be said (``zero_*``). ``standing`` is written when the round is settled."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="filings")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    zero_words = models.CharField("零报告说明", max_length=200, blank=True)
    zero_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    zero_at = models.DateTimeField("零报告时间", null=True)
    late_until = models.DateField("补报至", null=True)
    late_reason = models.CharField("补报理由", max_length=200, blank=True)
    late_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    nudged_at = models.DateTimeField("最近催报", null=True)
    nudges = models.PositiveSmallIntegerField("催报次数", default=0)
    answered_on = models.DateField("报送日期", null=True)
    standing = models.CharField("结果", max_length=8, choices=STANDING_CHOICES, blank=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        ordering = ["round", "unit__code"]
        constraints = [
            models.UniqueConstraint(fields=["round", "unit"], name="filing_once"),
            models.CheckConstraint(
                name="filing_zero_said_by_somebody",
                condition=Q(zero_at__isnull=True, zero_by__isnull=True, zero_words="")
                | (Q(zero_at__isnull=False, zero_by__isnull=False) & ~Q(zero_words="")),
            ),
            models.CheckConstraint(
                name="filing_late_with_a_reason",
                condition=Q(late_until__isnull=True, late_by__isnull=True, late_reason="")
                | (Q(late_until__isnull=False, late_by__isnull=False) & ~Q(late_reason="")),
            ),
        ]
        indexes = [models.Index(fields=["unit", "round"], name="filing_by_unit")]
