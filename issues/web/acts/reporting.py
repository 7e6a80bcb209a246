"""Pages of reporting: quantity, day, one sentence; evidence on the same page; corrections of it."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import uuid4

from django import forms

from issues.models import Issue
from issues.queries.reporting import Word, correctable, latest_words
from issues.rules.history import plain
from issues.rules.reporting import WORDS_LENGTH, followed_words
from issues.rules.workflow import Verb
from issues.services.life import evidence, reports
from issues.web.acts.base import Act, ActForm
from issues.web.acts.fields import day_field
from issues.web.acts.files import FilesField, QuantityField, WithFiles, kind_field, received
from rectify.lib import clock
from rectify.lib.words_field import WordsField
from townships.models import User

EXPIRED = "这一页打开得不完整，请重新打开后再填。"


class _SentOnce(ActForm):
    """A form whose hidden ``client_id`` is made when it is opened and kept until it is taken."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        self.fields["client_id"].initial = uuid4()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("client_id"):
            self.add_error(None, EXPIRED)
        return given


class ReportForm(WithFiles, _SentOnce):
    """Three fields; money only where the issue has any; files where there are some."""

    quantity = QuantityField(min_value=0)
    happened_on = day_field("完成日期")
    narrative = WordsField(
        label="一句话进展",
        required=False,
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    amount = QuantityField(label="完成金额（万元）", min_value=0, required=False)
    copied_from = forms.IntegerField(widget=forms.HiddenInput, required=False)
    files = FilesField(required=False)
    kind = kind_field(required=False)

    def prepare(self) -> None:
        super().prepare()
        issue, today = self.issue, clock.today()
        left = max(issue.left, 0)
        self.fields["quantity"].label = f"完成数量（{issue.counted_in}）"
        self.fields["quantity"].help_text = (
            f"还剩{plain(left)}{issue.counted_in}未整改。这次没有新完成的，填0。"
            if left
            else "已经全部填报完成；只写进展的，数量填0。"
        )
        if not left:
            self.fields["quantity"].initial = 0
        self.fields["happened_on"].initial = today
        bounds = {"min": issue.found_on.isoformat(), "max": today.isoformat()}
        self.fields["happened_on"].widget.attrs |= bounds
        self.has_money = issue.amount_found > issue.amount_removed + issue.amount_claimed
        if not self.has_money:
            del self.fields["amount"]
        else:
            money = plain(issue.amount_found - issue.amount_removed - issue.amount_claimed)
            self.fields["amount"].help_text = (
                f"不填的，数量全部完成时，剩下的{money}万元随同记为完成。"
                if left
                else f"数量已经全部填报完成，还有{money}万元未整改。"
            )
        if self.wants_more:
            self._take_over()

    @cached_property
    def latest(self) -> list[Word]:
        return latest_words(self.issue, self.user)

    @property
    def wants_more(self) -> bool:
        """The words of an earlier report were asked for."""
        return self.is_bound and "copy" in self.data

    def _take_over(self) -> None:
        self.data = self.data.copy()
        asked = str(self.data.get("copy", ""))
        for word in self.latest:
            if word.is_own and asked == str(word.pk):
                self.data["narrative"], self.data["copied_from"] = word.narrative, asked

    def full_clean(self) -> None:
        if self.wants_more:
            self._errors = forms.utils.ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
            return
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        given["files"] = received(self)
        return given

    @property
    def current(self) -> list[tuple[str, str]]:
        issue = self.issue
        return [("还未整改", f"{plain(issue.left)}{issue.counted_in}"), ("最近的说法", issue.progress)]


def _report(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> reports.Submitted:
    names = ("client_id", "quantity", "happened_on", "narrative", "copied_from", "files")
    facts = {name: given[name] for name in names}
    return reports.submit(by, issue.number, **facts, amount=given.get("amount"), version=version)


def _receipt(done: reports.Submitted) -> str:
    if done.is_new:
        money = f"{followed_words(done.followed)}。" if done.followed else ""
        return f"已提交，回执{done.report.receipt}。{money}"
    return f"这份填报此前已经收到，没有重复登记，回执{done.report.receipt}。"


class CorrectionForm(_SentOnce):
    """Which report, by how much, why."""

    report = forms.TypedChoiceField(
        label="更正哪一次填报", coerce=int, error_messages={"invalid_choice": "没有这次填报，请重新选择。"}
    )
    difference = QuantityField(help_text="报多了填负数，如-2；报少了填正数。原来的填报仍保留在经过里。")
    narrative = WordsField(
        label="更正的原因", max_length=WORDS_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )

    def prepare(self) -> None:
        super().prepare()
        unit = self.issue.counted_in
        self.fields["difference"].label = f"增减数量（{unit}）"
        found = correctable(self.issue, self.user)
        self.fields["report"].choices = [  # type: ignore[attr-defined]
            (one.pk, f"{one.happened_on.isoformat()} 完成{plain(one.quantity)}{unit}，回执{one.receipt}")
            for one in found
        ]


def _correct(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> reports.Submitted:
    return reports.correct(
        by,
        issue.number,
        client_id=given["client_id"],
        report_id=given["report"],
        difference=given["difference"],
        narrative=given["narrative"],
        version=version,
    )


class EvidenceForm(WithFiles, ActForm):
    """Files of one kind; when they were taken and what they show, where it is not plain."""

    files = FilesField()
    kind = kind_field()
    taken_on = day_field("拍摄或成文日期", required=False)
    note = WordsField(label="说明", max_length=200, required=False)

    def prepare(self) -> None:
        self.fields["taken_on"].widget.attrs["max"] = clock.today().isoformat()
        template = self.issue.list.template
        needed = [one["kind"] for one in template.evidence] if template else []
        if needed:
            labels = dict(self.fields["kind"].choices)  # type: ignore[attr-defined]
            names = "、".join(str(labels.get(kind, kind)) for kind in needed)
            self.fields["kind"].help_text = f"销号前须有：{names}。"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["files"] = received(self, taken_on=given.get("taken_on"), note=given.get("note", ""))
        return given


def _add(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> list[Any]:
    return evidence.add(by, issue.pk, given["files"], version=version)


ACTS = {
    Verb.REPORT: Act(_report, _receipt, ReportForm, "issues/acts/report.html", takes_files=True),
    Verb.CORRECT_REPORT: Act(
        _correct,
        lambda done: (
            f"已更正，回执{done.report.receipt}。"
            + (f"{followed_words(done.followed)}。" if done.followed else "")
        ),
        CorrectionForm,
    ),
    Verb.ADD_EVIDENCE: Act(
        _add,
        lambda done: f"已收下{len(done)}份佐证。",
        EvidenceForm,
        "issues/acts/files.html",
        takes_files=True,
    ),
}
