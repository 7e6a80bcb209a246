"""Forms of rounds: what to collect on whose word, "nothing", a late entry."""

from __future__ import annotations

from typing import Any

from django import forms

from alerts.queries.rounds import LEVEL_KINDS
from alerts.rules.rounds import Matter, Period, Rhythm
from rectify.lib.day_field import DayField
from rectify.lib.words_field import WordsField

LEVEL_LABELS = {"township": "乡镇", "department": "部门"}


def _days(label: str, help_text: str) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "min": "0", "max": "30"})
    return forms.IntegerField(label=label, min_value=0, max_value=30, widget=widget, help_text=help_text)


class AskForm(forms.Form):
    """What the office asks of units. Nothing here is filled in by them."""

    rhythm = forms.ChoiceField(label="周期", choices=[(one.value, one.label) for one in Rhythm])
    matter = forms.ChoiceField(
        label="内容",
        choices=[(one.value, one.label) for one in Matter],
        help_text="单位在系统里填报进展、登记线索或自查问题，就算已报，不另填表。",
    )
    title = WordsField(label="名称", max_length=60, required=False, help_text="不填则按内容和周期起名。")
    levels = forms.MultipleChoiceField(
        label="由谁报送",
        choices=[(code, LEVEL_LABELS[code]) for code in LEVEL_KINDS],
        widget=forms.CheckboxSelectMultiple,
    )
    ground = WordsField(
        label="依据", max_length=200, help_text="文件名称和文号，或者会议；没有依据的不能要求报送。"
    )
    approver = WordsField(label="批准人", max_length=60)
    from_on = DayField(label="开始")
    until_on = DayField(label="结束", help_text="到期自动停止。")
    due_days = _days("应报：每期结束后几个工作日", "0：每期最后一天。")
    grace_days = _days("算按时：应报后再宽几个工作日", "过了这一天算迟报。")
    door_days = _days("关门：算按时后再等几个工作日", "过了这一天不再收，确需补报的由整改办开通。")

    def told(self) -> dict[str, Any]:
        """As ``services.rounds.ask`` takes it."""
        given = dict(self.cleaned_data)
        period = Period(given.pop("from_on"), given.pop("until_on"))
        return {
            **given,
            "period": period,
            "rhythm": Rhythm(given["rhythm"]),
            "matter": Matter(given["matter"]),
        }


class NothingForm(forms.Form):
    words = WordsField(
        label="说明",
        max_length=200,
        help_text="一句话，例如：已排查全部村组，没有发现新的问题。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class LateForm(forms.Form):
    until = DayField(label="补报至")
    reason = WordsField(label="理由", max_length=200)
