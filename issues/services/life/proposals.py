"""What takes two people (提请、确认): 调出, 不予受理, 移交, 合并, 更正. One proposes with reason and
document, another confirms or declines; until then nothing moves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction

from issues.models import Issue, Proposal
from issues.queries.situations import answering_units
from issues.rules.history import plain
from issues.rules.proposals import Counted, Proposed, consequences, from_json, money_of
from issues.rules.records import ProposalKind, RequestState
from issues.rules.stages import OPEN_STATES, Cause, Stage, State
from issues.rules.workflow import Verb
from issues.services import ledger
from issues.services.ledger import LedgerRefusal, Move
from issues.services.life.returning import reopen_shares, return_closure
from issues.services.workflow import Refused, begin, finish
from rectify.lib import clock
from townships.models import User
from townships.services import events, revisions

PROPOSING = {
    ProposalKind.REMOVAL: Verb.PROPOSE_REMOVAL,
    ProposalKind.REJECTION: Verb.PROPOSE_REJECTION,
    ProposalKind.TRANSFER: Verb.PROPOSE_TRANSFER,
    ProposalKind.MERGER: Verb.PROPOSE_MERGER,
    ProposalKind.CORRECTION: Verb.PROPOSE_CORRECTION,
}
CONFIRMING = {
    ProposalKind.REMOVAL: Verb.CONFIRM_REMOVAL,
    ProposalKind.REJECTION: Verb.CONFIRM_REJECTION,
    ProposalKind.TRANSFER: Verb.CONFIRM_TRANSFER,
    ProposalKind.MERGER: Verb.CONFIRM_MERGER,
    ProposalKind.CORRECTION: Verb.CONFIRM_CORRECTION,
}
LEAVING = {
    ProposalKind.REJECTION: (Cause.REJECTION, State.REJECTED),
    ProposalKind.TRANSFER: (Cause.TRANSFER, State.TRANSFERRED),
    ProposalKind.MERGER: (Cause.MERGER, State.MERGED),
}
"""Kinds by which everything left leaves the count, with the cause it is written with and where it ends."""


def counted(issue: Issue) -> Counted:
    """Where the issue stands, for the sentences."""
    amount_left = issue.amount_found - issue.amount_removed - issue.amount_claimed
    return Counted(issue.found, issue.removed, issue.claimed, issue.counted_in, amount_left)


@transaction.atomic
def propose(
    pk: int,
    by: User,
    kind: ProposalKind,
    proposed: Proposed,
    *,
    reason: str,
    document: str,
    version: int | None = None,
) -> Proposal:
    """Put ``kind`` before a second person. Refused without reason or document number, or where what is
    proposed could not be done now."""
    issue = begin(pk, PROPOSING[kind], by, version=version)
    reason, document = reason.strip(), document.strip()
    if not reason or not document:
        raise Refused("理由和依据文号都要填写。", "words_missing")
    proposed = replace(proposed, on=proposed.on or clock.today())
    _refuse_impossible(issue, kind, proposed, by)
    made = Proposal.objects.create(
        kind=kind.value,
        issue=issue,
        reason=reason[:500],
        document=document[:100],
        payload=proposed.as_json(),
        proposed_by=by,
        proposed_at=clock.now(),
    )
    said = consequences(kind, proposed, counted(issue))[0]
    finish(issue, PROPOSING[kind], by, f"提请{kind.label}：{said}理由：{reason}（{document}）")
    return made


@transaction.atomic
def confirm(pk: int, by: User, kind: ProposalKind, *, words: str = "", version: int | None = None) -> None:
    """The second person agrees and it is done, in the same transaction."""
    target = _hold_target(pk) if kind is ProposalKind.MERGER else None
    verb = CONFIRMING[kind]
    issue = begin(pk, verb, by, version=version)
    proposal = Proposal.objects.get(issue=issue, state=RequestState.PENDING.value)
    proposed = from_json(proposal.payload)
    _refuse_impossible(issue, kind, proposed, by)
    said = "".join(consequences(kind, proposed, counted(issue)))
    _decide(proposal, RequestState.GRANTED, by, words)
    fields: dict[str, Any] = {}
    if kind is ProposalKind.CORRECTION:
        state = _correct(issue, proposal, proposed, by)
    elif kind is ProposalKind.REMOVAL:
        state = _remove(issue, proposal, proposed, by)
    else:
        state = _leave(issue, proposal, proposed, by)
    if state is not None and state not in OPEN_STATES:
        return_closure(issue, by, None, f"问题已{kind.label}，不再办理销号。")
    if target is not None:
        fields["merged_into"] = target.pk
        _tell(target, issue, proposal, by)
    summary = f"确认{kind.label}：{said}理由：{proposal.reason}（{proposal.document}）"
    finish(issue, verb, by, summary, state=state, facts={"proposal": proposal.pk}, **fields)


@transaction.atomic
def decline(pk: int, by: User, words: str, *, version: int | None = None) -> None:
    """The second person does not agree; nothing moves."""
    issue = begin(pk, Verb.DECLINE_PROPOSAL, by, version=version)
    if not words.strip():
        raise Refused("请写明不同意的意见。", "words_missing")
    proposal = Proposal.objects.get(issue=issue, state=RequestState.PENDING.value)
    _decide(proposal, RequestState.DECLINED, by, words)
    finish(issue, Verb.DECLINE_PROPOSAL, by, f"不同意{_label(proposal)}：{words.strip()}")


@transaction.atomic
def recall(pk: int, by: User, *, version: int | None = None) -> None:
    """Who proposed it takes it back."""
    issue = begin(pk, Verb.RECALL_PROPOSAL, by, version=version)
    proposal = Proposal.objects.get(issue=issue, state=RequestState.PENDING.value)
    _decide(proposal, RequestState.RECALLED, by, "")
    finish(issue, Verb.RECALL_PROPOSAL, by, f"撤回提请{_label(proposal)}")


def merge_target(issue: Issue, number: str, by: User) -> Issue:
    """The issue ``number`` that ``issue`` may be merged into: in sight, open, of the same campaign."""
    target = Issue.objects.visible_to(by).filter(number=number.strip()).first()
    if target is None:
        raise Refused(f"没有编号为“{number.strip()[:30]}”的问题，或者不在您的工作范围内。", "target")
    if target.pk == issue.pk:
        raise Refused("不能并入自己。", "target")
    if target.campaign_id != issue.campaign_id:
        raise Refused(f"{target.number}属于另一项工作，不能合并。", "target")
    if State(target.state) not in OPEN_STATES:
        raise Refused(f"{target.number}现在是“{State(target.state).label}”，不能再并入。", "target")
    return target


# --- what may be proposed -----------------------------------------------------------------------------------


def _refuse_impossible(issue: Issue, kind: ProposalKind, proposed: Proposed, by: User) -> None:
    now = counted(issue)
    _refuse_day(issue, proposed)
    match kind:
        case ProposalKind.REMOVAL:
            if proposed.quantity <= 0:
                raise Refused("调出数量须大于0。", "sums")
            if proposed.quantity > now.left:
                raise Refused(
                    f"未整改的只有{now.words(now.left)}，不能调出{now.words(proposed.quantity)}。", "sums"
                )
            if (proposed.amount or 0) < 0:
                raise Refused("调出金额不能小于0。", "sums")
        case ProposalKind.CORRECTION:
            _refuse_correction(issue, proposed)
        case ProposalKind.TRANSFER:
            if not proposed.to.strip():
                raise Refused("请写明移交给哪个单位。", "words_missing")
        case ProposalKind.MERGER:
            merge_target(issue, proposed.into, by)
        case _:
            return


def _refuse_day(issue: Issue, proposed: Proposed) -> None:
    """The ledger refuses it as well; said here before a second person is asked."""
    today = clock.today()
    if proposed.on is not None and proposed.on > today:
        raise Refused(f"日期{proposed.on.isoformat()}晚于今天{today.isoformat()}。", "date")
    if proposed.on is not None and proposed.on < issue.found_on:
        raise Refused(f"日期{proposed.on.isoformat()}早于发现日期{issue.found_on.isoformat()}。", "date")


def _refuse_correction(issue: Issue, proposed: Proposed) -> None:
    if proposed.stage not in set(Stage):
        raise Refused("请选择更正哪一项。", "sums")
    if not proposed.quantity and not proposed.amount:
        raise Refused("更正的数量和金额都是0，没有可更正的。", "sums")
    is_more = proposed.quantity > 0 or (proposed.amount or 0) > 0
    if proposed.stage == Stage.CONFIRMED and is_more:
        raise Refused("核实认定只能由核查增加；更正只能减少。请登记一次核查。", "sums")
    total = getattr(issue, proposed.stage) + proposed.quantity
    if total < 0:
        label, unit = Stage(proposed.stage).label, issue.counted_in
        have, less = plain(getattr(issue, proposed.stage)), plain(-proposed.quantity)
        raise Refused(f"{label}现在只有{have}{unit}，不能减少{less}{unit}。", "sums")


# --- doing it -----------------------------------------------------------------------------------------------


def _remove(issue: Issue, proposal: Proposal, proposed: Proposed, by: User) -> State | None:
    """State 调出 where everything that was found has left; else it stays."""
    day = proposed.on or clock.today()
    money = money_of(ProposalKind.REMOVAL, proposed, counted(issue))
    move = Move(Stage.REMOVED.value, proposed.quantity, day, money)
    _post(issue, [move], proposal, Cause.REMOVAL, by)
    return State.REMOVED if issue.removed + proposed.quantity == issue.found else None


def _leave(issue: Issue, proposal: Proposal, proposed: Proposed, by: User) -> State:
    """What is left leaves the count with its money."""
    cause, state = LEAVING[ProposalKind(proposal.kind)]
    money = issue.amount_found - issue.amount_removed - issue.amount_claimed
    if issue.left or money:
        day = proposed.on or clock.today()
        _post(issue, [Move(Stage.REMOVED.value, issue.left, day, money or None)], proposal, cause, by)
    return state


def _correct(issue: Issue, proposal: Proposal, proposed: Proposed, by: User) -> State | None:
    """Another entry. State 调出 where nothing is left to be put right; an application for closing that no
    longer stands on all being claimed goes back."""
    day = proposed.on or clock.today()
    move = Move(
        proposed.stage, proposed.quantity, day, money_of(ProposalKind.CORRECTION, proposed, counted(issue))
    )
    _post(issue, [move], proposal, Cause.CORRECTION, by)
    now = Issue.objects.only("found", "removed", "claimed").get(pk=issue.pk)
    if now.found == now.removed:
        return State.REMOVED
    if not proposed.quantity or now.claimed == now.found - now.removed:
        return None
    reopen_shares(issue, by)
    is_returned = return_closure(issue, by, None, f"数据更正（{proposal.document}）后，须重新申请销号。")
    return State.RECTIFYING if is_returned and issue.state == State.CLOSING else None


def _post(issue: Issue, moves: list[Move], proposal: Proposal, cause: Cause, by: User) -> None:
    try:
        ledger.post(item_id=issue.pk, moves=moves, by=by, cause=cause, cause_id=proposal.pk)
    except LedgerRefusal as refusal:
        raise Refused(str(refusal), "ledger") from refusal


def _hold_target(pk: int) -> Issue | None:
    """Hold both rows of a merger in the order of their ids: two mergers crossing must not deadlock."""
    proposal = Proposal.objects.filter(
        issue=pk, state=RequestState.PENDING.value, kind=ProposalKind.MERGER.value
    ).first()
    if proposal is None:
        return None
    numbers = Issue.objects.filter(number=proposal.payload.get("into", "")).values_list("pk", flat=True)
    both = Issue.objects.select_for_update(no_key=True).filter(pk__in=[pk, *numbers]).order_by("pk")
    rows = {one.pk: one for one in both}
    return next((one for one in rows.values() if one.pk != pk), None)


def _tell(target: Issue, issue: Issue, proposal: Proposal, by: User) -> None:
    """The keeper's history says what came into it."""
    events.record(
        subject_type="issue",
        subject_id=target.pk,
        action=Verb.CONFIRM_MERGER.value,
        summary=f"{issue.number}（{issue.list.short_name}）并入本问题（{proposal.document}）",
        by=by,
        facts={"merged": issue.number},
    )
    units = answering_units([target])[target.pk]
    revisions.bump({target.township_id, *(unit.pk for unit in (*units.answering, *units.supporting))})


def _decide(proposal: Proposal, state: RequestState, by: User, words: str) -> None:
    proposal.state = state.value
    proposal.decided_by, proposal.decided_at = by, clock.now()
    proposal.decision_words = words.strip()[:500]
    proposal.save(update_fields=["state", "decided_by", "decided_at", "decision_words"])


def _label(proposal: Proposal) -> str:
    return ProposalKind(proposal.kind).label


__all__ = ["Proposed", "confirm", "counted", "decline", "merge_target", "propose", "recall"]
