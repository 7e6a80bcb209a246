"""The form of a project by hand; what only a decision moves is shown, not asked."""

from __future__ import annotations

from typing import Any

from django import forms

from projects.models import Project
from projects.queries.choices import Choices, choices
from projects.queries.guarded import guarded_of
from projects.queries.programmes import programme_by_id
from projects.rules.registering import FIELD_LABELS, TEXTS, Typed
from projects.services.registering import Where, written
from projects.web.change_forms import PlaceField, as_stored, named, place_of, quantity_field
from rectify.lib import clock
from rectify.lib.day_field import DayField
from rectify.lib.masking import mask_text
from rectify.lib.words_field import WordsField
from townships.models import User
from townships.web.forms import UnitField

PLACE = ("township", "village")


def _text(name: str, *, rows: int = 0, required: bool = False, **more: Any) -> WordsField:
    label, most = TEXTS[name]
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"autocomplete": "off"})
    return WordsField(label=label, max_length=most, required=required, widget=widget, **more)


class ProjectForm(forms.Form):
    """``project``: the one that is corrected; without it a new one. ``guarded``: why not → label and value of
    what is shown only."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    programme = forms.TypedChoiceField(label="专项", coerce=int)
    name = _text("name", required=True)
    unit = PlaceField(label="乡镇或村（社区）", help_text="写全称、简称或代码；写到村，乡镇自动带出。")
    place = _text("place", help_text="如 三组王家湾；不在哪个村的必须写。")
    content = _text("content", rows=3)
    standard = _text("standard", help_text="如 路面宽4.5米，C30混凝土。")
    arranged = quantity_field("数量", initial=1)
    counted_in = WordsField(label="计量单位", max_length=12, initial="个", help_text="如 个、户、公里、座。")
    arranged_on = DayField(label="安排日期")
    investment = quantity_field("投资（万元）", required=False)
    due = quantity_field("应下达资金（万元）", required=False)
    department = UnitField(label="责任部门", required=False, help_text="写全称、简称或代码。")
    leader = _text("leader", required=True, help_text="一个项目、一名领导；换人的，原来的留在记录里。")
    person = _text("person", required=True, help_text="写一人。")
    start_due_on = DayField(label="动工期限", required=False)
    finish_due_on = DayField(label="完工期限", required=False)
    document = _text("document", help_text="项目计划或批复的文号。")
    note = _text("note", rows=2)

    def __init__(
        self, *args: Any, user: User, campaign: int, project: Project | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        self.guarded: dict[str, list[tuple[str, str]]] = {}
        self._offer(choices(), campaign, user)
        if project is None:
            self.fields["arranged_on"].initial = clock.today()
            return
        del self.fields["arranged_on"]
        self._begin_with(project)
        self._guard(project)

    def _offer(self, known: Choices, campaign: int, user: User) -> None:
        own = self.project.programme_id if self.project else None
        offered = [
            (one.pk, "　" * one.depth + one.name)
            for one in known.programmes.values()
            if one.campaign == campaign and (one.closed_on is None or one.pk == own)
        ]
        self.fields["programme"].choices = [("", "请选择"), *offered]
        for field in self.fields.values():
            if isinstance(field, UnitField):
                field.user = user

    def _begin_with(self, project: Project) -> None:
        for name, field in self.fields.items():
            stored = getattr(project, name, None)
            field.initial = mask_text(stored) if name in TEXTS and stored else stored
        self.fields["version"].initial = project.version
        self.fields["programme"].initial = project.programme_id
        unit = project.village or project.township
        self.fields["unit"].initial = named(unit) if unit else ""
        self.fields["department"].initial = named(project.department) if project.department else ""
        for step in ("start", "finish"):
            if getattr(project, f"{step}_due_on") and not getattr(project, f"{step}_confirmed"):
                self.fields[f"{step}_due_on"].help_text = "系统从台账原文推断的，保存即确认。"

    def _guard(self, project: Project) -> None:
        reasons = guarded_of(project)
        for name in list(self.fields):
            covered = PLACE if name == "unit" else (name,)
            reason = next((reasons[one] for one in covered if one in reasons), "")
            if reason:
                del self.fields[name]
                value = project.village or project.township if name == "unit" else getattr(project, name)
                label = "乡镇、村（社区）" if name == "unit" else FIELD_LABELS[name]
                if value:
                    self.guarded.setdefault(reason, []).append((label, mask_text(written(value))))

    def typed(self) -> Typed:
        """The words and numbers, as the service takes them; what is shown only stays as it is."""
        given = self.cleaned_data
        return Typed(
            texts={name: self._told(name) for name in TEXTS},
            counted_in=self._given("counted_in"),
            arranged=self._given("arranged"),
            investment=self._given("investment"),
            due=self._given("due") or 0,
            start_due_on=given["start_due_on"],
            finish_due_on=given["finish_due_on"],
        )

    def where(self) -> Where:
        """To whom and what it belongs."""
        from_form = "unit" in self.fields
        held = self.project
        township, village = (
            place_of(self.cleaned_data["unit"])
            if from_form or held is None
            else (held.township, held.village)
        )
        programme = programme_by_id(self.cleaned_data["programme"])
        return Where(programme, township, village, self.cleaned_data["department"])

    def _given(self, name: str) -> Any:
        return self.cleaned_data[name] if name in self.fields else getattr(self.project, name)

    def _told(self, name: str) -> str:
        stored = getattr(self.project, name, "") if self.project else ""
        return as_stored(self.cleaned_data[name], stored) if name in self.fields else stored
