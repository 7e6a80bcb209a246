"""整改计划: the plan in hand and in force, what a new one begins with, all versions for the page; shares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from issues.models import Issue, Plan, Refusal, Share
from issues.rules.planning import Asked, Content, Node, Step, read_nodes, read_steps
from issues.rules.records import PlanState, RefusalAnswer, RefusalKind, ShareState
from issues.rules.stages import UnitRole
from rectify.lib import clock
from rectify.lib.masking import mask_text
from townships.queries.branches import unit_tree

TEXTS = ("requirement", "effect", "leader", "person", "fund_source")
IN_HAND = (PlanState.DRAFT, PlanState.AWAITING_HEAD, PlanState.SUBMITTED, PlanState.RETURNED)


def plan_in_hand(issue: Issue) -> Plan | None:
    """The version somebody works on: a draft, one that waits, one returned."""
    return issue.plans.filter(state__in=[one.value for one in IN_HAND]).first()


def plan_in_force(issue: Issue) -> Plan | None:
    return issue.plans.filter(state=PlanState.APPROVED.value).first()


def asked_of(issue: Issue) -> Asked:
    """What the issue's list asks of its plan."""
    template = issue.list.template
    if template is None:
        return Asked(issue.deadline_class)
    extra = tuple((one["name"], one["label"]) for one in template.extra_fields if one["at"] == "plan")
    return Asked(issue.deadline_class, template.asks_funds, extra)


def content_of(plan: Plan) -> Content:
    """What a stored version says."""
    return Content(
        requirement=plan.requirement,
        effect=plan.effect,
        leader=plan.leader,
        person=plan.person,
        fund_source=plan.fund_source,
        steps=read_steps(plan.steps),
        nodes=read_nodes(plan.milestones),
        extra={str(name): str(text) for name, text in plan.extra.items()},
    )


def beginning(issue: Issue) -> Content:
    """What the form of a plan begins with: the version in hand, else the one in force, else what the ledger
    says and the category's standard (W-021)."""
    plan = plan_in_hand(issue) or plan_in_force(issue)
    if plan is not None:
        return content_of(plan)
    place = " ".join(one for one in (issue.village.name if issue.village else "", issue.place) if one)
    return Content(
        requirement=issue.category.standard if issue.category else "",
        effect=issue.goal,
        leader=issue.leader,
        person=issue.person,
        fund_source=issue.fund_source,
        steps=tuple(Step(one.text, one.person, one.due_on) for one in issue.actions.all()),
        nodes=tuple(Node(one.on, one.quantity, one.text) for one in issue.milestones.all()),
        extra={name: place for name, _ in asked_of(issue).places} if place else {},
    )


def masked(content: Content) -> Content:
    """The same without identity and telephone numbers, for a form."""
    return replace(
        content,
        **{name: mask_text(getattr(content, name)) for name in TEXTS},
        steps=tuple(
            replace(one, text=mask_text(one.text), person=mask_text(one.person)) for one in content.steps
        ),
        nodes=tuple(replace(one, text=mask_text(one.text)) for one in content.nodes),
        extra={name: mask_text(text) for name, text in content.extra.items()},
    )


# --- for the page -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the plan as its page tells it; ``said``: who did what with it, in order."""

    pk: int
    version: int
    word: str
    is_in_force: bool
    unit: str
    content: Content
    extra: list[tuple[str, str]]
    said: list[str]
    missing: list[str]
    words: str


def versions(issue: Issue) -> list[Version]:
    """All versions, newest first; two queries."""
    labels = dict(asked_of(issue).extra)
    plans = issue.plans.select_related("unit", "drafted_by", "signed_by", "decided_by")
    return [version_of(plan, labels) for plan in plans]


def version_of(plan: Plan, labels: dict[str, str]) -> Version:
    content = content_of(plan)
    return Version(
        pk=plan.pk,
        version=plan.version,
        word=PlanState(plan.state).label,
        is_in_force=plan.state == PlanState.APPROVED,
        unit=plan.unit.name,
        content=content,
        extra=[(labels.get(name, name), text) for name, text in content.extra.items() if text],
        said=_said(plan),
        missing=[str(one) for one in plan.missing],
        words=plan.decision_words,
    )


def _said(plan: Plan) -> list[str]:
    lines = [_line(plan.drafted_by.name, "起草", plan.drafted_at)]
    if plan.signed_by and plan.signed_at:
        lines.append(_line(plan.signed_by.name, "签字", plan.signed_at))
    if plan.decided_by and plan.decided_at:
        lines.append(_line(plan.decided_by.name, "退回" if plan.decision_words else "批准", plan.decided_at))
    return lines


def _line(who: str, did: str, at: datetime) -> str:
    return f"{who}{clock.beijing_date(at).isoformat()}{did}"


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One unit's share; ``refusal``: why it gave it back and what was answered."""

    unit: str
    role: str
    word: str
    is_done: bool
    since_on: date
    by: str
    refusal: str


def share_lines(issue: Issue, on: date) -> list[ShareLine]:
    """The shares of the issue, lead first, with what each last gave back; two queries."""
    tree = unit_tree()
    shares = issue.shares.select_related("by").order_by("role", "unit__code")
    refusals = {one.share_id: one for one in Refusal.objects.filter(share__issue=issue).order_by("id")}
    return [
        ShareLine(
            unit=tree.label(share.unit_id, on),
            role=UnitRole(share.role).label,
            word=ShareState(share.state).label,
            is_done=share.state == ShareState.DONE,
            since_on=clock.beijing_date(share.since),
            by=share.by.name if share.by else "",
            refusal=_refused(refusals.get(share.pk), share),
        )
        for share in shares
    ]


def _refused(refusal: Refusal | None, share: Share) -> str:
    if refusal is None:
        return ""
    said = f"{RefusalKind(refusal.kind).label}：{refusal.words}"
    if refusal.answer:
        return f"{said}；答复：{RefusalAnswer(refusal.answer).label}。{refusal.answer_words}"
    if share.state != ShareState.REFUSED:
        return said
    return f"{said}；应于{refusal.answer_due_on.isoformat()}前答复"
