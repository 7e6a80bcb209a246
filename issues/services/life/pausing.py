"""暂停计时: the clock of a dated issue stands still for a time said beforehand; ended early, it goes on."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from issues.models import FieldChange, Issue, Pause
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
    """The clock goes on from today. The days of the pause that are left come off the date again, where it is
    still the pause that made it: a date that anybody set since stays."""
    issue = begin(pk, Verb.END_PAUSE, by, version=version)
    running = Pause.objects.running(clock.today()).get(issue=issue)
    left, due_on = (running.until_on - clock.today()).days, due_after(issue, running)
    stop(running, by)
    if due_on is None:
        said = "现在没有到期日"
    elif due_on == issue.due_on:
        said = f"期限此后另有调整，仍为{due_on}"
    else:
        _move(issue, due_on, by, running)
        said = f"期限为{due_on}"
    finish(issue, Verb.END_PAUSE, by, f"提前{left}天恢复计时，{said}：{reason}")
    return running


def due_after(issue: Issue, running: Pause) -> date | None:
    """What is due once the running pause ends today: without the days that are left, unless the date itself
    or the last change of it says that somebody set it since."""
    today = clock.today()
    made = running.due_on + (running.until_on - running.from_on)
    last = FieldChange.objects.filter(issue=issue, field="due_on").order_by("pk").last()
    is_its_own = last is not None and (last.cause, last.cause_id) == (Cause.PAUSE, running.pk)
    if issue.due_on != made or not is_its_own:
        return issue.due_on
    return made - (running.until_on - today)


def stop(running: Pause, by: User) -> None:
    """No day of the pause from today on is one that does not count."""
    running.until_on, running.ended_by, running.ended_at = clock.today(), by, clock.now()
    running.save(update_fields=["until_on", "ended_by", "ended_at"])


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
            is_long=issue.is_long,
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
