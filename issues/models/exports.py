"""Exports: who took which rows out, when and why; the file waits for that person alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models

STATUSES = [("queued", "排队"), ("writing", "正在生成"), ("done", "已生成"), ("failed", "没有生成")]
OBJECTS = [("issues", "问题"), ("projects", "项目")]


class Export(models.Model):
    """One file asked for: the address's query says which issues or, by ``of``, projects; ``reason`` why."""

    of = models.CharField("对象", max_length=10, choices=OBJECTS, default="issues", db_default="issues")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exports")
    query = models.CharField("查询", max_length=2000, blank=True)
    reason = models.CharField("理由", max_length=200)
    status = models.CharField("状态", max_length=10, choices=STATUSES, default="queued")
    rows = models.PositiveIntegerField("行数", default=0)
    file_name = models.CharField("文件名", max_length=255, blank=True)
    stored_as = models.CharField("存放位置", max_length=255, blank=True)
    message = models.CharField("说明", max_length=300, blank=True)
    asked_at = models.DateTimeField("申请时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="export_has_a_reason", condition=~models.Q(reason="")),
            models.CheckConstraint(
                name="export_done_has_a_file", condition=~models.Q(status="done") | ~models.Q(stored_as="")
            ),
        ]
