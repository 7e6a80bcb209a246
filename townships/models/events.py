"""Audit events: append-only, hash-chained per subject; a sealer links the heads into one county chain."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One act. ``at`` is the real clock; ``hash`` covers the other fields and the subject's previous hash."""

    subject_type = models.CharField("对象类型", max_length=20)
    subject_id = models.BigIntegerField("对象编号")
    seq = models.PositiveIntegerField("序号")
    at = models.DateTimeField("时间", db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField("动作", max_length=40)
    summary = models.CharField("摘要", max_length=300)
    facts = models.JSONField("内容", default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "seq"], name="event_chain_without_gap"
            )
        ]


class Seal(models.Model):
    """The county chain: each seal covers the events up to ``last_event_id`` and the seal before it."""

    at = models.DateTimeField("时间")
    last_event_id = models.BigIntegerField("封至")
    events = models.PositiveIntegerField("件数")
    previous_hash = models.CharField(max_length=64, blank=True, unique=True)
    hash = models.CharField(max_length=64, unique=True)
