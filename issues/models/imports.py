"""Imports: the file kept, each sheet understood, rows left out, layouts remembered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from issues.models.lists import IssueList
from projects.models import Campaign, Programme

STATUSES = [
    ("uploaded", "已上传"),
    ("reading", "正在识别"),
    ("ready", "待确认"),
    ("queued", "排队写入"),
    ("writing", "正在写入"),
    ("done", "已完成"),
    ("refused", "不能读取"),
    ("failed", "未写入"),
    ("withdrawn", "已撤回"),
]
KINDS = [("issues", "问题"), ("projects", "项目"), ("leads", "线索"), ("funds", "资金"), ("skipped", "跳过")]
PENDING_STATUSES = [("pending", "待处理"), ("mended", "已补录"), ("dropped", "不入库")]


class Import(models.Model):
    """One file dropped in. ``options`` holds the dates asked for; ``decisions`` what people decided on it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, related_name="imports")
    list = models.ForeignKey(IssueList, on_delete=models.PROTECT, null=True, related_name="+")
    file_name = models.CharField("文件名", max_length=255)
    stored_as = models.CharField("存放位置", max_length=255)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField("字节数")
    status = models.CharField("状态", max_length=12, choices=STATUSES, default="uploaded")
    options = models.JSONField(default=dict)
    decisions = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    message = models.CharField("说明", max_length=500, blank=True)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    reason = models.CharField("增量或更改理由", max_length=300, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="import_withdrawn_by_somebody",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            )
        ]


class ImportSheet(models.Model):
    """A sheet as it was understood, and what came of it."""

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="sheets")
    position = models.PositiveSmallIntegerField("次序")
    name = models.CharField("表名", max_length=255)
    kind = models.CharField("类型", max_length=10, choices=KINDS)
    title = models.CharField("标题", max_length=255, blank=True)
    as_of_on = models.DateField("截至", null=True)
    header_rows = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    layout = models.CharField("版式", max_length=64, blank=True)
    first_data_row = models.PositiveIntegerField(null=True)
    last_data_row = models.PositiveIntegerField(null=True)
    list = models.ForeignKey(IssueList, on_delete=models.PROTECT, null=True, related_name="sheets")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, null=True, related_name="+")
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    conflicts = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["source", "position"]
        constraints = [models.UniqueConstraint(fields=["source", "position"], name="import_sheet_once")]


class PendingRow(models.Model):
    """A row left out with its reason: 待处理 until mended or dropped. Every total prints their number."""

    sheet = models.ForeignKey(ImportSheet, on_delete=models.CASCADE, related_name="pending_rows")
    errors = models.JSONField("错误", default=list)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="pending_rows")
    list = models.ForeignKey(IssueList, on_delete=models.PROTECT, null=True, related_name="pending_rows")
    kind = models.CharField(max_length=10, choices=KINDS)
    row = models.PositiveIntegerField("行号")
    cells = models.JSONField("原始单元格", default=dict)
    status = models.CharField("状态", max_length=10, choices=PENDING_STATUSES, default="pending")
    reason = models.CharField("理由", max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    item_number = models.CharField("补录成的编号", max_length=20, blank=True)

    class Meta:
        ordering = ["sheet", "row"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "row"], name="pending_row_once"),
            models.CheckConstraint(
                name="pending_row_settled_by_somebody",
                condition=Q(status="pending", settled_at__isnull=True, settled_by__isnull=True)
                | Q(~Q(status="pending"), settled_at__isnull=False, settled_by__isnull=False),
            ),
            models.CheckConstraint(
                name="pending_row_dropped_with_reason", condition=~Q(status="dropped") | ~Q(reason="")
            ),
        ]


class LayoutMemory(models.Model):
    """A mapping a person corrected, used again for the next file with the same header."""

    layout = models.CharField("版式", max_length=64, primary_key=True)
    mapping = models.JSONField("列 → 字段")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
