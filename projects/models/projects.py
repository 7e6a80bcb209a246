"""Projects, funds and their ledger with its roll-ups."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from projects.models.campaigns import Campaign, Programme
from projects.rules.stages import Cause, Stage
from rectify.lib.ledger import Entry, QuantityField
from townships.models import Unit, User
from townships.rules.scope import Reach

STAGE_CHOICES = [(stage.value, stage.label) for stage in Stage]
CAUSE_CHOICES = [(cause.value, cause.label) for cause in Cause]


class ProjectQuerySet(models.QuerySet["Project"]):
    def present(self) -> ProjectQuerySet:
        """Those that no withdrawal took back."""
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, user: User, *, withdrawn: bool = False) -> ProjectQuerySet:
        """What the user may see: all under an office's or leader's root, else by the own unit's places, works
        and, for a department, its programmes. ``withdrawn``: also what was taken back, for those who have to
        forget it."""
        scope = user.scope
        present = self.all() if withdrawn else self.present()
        if scope.reach is Reach.NOTHING:
            return present.none()
        if scope.reach is Reach.TREE:
            return present.filter(campaign__in=Campaign.objects.under(scope.root))
        units = Unit.objects.in_scope(scope)
        seen = Q(township__in=units) | Q(village__in=units) | Q(department__in=units)
        if scope.reach is Reach.FIELD:
            seen |= Q(programme__department__in=units)
        return present.filter(seen)


class FundQuerySet(models.QuerySet["Fund"]):
    def present(self) -> FundQuerySet:
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, user: User) -> FundQuerySet:
        scope = user.scope
        present = self.present()
        if scope.reach is Reach.NOTHING:
            return present.none()
        if scope.reach is Reach.TREE:
            return present.filter(campaign__in=Campaign.objects.under(scope.root))
        units = Unit.objects.in_scope(scope)
        seen = Q(township__in=units)
        if scope.reach is Reach.FIELD:
            seen |= Q(programme__department__in=units)
        return present.filter(seen)


class LedgerRow(models.Model):
    """What a row of an office's sheet leaves on the item it became: its origin, and what no field took."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    sheet_title = models.CharField("台账标题", max_length=200, blank=True)
    ledger_number = models.CharField("台账序号", max_length=60, blank=True)
    township = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="乡镇"
    )
    note = models.TextField("备注", blank=True)
    extra = models.JSONField("其他栏目", default=dict)
    cells = models.JSONField("原始单元格", default=dict)
    sheet_key = models.BigIntegerField("来源表", null=True, db_index=True)
    row = models.PositiveIntegerField("来源行", null=True)
    identity = models.CharField("同一性摘要", max_length=32, blank=True, db_index=True)
    row_digest = models.CharField("整行摘要", max_length=32, blank=True)
    search_text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Project(LedgerRow):
    """One work at one place. Cached totals equal the sums of its entries (verify_ledger proves it)."""

    number = models.CharField("编号", max_length=20, unique=True)
    name = models.CharField("项目名称", max_length=300)
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="村"
    )
    place = models.CharField("地点", max_length=200, blank=True)
    content = models.TextField("建设内容", blank=True)
    document = models.CharField("依据文号", max_length=200, blank=True, default="", db_default="")
    standard = models.CharField("建设标准", max_length=300, blank=True, default="", db_default="")
    counted_in = models.CharField("计量单位", max_length=12, default="个")
    investment = QuantityField("投资（万元）", null=True)
    department = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="责任部门"
    )
    department_text = models.CharField("责任部门（原文）", max_length=200, blank=True)
    leader = models.CharField("责任领导", max_length=120, blank=True)
    person = models.CharField("责任人", max_length=120, blank=True)
    person_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    counted_from = models.DateField("期限起算日", null=True)
    start_raw = models.CharField("计划开工（原文）", max_length=200, blank=True)
    start_due_on = models.DateField("计划开工", null=True)
    start_class = models.CharField(max_length=16, blank=True)
    start_confirmed = models.BooleanField(default=True)
    finish_raw = models.CharField("计划完工（原文）", max_length=200, blank=True)
    finish_due_on = models.DateField("计划完工", null=True)
    finish_class = models.CharField(max_length=16, blank=True)
    finish_confirmed = models.BooleanField(default=True)
    arranged_on = models.DateField("安排日期")
    progress = models.TextField("进展", blank=True)
    problem = models.TextField("存在问题", blank=True)
    arranged = QuantityField("安排", default=Decimal(0))
    allotted = QuantityField("下达", default=Decimal(0))
    started = QuantityField("开工", default=Decimal(0))
    completed = QuantityField("完工", default=Decimal(0))
    accepted = QuantityField("验收", default=Decimal(0))
    due = QuantityField("应下达资金", default=Decimal(0))
    funded = QuantityField("资金下达", default=Decimal(0))
    paid = QuantityField("资金拨付", default=Decimal(0))

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="project_stages_in_order",
                condition=Q(arranged__gte=F("allotted"))
                & Q(allotted__gte=F("started"))
                & Q(started__gte=F("completed"))
                & Q(completed__gte=F("accepted"))
                & Q(accepted__gte=0),
            ),
            models.CheckConstraint(
                name="project_money_in_order",
                condition=Q(due__gte=0) & Q(funded__gte=F("paid")) & Q(paid__gte=0),
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "programme", "township"], name="project_by_programme"),
            models.Index(fields=["campaign", "sheet_title"], name="project_by_sheet"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def anchors(self) -> list[date]:
        """The days its dates may have been counted from: as its ledger was read, as it was arranged."""
        return [day for day in (self.counted_from, self.arranged_on) if day is not None]


class ProjectEntry(Entry):
    item = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="project_entry_stage_known", condition=Q(stage__in=[value for value, _ in STAGE_CHOICES])
            )
        ]
        indexes = [models.Index(fields=["happened_on", "item"], name="project_entry_by_day")]


class Fund(LedgerRow):
    """Money due to a township by a norm (people × standard) against money issued, in 万元."""

    number = models.CharField("编号", max_length=20, unique=True)
    people = QuantityField("人数", null=True)
    arranged_on = models.DateField("核对日期")
    due = QuantityField("应下达", default=Decimal(0))
    funded = QuantityField("实际下达", default=Decimal(0))
    paid = QuantityField("拨付", default=Decimal(0))

    objects = FundQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="fund_money_in_order",
                condition=Q(due__gte=0) & Q(funded__gte=F("paid")) & Q(paid__gte=0),
            )
        ]

    @property
    def over(self) -> Decimal:
        """超额下达, 万元: max(0, funded − due)."""
        over: Decimal = self.funded - self.due
        return max(Decimal(0), over)


class FundEntry(Entry):
    item = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        indexes = [models.Index(fields=["happened_on", "item"], name="fund_entry_by_day")]


class ProjectMeasures(models.Model):
    """Key and measures of a roll-up row; 0 in a key means none. Money stands in the rows of 万元."""

    campaign_key = models.BigIntegerField()
    programme_key = models.BigIntegerField()
    township_key = models.BigIntegerField()
    counted_in = models.CharField(max_length=12)
    items = models.BigIntegerField(default=0)
    arranged = QuantityField(default=0)
    allotted = QuantityField(default=0)
    started = QuantityField(default=0)
    completed = QuantityField(default=0)
    accepted = QuantityField(default=0)
    due = QuantityField(default=0)
    funded = QuantityField(default=0)
    paid = QuantityField(default=0)
    over = QuantityField(default=0)

    class Meta:
        abstract = True


KEY = ["campaign_key", "programme_key", "township_key", "counted_in"]


class ProjectBalance(ProjectMeasures):
    class Meta:
        constraints = [models.UniqueConstraint(fields=KEY, name="project_balance_key")]


class ProjectDay(ProjectMeasures):
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=[*KEY, "day"], name="project_day_key")]
        indexes = [models.Index(fields=["campaign_key", "day"], name="project_day_by_day")]


class ProjectMonth(ProjectMeasures):
    month = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=[*KEY, "month"], name="project_month_key")]
        indexes = [models.Index(fields=["campaign_key", "month"], name="project_month_by_month")]


class ProjectRoll(models.Model):
    """One row: the day the project balances stand for."""

    rolled_to = models.DateField()
