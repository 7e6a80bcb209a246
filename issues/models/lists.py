"""Lists (问题清单) and categories."""

from __future__ import annotations

from django.db import models

from projects.models import Campaign
from townships.models import Unit


class IssueList(models.Model):
    """A batch of issues from one source and document; found again by campaign and title."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="lists")
    code = models.CharField("代码", max_length=32)
    title = models.CharField("标题", max_length=200)
    short_name = models.CharField("简称", max_length=60)
    source = models.CharField("来源", max_length=100, blank=True)
    source_doc = models.CharField("文号", max_length=100, blank=True)
    as_of_on = models.DateField("截至日期", null=True, blank=True)
    found_on = models.DateField("基数日期", null=True, blank=True)
    immediate_days = models.PositiveSmallIntegerField("立行立改天数", default=15)
    lock_on = models.DateField("锁定日期", null=True, blank=True)
    locked_at = models.DateTimeField("锁定时间", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="list_code_once"),
            models.UniqueConstraint(fields=["campaign", "title"], name="list_title_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Category(models.Model):
    """What kind of problem: a tree by materialized path of codes within a campaign, each with its lead
    department (主管部门) and dated standard (整改标准)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="categories")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    code = models.CharField("代码", max_length=16)
    name = models.CharField("名称", max_length=100)
    full_name = models.CharField("全称", max_length=255)
    path = models.CharField("路径", max_length=120)
    department = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="categories",
        verbose_name="主管部门",
    )
    standard = models.TextField("整改标准", blank=True)
    standard_on = models.DateField("标准日期", null=True, blank=True)

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="category_code_once"),
            models.UniqueConstraint(fields=["campaign", "full_name"], name="category_name_once"),
            models.CheckConstraint(
                name="category_standard_dated",
                condition=models.Q(standard="") | models.Q(standard_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name
