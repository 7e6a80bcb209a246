"""节点目标: by which day which share of a campaign is to be put right."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from projects.models import Campaign


class Target(models.Model):
    """“6月30日前完成60%”: the planned share, in per cent of what is to be done, at the end of a day.

    The last of them is the campaign's goal; without any, time elapsed is the plan (序时进度)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="targets")
    name = models.CharField("名称", max_length=40, blank=True)
    on = models.DateField("日期")
    share = models.PositiveSmallIntegerField("应完成（%）")
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField("设定时间")

    class Meta:
        ordering = ["campaign", "on"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "on"], name="target_day_once"),
            models.CheckConstraint(
                name="target_share_in_per_cent", condition=Q(share__gte=1, share__lte=100)
            ),
        ]
