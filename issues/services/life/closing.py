"""Closing (销号), one by one: applied for, signed by the head, reviewed, signed off by another hand."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max

from issues.models import Closure, Issue
from issues.queries.situations import answering_units, share_of
from issues.rules.closing import Application, Asked, asked_by, missing, stored_answers
from issues.rules.records import OPEN_CLOSURES, ClosureState, ReturnReason
from issues.rules.stages import State
from issues.rules.workflow import Verb
from issues.services.life.returning import return_closure
from issues.services.moves import set_closed
from issues.services.workflow import Refused, begin, finish
from rectify.lib import clock
from townships.models import Unit, User
from townships.services import sequences

PREFIX = "XH"


def asked_of(issue: Issue) -> Asked:
    """What the list of ``issue`` asks at closing; nothing where it has no template."""
    template = issue.list.template
    if template is None:
        return Asked()
    return asked_by(
        template.checklist, template.extra_fields, needs_archive_number=template.needs_file_number
    )


@transaction.atomic
def apply(pk: int, by: User, application: Application, *, version: int | None = None) -> Closure:
    """Draft the application and put it before the unit's head; Refused names every statement unanswered."""
    issue = begin(pk, Verb.APPLY_CLOSURE, by, version=version)
    asked = asked_of(issue)
    if lacks := missing(application, asked):
        raise Refused(lacks, "incomplete")
    closure = Closure.objects.create(
        issue=issue,
        state=ClosureState.AWAITING_HEAD.value,
        unit=_own_unit(issue, by),
        statement=application.statement.strip(),
        answers=stored_answers(application, asked),
        similar=application.similar.strip(),
        mechanism=application.mechanism.strip(),
        archive_number=application.archive_number.strip(),
        applied_by=by,
        applied_at=clock.now(),
    )
    finish(issue, Verb.APPLY_CLOSURE, by, f"申请销号，举一反三：{closure.similar[:100]}")
    return closure


@transaction.atomic
def sign(pk: int, by: User, *, version: int | None = None) -> Closure:
    """The head of an answering unit puts his name to it: the issue waits for its closing."""
    issue = begin(pk, Verb.SIGN_CLOSURE, by, version=version)
    closure = in_hand(issue)
    closure.state = ClosureState.APPLIED.value
    closure.signed_by, closure.signed_at = by, clock.now()
    closure.save(update_fields=["state", "signed_by", "signed_at"])
    finish(issue, Verb.SIGN_CLOSURE, by, "主要负责人签字，报请销号", state=State.CLOSING)
    return closure


@transaction.atomic
def recall(pk: int, by: User, words: str, *, version: int | None = None) -> None:
    """The unit takes its application back, or its head does not sign it."""
    issue = begin(pk, Verb.RECALL_CLOSURE, by, version=version)
    words = _said(words, "请写明撤回的理由。")
    return_closure(issue, by, None, f"撤回：{words}")
    finish(issue, Verb.RECALL_CLOSURE, by, f"撤回销号申请：{words}", state=State.RECTIFYING)


@transaction.atomic
def review(pk: int, by: User, words: str, *, version: int | None = None) -> Closure:
    """The lead department of the field agrees; the office may sign off."""
    issue = begin(pk, Verb.REVIEW_CLOSURE, by, version=version)
    words = _said(words, "请写明复核意见。")
    closure = in_hand(issue)
    closure.state = ClosureState.REVIEWED.value
    closure.reviewed_by, closure.reviewed_at, closure.review_words = by, clock.now(), words[:500]
    closure.save(update_fields=["state", "reviewed_by", "reviewed_at", "review_words"])
    finish(issue, Verb.REVIEW_CLOSURE, by, f"复核同意销号：{words}")
    return closure


@transaction.atomic
def give_back(pk: int, by: User, reason: ReturnReason, words: str, *, version: int | None = None) -> None:
    """The reviewing department or the office sends the application back, saying what is lacking."""
    issue = begin(pk, Verb.RETURN_CLOSURE, by, version=version)
    words = _said(words, "请写明退回的意见：还缺什么、要补什么。")
    return_closure(issue, by, reason, words)
    summary = f"退回销号申请（{reason.label.partition('（')[0]}）：{words}"
    finish(issue, Verb.RETURN_CLOSURE, by, summary, state=State.RECTIFYING)


@transaction.atomic
def sign_off(pk: int, by: User, closed_on: date, *, version: int | None = None) -> Closure:
    """办结一件、销号一件: give the closure its number and count the issue as closed from ``closed_on`` on, a
    day not after today nor before the last verification or movement of the ledger."""
    issue = begin(pk, Verb.SIGN_OFF, by, version=version)
    today = clock.today()
    if closed_on > today:
        raise Refused(f"销号日期{closed_on.isoformat()}晚于今天{today.isoformat()}。", "date")
    earliest = earliest_close(issue)
    if closed_on < earliest:
        raise Refused(
            f"销号日期{closed_on.isoformat()}早于最近一次核查或变动的日期{earliest.isoformat()}。", "date"
        )
    closure = in_hand(issue)
    key = f"{PREFIX}{clock.now().year}"
    closure.number = f"{key}-{sequences.take(key)[0]:06d}"
    closure.state = ClosureState.SIGNED_OFF.value
    closure.closed_by, closure.closed_on = by, closed_on
    closure.save(update_fields=["number", "state", "closed_by", "closed_on"])
    set_closed(issue, closed_on=closed_on)
    finish(
        issue,
        Verb.SIGN_OFF,
        by,
        f"销号，编号{closure.number}，销号日期{closed_on.isoformat()}",
        state=State.CLOSED,
        facts={"closure": closure.number, "closed_on": closed_on.isoformat()},
        archive_number=closure.archive_number or issue.archive_number,
    )
    return closure


@transaction.atomic
def file(pk: int, by: User, archive_number: str, *, version: int | None = None) -> Issue:
    """Done and filed (W-107): a closed issue gets its file number; it stays closed, its 销号单 as signed."""
    issue = begin(pk, Verb.FILE, by, version=version)
    number = _said(archive_number, "请填写档案号。")
    finish(issue, Verb.FILE, by, f"归档，档案号{number}", archive_number=number)
    return issue


def in_hand(issue: Issue) -> Closure:
    """The one application that is not decided; the table has made sure that there is one."""
    return Closure.objects.get(issue=issue, state__in=[state.value for state in OPEN_CLOSURES])


def earliest_close(issue: Issue) -> date:
    """The last day on which anything of it was verified or moved."""
    checked = issue.verifications.aggregate(last=Max("verified_on"))["last"]
    moved = issue.entries.aggregate(last=Max("happened_on"))["last"]
    return max(day for day in (checked, moved, issue.found_on) if day is not None)


def _own_unit(issue: Issue, by: User) -> Unit | None:
    """The answering unit that ``by`` acts for."""
    share = share_of(issue, by, clock.today())
    if share is not None:
        return share.unit
    answering = answering_units([issue])[issue.pk].answering
    own = by.unit.path if by.unit is not None else "-"
    return next((unit for unit in answering if unit.path.startswith(own)), by.unit)


def _said(words: str, otherwise: str) -> str:
    words = words.strip()
    if not words:
        raise Refused(otherwise, "words_missing")
    return words
