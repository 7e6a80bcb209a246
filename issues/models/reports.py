"""What units say and show: reports (进展) and evidence (佐证)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from issues.models.issues import Issue
from issues.rules.records import EvidenceKind, choices
from rectify.lib.ledger import QuantityField
from townships.models import Unit


class Report(models.Model):
    """What a unit says it has done. ``client_id`` is the sender's own: the same again is stored once
    (invariant 7); ``digest`` tells whether the same id came with other content. A correction is a new report
    that names the corrected one; its ``quantity`` is the difference, signed."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="reports")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    client_id = models.UUIDField("客户端编号")
    digest = models.CharField("内容摘要", max_length=64)
    receipt = models.CharField("回执", max_length=24, unique=True)
    quantity = QuantityField("数量")
    amount = QuantityField("金额（万元）", null=True)
    happened_on = models.DateField("完成日期")
    narrative = models.TextField("进展", blank=True)
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ["issue", "id"]
        constraints = [
            models.UniqueConstraint(fields=["reported_by", "client_id"], name="report_client_id_once")
        ]
        indexes = [models.Index(fields=["issue", "happened_on"], name="report_by_day")]


class Evidence(models.Model):
    """A file with its hash, kind, who and when. ``sha256`` is of the stored bytes (pictures are re-encoded
    and lose their place), ``source_sha256`` of those that were sent. Never deleted: struck with a reason."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="evidence")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, related_name="evidence")
    kind = models.CharField("类别", max_length=12, choices=choices(EvidenceKind))
    name = models.CharField("文件名", max_length=200)
    path = models.CharField("存放", max_length=200)
    media_type = models.CharField("格式", max_length=100)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    source_sha256 = models.CharField(max_length=64, db_index=True)
    taken_on = models.DateField("拍摄或成文日期", null=True)
    note = models.CharField("说明", max_length=200, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    struck_at = models.DateTimeField("作废时间", null=True)
    struck_reason = models.CharField("作废原因", max_length=200, blank=True)

    class Meta:
        ordering = ["issue", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "source_sha256"],
                condition=Q(struck_at__isnull=True),
                name="evidence_once_an_issue",
            )
        ]
