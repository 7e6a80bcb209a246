"""Leads (线索): reported, judged, handed over, verified, made an issue. Their events tell the auditor alone
that something was done, never what a lead says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction

from issues.models import Issue, IssueList, Lead
from issues.queries.leads import MERGED, facts_of, stamp_of
from issues.rules import leads as rules
from issues.rules.registering import Typed
from issues.services.imports.lead_rows import PREFIX
from issues.services.life import registering
from issues.services.life.registering import Where, Why
from issues.services.workflow import Refused
from projects.models import Campaign
from projects.queries.campaigns import campaigns_of
from rectify.lib import clock
from rectify.lib.masking import mask_text
from townships.access import allowed
from townships.models import Unit, User
from townships.rules.permissions import Permission
from townships.rules.roles import Level
from townships.rules.scope import Reach
from townships.services import events, sequences
from townships.services.papers import held

NOT_TOLD = ("source", "source_doc", "ledger_number")
"""What an issue never takes over from a lead: where it came from."""


class NoLead(Refused):
    """The lead is outside the person's sight: for them it does not exist."""

    def __init__(self) -> None:
        super().__init__("没有这条线索，或者不在您的工作范围内。", "not_found")


class StaleLead(Refused):
    """Somebody acted on the lead since the form was opened."""

    def __init__(self) -> None:
        super().__init__("这条线索已被他人修改，请看过现在的内容后再提交；您填写的内容都还在。", "stale")


@dataclass(frozen=True, slots=True)
class NewLead:
    """A lead as somebody reports it; ``reporter``: the unit it came from, for an office that passes it on."""

    description: str
    reported_on: date
    source: str = ""
    category: str = ""
    place: str = ""
    township: Unit | None = None
    village: Unit | None = None
    reporter: Unit | None = None


@transaction.atomic
def register(campaign: Campaign, new: NewLead, by: User) -> Lead:
    """Keep a lead of the campaign; a unit reports in its own name. Raises Refused, also where the same person
    has registered the very same before: a form sent twice is one lead."""
    verdict = allowed(by, Permission.REPORT_LEAD)
    if not verdict:
        raise Refused(verdict.reason)
    if campaign not in campaigns_of(by):
        raise Refused("这项工作不在您的工作范围内。")
    today = clock.today()
    texts = (new.source, new.category, new.place)
    _refuse(rules.registering_refusal(new.description, texts, new.reported_on, today))
    if new.village is not None and (new.township is None or new.village.parent_id != new.township.pk):
        raise Refused("村（社区）不在所选的乡镇。")
    passes_on = by.scope.reach is Reach.TREE and new.reporter is not None
    said: dict[str, Any] = {
        "campaign": campaign,
        "source": new.source.strip(),
        "reported_by": new.reporter if passes_on else by.unit,
        "reported_on": new.reported_on,
        "category": new.category.strip(),
        "township": new.township,
        "village": new.village,
        "place": new.place.strip(),
        "description": new.description.strip(),
        "registered_by": by,
    }
    # The number's row is held before it is asked: of two equal ones sent at once the later sees the earlier.
    serial = sequences.take(f"{PREFIX}{today.year}")[0]
    if twin := Lead.objects.present().filter(**said).values_list("number", flat=True).first():
        raise Refused(
            f"这条线索您已经登记过，编号{twin}，没有重复登记；确是另一条的，请在线索内容里写明不同之处。"
        )
    lead = Lead.objects.create(number=f"{PREFIX}{today.year}-{serial:06d}", **said)
    _note(lead, "report_lead", "报送线索", by)
    return lead


@transaction.atomic
def judge(pk: int, *, is_valid: bool, reason: str, by: User, stamp: str | None = None) -> Lead:
    """Say whether the lead is valid, with the reason (W-007). Raises NoLead, StaleLead, Refused."""
    lead = _held(pk, Permission.JUDGE_LEADS, by, stamp)
    _refuse(rules.judging_refusal(facts_of(lead), is_valid=is_valid, reason=reason))
    _change(lead, valid=is_valid, judgement=reason.strip(), judged_by=by, judged_at=clock.now())
    _note(lead, "judge_lead", "研判线索", by, valid=is_valid, reason=reason.strip())
    return lead


@transaction.atomic
def hand(pk: int, unit: Unit, by: User, *, stamp: str | None = None) -> Lead:
    """Give the lead to a unit to look into; never to one that it is about. Raises as ``judge``."""
    lead = _held(pk, Permission.JUDGE_LEADS, by, stamp)
    is_open = unit.closed_on is None or unit.closed_on > clock.today()
    _refuse(
        rules.handing_refusal(facts_of(lead), rules.Aim(unit.name, unit.path, Level(unit.level), is_open))
    )
    _change(lead, handling_unit=unit)
    _note(lead, "hand_lead", "交办线索", by, unit=unit.name)
    return lead


@transaction.atomic
def record_result(pk: int, result: str, on: date, by: User, *, stamp: str | None = None) -> Lead:
    """The result of looking into it, once (W-094). Raises as ``judge``."""
    lead = _held(pk, Permission.RECORD_RESULT, by, stamp)
    _refuse(rules.result_refusal(facts_of(lead), result, on, clock.today()))
    _change(lead, result=result.strip(), result_on=on, result_by=by)
    _note(lead, "record_result", "登记线索核实结果", by, result=result.strip(), on=on.isoformat())
    return lead


@transaction.atomic
def correct_result(
    pk: int, result: str, on: date, reason: str, by: User, *, stamp: str | None = None
) -> Lead:
    """Another result in place of a wrong one; the earlier stays in the history. Raises as ``judge``."""
    lead = _held(pk, Permission.RECORD_RESULT, by, stamp)
    _refuse(rules.correcting_refusal(facts_of(lead), result, on, reason, clock.today()))
    before = f"{lead.result}（{lead.result_on.isoformat()}）" if lead.result_on else lead.result
    _change(lead, result=result.strip(), result_on=on, result_by=by)
    told = {"before": before, "result": result.strip(), "on": on.isoformat(), "reason": reason.strip()}
    _note(lead, "correct_result", "更正线索核实结果", by, **told)
    return lead


@transaction.atomic
def turn(
    pk: int,
    list_id: int,
    typed: Typed,
    where: Where,
    by: User,
    *,
    why: Why | None = None,
    stamp: str | None = None,
) -> Issue:
    """Make the issue that a valid lead asks for; it says nothing of where the lead came from.

    Raises as ``judge``, and what registering an issue raises."""
    lead = _held(pk, Permission.JUDGE_LEADS, by, stamp)
    _refuse(rules.turning_refusal(facts_of(lead)))
    if not IssueList.objects.filter(pk=list_id, campaign=lead.campaign_id).exists():
        raise Refused("这张清单不属于这项工作。")
    texts = {name: text for name, text in typed.texts.items() if name not in NOT_TOLD}
    issue = registering.register(list_id, replace(typed, texts=texts), where, by, why=why)
    _change(lead, issue=issue)
    _note(lead, "turn_lead", "线索转为问题", by, issue=issue.number)
    return issue


def _held(pk: int, permission: Permission, by: User, stamp: str | None) -> Lead:
    """The lead with its row held, where ``by`` sees it and may do this to it."""
    lead = held(Lead.objects.visible_to(by).select_related("township", "village", "issue", *MERGED), pk)
    if lead is None:
        raise NoLead
    verdict = allowed(by, permission)
    if not verdict:
        raise Refused(verdict.reason)
    if stamp is not None and stamp != stamp_of(lead):
        raise StaleLead
    return lead


def _refuse(reason: str) -> None:
    if reason:
        raise Refused(reason)


def _change(lead: Lead, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(lead, name, value)
    lead.save(update_fields=[*fields, "updated_at"])


def _note(lead: Lead, action: str, summary: str, by: User, **facts: Any) -> None:
    told = {name: mask_text(value) if isinstance(value, str) else value for name, value in facts.items()}
    events.record(
        subject_type="lead",
        subject_id=lead.pk,
        action=action,
        summary=f"{summary}{lead.number}",
        by=by,
        facts=told,
    )
