"""Forms of a change: the fields of its kind as they are now, and the decision."""

from __future__ import annotations

from typing import Any

from django import forms

from projects.models import Project
from projects.rules.changes import FIELDS, TEXTS, ChangeKind
from rectify.lib.day_field import DayField
from rectify.lib.masking import mask_text
from rectify.lib.words_field import WordsField
from townships.models import Unit, User
from townships.queries.units import unit_index
from townships.rules.roles import Level
from townships.web.forms import UnitField


def quantity_field(label: str, **more: Any) -> forms.DecimalField:
    """A quantity or 万元 as it is typed: not below zero, up to six decimals."""
    widget = forms.NumberInput(attrs={"step": "any", "min": "0", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label, min_value=0, max_digits=18, decimal_places=6, widget=widget, **more
    )


def _words(label: str, **more: Any) -> WordsField:
    return WordsField(label=label, widget=forms.Textarea(attrs={"rows": 3}), **{"max_length": 500} | more)


def as_stored(text: str, stored: str) -> str:
    """``text`` as typed; the stored one where it was left as it was shown, masked."""
    text = "\n".join(text.splitlines())
    return stored if text == "\n".join(mask_text(stored).strip().splitlines()) else text


def named(unit: Unit) -> str:
    """A unit as its field shows it: by name, or by code where others bear the name."""
    match = unit_index().resolve(unit.name)
    return unit.name if match and match.unit.code == unit.code else unit.code


def place_of(unit: Unit | None) -> tuple[Unit | None, Unit | None]:
    """(township, village): a village brings its township."""
    if unit is not None and unit.level == Level.VILLAGE:
        return unit.parent, unit
    return unit, None


class PlaceField(UnitField):
    """A township or a village."""

    def clean(self, value: Any) -> Unit | None:
        unit = super().clean(value)
        if unit is not None and unit.level not in (Level.TOWNSHIP, Level.VILLAGE):
            raise forms.ValidationError(f"{unit.name}不是乡镇，也不是村（社区）。")
        return unit


class AskForm(forms.Form):
    """``kind`` says which fields it asks besides the reason; each begins with what it is now."""

    kind: ChangeKind
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = _words("理由", help_text="为什么要变更；领导小组据此研究。")

    def __init__(self, *args: Any, project: Project, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = project.version
        self.project = project
        for name in set(FIELDS[self.kind]) & set(self.fields):
            stored = getattr(project, name)
            self.fields[name].initial = mask_text(stored) if name in TEXTS else stored

    def wanted(self) -> dict[str, Any]:
        """Field → value as the service takes it."""
        return {name: self.told(name) for name in FIELDS[self.kind]}

    def told(self, name: str) -> Any:
        """A field as typed; a text left as it was shown, masked, is the stored one."""
        value = self.cleaned_data[name]
        return as_stored(value, getattr(self.project, name)) if name in TEXTS else value


class MoneyForm(AskForm):
    kind = ChangeKind.MONEY
    investment = quantity_field("投资（万元）", required=False)
    due = quantity_field("应下达资金（万元）")
    field_order = ["investment", "due", "reason"]


class StandardForm(MoneyForm):
    kind = ChangeKind.STANDARD
    standard = WordsField(label="建设标准", max_length=300, help_text="如 路面宽4.5米，C30混凝土。")
    field_order = ["standard", "investment", "due", "reason"]


class ContentForm(MoneyForm):
    kind = ChangeKind.CONTENT
    content = _words("建设内容", required=False, max_length=20_000)
    arranged = quantity_field("安排数量")
    field_order = ["content", "arranged", "investment", "due", "reason"]

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, project=project, **kwargs)
        self.fields["arranged"].label = f"安排数量（{project.counted_in}）"
        self.fields["arranged"].help_text = "减少的，尚未开工的下达数一并减少；增加的，等下达后再动工。"


class PlaceForm(AskForm):
    kind = ChangeKind.PLACE
    unit = PlaceField(label="乡镇或村（社区）", required=False, help_text="写全称、简称或代码。")
    place = WordsField(label="地点", max_length=200, required=False, help_text="如 三组王家湾。")
    field_order = ["unit", "place", "reason"]

    def __init__(self, *args: Any, project: Project, user: User, **kwargs: Any) -> None:
        super().__init__(*args, project=project, user=user, **kwargs)
        field = self.fields["unit"]
        if isinstance(field, UnitField):
            field.user = user
        unit = project.village or project.township
        field.initial = named(unit) if unit else ""

    def wanted(self) -> dict[str, Any]:
        """A village brings its township."""
        township, village = place_of(self.cleaned_data["unit"])
        return {"township": township, "village": village, "place": self.told("place")}


ASK_FORMS: dict[ChangeKind, type[AskForm]] = {
    form.kind: form for form in (StandardForm, MoneyForm, PlaceForm, ContentForm)
}


class DecideForm(forms.Form):
    decision = forms.ChoiceField(
        label="决定", choices=[("approve", "同意变更"), ("decline", "不同意")], widget=forms.RadioSelect
    )
    meeting = WordsField(
        label="领导小组会议",
        max_length=60,
        required=False,
        help_text="会议或纪要编号，如 领导小组2018年第5次会议；同意的必须写明。",
    )
    met_on = DayField(label="会议日期", required=False, help_text="变更从这一天起算；同意的必须写明。")
    words = _words("决定内容", required=False, help_text="会议怎么定的；不同意的必须写明理由。")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("decision") == "approve":
            for name, words in (
                ("meeting", "同意的，须写明领导小组会议。"),
                ("met_on", "同意的，须写明会议日期。"),
            ):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, words)
        if given.get("decision") == "decline" and not given.get("words") and "words" not in self.errors:
            self.add_error("words", "不同意的，须写明理由。")
        return given
