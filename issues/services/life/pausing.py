"""暂停计时: the clock of a dated issue stands still for a time said beforehand; ended early, it goes on."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from issues.models import Issue, Pause
from issues.rules.stages import Cause
from issues.rules.workflow import Verb
from issues.services.deadlines import change_deadline
from issues.services.workflow import Refused, begin, finish, note_change
from rectify.lib import clock
from rectify.lib.measures import LedgerRefusal
from townships.models import User


@transaction.atomic
def pause(
    pk: int, by: User, *, until_on: date, reason: str, document: str, version: int | None = None
) -> Pause:
    """From today until the day before ``until_on`` no day counts: the date moves by as many days.

    Refused as the table says, and for an end that is not after today or no document."""
    issue = begin(pk, Verb.PAUSE, by, version=version)
    today = clock.today()
    if until_on <= today:
        raise Refused("恢复计时的日期须在今天以后。")
    if not document.strip():
        raise Refused("请写明依据文号：暂停计时须有书面依据。")
    due_on = _due(issue)
    made = Pause.objects.create(
        issue=issue,
        from_on=today,
        until_on=until_on,
        planned_until_on=until_on,
        due_on=due_on,
        reason=reason,
        document=document.strip(),
        paused_by=by,
        paused_at=clock.now(),
    )
    days = (until_on - today).days
    _move(issue, due_on + timedelta(days=days), by, made)
    moved = due_on + timedelta(days=days)
    finish(issue, Verb.PAUSE, by, f"暂停计时至{until_on}，期限由{due_on}顺延{days}天至{moved}：{reason}")
    return made


@transaction.atomic
def end_pause(pk: int, by: User, *, reason: str, version: int | None = None) -> Pause:
    """The clock goes on from today: the days of the pause that are left come off the date again."""
    issue = begin(pk, Verb.END_PAUSE, by, version=version)
    today = clock.today()
    running = Pause.objects.running(today).get(issue=issue)
    left = (running.until_on - today).days
    running.until_on, running.ended_by, running.ended_at = today, by, clock.now()
    running.save(update_fields=["until_on", "ended_by", "ended_at"])
    moved = _due(issue) - timedelta(days=left)
    _move(issue, moved, by, running)
    finish(issue, Verb.END_PAUSE, by, f"提前{left}天恢复计时，期限为{moved}：{reason}")
    return running


def _due(issue: Issue) -> date:
    if issue.due_on is None:
        raise Refused("这个问题没有明确的到期日，不需要暂停计时。")
    return issue.due_on


def _move(issue: Issue, due_on: date, by: User, pause: Pause) -> None:
    """The new date holds from today; the former one is kept with its cause."""
    before = _due(issue)
    try:
        change_deadline(
            issue,
            deadline_class=issue.deadline_class,
            due_on=due_on,
            raw=issue.deadline_raw,
            in_force_from=clock.today(),
            by=by,
            cause=Cause.PAUSE,
        )
    except LedgerRefusal as refusal:
        raise Refused(str(refusal)) from refusal
    note_change(
        issue,
        "due_on",
        before.isoformat(),
        due_on.isoformat(),
        by=by,
        cause=Cause.PAUSE,
        cause_id=pause.pk,
    )
