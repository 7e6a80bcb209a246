"""Pages of signing for: accept, give back, answer, 立行立改 without a plan, the own share is done."""

from __future__ import annotations

from typing import Any

from django import forms

from issues.models import Issue, Refusal
from issues.rules.records import RefusalAnswer, RefusalKind, choices
from issues.rules.workflow import Verb
from issues.services.life import assigning, signing
from issues.services.life.assigning import Answer
from issues.web.acts.base import Act, ActForm
from issues.web.acts.fields import UnitsField, aim_units, unit_names, words_field
from rectify.lib.masking import mask_text
from rectify.lib.words_field import WordsField
from townships.models import Unit, User

WITH_FACTS = "issues/acts/facts.html"


def one_unit(label: str, **more: Any) -> UnitsField:
    """At most one unit, chosen from the list by typing."""
    widget = forms.TextInput(attrs={"list": "units", "autocomplete": "off"})
    return UnitsField(label=label, most=1, too_many="只能写一个单位。", required=False, widget=widget, **more)


def only(units: list[tuple[str, Unit | None]]) -> Unit | None:
    return units[0][1] if units else None


class RefuseForm(ActForm):
    kind = forms.ChoiceField(label="理由", choices=choices(RefusalKind), widget=forms.RadioSelect)
    words = words_field("说明", help_text="写清依据，整改办据此答复。")
    suggested = one_unit("建议办理单位")

    def prepare(self) -> None:
        aim_units(self, self.issue, self.user)
        self.unit_names = unit_names(self.user)


class AnswerForm(ActForm):
    """Which refusal is asked only where several wait."""

    refusal = forms.TypedChoiceField(label="哪个单位的退回", coerce=int)
    answer = forms.ChoiceField(label="答复", choices=choices(RefusalAnswer), widget=forms.RadioSelect)
    words = words_field("说明")
    unit = one_unit("办理单位", help_text="改由其他单位办理的，写接手的单位；由县级统筹的，写牵头单位。")
    description = WordsField(
        label="问题表述",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="修改表述时写修改后的全文，其他答复不用动。",
    )
    document = WordsField(
        label="依据文号", required=False, max_length=100, help_text="不作为问题的，写会议纪要或批示的文号。"
    )

    def prepare(self) -> None:
        aim_units(self, self.issue, self.user)
        self.unit_names = unit_names(self.user)
        self.waiting: list[Refusal] = list(assigning.open_refusals(self.issue))
        field = self.fields["refusal"]
        field.choices = [(one.pk, one.share.unit.name) for one in self.waiting]
        self.fields["description"].initial = mask_text(self.issue.description)
        if len(self.waiting) == 1:
            field.initial, field.widget = self.waiting[0].pk, forms.HiddenInput()

    @property
    def facts(self) -> list[tuple[str, str]]:
        return [pair for one in self.waiting for pair in _refusal_facts(one)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("answer") == RefusalAnswer.REJECTED and not given.get("document"):
            self.add_error("document", "不作为问题须有依据文号，并由另一人确认。")
        return given


def _refusal_facts(refusal: Refusal) -> list[tuple[str, str]]:
    suggested = refusal.suggested_unit
    return [
        ("退回单位", f"{refusal.share.unit.name}，{refusal.refused_by.name}"),
        ("理由", f"{RefusalKind(refusal.kind).label}：{refusal.words}"),
        *([("建议", f"由{suggested.name}办理")] if suggested else []),
        ("答复期限", refusal.answer_due_on.isoformat()),
    ]


def _refuse(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    signing.refuse(
        issue.pk,
        by,
        kind=RefusalKind(given["kind"]),
        words=given["words"],
        suggested=only(given["suggested"]),
        version=version,
    )


def _answer(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    answer = Answer(
        RefusalAnswer(given["answer"]),
        given["words"],
        unit=only(given["unit"]),
        description=given["description"],
        document=given["document"],
    )
    assigning.answer_refusal(issue.pk, by, refusal_id=given["refusal"], answer=answer, version=version)


ACTS = {
    Verb.SIGN: Act(lambda issue, by, _, version: signing.sign(issue.pk, by, version=version), "已签收。"),
    Verb.REFUSE: Act(_refuse, "已退回，等整改办答复。", RefuseForm, WITH_FACTS),
    Verb.ANSWER_REFUSAL: Act(_answer, "已答复。", AnswerForm, WITH_FACTS),
    Verb.START_AT_ONCE: Act(
        lambda issue, by, _, version: signing.start_at_once(issue.pk, by, version=version),
        "已转入整改。",
    ),
    Verb.FINISH_SHARE: Act(
        lambda issue, by, _, version: signing.finish_share(issue.pk, by, version=version),
        "已标明本单位完成。",
    ),
}
