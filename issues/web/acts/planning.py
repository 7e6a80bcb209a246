"""Pages of the plan: written and sent on one page, signed, approved or returned; measures ticked as done."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms

from issues.models import Issue, Plan
from issues.queries.planning import (
    Version,
    asked_of,
    beginning,
    masked,
    plan_in_force,
    plan_in_hand,
    version_of,
)
from issues.rules.planning import PARTS, Content, Node, Step
from issues.rules.records import PlanState
from issues.rules.workflow import Verb
from issues.services.life import planning
from issues.web.acts.base import Act, ActForm
from issues.web.acts.fields import GrowingForm, day_field, words_field
from rectify.lib import clock
from rectify.lib.day_field import DayField
from rectify.lib.masking import mask_text
from rectify.lib.words_field import WordsField
from townships.models import User


class Wanted(WordsField):
    """Needed before the plan is sent; a draft may lack it."""

    def validate(self, value: Any) -> None:
        """Empty is as good as anything."""


def _long(label: str, **more: Any) -> Wanted:
    return Wanted(label=label, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), **more)


class StepRow(forms.Form):
    text = WordsField(label="措施", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    person = WordsField(label="责任人", required=False, max_length=60)
    due_on = DayField(label="期限", required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if any(given.get(name) for name in ("person", "due_on")) and not given.get("text"):
            self.add_error("text", "这一行没有写措施。")
        return given


class NodeRow(forms.Form):
    on = DayField(label="日期", required=False)
    quantity = forms.DecimalField(
        label="累计完成", required=False, min_value=0, max_digits=15, decimal_places=6
    )
    text = WordsField(label="阶段目标", required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        says = given.get("quantity") is not None or given.get("text")
        if says and not given.get("on") and "on" not in self.errors:
            self.add_error("on", "这一行没有写日期。")
        if given.get("on") and not says and "quantity" not in self.errors:
            self.add_error("text", "请写到那一天完成多少，或者达到什么目标。")
        return given


class PlanForm(GrowingForm):
    """整改计划. What is known is filled in; ``then`` says which button was pressed."""

    tables = {"steps": StepRow, "nodes": NodeRow}
    use_required_attribute = False

    requirement = _long("整改要求", help_text="先填了主管部门对这类问题的整改标准，可以改。")
    effect = _long("整改效果", help_text="写看得见、量得出的结果。")
    leader = Wanted(label="责任领导", max_length=60, help_text="只写一人。")
    person = Wanted(label="责任人", max_length=60, help_text="只写一人。")
    fund_source = Wanted(label="资金来源", max_length=200)

    def prepare(self) -> None:
        self.content = masked(beginning(self.issue))
        self.asked = asked_of(self.issue)
        if not self.asked.funds:
            del self.fields["fund_source"]
        for name, label in self.asked.extra:
            is_place = (name, label) in self.asked.places
            self.fields[f"extra_{name}"] = (
                Wanted(label=label, max_length=200)
                if is_place
                else WordsField(label=label, required=False, max_length=500)
            )
            self.fields[f"extra_{name}"].initial = self.content.extra.get(name, "")
        for name in ("requirement", "effect", "leader", "person", "fund_source"):
            if name in self.fields:
                self.fields[name].initial = getattr(self.content, name)

    @property
    def returned(self) -> Version | None:
        """The version that was given back, with what it lacks."""
        plan = plan_in_hand(self.issue)
        return version_of(plan, {}) if plan is not None and plan.decision_words else None

    def starting(self, name: str) -> list[dict[str, Any]]:
        return [asdict(row) for row in (self.content.steps if name == "steps" else self.content.nodes)]

    @property
    def before_tables(self) -> list[forms.BoundField]:
        return [self[name] for name in ("requirement", "leader", "person")]

    @property
    def after_tables(self) -> list[forms.BoundField]:
        extra = [f"extra_{name}" for name, _ in self.asked.extra]
        return [self[name] for name in ("effect", "fund_source", *extra) if name in self.fields]

    @property
    def current(self) -> list[tuple[str, str]]:
        now = beginning(self.issue)
        return [
            ("整改要求", now.requirement),
            ("整改措施", "\n".join(step.text for step in now.steps)),
            ("整改效果", now.effect),
            ("责任领导", now.leader),
            ("责任人", now.person),
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        given["then"] = self.data.get("then", "")
        given["extra"] = {name: given.get(f"extra_{name}", "") for name, _ in self.asked.extra}
        return given


class PlanShown(ActForm):
    """The plan in hand, whole, above what is decided about it."""

    def prepare(self) -> None:
        plan = plan_in_hand(self.issue)
        force = plan_in_force(self.issue)
        labels = dict(asked_of(self.issue).extra)
        self.shown = version_of(plan, labels) if plan else None
        self.former = force.version if force else None


class ReturnForm(PlanShown):
    lacking = forms.MultipleChoiceField(
        label="缺少的内容",
        required=False,
        choices=[(part, part) for part in PARTS],
        widget=forms.CheckboxSelectMultiple,
    )
    words = words_field("意见", help_text="写清怎样改；本单位按意见另起一版，这一版留存。")


class FinishForm(ActForm):
    actions = forms.TypedMultipleChoiceField(
        label="完成的措施",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请至少选一项。",
            "invalid_choice": "所选措施已经完成，或者计划已换新版。",
        },
    )
    done_on = day_field("完成日期")

    def prepare(self) -> None:
        waiting = self.issue.actions.filter(done_on__isnull=True)
        self.fields["actions"].choices = [
            (one.pk, f"{one.position + 1}．{mask_text(one.text)}") for one in waiting
        ]
        self.fields["done_on"].initial = clock.today()


def _draft(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> Plan:
    content = Content(
        requirement=given["requirement"],
        effect=given["effect"],
        leader=given["leader"],
        person=given["person"],
        fund_source=given.get("fund_source", ""),
        steps=tuple(Step(row["text"], row["person"], row["due_on"]) for row in given["steps"] if row["text"]),
        nodes=tuple(Node(row["on"], row["quantity"], row["text"]) for row in given["nodes"] if row["on"]),
        extra=given["extra"],
    )
    act = planning.draft_and_send if given["then"] == "send" else planning.draft_plan
    return act(issue.pk, by, content, version=version)


def _kept(plan: Plan) -> str:
    waits = plan.state == PlanState.AWAITING_HEAD
    return "整改计划已送主要负责人签字。" if waits else "整改计划草稿已保存，还没有送出。"


def _return(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    planning.return_plan(issue.pk, by, lacking=given["lacking"], words=given["words"], version=version)


def _finish(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> None:
    planning.finish_action(issue.pk, by, actions=given["actions"], done_on=given["done_on"], version=version)


SHOWN = "issues/acts/plan_shown.html"
ACTS = {
    Verb.DRAFT_PLAN: Act(_draft, _kept, PlanForm, "issues/acts/draft_plan.html"),
    Verb.SEND_PLAN: Act(
        lambda issue, by, _, version: planning.send_plan(issue.pk, by, version=version),
        "已送主要负责人签字。",
        PlanShown,
        SHOWN,
    ),
    Verb.SIGN_PLAN: Act(
        lambda issue, by, _, version: planning.sign_plan(issue.pk, by, version=version),
        "已签字，计划报送审定。",
        PlanShown,
        SHOWN,
    ),
    Verb.APPROVE_PLAN: Act(
        lambda issue, by, _, version: planning.approve_plan(issue.pk, by, version=version),
        "已批准，计划开始执行。",
        PlanShown,
        SHOWN,
    ),
    Verb.RETURN_PLAN: Act(_return, "已退回。", ReturnForm, SHOWN),
    Verb.FINISH_ACTION: Act(_finish, "已记为完成。", FinishForm),
}
