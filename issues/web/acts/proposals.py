"""Pages of what takes two people: propose, confirm with what it will do in words, decline, recall."""

from __future__ import annotations

from typing import Any

from django import forms

from issues.models import Issue
from issues.queries.proposals import pending_proposal
from issues.rules.history import plain
from issues.rules.proposals import Proposed, consequences, from_json
from issues.rules.records import ProposalKind
from issues.rules.stages import Stage
from issues.rules.workflow import Verb
from issues.services.life import proposals
from issues.services.workflow import Refused
from issues.web.acts.base import Act, ActForm, Do
from issues.web.acts.fields import day_field, words_field
from issues.web.acts.signing import WITH_FACTS
from issues.web.acts.verifying import money_line, quantity_field
from rectify.lib import clock
from rectify.lib.words_field import WordsField
from townships.models import User

K = ProposalKind


class ProposeForm(ActForm):
    """What every proposal gives; ``proposed`` of the cleaned data is what the service takes."""

    reason = words_field("理由")
    document = WordsField(
        label="依据文号", max_length=100, help_text="会议纪要、批示或文件的文号。提请后由另一人确认才生效。"
    )

    def proposed(self, given: dict[str, Any]) -> Proposed:
        return Proposed()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        return {**given, "proposed": None if self.errors else self.proposed(given)}

    @property
    def facts(self) -> list[tuple[str, str]]:
        issue = self.issue
        return [
            (
                "数量",
                f"列入{plain(issue.found)}{issue.counted_in}，调出{plain(issue.removed)}，"
                f"自报完成{plain(issue.claimed)}，未整改{plain(issue.left)}{issue.counted_in}",
            ),
            *money_line(issue),
        ]

    @property
    def current(self) -> list[tuple[str, str]]:
        return self.facts


class RemovalForm(ProposeForm):
    quantity = quantity_field("调出数量")
    amount = quantity_field("调出金额（万元）", required=False, min_value=0)
    on = day_field("调出日期")
    field_order = ("quantity", "amount", "on", "reason", "document")

    def prepare(self) -> None:
        self.fields["quantity"].label += f"（{self.issue.counted_in}）"
        self.fields["quantity"].initial = plain(self.issue.left).replace(",", "")
        self.fields["on"].initial = clock.today()
        self.fields["reason"].help_text = "没有整改而离开清单的原因，写具体；调出和整改完成始终分开统计。"
        self.fields["amount"].help_text = "不填的，未整改的数量全部调出时，剩下的金额随同调出。"
        if not self.issue.amount_found:
            del self.fields["amount"]

    def proposed(self, given: dict[str, Any]) -> Proposed:
        return Proposed(quantity=given["quantity"], amount=given.get("amount"), on=given["on"])


class TransferForm(ProposeForm):
    to = WordsField(label="移交给", max_length=60, help_text="如县纪委监委、公安机关、上级主管部门。")
    field_order = ("to", "reason", "document")

    def proposed(self, given: dict[str, Any]) -> Proposed:
        return Proposed(to=given["to"])


class MergerForm(ProposeForm):
    into = WordsField(
        label="并入问题的编号",
        max_length=20,
        help_text="写同一项工作里保留的那个问题的编号，如 WT2018-000123。",
    )
    field_order = ("into", "reason", "document")

    def clean_into(self) -> str:
        try:
            return proposals.merge_target(self.issue, self.cleaned_data["into"], self.user).number
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def proposed(self, given: dict[str, Any]) -> Proposed:
        return Proposed(into=given["into"])


class CorrectionForm(ProposeForm):
    stage = forms.ChoiceField(label="更正哪一项", choices=[(stage.value, stage.label) for stage in Stage])
    quantity = quantity_field("增减数量", help_text="增加写正数，减少写负数，如 -2。")
    amount = quantity_field("增减金额（万元）", required=False)
    on = day_field("记在哪一天", help_text="原来记错的那一天；这一天以后的统计随之变动。")
    field_order = ("stage", "quantity", "amount", "on", "reason", "document")

    def prepare(self) -> None:
        self.fields["quantity"].label += f"（{self.issue.counted_in}）"
        self.fields["on"].initial = clock.today()
        self.fields["amount"].help_text = "不填的，更正后没有应整改的数量时，剩下的金额随之更正。"
        if not self.issue.amount_found:
            del self.fields["amount"]

    def proposed(self, given: dict[str, Any]) -> Proposed:
        return Proposed(
            quantity=given["quantity"],
            amount=given.get("amount"),
            on=given["on"],
            stage=given["stage"],
        )


class DecidingForm(ActForm):
    """About the proposal that waits: who proposed it, why, and what it will do."""

    @property
    def facts(self) -> list[tuple[str, str]]:
        proposal = pending_proposal(self.issue)
        if proposal is None:
            return []
        kind = ProposalKind(proposal.kind)
        will = consequences(kind, from_json(proposal.payload), proposals.counted(self.issue))
        who = proposal.proposed_by
        day = clock.beijing_date(proposal.proposed_at).isoformat()
        return [
            ("提请事项", kind.label),
            ("提请人", f"{who.name}（{who.unit.name if who.unit else '未设单位'}），{day}"),
            ("理由", proposal.reason),
            ("依据文号", proposal.document),
            *([("确认以后", "\n".join(will))] if will else []),
        ]


class ConfirmForm(DecidingForm):
    words = WordsField(label="意见", required=False, max_length=500)


class DeclineForm(DecidingForm):
    words = words_field("不同意的意见")


def _propose(kind: ProposalKind) -> Do:
    def do(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
        proposals.propose(
            issue.pk,
            by,
            kind,
            given["proposed"],
            reason=given["reason"],
            document=given["document"],
            version=version,
        )

    return do


def _confirm(kind: ProposalKind) -> Do:
    def do(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
        proposals.confirm(issue.pk, by, kind, words=given["words"], version=version)

    return do


FORMS: dict[ProposalKind, type[ProposeForm]] = {
    K.REMOVAL: RemovalForm,
    K.REJECTION: ProposeForm,
    K.TRANSFER: TransferForm,
    K.MERGER: MergerForm,
    K.CORRECTION: CorrectionForm,
}

ACTS: dict[Verb, Act] = {
    **{
        proposals.PROPOSING[kind]: Act(_propose(kind), "已提请，等另一人确认。", form, WITH_FACTS)
        for kind, form in FORMS.items()
    },
    **{
        proposals.CONFIRMING[kind]: Act(_confirm(kind), f"已确认{kind.label}。", ConfirmForm, WITH_FACTS)
        for kind in FORMS
    },
    Verb.DECLINE_PROPOSAL: Act(
        lambda issue, by, given, version: proposals.decline(issue.pk, by, given["words"], version=version),
        "已答复不同意。",
        DeclineForm,
        WITH_FACTS,
    ),
    Verb.RECALL_PROPOSAL: Act(
        lambda issue, by, _, version: proposals.recall(issue.pk, by, version=version),
        "已撤回。",
        DecidingForm,
        WITH_FACTS,
    ),
}
