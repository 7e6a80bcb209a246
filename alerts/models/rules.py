"""Warning rules: versions of a campaign's rungs, each in force from a day on."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from alerts.rules.ladder import LADDER, Colour, Subject
from projects.models import Campaign
from rectify.lib.ledger import QuantityField

SUBJECT_CHOICES = [(subject.value, subject.label) for subject in Subject]
COLOUR_CHOICES = [(colour.value, colour.label) for colour in Colour]
HEIGHT_CHOICES = [(level.height, level.label) for level in LADDER]


class RuleSet(models.Model):
    """The rungs of a campaign from ``from_on`` until the next set's day; never changed once in force."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="rule_sets")
    from_on = models.DateField("启用日期")
    name = models.CharField("名称", max_length=60)
    note = models.CharField("说明", max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("设置时间")

    class Meta:
        ordering = ["campaign", "-from_on"]
        constraints = [models.UniqueConstraint(fields=["campaign", "from_on"], name="rule_set_once_a_day")]


class Rung(models.Model):
    """One rung for one deadline: from ``days`` after the anchor (negative: before) or, for 滞后, from
    ``points`` percentage points behind; told to the seats of ``duties``; then again so many days later as
    ``repeats`` lists and, after the last of them, weekly."""

    rules = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rungs")
    subject = models.CharField("期限", max_length=12, choices=SUBJECT_CHOICES)
    height = models.PositiveSmallIntegerField("梯级", choices=HEIGHT_CHOICES)
    days = models.SmallIntegerField("天数")
    points = QuantityField("滞后百分点", null=True)
    colour = models.CharField("颜色", max_length=8, choices=COLOUR_CHOICES)
    word = models.CharField("灯语", max_length=20)
    duties = models.JSONField("送达岗位", default=list)
    repeats = models.JSONField("重复（天）", default=list)
    is_urgent = models.BooleanField("即时送达", default=False)

    class Meta:
        ordering = ["rules", "subject", "height"]
        constraints = [
            models.UniqueConstraint(fields=["rules", "subject", "height"], name="rung_once"),
            models.CheckConstraint(
                name="rung_known",
                condition=Q(subject__in=[value for value, _ in SUBJECT_CHOICES])
                & Q(height__in=[value for value, _ in HEIGHT_CHOICES])
                & Q(colour__in=[value for value, _ in COLOUR_CHOICES]),
            ),
        ]
