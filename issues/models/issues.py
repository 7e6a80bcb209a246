"""Issues with their units, actions, superseded deadlines and field history; saved views."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q

from issues.models.imports import ImportSheet
from issues.models.lists import Category, IssueList, Supplement
from issues.rules.stages import Cause, Stage, State, UnitRole
from projects.models import Campaign, Project
from rectify.lib.ledger import Entry, QuantityField
from townships.models import Unit, User
from townships.rules.scope import Reach

STATE_CHOICES = [(state.value, state.label) for state in State]
STAGE_CHOICES = [(stage.value, stage.label) for stage in Stage]
CAUSE_CHOICES = [(cause.value, cause.label) for cause in Cause]
ROLE_CHOICES = [(role.value, role.label) for role in UnitRole]
LISTED = [("issues", "问题"), ("projects", "项目")]
DEADLINE_CLASSES = [
    ("dated", "有期限"),
    ("immediate", "立行立改"),
    ("long", "长期坚持"),
    ("undetermined", "未定"),
]


class IssueQuerySet(models.QuerySet["Issue"]):
    def present(self) -> IssueQuerySet:
        """Those that no withdrawal took back."""
        return self.exclude(state=State.WITHDRAWN)

    def visible_to(self, user: User, *, withdrawn: bool = False) -> IssueQuerySet:
        """What the user may see: all under an office's or leader's root, else what is at, or answered, led or
        supported by, the own unit; a department also its categories. ``withdrawn``: also what was taken back,
        for those who have to forget it."""
        scope = user.scope
        present = self.all() if withdrawn else self.present()
        if scope.reach is Reach.NOTHING:
            return present.none()
        if scope.reach is Reach.TREE:
            return present.filter(campaign__in=Campaign.objects.under(scope.root))
        units = Unit.objects.in_scope(scope)
        named = IssueUnit.objects.filter(issue=OuterRef("pk"), unit__in=units)
        seen = Q(township__in=units) | Q(village__in=units) | Q(Exists(named))
        if scope.reach is Reach.FIELD:
            seen |= Q(category__department__in=units)
        return present.filter(seen)


class Issue(models.Model):
    """One thing to put right, at a place, counted. Cached totals equal the sums of its entries.

    ``unit`` is the unit it is counted under: the lead unit, else the first responsible. ``stated_on`` is the
    day from which the ledger or the unit has said whether it is done (empty: 未说明)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="issues")
    list = models.ForeignKey(IssueList, on_delete=models.PROTECT, related_name="issues")
    number = models.CharField("编号", max_length=20, unique=True)
    ledger_number = models.CharField("台账序号", max_length=60, blank=True)
    state = models.CharField("状态", max_length=20, choices=STATE_CHOICES, default=State.REGISTERED)
    source = models.CharField("来源", max_length=200, blank=True)
    source_doc = models.CharField("文号", max_length=200, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="issues")
    section = models.CharField("分节", max_length=255, blank=True)
    description = models.TextField("问题", blank=True)
    township = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="乡镇"
    )
    village = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="村"
    )
    place = models.CharField("地点", max_length=200, blank=True)
    household = models.CharField("户主", max_length=100, blank=True)
    counted_in = models.CharField("计量单位", max_length=12, default="个")
    found_on = models.DateField("发现日期")
    goal = models.TextField("整改目标", blank=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="责任单位"
    )
    lead_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="牵头单位"
    )
    leader = models.CharField("责任领导", max_length=200, blank=True)
    person = models.CharField("责任人", max_length=200, blank=True)
    leader_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    person_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    deadline_raw = models.CharField("时限（原文）", max_length=300, blank=True)
    deadline_class = models.CharField(
        "时限类别", max_length=16, choices=DEADLINE_CLASSES, default="undetermined"
    )
    due_on = models.DateField("到期日", null=True)
    is_long = models.BooleanField("长期坚持", default=False)
    deadline_confirmed = models.BooleanField("时限已确认", default=False)
    next_review_on = models.DateField("下次复核", null=True)
    progress = models.TextField("进展", blank=True)
    state_text = models.CharField("状态（原文）", max_length=200, blank=True)
    done = models.BooleanField("台账称已完成", null=True)
    done_on = models.DateField("完成日期", null=True)
    stated_on = models.DateField("最早说明日", null=True)
    last_word_on = models.DateField("最近说明日", null=True)
    closed_on = models.DateField("销号日期", null=True)
    recognised = models.CharField("认定整改情况", max_length=300, blank=True)
    recognised_amount = QuantityField("认定整改金额（万元）", null=True)
    note = models.TextField("备注", blank=True)
    fund_source = models.CharField("资金来源", max_length=200, blank=True)
    archive_number = models.CharField("档案号", max_length=60, blank=True)
    state_since = models.DateTimeField("进入本状态的时间", null=True)
    # Most issues have none of these six: partial indexes (below) cost an import nothing.
    reported_by = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name="自查填报单位",
    )
    supplement = models.ForeignKey(
        Supplement, on_delete=models.PROTECT, null=True, db_index=False, related_name="issues"
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="merged",
        verbose_name="并入",
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="details",
        verbose_name="拆分自",
    )
    recurrence_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="recurrences",
        verbose_name="反弹自",
    )
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="issues",
        verbose_name="解决项目",
    )
    is_taken_over = models.BooleanField("历史接收", default=False)
    extra = models.JSONField("其他栏目", default=dict)
    cells = models.JSONField("原始单元格", default=dict)
    sheet = models.ForeignKey(ImportSheet, on_delete=models.PROTECT, null=True, related_name="issues")
    row = models.PositiveIntegerField("来源行", null=True)
    identity = models.CharField("同一性摘要", max_length=32, blank=True)
    content = models.CharField("整行摘要", max_length=32, blank=True)
    found = QuantityField("列入", default=Decimal(0))
    removed = QuantityField("调出", default=Decimal(0))
    claimed = QuantityField("自报完成", default=Decimal(0))
    confirmed = QuantityField("核实认定", default=Decimal(0))
    amount_found = QuantityField("涉及金额（万元）", default=Decimal(0))
    amount_removed = QuantityField("调出金额（万元）", default=Decimal(0))
    amount_claimed = QuantityField("自报完成金额（万元）", default=Decimal(0))
    amount_confirmed = QuantityField("核实金额（万元）", default=Decimal(0))
    search_text = models.TextField(blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = IssueQuerySet.as_manager()

    held_at: datetime | None = None
    """When the workflow's door took it for an act; no column."""

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="issue_stages_in_order",
                condition=Q(confirmed__gte=0)
                & Q(claimed__gte=F("confirmed"))
                & Q(found__gte=ExpressionWrapper(F("claimed") + F("removed"), output_field=QuantityField()))
                & Q(removed__gte=0),
            ),
            models.CheckConstraint(
                name="issue_state_known", condition=Q(state__in=[value for value, _ in STATE_CHOICES])
            ),
            models.CheckConstraint(
                name="issue_deadline_class_known",
                condition=Q(deadline_class__in=[value for value, _ in DEADLINE_CLASSES]),
            ),
            models.CheckConstraint(
                name="issue_dated_has_a_date", condition=~Q(deadline_class="dated") | Q(due_on__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "category", "township"], name="issue_by_category"),
            models.Index(fields=["campaign", "township", "category"], name="issue_by_township"),
            models.Index(fields=["list", "ledger_number"], name="issue_by_ledger_number"),
            models.Index(fields=["list", "identity"], name="issue_by_identity"),
            models.Index(fields=["campaign", "due_on"], name="issue_by_due_day"),
            models.Index(fields=["unit"], name="issue_by_unit"),
            *(
                models.Index(fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"issue_{name}")
                for name in (
                    "reported_by",
                    "supplement",
                    "merged_into",
                    "parent",
                    "recurrence_of",
                    "project",
                    "next_review_on",
                )
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def left(self) -> Decimal:
        """未整改 by what was claimed, in ``counted_in``."""
        left: Decimal = self.found - self.removed - self.claimed
        return left


class IssueUnitQuerySet(models.QuerySet["IssueUnit"]):
    def answering(self) -> IssueUnitQuerySet:
        """Units of ours that answer, as ``rules.answering`` says; where none is named, the township does."""
        responsible = IssueUnit.objects.filter(
            issue=OuterRef("issue"), role=UnitRole.RESPONSIBLE, unit__isnull=False
        )
        lead = Q(role=UnitRole.LEAD) & ~Q(Exists(responsible))
        return self.filter(Q(role=UnitRole.RESPONSIBLE) | lead, unit__isnull=False)


class IssueUnit(models.Model):
    """A unit's part in an issue; ``name`` is the text as written, also for a 县外单位 kept as text."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField("名称", max_length=100)
    role = models.CharField("性质", max_length=12, choices=ROLE_CHOICES)
    position = models.PositiveSmallIntegerField("次序", default=0)

    objects = IssueUnitQuerySet.as_manager()

    class Meta:
        ordering = ["issue", "role", "position"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "role", "position"], name="issue_unit_once"),
            models.UniqueConstraint(fields=["issue"], condition=Q(role="lead"), name="issue_one_lead"),
        ]
        indexes = [models.Index(fields=["unit", "issue"], name="issue_unit_by_unit")]


class Action(models.Model):
    """One step of the plan (整改措施), with its own person and date."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="actions")
    position = models.PositiveSmallIntegerField("次序")
    text = models.TextField("措施")
    person = models.CharField("责任人", max_length=120, blank=True)
    due_on = models.DateField("期限", null=True)
    done_on = models.DateField("完成日期", null=True)

    class Meta:
        ordering = ["issue", "position"]
        constraints = [models.UniqueConstraint(fields=["issue", "position"], name="action_once")]


class PastDeadline(models.Model):
    """A deadline in force from ``from_on`` until the day before ``until_on``; the issue holds today's."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="past_deadlines")
    from_on = models.DateField("起")
    until_on = models.DateField("止（不含）")
    raw = models.CharField("原文", max_length=300, blank=True)
    deadline_class = models.CharField("类别", max_length=16, choices=DEADLINE_CLASSES)
    due_on = models.DateField("到期日", null=True)
    is_long = models.BooleanField(default=False)
    confirmed = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=16, choices=CAUSE_CHOICES)

    class Meta:
        ordering = ["issue", "from_on"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "from_on"], name="past_deadline_once"),
            models.CheckConstraint(name="past_deadline_lasts", condition=Q(until_on__gt=F("from_on"))),
        ]


class FieldChange(models.Model):
    """One field of an issue changed: before and after as text, by whom, from which act."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="changes")
    field = models.CharField("字段", max_length=30)
    before = models.TextField("原值", blank=True)
    after = models.TextField("新值", blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=16, choices=CAUSE_CHOICES)
    cause_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["issue", "id"]


class IssueEntry(Entry):
    item = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="issue_entry_stage_known", condition=Q(stage__in=[value for value, _ in STAGE_CHOICES])
            )
        ]
        indexes = [models.Index(fields=["happened_on", "item"], name="issue_entry_by_day")]


class SavedView(models.Model):
    """A person's named set of filters over the list of issues or, by ``of``, of projects."""

    of = models.CharField("对象", max_length=10, choices=LISTED, default="issues", db_default="issues")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField("名称", max_length=60)
    query = models.CharField("查询", max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "of", "name"], name="saved_view_once")]
