"""延期 and 长期坚持: a date is moved, or given up for stage goals and a review; on request only.

What is granted is never earlier than the date in force; what has no date has no clock that stands still."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from issues.models import Extension, Issue, Milestone, Pause, Proposal
from issues.rules.planning import LONG, Node, read_nodes, stored_nodes
from issues.rules.records import ProposalKind, RequestState
from issues.rules.stages import Cause, State
from issues.rules.workflow import Verb
from issues.services.deadlines import change_deadline
from issues.services.life.pausing import stop
from issues.services.workflow import Refused, begin, finish, note_change
from rectify.lib import clock
from rectify.lib.measures import LedgerRefusal
from townships.models import User


@transaction.atomic
def ask_extension(
    pk: int, by: User, *, wanted_on: date, reason: str, progress: str, version: int | None = None
) -> Extension:
    """Ask for a later date before the present one has passed."""
    issue = begin(pk, Verb.ASK_EXTENSION, by, version=version)
    due_on = _due(issue)
    if wanted_on <= due_on:
        raise Refused(f"延期后的日期须晚于现在的期限{due_on}。")
    extension = Extension.objects.create(
        issue=issue,
        original_due_on=due_on,
        wanted_on=wanted_on,
        reason=reason,
        progress=progress,
        asked_by=by,
        asked_at=clock.now(),
    )
    finish(issue, Verb.ASK_EXTENSION, by, f"申请由{due_on}延期至{wanted_on}：{reason}")
    return extension


@transaction.atomic
def decide_extension(
    pk: int, by: User, *, granted_on: date | None, words: str, version: int | None = None
) -> Extension:
    """Grant until a date, later than the one now in force and at the latest the one asked for; None declines.
    What was overdue stays so."""
    issue = begin(pk, Verb.DECIDE_EXTENSION, by, version=version)
    extension = issue.extensions.get(state=RequestState.PENDING.value)
    if granted_on is None:
        _settle(extension, RequestState.DECLINED, by, words)
        now = f"期限仍为{issue.due_on}" if issue.due_on else "这个问题现在没有到期日"
        finish(issue, Verb.DECIDE_EXTENSION, by, f"不同意延期，{now}。{words}")
        return extension
    due_on = _due(issue)
    _check_grant(extension, granted_on, due_on)
    extension.granted_on = granted_on
    _settle(extension, RequestState.GRANTED, by, words)
    _move(
        issue,
        by,
        deadline_class=issue.deadline_class,
        due_on=granted_on,
        is_long=issue.is_long,
        cause_id=extension.pk,
    )
    finish(issue, Verb.DECIDE_EXTENSION, by, f"同意由{due_on}延期至{granted_on}。{words}")
    return extension


@transaction.atomic
def ask_long_term(
    pk: int,
    by: User,
    *,
    reason: str,
    goals: Sequence[Node],
    next_review_on: date,
    version: int | None = None,
) -> Proposal:
    """Ask to be let off the date, with the goals of the stages and a date of review (W-075)."""
    issue = begin(pk, Verb.ASK_LONG_TERM, by, version=version)
    if not goals:
        raise Refused("请至少写一个阶段目标。")
    _check_review(next_review_on)
    proposal = Proposal.objects.create(
        kind=ProposalKind.LONG_TERM.value,
        issue=issue,
        reason=reason,
        payload={"goals": stored_nodes(goals), "next_review_on": next_review_on.isoformat()},
        proposed_by=by,
        proposed_at=clock.now(),
    )
    summary = f"申请转长期坚持，阶段目标{len(goals)}个，{next_review_on}复核：{reason}"
    finish(issue, Verb.ASK_LONG_TERM, by, summary)
    return proposal


@transaction.atomic
def grant_long_term(
    pk: int, by: User, *, next_review_on: date, words: str = "", version: int | None = None
) -> Issue:
    """From today it is never overdue, but reviewed; the former date is kept. It is not closed by that. What a
    date was needed for ends: a pause that runs, an extension that waits."""
    issue = begin(pk, Verb.GRANT_LONG_TERM, by, version=version)
    proposal = issue.proposals.get(state=RequestState.PENDING.value)
    _check_review(next_review_on)
    proposal.state, proposal.decision_words = RequestState.GRANTED.value, words
    proposal.decided_by, proposal.decided_at = by, clock.now()
    proposal.save()
    issue.milestones.all().delete()
    Milestone.objects.bulk_create(
        Milestone(issue=issue, position=position, on=goal.on, quantity=goal.quantity, text=goal.text)
        for position, goal in enumerate(read_nodes(proposal.payload["goals"]))
    )
    ended = "，暂停计时随之结束" if _stop_clock(issue, by) else ""
    for waiting in issue.extensions.filter(state=RequestState.PENDING.value):
        _settle(waiting, RequestState.DECLINED, by, "已同意转长期坚持，不再有到期日，延期申请随之了结。")
        ended += f"，延至{waiting.wanted_on}的延期申请随之了结"
    _move(issue, by, deadline_class=LONG, due_on=None, is_long=True)
    summary = f"同意转长期坚持，{next_review_on}复核{ended}{f'。{words}' if words else ''}"
    finish(issue, Verb.GRANT_LONG_TERM, by, summary, state=State.LONG_TERM, next_review_on=next_review_on)
    return issue


@transaction.atomic
def resume(pk: int, by: User, *, due_on: date, reason: str, version: int | None = None) -> Issue:
    """Back to work with a date, which nothing from before the review moves."""
    issue = begin(pk, Verb.RESUME, by, version=version)
    if due_on < clock.today():
        raise Refused(f"到期日{due_on}已经过了。")
    ended = "，原来的暂停计时不再有效" if _stop_clock(issue, by) else ""
    _move(issue, by, deadline_class="dated", due_on=due_on)
    summary = f"恢复整改，{due_on}到期{ended}：{reason}"
    finish(issue, Verb.RESUME, by, summary, state=State.RECTIFYING, next_review_on=None)
    return issue


def _due(issue: Issue) -> date:
    if issue.due_on is None:
        raise Refused("这个问题没有明确的到期日，不需要延期。")
    return issue.due_on


def _check_grant(extension: Extension, granted_on: date, due_on: date) -> None:
    """``due_on`` is the date in force, which a pause or the calendar may have moved since it was asked."""
    if granted_on > extension.wanted_on:
        raise Refused(f"批准的日期不能晚于申请的{extension.wanted_on}。")
    if granted_on <= due_on:
        now = "原期限" if due_on == extension.original_due_on else "现在的期限"
        raise Refused(f"批准的日期须晚于{now}{due_on}；不同意的，请选不同意。")
    if granted_on < clock.today():
        raise Refused(f"批准的日期{granted_on}已经过了。")


def _check_review(next_review_on: date) -> None:
    if next_review_on <= clock.today():
        raise Refused("下次复核日期须在今天以后。")


def _settle(extension: Extension, state: RequestState, by: User, words: str) -> None:
    extension.state, extension.decision_words = state.value, words
    extension.decided_by, extension.decided_at = by, clock.now()
    extension.save()


def _stop_clock(issue: Issue, by: User) -> bool:
    """End the pause that runs, the date left as it is; whether there was one."""
    running = Pause.objects.running(clock.today()).filter(issue=issue).first()
    if running is not None:
        stop(running, by)
    return running is not None


def _move(
    issue: Issue,
    by: User,
    *,
    deadline_class: str,
    due_on: date | None,
    is_long: bool = False,
    cause_id: int | None = None,
) -> None:
    """The new deadline holds from today; what the ledger wrote stays beside it, the former date is kept."""
    before, after = issue.due_on, due_on
    try:
        change_deadline(
            issue,
            deadline_class=deadline_class,
            due_on=due_on,
            is_long=is_long,
            confirmed=True,
            raw=issue.deadline_raw,
            in_force_from=clock.today(),
            by=by,
            cause=Cause.EXTENSION,
        )
    except LedgerRefusal as refusal:
        raise Refused(str(refusal)) from refusal
    note_change(
        issue,
        "due_on",
        before.isoformat() if before else "",
        after.isoformat() if after else "",
        by=by,
        cause=Cause.EXTENSION,
        cause_id=cause_id,
    )
