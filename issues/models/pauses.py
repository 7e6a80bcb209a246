"""暂停计时: intervals in which the clock of a deadline stands still."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from issues.models.issues import Issue


class PauseQuerySet(models.QuerySet["Pause"]):
    def running(self, on: object) -> PauseQuerySet:
        """Those in which the clock stands still on the Beijing date ``on``."""
        return self.filter(from_on__lte=on, until_on__gt=on)


class Pause(models.Model):
    """From ``from_on`` until the day before ``until_on`` the days do not count: the date that was in force
    moved by as many when it began, and back by those that were left where it ended early."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="pauses")
    from_on = models.DateField("起")
    until_on = models.DateField("止（不含）")
    planned_until_on = models.DateField("原定止（不含）")
    due_on = models.DateField("暂停前的期限")
    reason = models.CharField("理由", max_length=500)
    document = models.CharField("依据文号", max_length=100)
    paused_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    paused_at = models.DateTimeField("登记时间")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField("提前恢复时间", null=True)

    objects = PauseQuerySet.as_manager()

    class Meta:
        ordering = ["issue", "from_on"]
        constraints = [
            models.CheckConstraint(
                name="pause_lasts",
                condition=Q(until_on__gte=F("from_on"), until_on__lte=F("planned_until_on")),
            ),
            models.CheckConstraint(
                name="pause_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["issue", "until_on"], name="pause_by_end")]
