"""The form field of a day: an unlikely one is refused beside what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from rectify.lib.likely_days import FIRST, LAST


class DayField(forms.DateField):
    """A day typed or picked."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**more)
        self.validators += [
            MinValueValidator(FIRST, "日期太早，请核对年份。"),
            MaxValueValidator(LAST, "日期太晚，请核对年份。"),
        ]
