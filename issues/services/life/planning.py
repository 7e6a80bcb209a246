"""整改计划: drafted, sent to the head, signed, approved or returned; measures done. Versions are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from issues.models import Action, Issue, Milestone, Plan
from issues.queries.planning import asked_of, content_of, plan_in_hand
from issues.queries.situations import share_of
from issues.rules.planning import Content, kept_days, missing, stored_nodes, stored_steps, wrong_nodes
from issues.rules.records import PlanState
from issues.rules.stages import Cause, State
from issues.rules.workflow import Verb
from issues.services.life.returning import before_plan, give_back
from issues.services.life.signatures import signature
from issues.services.workflow import Refused, begin, finish, note_change
from rectify.lib import clock
from townships.models import Unit, User


@transaction.atomic
def draft_plan(pk: int, by: User, content: Content, *, version: int | None = None) -> Plan:
    """Keep what the unit has written so far. A returned version stays as it was returned; the next begins."""
    issue = begin(pk, Verb.DRAFT_PLAN, by, version=version)
    if wrong := wrong_nodes(content.nodes, issue.found - issue.removed, issue.counted_in):
        raise Refused(wrong)
    plan = plan_in_hand(issue)
    if plan is None or plan.state == PlanState.RETURNED:
        plan = _next_version(issue, plan, by)
    _write(plan, content)
    plan.drafted_by, plan.drafted_at = by, clock.now()
    plan.save()
    summary = f"{plan.unit.name}起草整改计划第{plan.version}版，措施{len(plan.steps)}项"
    finish(issue, Verb.DRAFT_PLAN, by, summary, facts={"version": plan.version})
    return plan


@transaction.atomic
def send_plan(pk: int, by: User, *, version: int | None = None) -> Plan:
    """Lay the draft before the head of the unit; Refused with the names of what is missing (W-005)."""
    issue = begin(pk, Verb.SEND_PLAN, by, version=version)
    plan = _plan(issue)
    if lacking := missing(content_of(plan), asked_of(issue)):
        raise Refused(f"整改计划还缺：{'、'.join(lacking)}。", "incomplete")
    if plan.state == PlanState.RETURNED:
        raise Refused("整改计划已退回，请按退回意见修改后再送。")
    plan.state = PlanState.AWAITING_HEAD.value
    plan.save(update_fields=["state"])
    finish(issue, Verb.SEND_PLAN, by, f"整改计划第{plan.version}版送主要负责人签字")
    return plan


@transaction.atomic
def draft_and_send(pk: int, by: User, content: Content, *, version: int | None = None) -> Plan:
    """Both in one: where something is missing, nothing is kept."""
    draft_plan(pk, by, content, version=version)
    return send_plan(pk, by)


@transaction.atomic
def sign_plan(pk: int, by: User, *, version: int | None = None) -> Plan:
    """The head of an answering unit hands the plan in (W-028)."""
    issue = begin(pk, Verb.SIGN_PLAN, by, version=version)
    plan = _plan(issue)
    plan.state = PlanState.SUBMITTED.value
    plan.signed_by, plan.signed_at = by, clock.now()
    plan.save(update_fields=["state", "signed_by", "signed_at"])
    summary = f"{signature(by)}，报送整改计划第{plan.version}版"
    finish(issue, Verb.SIGN_PLAN, by, summary, state=State.PLAN_SUBMITTED)
    return plan


@transaction.atomic
def return_plan(pk: int, by: User, *, lacking: Sequence[str], words: str, version: int | None = None) -> Plan:
    """Give the plan back with what is missing: by the head before signing, by the deciding unit after."""
    issue = begin(pk, Verb.RETURN_PLAN, by, version=version)
    plan = _plan(issue)
    was_submitted = plan.state == PlanState.SUBMITTED
    give_back(plan, by, words, lacking)
    lacks = f"，缺{'、'.join(lacking)}" if lacking else ""
    finish(
        issue,
        Verb.RETURN_PLAN,
        by,
        f"退回整改计划第{plan.version}版{lacks}：{words}",
        state=before_plan(issue) if was_submitted else None,
        facts={"missing": list(lacking)},
    )
    return plan


@transaction.atomic
def approve_plan(pk: int, by: User, *, version: int | None = None) -> Plan:
    """Put the plan in force in place of the former one: its steps and nodes become the issue's (W-078)."""
    issue = begin(pk, Verb.APPROVE_PLAN, by, version=version)
    plan = _plan(issue)
    issue.plans.filter(state=PlanState.APPROVED.value).update(state=PlanState.SUPERSEDED.value)
    plan.state = PlanState.APPROVED.value
    plan.decided_by, plan.decided_at = by, clock.now()
    plan.save(update_fields=["state", "decided_by", "decided_at"])
    content = content_of(plan)
    _put_steps(issue, content, by, plan)
    _put_nodes(issue, content)
    fields = _changed(issue, content, by, plan)
    summary = f"批准整改计划第{plan.version}版，措施{len(content.steps)}项，责任领导{plan.leader}"
    finish(issue, Verb.APPROVE_PLAN, by, summary, state=State.RECTIFYING, **fields)
    return plan


@transaction.atomic
def finish_action(
    pk: int, by: User, *, actions: Sequence[int], done_on: date, version: int | None = None
) -> Issue:
    """The measures with the ids ``actions`` were done on that Beijing date."""
    issue = begin(pk, Verb.FINISH_ACTION, by, version=version)
    if done_on > clock.today():
        raise Refused(f"完成日期{done_on}晚于今天。")
    if done_on < issue.found_on:
        raise Refused(f"完成日期{done_on}早于问题的发现日期{issue.found_on}。")
    done = list(issue.actions.filter(pk__in=actions, done_on__isnull=True))
    if not done or len(done) != len(set(actions)):
        raise Refused("所选措施中有的已经完成，或者计划已经换了新版，请重新选择。")
    issue.actions.filter(pk__in=[one.pk for one in done]).update(done_on=done_on)
    names = "、".join(f"第{one.position + 1}项" for one in done)
    left = issue.actions.filter(done_on__isnull=True).count()
    summary = f"{names}整改措施于{done_on}完成{f'，还有{left}项' if left else '，措施全部完成'}"
    finish(issue, Verb.FINISH_ACTION, by, summary)
    return issue


def _plan(issue: Issue) -> Plan:
    plan = plan_in_hand(issue)
    if plan is None:
        raise Refused("没有正在办理的整改计划。")
    return plan


def _next_version(issue: Issue, returned: Plan | None, by: User) -> Plan:
    if returned is not None:
        returned.state = PlanState.SUPERSEDED.value
        returned.save(update_fields=["state"])
    last = issue.plans.aggregate(last=Max("version"))["last"] or 0
    return Plan(issue=issue, version=last + 1, unit=_unit_of(issue, by))


def _unit_of(issue: Issue, by: User) -> Unit:
    share = share_of(issue, by, clock.today())
    unit = share.unit if share else by.unit
    if unit is None:
        raise Refused("您的账号没有单位，不能制定整改计划。")
    return unit


def _write(plan: Plan, content: Content) -> None:
    plan.state = PlanState.DRAFT.value
    plan.requirement, plan.effect = content.requirement, content.effect
    plan.leader, plan.person = content.leader.strip(), content.person.strip()
    plan.fund_source = content.fund_source
    plan.steps, plan.milestones = stored_steps(content.steps), stored_nodes(content.nodes)
    plan.extra = dict(content.extra)


def _put_steps(issue: Issue, content: Content, by: User, plan: Plan) -> None:
    """The issue's measures are the plan's; one whose text stays keeps the day on which it was done."""
    old = list(issue.actions.all())
    days = kept_days([(one.text, one.done_on) for one in old], [step.text for step in content.steps])
    issue.actions.all().delete()
    made = [
        Action(
            issue=issue,
            position=position,
            text=step.text,
            person=step.person or content.person,
            due_on=step.due_on,
            done_on=day,
        )
        for position, (step, day) in enumerate(zip(content.steps, days, strict=True))
    ]
    Action.objects.bulk_create(made)
    before, after = ("\n".join(one.text for one in rows) for rows in (old, made))
    note_change(issue, "actions", before, after, by=by, cause=Cause.PLAN, cause_id=plan.pk)


def _put_nodes(issue: Issue, content: Content) -> None:
    issue.milestones.all().delete()
    Milestone.objects.bulk_create(
        Milestone(issue=issue, position=position, on=node.on, quantity=node.quantity, text=node.text)
        for position, node in enumerate(sorted(content.nodes, key=lambda one: one.on))
    )


def _changed(issue: Issue, content: Content, by: User, plan: Plan) -> dict[str, Any]:
    """The columns of the issue that the plan sets, each change kept. The place only where there is none."""
    wanted = {"leader": content.leader, "person": content.person}
    if content.fund_source:
        wanted["fund_source"] = content.fund_source
    place = next((content.extra.get(name, "") for name, _ in asked_of(issue).places), "")
    if place and not issue.place and issue.village_id is None:
        wanted["place"] = place[:200]
    for name, value in wanted.items():
        note_change(issue, name, getattr(issue, name), value, by=by, cause=Cause.PLAN, cause_id=plan.pk)
    accounts = {
        f"{name}_user_id": _account(plan.unit, wanted[name])
        for name in ("leader", "person")
        if wanted[name] != getattr(issue, name)
    }
    return {**wanted, **accounts}


def _account(unit: Unit, name: str) -> int | None:
    """The account of the person of that name in the unit, as an import would match it."""
    found = User.objects.filter(unit=unit, name=name, is_active=True).order_by("pk")
    return found.values_list("pk", flat=True).first()
