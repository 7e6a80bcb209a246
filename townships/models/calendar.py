"""The county's working days: seeded from public holidays, edited by the office."""

from __future__ import annotations

from django.db import models


class CalendarYear(models.Model):
    """A year whose days are known; ``document`` empty means 暂定 (no official list yet)."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    document = models.CharField("依据文件", max_length=120, blank=True)


class CalendarDay(models.Model):
    """A day that differs from the week's rule: a holiday or a working weekend day (调休)."""

    day = models.DateField("日期", primary_key=True)
    is_workday = models.BooleanField("上班")
    name = models.CharField("名称", max_length=60)

    class Meta:
        ordering = ["day"]
