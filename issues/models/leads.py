"""Leads (线索): reported clues, secret by default."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from issues.models.imports import ImportSheet
from issues.models.issues import DEADLINE_CLASSES, Issue
from projects.models import Campaign
from rectify.lib import clock
from townships.models import Unit, User
from townships.rules.roles import Level, Role
from townships.rules.scope import Reach

PLACES = (Level.TOWNSHIP, Level.VILLAGE)
ABOVE = (Level.CITY, Level.COUNTY)


def handed_to(user: User) -> Q:
    """Leads handed to the person's unit or one within it; at a county or for an office, to its seat alone. A
    village is not handed what is about its township, nor about one merged into that."""
    seat = user.unit
    if seat is None or user.scope.reach is Reach.TREE or Level(seat.level) in ABOVE:
        return Q(handling_unit=seat, handling_unit__isnull=False)
    handed = Q(handling_unit__in=Unit.objects.in_scope(user.scope))
    if Level(seat.level) is not Level.VILLAGE:
        return handed
    merged = Q(successor=seat.parent_id, closed_on__lte=clock.today())
    return handed & ~Q(township__in=Unit.objects.filter(Q(pk=seat.parent_id) | merged))


class LeadQuerySet(models.QuerySet["Lead"]):
    def present(self) -> LeadQuerySet:
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, user: User) -> LeadQuerySet:
        """Who registered it, the handling unit (an office: where it is handed to its own seat) and the
        discipline organ; never a unit the lead is about, whoever reported: its township and its village."""
        scope = user.scope
        present = self.present()
        if not user.is_active or user.unit is None:
            return present.none()
        if Role(user.role) is Role.DISCIPLINE:
            return present.filter(campaign__in=Campaign.objects.under(scope.root))
        if scope.reach is Reach.NOTHING:
            return present.none()
        units = Unit.objects.in_scope(scope)
        open_to = Q(registered_by=user)
        if scope.reach is not Reach.TREE or Role(user.role) is Role.OFFICE:
            open_to |= handed_to(user)
        if scope.reach is not Reach.TREE or Level(user.unit.level) in PLACES:
            present = present.exclude(township__in=units).exclude(village__in=units)
        return present.filter(open_to)


class Lead(models.Model):
    """A reported clue (线索). Secret by default: no queryset shows leads without ``visible_to``."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="leads")
    number = models.CharField("编号", max_length=20, unique=True)
    sheet_title = models.CharField("台账标题", max_length=200, blank=True)
    ledger_number = models.CharField("台账序号", max_length=60, blank=True)
    source = models.CharField("来源", max_length=100, blank=True)
    reported_by = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    reported_by_text = models.CharField("报送单位（原文）", max_length=100, blank=True)
    reported_on = models.DateField("报送日期", null=True)
    category = models.CharField("类别", max_length=255, blank=True)
    township = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    place = models.CharField("地点", max_length=200, blank=True)
    description = models.TextField("线索内容", blank=True)
    valid = models.BooleanField("有效", null=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    judged_at = models.DateTimeField("研判时间", null=True)
    judgement = models.CharField("研判理由", max_length=500, blank=True)
    result = models.TextField("核实结果", blank=True)
    result_on = models.DateField("核实日期", null=True)
    result_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    issue = models.OneToOneField(
        Issue, on_delete=models.PROTECT, null=True, related_name="lead", verbose_name="转为问题"
    )
    handling_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    responsible_text = models.CharField("责任单位（原文）", max_length=200, blank=True)
    deadline_raw = models.CharField("时限（原文）", max_length=300, blank=True)
    deadline_class = models.CharField(
        "时限类别", max_length=16, choices=DEADLINE_CLASSES, default="undetermined"
    )
    due_on = models.DateField("到期日", null=True)
    deadline_confirmed = models.BooleanField(default=False)
    progress = models.TextField("办理情况", blank=True)
    note = models.TextField("备注", blank=True)
    extra = models.JSONField(default=dict)
    cells = models.JSONField(default=dict)
    sheet = models.ForeignKey(ImportSheet, on_delete=models.PROTECT, null=True, related_name="leads")
    row = models.PositiveIntegerField(null=True)
    identity = models.CharField(max_length=32, blank=True, db_index=True)
    content = models.CharField(max_length=32, blank=True)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = LeadQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(fields=["campaign", "sheet_title", "ledger_number"], name="lead_by_ledger_number")
        ]
