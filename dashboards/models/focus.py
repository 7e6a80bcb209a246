"""重点: which categories and programmes the office puts at the head of the board."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from issues.models import Category
from projects.models import Campaign, Programme


class Focus(models.Model):
    """One category or programme shown first, under the name of its field (重点领域, W-032, W-033).

    A category or programme stands in one field only, so that nothing under it is shown twice."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="focuses")
    field = models.CharField("重点领域", max_length=40, blank=True)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, related_name="focuses")
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, null=True, related_name="focuses")
    position = models.PositiveSmallIntegerField("次序")
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField("设定时间")

    class Meta:
        ordering = ["campaign", "position", "id"]
        constraints = [
            models.CheckConstraint(
                name="focus_on_one_thing",
                condition=Q(category__isnull=False, programme__isnull=True)
                | Q(category__isnull=True, programme__isnull=False),
            ),
            models.UniqueConstraint(fields=["category"], name="focus_category_once"),
            models.UniqueConstraint(fields=["programme"], name="focus_programme_once"),
        ]
