"""先斩后奏: a start that somebody told of before its 下达, kept with its date while it waits and after."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from projects.models.projects import CAUSE_CHOICES, Project
from projects.rules.ahead import AheadState
from rectify.lib.ledger import QuantityField


class RunningAhead(models.Model):
    """``quantity`` of the project began on ``started_on`` without a 下达; ``posted`` of it has entered the
    ledger since, the last of it on ``posted_on``. ``settled_import``: the import that brought the 下达."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="ahead")
    quantity = QuantityField("数量")
    started_on = models.DateField("动工日期")
    words = models.CharField("情况", max_length=300, blank=True)
    state = models.CharField(
        "状态",
        max_length=10,
        choices=[(one.value, one.label) for one in AheadState],
        default=AheadState.WAITING.value,
    )
    posted = QuantityField("已入账", default=Decimal(0))
    posted_on = models.DateField("入账日期", null=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField("登记时间")
    cause = models.CharField(max_length=16, choices=CAUSE_CHOICES)
    cause_id = models.BigIntegerField(null=True)
    settled_import = models.BigIntegerField(null=True)
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    struck_at = models.DateTimeField("撤销时间", null=True)
    struck_words = models.CharField("撤销理由", max_length=300, blank=True)

    class Meta:
        ordering = ["project", "started_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="ahead_posted_within_quantity",
                condition=Q(quantity__gt=0) & Q(posted__gte=0) & Q(posted__lte=F("quantity")),
            ),
            models.CheckConstraint(
                name="ahead_posted_wholly",
                condition=~Q(state=AheadState.POSTED.value)
                | Q(posted=F("quantity"), posted_on__isnull=False),
            ),
            models.CheckConstraint(
                name="ahead_struck_with_reason",
                condition=Q(~Q(state=AheadState.STRUCK.value), struck_by__isnull=True, struck_at__isnull=True)
                | Q(
                    ~Q(struck_words=""),
                    state=AheadState.STRUCK.value,
                    struck_by__isnull=False,
                    struck_at__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["project"], condition=Q(state=AheadState.WAITING.value), name="ahead_waiting"
            )
        ]
