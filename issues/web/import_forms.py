"""Forms of the import, and what a request says made safe: text without NUL, whole numbers, days."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from issues.queries.imports import lists_into
from projects.models import Campaign
from rectify.lib.day_field import DayField
from rectify.lib.secrecy import mark_in_name, refusal

MAX_MB = 50


def plain(text: str | None, most: int = 300) -> str:
    """Typed text: no NUL (no database takes it), at most ``most`` characters."""
    return (text or "").replace("\x00", "").replace("\r\n", "\n").strip()[:most]


def is_long(text: str) -> bool:
    """Whether a cell needs more than one line to be edited."""
    return "\n" in text or len(text) > 60


def whole(text: str | None, default: int = 0) -> int:
    """A whole number of an address or form; ``default`` for anything else."""
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else default


def day(text: str | None) -> date | None:
    """A day written 2018-06-30; None for none. Raises ValueError for anything else."""
    return date.fromisoformat(text.strip()) if text and text.strip() else None


class _ListChoices:
    """Lists by campaign, for a select that works without scripts."""

    def __init__(self, campaigns: list[Campaign]) -> None:
        self._campaigns = campaigns

    def __iter__(self) -> Any:
        grouped: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
        for one in lists_into(self._campaigns):
            grouped[one.campaign_id].append((str(one.pk), f"{one.code} {one.short_name}"))
        yield "", "按表的标题（同名的清单会接着用）"
        for campaign in self._campaigns:
            if grouped[campaign.pk]:
                yield campaign.name, grouped[campaign.pk]


class UploadForm(forms.Form):
    """A file to be recognised; nothing is written by it."""

    file = forms.FileField(
        label="台账文件",
        help_text="xlsx、xls 或 csv，不超过50MB，可以拖进来。原有版式不用改；先识别、后确认，确认前不写入。",
        error_messages={
            "required": "请选择一份台账文件。",
            "empty": "这份文件是空的，请核对后重新选择。",
            "invalid": "没有收到文件，请重新选择。",
        },
        max_length=255,
    )
    campaign = forms.ModelChoiceField(
        label="工作", queryset=Campaign.objects.none(), empty_label=None,
        error_messages={"required": "请选择工作。", "invalid_choice": "没有这项工作，请重新选择。"},
    )  # fmt: skip
    list = forms.ChoiceField(
        label="并入清单",
        required=False,
        help_text="只对问题台账有效。",
        error_messages={"invalid_choice": "没有这份清单，请重新选择。"},
    )
    ref_date = DayField(
        label="推算日期的基准日",
        required=False,
        help_text="“6月底前”“一个月内”从这一天算起；不填按表里写的日期。",
    )
    found_on = DayField(
        label="问题发现日期",
        required=False,
        help_text="没有“发现时间”栏时用；不填按标题和说明推断。",
    )

    def __init__(self, *args: Any, campaigns: QuerySet[Campaign], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = campaigns
        self._lists = lists_into(list(campaigns))
        self.fields["list"].choices = list(_ListChoices(list(campaigns)))
        for name in ("ref_date", "found_on"):
            self.fields[name].error_messages["invalid"] = "日期应写成 2018-05-20 的样子。"
        self.fields["file"].widget.attrs.update({"accept": ".xlsx,.xls,.xlsm,.csv", "class": "drop"})

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_MB * 1024 * 1024:
            raise forms.ValidationError(f"文件超过{MAX_MB}MB，没有接收；请拆分后再传。")
        if mark := mark_in_name(upload.name):
            raise forms.ValidationError(refusal(mark))
        return upload

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        listed = given.get("list")
        if listed and given.get("campaign"):
            found = self._lists.filter(pk=listed, campaign=given["campaign"]).first()
            if found is None:
                self.add_error("list", "这份清单不属于所选的工作，请重新选择。")
            given["list"] = found
        return given


def header_rows(text: str) -> list[int] | None:
    """Rows written 3, 3-4 or 3、5; [] for none, None for what is no row number."""
    rows: list[int] = []
    for part in plain(text, 60).replace("、", ",").replace("，", ",").replace("－", "-").split(","):
        ends = [whole(end, -1) for end in part.split("-")] if part.strip() else []
        if -1 in ends or len(ends) > 2:
            return None
        if ends and ends[-1] - ends[0] > 20:
            return None
        rows += range(ends[0], ends[-1] + 1) if ends else []
    return rows


def posted_columns(request: HttpRequest) -> dict[str, str]:
    """Column letter → field, from selects named ``column-A``, ``column-AB`` …"""
    prefix = "column-"
    return {
        name.removeprefix(prefix)[:3]: plain(value, 40)
        for name, value in request.POST.items()
        if name.startswith(prefix)
    }


def posted_cells(request: HttpRequest) -> dict[tuple[int, int, str], str]:
    """(sheet's position, row, letter) → text, from fields named ``cell-0-17-G``."""
    cells: dict[tuple[int, int, str], str] = {}
    for name, value in request.POST.items():
        parts = name.split("-")
        if len(parts) == 4 and parts[0] == "cell":
            position, row = whole(parts[1], -1), whole(parts[2], -1)
            if position >= 0 and row > 0:
                cells[position, row, parts[3][:3]] = plain(value, 5_000)
    return cells
