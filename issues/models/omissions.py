"""自查漏报: what the unit said of a finding that its own signed check lacks, and what a person decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from issues.models.answering import Part
from issues.models.issues import Issue
from issues.rules.omissions import Ruling
from issues.rules.records import choices
from townships.models import Unit

UNEXPLAINED = Q(unit__isnull=True, explanation="", explained_by__isnull=True, explained_at__isnull=True)
EXPLAINED = Q(unit__isnull=False, explained_by__isnull=False, explained_at__isnull=False) & ~Q(explanation="")
UNRULED = Q(ruling="", ruling_words="", ruled_by__isnull=True, ruled_at__isnull=True)
RULED = Q(ruled_by__isnull=False, ruled_at__isnull=False) & ~Q(ruling="") & ~Q(ruling_words="")


class Omission(models.Model):
    """One suspicion that somebody has spoken to; the suspicion itself is derived (issues.queries.selfchecks)
    and has no row. ``parts``: the signed checks that lack the issue, as they were when last spoken of."""

    issue = models.OneToOneField(Issue, on_delete=models.PROTECT, related_name="omission")
    parts = models.ManyToManyField(Part, related_name="omissions")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="说明单位"
    )
    explanation = models.CharField("情况说明", max_length=500, blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    explained_at = models.DateTimeField("说明时间", null=True)
    ruling = models.CharField("核定", max_length=12, choices=choices(Ruling), blank=True)
    ruling_words = models.CharField("核定理由", max_length=500, blank=True)
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ruled_at = models.DateTimeField("核定时间", null=True)

    class Meta:
        ordering = ["issue"]
        constraints = [
            models.CheckConstraint(name="omission_explained_whole", condition=UNEXPLAINED | EXPLAINED),
            models.CheckConstraint(name="omission_ruled_whole", condition=UNRULED | RULED),
            models.CheckConstraint(
                name="omission_says_something",
                condition=Q(explained_at__isnull=False) | Q(ruled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="omission_takes_two",
                condition=Q(explained_by__isnull=True)
                | Q(ruled_by__isnull=True)
                | ~Q(explained_by=F("ruled_by")),
            ),
        ]
        indexes = [models.Index(fields=["ruling", "issue"], name="omission_by_ruling")]
