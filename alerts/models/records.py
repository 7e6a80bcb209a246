"""约谈 and 移交: rungs that people climb. The system says that they are due; here stands who did it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from alerts.models.alerts import ITEM_CHOICES
from alerts.models.rules import HEIGHT_CHOICES
from alerts.rules.ladder import Level
from projects.models import Campaign
from townships.models import Unit

RECORDED = (Level.TALK.height, Level.HANDOVER.height)


class LadderRecord(models.Model):
    """Somebody was talked to, or an item handed over, on ``happened_on``, about one item."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    item_kind = models.CharField("对象", max_length=8, choices=ITEM_CHOICES)
    item_id = models.BigIntegerField()
    number = models.CharField("编号", max_length=40)
    height = models.PositiveSmallIntegerField("梯级", choices=HEIGHT_CHOICES)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    person = models.CharField("约谈对象或接收单位", max_length=100)
    happened_on = models.DateField("日期")
    words = models.CharField("情况", max_length=500)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="ladder_record_by_people",
                condition=Q(height__in=RECORDED) & ~Q(words="") & ~Q(person=""),
            )
        ]
        indexes = [models.Index(fields=["item_kind", "item_id"], name="ladder_record_by_item")]
