"""The forms of a lead: reported, judged, handed over, verified."""

from __future__ import annotations

from typing import Any

from django import forms

from issues.models import IssueList, Lead
from issues.queries.leads import stamp_of
from issues.services.leads import NewLead
from issues.web.acts.fields import day_field, words_field
from issues.web.registering_forms import PlacedForm, RegisterForm, text
from rectify.lib import clock
from rectify.lib.words_field import WordsField
from townships.models import User
from townships.rules.scope import Reach
from townships.web.forms import UnitField

VERDICTS = [("valid", "有效"), ("invalid", "无效")]


class ReportForm(PlacedForm):
    """A lead by hand; an office also says which unit brought it."""

    description = text(
        "线索内容", 4000, rows=4, required=True, help_text="身份证号和手机号显示时自动隐去中间几位。"
    )
    source = text("来源", 100, help_text="如 群众来信、来访、大数据比对、上级交办。只有报送人和纪委看得到。")
    reporter = UnitField(label="报送单位", required=False, help_text="不填的，记为本单位。")
    category = text("问题类型", 200)
    township = forms.ChoiceField(label="涉及乡镇", required=False)
    village = text("涉及村（社区）", 100)
    place = text("具体地点", 200)
    reported_on = day_field("报送日期")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_townships(user)
        self.fields["reported_on"].initial = clock.today()
        if user.scope.reach is Reach.TREE:
            self.fields["reporter"].user = user
        else:
            del self.fields["reporter"]

    def lead(self) -> NewLead:
        """The lead as the service takes it."""
        given = self.cleaned_data
        words = {name: given[name] for name in ("description", "reported_on", "source", "category", "place")}
        return NewLead(**words, township=given["where"], village=given["at"], reporter=given.get("reporter"))


class LeadForm(forms.Form):
    """What is done to one lead; ``stamp`` tells whether somebody acted on it meanwhile."""

    stamp = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, lead: Lead, user: User, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{type(self).__name__.lower()}_%s", **kwargs)
        self.fields["stamp"].initial = stamp_of(lead)
        for field in self.fields.values():
            if isinstance(field, UnitField):
                field.user = user


class JudgeForm(LeadForm):
    verdict = forms.ChoiceField(
        label="研判",
        choices=VERDICTS,
        widget=forms.RadioSelect,
        error_messages={"required": "请选“有效”或“无效”。"},
    )
    reason = words_field("研判理由")


class HandForm(LeadForm):
    unit = UnitField(
        label="承办单位",
        help_text="承办单位看得到线索内容，看不到来源和报送单位。要转为问题的，交整改办所在单位。",
    )


class ResultForm(LeadForm):
    result = WordsField(label="核实结果", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    on = day_field("核实日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today()


class CorrectForm(ResultForm):
    reason = words_field("更正理由", help_text="原结果留在经过里。")


class TurnForm(RegisterForm):
    """The issue that a lead becomes; nothing in it says where the lead came from."""

    stamp = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, lead: Lead, listed: IssueList, user: User, **kwargs: Any) -> None:
        known = {
            "description": lead.description,
            "township": str(lead.township_id or ""),
            "village": lead.village.name if lead.village else "",
            "place": lead.place,
        }
        super().__init__(*args, listed=listed, user=user, initial=known, **kwargs)
        for name in ("source", "source_doc", "ledger_number"):
            del self.fields[name]
        self.fields["stamp"].initial = stamp_of(lead)
