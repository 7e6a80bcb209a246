"""Taking over a finished list as history: one proposes, another confirms; counted apart (已销号（接收）)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from issues.models import Closure, Issue, IssueEntry, IssueList, Proposal
from issues.queries.takeovers import finished, pending
from issues.rules.records import ClosureState, ProposalKind, RequestState
from issues.rules.stages import Cause, Stage, State
from issues.services import moves
from issues.services.holding import lock
from issues.services.ledger import Act, LedgerRefusal, Move, post_all
from issues.services.life.locking import hold
from issues.services.workflow import Refused
from rectify.lib import bulk, clock
from rectify.lib.posting import batches, change_rows
from townships.access import allowed
from townships.models import User
from townships.rules.permissions import Permission
from townships.services import events, revisions, sequences
from townships.services.events import Draft

PREFIX = "XH"
CLOSURE_COLUMNS = (
    "issue",
    "state",
    "unit",
    "statement",
    "answers",
    "similar",
    "mechanism",
    "archive_number",
    "review_words",
    "return_reason",
    "return_words",
    "number",
    "closed_by",
    "closed_on",
)


@dataclass(frozen=True, slots=True)
class Finished:
    """An issue whose ledger says that all of it is done, and the last day on which it said so."""

    pk: int
    unit_id: int | None
    claimed_on: date
    archive_number: str
    move: Move | None


@transaction.atomic
def propose(pk: int, reason: str, document: str, by: User) -> Proposal:
    """Ask for the list ``pk`` to be taken over; refused without reason and document, or with nothing done."""
    listed = hold(pk)
    _must(by, Permission.TAKE_OVER, listed)
    if not reason.strip() or not document.strip():
        raise Refused("请写明接收的理由和依据文号。")
    if pending(listed) is not None:
        raise Refused("这张清单的接收正在等第二人确认。")
    count = finished(listed).count()
    if not count:
        raise Refused("这张清单里没有台账称已全部完成、还没有销号的问题，没有可接收的。")
    made = Proposal.objects.create(
        kind=ProposalKind.TAKEOVER.value,
        list=listed,
        reason=reason.strip()[:500],
        document=document.strip()[:100],
        payload={"items": count},
        proposed_by=by,
        proposed_at=clock.now(),
    )
    summary = f"提请接收历史台账“{listed.title}”，{count}项，依据{made.document}：{made.reason}"
    _told(listed, "propose_takeover", summary, by)
    return made


@transaction.atomic
def confirm(pk: int, by: User) -> int:
    """A second person confirms: every finished issue is confirmed on the day it was claimed, closed and
    numbered. Returns how many."""
    listed, proposal = _waiting(pk, by, Permission.CONFIRM_SECOND)
    if proposal.proposed_by_id == by.pk:
        raise Refused("这件事由您提出，须由另一人确认。")
    at = clock.now()
    _decide(proposal, RequestState.GRANTED, by, at)
    # A withdrawn import or a report since may have changed what is finished: it is looked up anew, held.
    ids = lock(finished(listed).values_list("pk", flat=True))
    count = 0
    try:
        for batch in batches(ids):
            still = finished(listed).filter(pk__in=batch).order_by("pk").values_list("pk", flat=True)
            count += _take(list(still), proposal, by, at)
    except LedgerRefusal as refused:
        raise Refused(str(refused)) from refused
    _told(listed, "confirm_takeover", f"确认接收历史台账“{listed.title}”，{count}项已销号（接收）", by)
    revisions.bump([])
    return count


@transaction.atomic
def decline(pk: int, by: User, words: str) -> None:
    """A second person does not agree; or the first takes the proposal back."""
    permission = Permission.TAKE_OVER
    listed, proposal = _waiting(pk, by, permission)
    is_own = proposal.proposed_by_id == by.pk
    if not is_own and not words.strip():
        raise Refused("不同意的，请写明意见。")
    state = RequestState.RECALLED if is_own else RequestState.DECLINED
    _decide(proposal, state, by, clock.now(), words)
    action = "recall_takeover" if is_own else "decline_takeover"
    said = "撤回提请接收" if is_own else f"不同意接收：{words.strip()}"
    _told(listed, action, f"“{listed.title}”{said}", by)


def _waiting(pk: int, by: User, permission: Permission) -> tuple[IssueList, Proposal]:
    listed = hold(pk)
    _must(by, permission, listed)
    proposal = Proposal.objects.select_for_update().filter(list=listed, state=RequestState.PENDING.value)
    found = proposal.first()
    if found is None:
        raise Refused("没有等待确认的接收。")
    return listed, found


def _must(by: User, permission: Permission, listed: IssueList) -> None:
    verdict = allowed(by, permission, listed.campaign)
    if not verdict:
        raise Refused(verdict.reason)


def _decide(proposal: Proposal, state: RequestState, by: User, at: datetime, words: str = "") -> None:
    proposal.state, proposal.decided_by, proposal.decided_at = state.value, by, at
    proposal.decision_words = words.strip()[:500]
    proposal.save(update_fields=["state", "decided_by", "decided_at", "decision_words"])


def _take(ids: list[int], proposal: Proposal, by: User, at: datetime) -> int:
    """Confirm, close and number at most a thousand issues; how many."""
    issues = list(_facts(ids))
    if not issues:
        return 0
    acts = [Act(one.pk, [one.move]) for one in issues if one.move is not None]
    if acts:
        post_all(acts, by=by, cause=Cause.TAKEOVER.value, cause_id=proposal.pk, recorded_at=at)
    moves.close_all({one.pk: one.claimed_on for one in issues}, updated_at=at)
    rows = [[one.pk, State.CLOSED.value, at, True] for one in issues]
    change_rows(Issue, rows, put=("state", "state_since", "is_taken_over"), updated_at=at)
    year = clock.today().year
    serials = sequences.take(f"{PREFIX}{year}", len(issues))
    numbers = [f"{PREFIX}{year}-{serial:06d}" for serial in serials]
    statement = f"接收历史台账：{proposal.reason}（{proposal.document}）"
    bulk.insert(
        Closure,
        CLOSURE_COLUMNS,
        (_closure(one, number, statement, by) for one, number in zip(issues, numbers, strict=True)),
    )
    drafts = [
        Draft("issue", one.pk, "take_over", f"{statement}，销号编号{number}", {"number": number})
        for one, number in zip(issues, numbers, strict=True)
    ]
    events.record_many(drafts, by=by)
    return len(issues)


def _closure(one: Finished, number: str, statement: str, by: User) -> list[Any]:
    state = ClosureState.SIGNED_OFF.value
    empty = ("", "")
    return [
        one.pk, state, one.unit_id, statement, {}, *empty, one.archive_number, "", *empty, number, by.pk,
        one.claimed_on,
    ]  # fmt: skip


def _facts(ids: list[int]) -> Iterable[Finished]:
    claims = IssueEntry.objects.filter(item__in=ids, stage=Stage.CLAIMED.value).order_by()
    last = dict(claims.values_list("item_id").annotate(Max("happened_on")))
    for issue in Issue.objects.filter(pk__in=ids).order_by("pk"):
        day = last[issue.pk]
        quantity = issue.claimed - issue.confirmed
        amount = issue.amount_claimed - issue.amount_confirmed
        move = Move(Stage.CONFIRMED, quantity, day, amount or None) if quantity or amount else None
        yield Finished(issue.pk, issue.unit_id, day, issue.archive_number, move)


def _told(listed: IssueList, action: str, summary: str, by: User) -> None:
    events.record(
        subject_type="list",
        subject_id=listed.pk,
        action=action,
        summary=summary,
        by=by,
        facts={"code": listed.code},
    )


__all__ = ["confirm", "decline", "propose"]
