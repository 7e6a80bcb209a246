"""Pages of closing: apply, sign, recall, review, send back, sign off, file."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from issues.models import Issue
from issues.queries.closings import application_facts, evidence_line, last_closure, verification_lines
from issues.rules.closing import Application, guidance, heading
from issues.rules.records import ReturnReason
from issues.rules.workflow import Verb
from issues.services.life import closing
from issues.web.acts.base import Act, ActForm
from issues.web.acts.fields import day_field, words_field
from issues.web.acts.signing import WITH_FACTS
from issues.web.acts.verifying import money_line, return_reasons
from rectify.lib import clock
from rectify.lib.words_field import WordsField
from townships.models import User

NONE_FOUND = "未发现同类问题"
NUMBER = re.compile(r"WT\d{4}-\d{6,}")


def _long(label: str, **more: Any) -> WordsField:
    return WordsField(label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), **more)


class ApplyForm(ActForm):
    """Besides its own fields one for each statement of the template's checklist and each field it adds."""

    statement = _long("整改完成情况")
    similar = forms.ChoiceField(
        label="举一反三：有没有同类问题",
        choices=[("none", NONE_FOUND), ("found", "发现同类问题，已登记或正在办理")],
        widget=forms.RadioSelect,
    )
    similar_words = WordsField(
        label="同类问题", required=False, max_length=400, help_text="写问题编号，或写明在哪里、怎么办理。"
    )
    mechanism = WordsField(
        label="长效机制", required=False, max_length=500, help_text="建立或修订的制度，没有的可以不填。"
    )
    archive_number = WordsField(label="档案号", max_length=60)

    def prepare(self) -> None:
        self.asked = closing.asked_of(self.issue)
        for position, (_, text) in enumerate(self.asked.checklist):
            self.fields[f"answer{position}"] = _long(heading(text), help_text=guidance(text))
        for position, (_, label) in enumerate(self.asked.extra):
            self.fields[f"extra{position}"] = WordsField(label=label, max_length=500)
        if not self.asked.needs_archive_number:
            del self.fields["archive_number"]
        answers = [name for name in self.fields if name.startswith("answer")]
        self.order_fields(["statement", *answers])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        words = given.get("similar_words", "")
        if given.get("similar") == "found" and not words:
            self.add_error("similar_words", "请写明同类问题的编号，或在哪里、怎么办理。")
        numbers = set(NUMBER.findall(words))
        known = (
            Issue.objects.visible_to(self.user).filter(number__in=numbers).values_list("number", flat=True)
        )
        if unknown := sorted(numbers - set(known)):
            self.add_error("similar_words", f"没有这些编号的问题：{'、'.join(unknown)}。")
        return {**given, "application": None if self.errors else self._application(given)}

    def _application(self, given: dict[str, Any]) -> Application:
        asked = self.asked
        found = given["similar"] == "found"
        return Application(
            statement=given["statement"],
            similar=f"发现同类问题：{given['similar_words']}" if found else NONE_FOUND,
            answers={code: given[f"answer{at}"] for at, (code, _) in enumerate(asked.checklist)},
            extra={name: given[f"extra{at}"] for at, (name, _) in enumerate(asked.extra)},
            mechanism=given["mechanism"],
            archive_number=given.get("archive_number", ""),
        )


class _Deciding(ActForm):
    """A form about the application in hand, with what it says above."""

    @property
    def facts(self) -> list[tuple[str, str]]:
        closure = last_closure(self.issue)
        checks = verification_lines(self.issue)
        return [
            *(application_facts(self.issue, closure) if closure else []),
            *money_line(self.issue),
            ("佐证", evidence_line(self.issue) or "没有上传佐证"),
            ("核查", "\n".join(checks) or "还没有核查"),
        ]


class WordsForm(_Deciding):
    words = words_field("理由")


class ReviewForm(_Deciding):
    words = words_field("复核意见")


class ReturnForm(_Deciding):
    reason = forms.ChoiceField(label="退回理由", widget=forms.RadioSelect)
    words = words_field("意见", help_text="还缺什么、要补什么，责任单位据此整改。")

    def prepare(self) -> None:
        self.fields["reason"].choices = return_reasons(self.issue)


class SignOffForm(_Deciding):
    closed_on = day_field("销号日期", help_text="不早于最近一次核查的日期。")

    def prepare(self) -> None:
        self.fields["closed_on"].initial = clock.today()


class FileForm(ActForm):
    archive_number = WordsField(label="档案号", max_length=60)


def _apply(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    closing.apply(issue.pk, by, given["application"], version=version)


def _return(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    closing.give_back(issue.pk, by, ReturnReason(given["reason"]), given["words"], version=version)


ACTS = {
    Verb.APPLY_CLOSURE: Act(_apply, "已送主要负责人签字。", ApplyForm),
    Verb.SIGN_CLOSURE: Act(
        lambda issue, by, _, version: closing.sign(issue.pk, by, version=version),
        "已签字，等待复核。",
        _Deciding,
        WITH_FACTS,
    ),
    Verb.RECALL_CLOSURE: Act(
        lambda issue, by, given, version: closing.recall(issue.pk, by, given["words"], version=version),
        "销号申请已撤回。",
        WordsForm,
        WITH_FACTS,
    ),
    Verb.REVIEW_CLOSURE: Act(
        lambda issue, by, given, version: closing.review(issue.pk, by, given["words"], version=version),
        "已复核，等待销号。",
        ReviewForm,
        WITH_FACTS,
    ),
    Verb.RETURN_CLOSURE: Act(_return, "已退回责任单位。", ReturnForm, WITH_FACTS),
    Verb.SIGN_OFF: Act(
        lambda issue, by, given, version: closing.sign_off(issue.pk, by, given["closed_on"], version=version),
        "已销号。",
        SignOffForm,
        WITH_FACTS,
    ),
    Verb.FILE: Act(
        lambda issue, by, given, version: closing.file(
            issue.pk, by, given["archive_number"], version=version
        ),
        "已归档。",
        FileForm,
    ),
}
