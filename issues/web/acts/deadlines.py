"""Pages of deadlines: ask for a later date and decide; what takes long with its stage goals; back to work."""

from __future__ import annotations

from typing import Any

from django import forms

from issues.models import Extension, Issue
from issues.rules.planning import Node, read_nodes
from issues.rules.records import ProposalKind, RequestState
from issues.rules.workflow import Verb
from issues.services.life import extending, pausing
from issues.web.acts.base import Act, ActForm
from issues.web.acts.fields import GrowingForm, day_field, words_field
from issues.web.acts.signing import WITH_FACTS
from rectify.lib import clock
from rectify.lib.day_field import DayField
from rectify.lib.masking import mask_text
from rectify.lib.words_field import WordsField
from townships.models import User


class AskExtensionForm(ActForm):
    wanted_on = day_field("延期至")
    reason = words_field("理由")
    progress = words_field("目前进展", help_text="已经做了什么，还差什么。")

    @property
    def facts(self) -> list[tuple[str, str]]:
        return [("现在的期限", self.issue.due_on.isoformat())] if self.issue.due_on else []


class DecideExtensionForm(ActForm):
    decision = forms.ChoiceField(
        label="批复", choices=[("grant", "同意"), ("decline", "不同意")], widget=forms.RadioSelect
    )
    granted_on = day_field("批准延期至", required=False, help_text="可以早于申请的日期；不同意的，不用填。")
    words = words_field("意见", required=False)

    def prepare(self) -> None:
        self.asked = self.issue.extensions.filter(state=RequestState.PENDING.value).first()
        if self.asked:
            self.fields["granted_on"].initial = self.asked.wanted_on

    @property
    def facts(self) -> list[tuple[str, str]]:
        if self.asked is None:
            return []
        return [
            ("申请人", _who(self.asked.asked_by)),
            ("原期限", self.asked.original_due_on.isoformat()),
            *self._now(self.asked),
            ("申请延期至", self.asked.wanted_on.isoformat()),
            ("理由", self.asked.reason),
            ("目前进展", self.asked.progress),
        ]

    def _now(self, asked: Extension) -> list[tuple[str, str]]:
        """What moved the date since it was asked is said; what is granted is later than that."""
        due_on = self.issue.due_on
        if due_on == asked.original_due_on:
            return []
        return [("现在的期限", f"{due_on}，批准的日期须晚于它" if due_on else "没有到期日")]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        decision = given.get("decision")
        if decision == "grant" and not given.get("granted_on") and "granted_on" not in self.errors:
            self.add_error("granted_on", "同意的，须写明延期到哪一天。")
        if decision == "decline" and not given.get("words"):
            self.add_error("words", "不同意的，须写明意见。")
        return given


class PauseForm(ActForm):
    until_on = day_field("恢复计时的日期", help_text="从今天起到这一天的前一天不计时，期限顺延同样的天数。")
    reason = words_field("理由", help_text="例如：涉诉未决、汛期不能施工。")
    document = WordsField(label="依据文号", max_length=100)

    @property
    def facts(self) -> list[tuple[str, str]]:
        return [("现在的期限", self.issue.due_on.isoformat())] if self.issue.due_on else []


class EndPauseForm(ActForm):
    reason = words_field("理由")

    @property
    def facts(self) -> list[tuple[str, str]]:
        running = self.issue.pauses.running(clock.today()).first()
        if running is None:
            return []
        return [
            ("暂停计时", f"{running.from_on}起，原定{running.until_on}恢复"),
            ("依据", mask_text(running.document)),
            ("恢复以后的期限", str(pausing.due_after(self.issue, running) or "没有到期日")),
        ]


class GoalRow(forms.Form):
    on = DayField(label="日期", required=False)
    text = WordsField(label="阶段目标", required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("text") and not given.get("on") and "on" not in self.errors:
            self.add_error("on", "这一行没有写日期。")
        if given.get("on") and not given.get("text"):
            self.add_error("text", "这一行没有写目标。")
        return given


class AskLongTermForm(GrowingForm):
    tables = {"goals": GoalRow}

    reason = words_field("理由", help_text="为什么不能在期限内完成，需要长期坚持。")
    next_review_on = day_field("下次复核日期")


class GrantLongTermForm(ActForm):
    next_review_on = day_field("下次复核日期")
    words = words_field("意见", required=False)

    def prepare(self) -> None:
        pending = {"state": RequestState.PENDING.value, "kind": ProposalKind.LONG_TERM.value}
        self.asked = self.issue.proposals.filter(**pending).first()
        if self.asked:
            self.fields["next_review_on"].initial = self.asked.payload["next_review_on"]

    @property
    def facts(self) -> list[tuple[str, str]]:
        if self.asked is None:
            return []
        goals = read_nodes(self.asked.payload["goals"])
        return [
            ("申请人", _who(self.asked.proposed_by)),
            ("理由", self.asked.reason),
            ("阶段目标", "\n".join(f"{goal.on}　{goal.text}" for goal in goals)),
        ]


class ResumeForm(ActForm):
    due_on = day_field("到期日")
    reason = words_field("理由")


def _who(user: User) -> str:
    return f"{user.name}，{user.unit.name}" if user.unit else user.name


def _ask(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    extending.ask_extension(issue.pk, by, version=version, **given)


def _decide(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    granted_on = given["granted_on"] if given["decision"] == "grant" else None
    extending.decide_extension(issue.pk, by, granted_on=granted_on, words=given["words"], version=version)


def _pause(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    pausing.pause(issue.pk, by, version=version, **given)


def _end_pause(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    pausing.end_pause(issue.pk, by, version=version, **given)


def _ask_long(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    extending.ask_long_term(
        issue.pk,
        by,
        reason=given["reason"],
        goals=[Node(row["on"], None, row["text"]) for row in given["goals"] if row["on"]],
        next_review_on=given["next_review_on"],
        version=version,
    )


def _grant_long(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    extending.grant_long_term(issue.pk, by, version=version, **given)


def _resume(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    extending.resume(issue.pk, by, version=version, **given)


ACTS = {
    Verb.ASK_EXTENSION: Act(_ask, "已申请延期，等县领导批复。", AskExtensionForm, WITH_FACTS),
    Verb.DECIDE_EXTENSION: Act(_decide, "已批复。", DecideExtensionForm, WITH_FACTS),
    Verb.PAUSE: Act(_pause, "已暂停计时，期限顺延。", PauseForm, WITH_FACTS),
    Verb.END_PAUSE: Act(_end_pause, "已恢复计时。", EndPauseForm, WITH_FACTS),
    Verb.ASK_LONG_TERM: Act(
        _ask_long, "已申请转长期坚持，等整改办同意。", AskLongTermForm, "issues/acts/ask_long_term.html"
    ),
    Verb.GRANT_LONG_TERM: Act(_grant_long, "已转长期坚持。", GrantLongTermForm, WITH_FACTS),
    Verb.RESUME: Act(_resume, "已恢复整改。", ResumeForm),
}
