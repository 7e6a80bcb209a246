"""Lists (问题清单) and categories."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from projects.models import Campaign
from townships.models import Unit


class ListTemplate(models.Model):
    """What a kind of list asks: closing statements, evidence, words. Some ship; the office edits and copies.

    ``checklist``: [{"code", "text"}], each statement answered in words before closing; ``evidence``:
    [{"kind", "why"}], kinds that must be there before closing; ``state_words``: state → the word used;
    ``return_reasons``: [{"code", "text"}], words for the kinds of return; ``extra_fields``: [{"name",
    "label", "at"}], asked at "plan" or "closing"; ``labels``: field or document → the word used instead."""

    code = models.SlugField("代号", max_length=32, unique=True)
    name = models.CharField("名称", max_length=60, unique=True)
    checklist = models.JSONField("销号清单", default=list)
    evidence = models.JSONField("必备佐证", default=list)
    state_words = models.JSONField("状态用语", default=dict)
    return_reasons = models.JSONField("退回理由", default=list)
    extra_fields = models.JSONField("补充栏目", default=list)
    labels = models.JSONField("名称用语", default=dict)
    self_check = models.JSONField("自查项目", default=list)
    """[{"code", "text"}]: what every unit goes through before its part is signed (W-045)."""
    needs_site_visit = models.BooleanField("须现场核查", default=False)
    asks_funds = models.BooleanField("须写资金来源", default=False)
    needs_file_number = models.BooleanField("须归档", default=False)
    is_shipped = models.BooleanField("随系统提供", default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


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
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    template = models.ForeignKey(
        ListTemplate, on_delete=models.PROTECT, null=True, blank=True, related_name="lists"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="list_code_once"),
            models.UniqueConstraint(fields=["campaign", "title"], name="list_title_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Supplement(models.Model):
    """增量: what was added to a list after its lock, with the reason and the document."""

    list = models.ForeignKey(IssueList, on_delete=models.PROTECT, related_name="supplements")
    reason = models.CharField("理由", max_length=300)
    document = models.CharField("依据文号", max_length=100, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ["list", "id"]


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
