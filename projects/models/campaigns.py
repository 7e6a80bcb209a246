"""Campaigns and programmes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from townships.models import Unit


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def under(self, root: str) -> CampaignQuerySet:
        """Campaigns of the unit with the path ``root`` and of all below it.

        For narrowing issues and works: a subquery is read once. Joined through campaign and unit, wherever
        PostgreSQL takes ``LIKE`` to find one unit, all issues are read again for every unit."""
        return self.filter(unit__path__startswith=root)


class Campaign(models.Model):
    """A drive with an end, or standing work without one. Belongs to a unit and covers what is under it."""

    code = models.SlugField("代号", max_length=32, unique=True)
    name = models.CharField("名称", max_length=100)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="campaigns", verbose_name="所属单位"
    )
    start_on = models.DateField("开始日期", null=True, blank=True)
    end_on = models.DateField("结束日期", null=True, blank=True)
    list_lock_on = models.DateField("清单锁定日期", null=True, blank=True)
    plan_due_on = models.DateField("整改计划期限", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-start_on", "code"]
        constraints = [
            models.CheckConstraint(
                name="campaign_ends_after_it_starts",
                condition=Q(start_on__isnull=True) | Q(end_on__isnull=True) | Q(end_on__gte=F("start_on")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Programme(models.Model):
    """A kind of works (专项): a tree by materialized path of codes within a campaign.

    ``position``: its place among its siblings. ``former_names``: full names it bore; a ledger that still uses
    one finds it. One without 下达 (``has_allotment``) allots what it arranges, on the same day."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="programmes")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    code = models.CharField("代码", max_length=16)
    name = models.CharField("名称", max_length=100)
    full_name = models.CharField("全称", max_length=255)
    path = models.CharField("路径", max_length=120)
    department = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="programmes"
    )
    position = models.PositiveIntegerField("次序", default=0, db_default=0)
    has_allotment = models.BooleanField("有下达环节", default=True, db_default=True)
    allot_due_on = models.DateField("下达期限", null=True, blank=True)
    closed_on = models.DateField("关闭日期", null=True, blank=True)
    former_names = models.JSONField("曾用全称", default=list)

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="programme_code_once"),
            models.UniqueConstraint(fields=["campaign", "full_name"], name="programme_name_once"),
        ]

    def __str__(self) -> str:
        return self.full_name
