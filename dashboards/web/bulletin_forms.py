"""Forms of bulletins: of which period, what is printed, the words around the figures, why it goes back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from alerts.rules.rounds import Period
from dashboards.models import Bulletin
from dashboards.models.bulletins import BASES
from dashboards.rules.bulletin_sections import suits
from dashboards.rules.bulletin_templates import OPENING, Part
from dashboards.rules.bulletins import (
    KIND_LABELS,
    LONGEST_PROSE,
    LONGEST_TITLE,
    LONGEST_WORDS,
    BulletinKind,
    period_of,
)
from dashboards.rules.snapshots import Snapshot
from dashboards.services.bulletins.editing import Edited
from rectify.lib import clock
from rectify.lib.day_field import DayField
from rectify.lib.words_field import WordsField

FIRST_YEAR = 2000


class DraftForm(forms.Form):
    """A new bulletin. For the kinds with a calendar any day of the period says which one is meant."""

    kind = forms.ChoiceField(
        label="种类", choices=[(kind.value, label) for kind, label in KIND_LABELS.items()]
    )
    last_on = DayField(
        label="截至日",
        help_text="填这一期里的任意一天；旬按1—10日、11—20日、21日至月末，周从星期一算起。",
    )
    basis = forms.ChoiceField(
        label="口径",
        choices=BASES,
        help_text="表中上报、核实两种数字都印；口径决定未整改、逾期和位次按哪一种算。",
    )
    topic = WordsField(label="专题", max_length=40, required=False, help_text="只用于专题通报。")
    first_on = DayField(label="起始日", required=False, help_text="只用于专题通报；其他种类自动推算。")
    scope = forms.ChoiceField(
        label="范围", required=False, help_text="只用于专题通报：可以只说一份清单或一个专项。"
    )

    def __init__(self, *args: Any, scopes: list[tuple[str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"list": "清单：", "programme": "专项："}
        named = [(f"{name}:{code}", f"{labels[name]}{label}") for name, code, label in scopes]
        self.fields["scope"].choices = [("", "全部"), *named]

    def clean_last_on(self) -> date:
        return _plausible(self.cleaned_data["last_on"])

    def clean_first_on(self) -> date | None:
        given: date | None = self.cleaned_data["first_on"]
        return given and _plausible(given)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        if given["kind"] == BulletinKind.SPECIAL and not given["first_on"]:
            self.add_error("first_on", "专题通报要写起始日，变化从这一天算起。")
        return given

    def told(self) -> dict[str, Any]:
        """As ``services.bulletins.drafting.draft`` takes it."""
        given = self.cleaned_data
        kind = BulletinKind(given["kind"])
        if kind is not BulletinKind.SPECIAL:
            return {"kind": kind, "period": period_of(kind, given["last_on"]), "basis": given["basis"]}
        name, _, code = given["scope"].partition(":")
        return {
            "kind": kind,
            "period": Period(given["first_on"], given["last_on"]),
            "basis": given["basis"],
            "topic": given["topic"],
            "narrowed": {name: code} if name else {},
        }


def _plausible(day: date) -> date:
    """A day of which there can be figures: the calendar's own ends have no day beside them."""
    today = clock.today()
    if not FIRST_YEAR <= day.year <= today.year:
        raise forms.ValidationError(f"年份应在{FIRST_YEAR}年到{today.year}年之间。")
    return day


def _prose(label: str, rows: int) -> WordsField:
    widget = forms.Textarea(attrs={"rows": rows})
    return WordsField(label=label, max_length=LONGEST_PROSE, required=False, widget=widget)


class EditForm(forms.Form):
    """The words and the choice of parts; no field holds a figure."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = WordsField(label="标题", max_length=LONGEST_TITLE)
    organ = WordsField(label="发文机关标志", max_length=60, help_text="红头上的字；署名时去掉末尾的“文件”。")
    mark = WordsField(
        label="机关代字", max_length=12, help_text="签发时按这个代字和年份编号，如 整通报〔2018〕3号。"
    )
    addressed_to = WordsField(label="主送", max_length=200, required=False)
    copied_to = WordsField(
        label="抄送", max_length=300, required=False, help_text="用逗号隔开，印在末页的版记里。"
    )
    parts = forms.MultipleChoiceField(label="印哪些内容", widget=forms.CheckboxSelectMultiple)
    counted = forms.MultipleChoiceField(
        label="分乡镇、分部门的表按什么计量",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="计量单位不同的不相加，各成一表、各排位次。",
    )

    def __init__(self, data: Any = None, *, bulletin: Bulletin) -> None:
        super().__init__(data, initial=_initial(bulletin))
        snapshot = Snapshot(bulletin.snapshot)
        self.offered = [part for part in Part if suits(part, snapshot)]
        self.fields["parts"].choices = [(part.value, part.label) for part in self.offered]
        self.fields["counted"].choices = [(name, name) for name in snapshot.counted()]
        self.fields[f"prose_{OPENING}"] = _prose("开头", 3)
        for part in self.offered:
            self.fields[f"prose_{part.value}"] = _prose(
                f"{part.label}：补充文字", 5 if part is Part.NEXT else 2
            )

    @property
    def plain_fields(self) -> list[Any]:
        """The fields before the prose."""
        return [field for field in self.visible_fields() if not field.name.startswith("prose_")]

    @property
    def opening(self) -> Any:
        return self[f"prose_{OPENING}"]

    @property
    def prose_by_part(self) -> dict[str, Any]:
        return {part.value: self[f"prose_{part.value}"] for part in self.offered}

    def told(self) -> Edited:
        """As ``services.bulletins.editing.edit`` takes it."""
        given = dict(self.cleaned_data)
        given.pop("version")
        prose = {
            name.removeprefix("prose_"): given.pop(name) for name in list(given) if name.startswith("prose_")
        }
        return Edited(prose=prose, **given)


def _initial(bulletin: Bulletin) -> dict[str, Any]:
    names = ("version", "title", "organ", "mark", "addressed_to", "copied_to", "parts", "counted")
    prose = {f"prose_{name}": text for name, text in bulletin.prose.items()}
    return {**{name: getattr(bulletin, name) for name in names}, **prose}


class ActForm(forms.Form):
    """One button: the version that the person looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class WordsForm(ActForm):
    """A button that needs a reason."""

    words = WordsField(label="意见", max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 3}))
