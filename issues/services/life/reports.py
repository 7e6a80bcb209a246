"""Reporting (进展): what a unit says it has done, stored once however often it is sent; corrections of it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum

from issues.models import Issue, Report
from issues.rules import reporting
from issues.rules.history import plain
from issues.rules.reporting import Room, Said
from issues.rules.stages import Cause, Stage
from issues.rules.workflow import Verb
from issues.services import moves
from issues.services.ledger import LedgerRefusal, Move, Posted, post_held
from issues.services.life.evidence import Given, keep, keeping
from issues.services.workflow import Refused, begin, finish, note_change
from rectify.lib import clock
from rectify.lib.prepared import insert
from rectify.lib.secrecy import words_refusal
from townships.models import User


@dataclass(frozen=True, slots=True)
class Submitted:
    """A stored report; ``is_new`` is False where the same had been sent before.

    ``followed``: the money in 万元 that nobody typed and that went with the last quantity."""

    report: Report
    is_new: bool
    followed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _Sent:
    """One request as it came in."""

    user: User
    client_id: UUID
    said: Said
    version: int | None
    copied_from: int | None = None
    corrected: Report | None = None
    files: Sequence[Given] = ()


class ClientIdTaken(Refused):
    """The sender's ``client_id`` came before with other content."""

    def __init__(self, receipt: str) -> None:
        super().__init__(
            f"这个编号已经用于另一份填报（回执{receipt}），内容不同，没有再存。请重新打开填报页后再填。",
            "client_id_reused",
        )


def submit(
    user: User,
    number: str,
    *,
    client_id: UUID,
    quantity: Decimal,
    happened_on: date,
    narrative: str = "",
    amount: Decimal | None = None,
    copied_from: int | None = None,
    files: Sequence[Given] = (),
    version: int | None = None,
) -> Submitted:
    """Store what ``user``'s unit did on ``happened_on``: ``quantity`` in what the issue is counted in (0: a
    word without movement), ``amount`` in 万元 (None: not typed; with the last quantity goes all the money
    that is left); ``copied_from`` is the report whose words were taken over; ``files`` are kept as its
    evidence, all or none.

    The same ``client_id`` from the same user with the same content gives the report of the first time; other
    content raises ClientIdTaken. Then Missing, Stale or Refused: "not_allowed", "invalid", "words_needed",
    "too_much", "date_out_of_order", "secret", "evidence"."""
    hashes = tuple(one.source_sha256 for one in files)
    said = Said(number, quantity, happened_on, reporting.cleaned(narrative), amount, files=hashes)
    return _once(_Sent(user, client_id, said, version, copied_from=copied_from, files=files))


def correct(
    user: User,
    number: str,
    *,
    client_id: UUID,
    report_id: int,
    difference: Decimal,
    narrative: str,
    amount: Decimal | None = None,
    version: int | None = None,
) -> Submitted:
    """更正: add ``difference`` (signed) to what an earlier report of the own unit said, on that report's day.

    The earlier report stays as it is. As ``submit``; besides Refused "not_own_report", and "too_much" where
    more would be taken back than that report said or less be claimed than was confirmed."""
    corrected = Report.objects.filter(pk=report_id, issue__number=number, unit=user.unit_id).first()
    day = corrected.happened_on if corrected else clock.today()
    said = Said(number, difference, day, reporting.cleaned(narrative), amount, corrects=report_id)
    return _once(_Sent(user, client_id, said, version, corrected=corrected))


def _once(sent: _Sent) -> Submitted:
    """Store what was sent unless it came before. What did, now or at the same moment, is not stored again:
    either its client id is taken or the first time has changed what it stood on."""
    try:
        with transaction.atomic(), keeping() as written:
            report = _submit(sent, written) if sent.said.corrects is None else _correct(sent, written)
    except (IntegrityError, Refused):
        if known := _known(sent):
            return known
        raise
    return Submitted(report, True, report.amount if sent.said.amount is None else None)


def _known(sent: _Sent) -> Submitted | None:
    found = list(Report.objects.filter(reported_by=sent.user, client_id=sent.client_id).order_by())
    if not found:
        return None
    report = found[0]
    if reporting.malformed(sent.said) or report.digest != sent.said.digest:
        raise ClientIdTaken(report.receipt)
    return Submitted(report, False)


def _submit(sent: _Sent, written: list[Path]) -> Report:
    said = sent.said
    issue = _begin(sent, Verb.REPORT)
    if said.quantity < 0 or (said.amount or 0) < 0:
        raise Refused("完成数量不能是负数；填多了请用“更正进展”。", "invalid")
    if not said.moves and not said.narrative:
        raise Refused("没有完成数量时，请用一句话写明进展。", "words_needed")
    room = _room(issue)
    if reason := reporting.misdated(said.happened_on, room):
        raise Refused(reason, "date_out_of_order")
    if reason := reporting.excessive(said, room):
        raise Refused(reason, "too_much")
    followed = reporting.following(said, room)
    source = _source(sent.user, sent.copied_from)
    return _store(issue, sent, Verb.REPORT, written, copied_from=source, followed=followed)


def _source(user: User, pk: int | None) -> Report | None:
    """The report whose words were taken over, if the user sees its issue."""
    if pk is None:
        return None
    return Report.objects.filter(pk=pk, issue__in=Issue.objects.visible_to(user)).first()


def _correct(sent: _Sent, written: list[Path]) -> Report:
    said, corrected = sent.said, sent.corrected
    issue = _begin(sent, Verb.CORRECT_REPORT)
    if corrected is None or corrected.corrects_id is not None:
        raise Refused("请选择本单位对这个问题的一次填报来更正。", "not_own_report")
    if not said.moves:
        raise Refused("更正的数量不能是零；要补充说明，请填报进展，数量填0。", "invalid")
    if not said.narrative:
        raise Refused("请写明更正的原因。", "words_needed")
    room = _room(issue)
    if reason := reporting.excessive(said, room):
        raise Refused(reason, "too_much")
    quantity, amount = _standing(corrected)
    if quantity + said.quantity < 0 or amount + (said.amount or 0) < 0:
        raise Refused(f"那次填报现在只有{plain(quantity)}{issue.counted_in}，不能减得比它多。", "too_much")
    followed = reporting.following(said, room)
    if said.amount is None and said.quantity < 0 and (not quantity + said.quantity or _followed(corrected)):
        followed = -min(amount, issue.amount_claimed - issue.amount_confirmed) or None
    return _store(issue, sent, Verb.CORRECT_REPORT, written, followed=followed)


def _followed(report: Report) -> bool:
    """Whether its money was typed by nobody and went with the last quantity: so it was not sent."""
    if report.amount is None:
        return False
    number, hashes = report.issue.number, report.evidence.values_list("source_sha256", flat=True)
    sent = Said(number, report.quantity, report.happened_on, report.narrative, None, files=tuple(hashes))
    return sent.digest == report.digest


def _standing(report: Report) -> tuple[Decimal, Decimal]:
    """What a report says with its corrections so far: quantity, amount in 万元."""
    later = report.corrections.aggregate(quantity=Sum("quantity"), amount=Sum("amount"))
    return report.quantity + (later["quantity"] or 0), (report.amount or 0) + (later["amount"] or Decimal(0))


def _begin(sent: _Sent, verb: Verb) -> Issue:
    """The issue, held, where the user may report on it and the words can be read."""
    issue = begin(sent.said.number, verb, sent.user, version=sent.version)
    if reason := reporting.malformed(sent.said):
        raise Refused(reason, "invalid")
    if reason := words_refusal(sent.said.narrative):
        raise Refused(reason, "secret")
    return issue


def _room(issue: Issue) -> Room:
    amount_left = issue.amount_found - issue.amount_removed - issue.amount_claimed
    return Room(issue.left, amount_left, issue.counted_in, issue.found_on, clock.today())


def _store(
    issue: Issue,
    sent: _Sent,
    verb: Verb,
    written: list[Path],
    *,
    copied_from: Report | None = None,
    followed: Decimal | None = None,
) -> Report:
    """The report, its movement, its files and its event; the issue's row is held.

    ``followed``: the money that nobody typed."""
    user, said = sent.user, sent.said
    if user.unit is None:
        raise Refused("您的账号没有设单位，不能填报。")
    report = Report(
        issue=issue,
        unit=user.unit,
        client_id=sent.client_id,
        digest=said.digest,
        receipt=reporting.receipt(clock.today(), secrets.choice),
        quantity=said.quantity,
        amount=said.amount if followed is None else followed,
        happened_on=said.happened_on,
        narrative=said.narrative,
        copied_from=copied_from,
        corrects=sent.corrected,
        reported_by=user,
        recorded_at=clock.now(),
    )
    insert(report)
    if sent.files:
        keep(issue, user, sent.files, written, report)
    posted = _move(issue, report, user)
    fields = _progress(issue, report, user) | posted.days
    sentence = reporting.told(said, user.unit.name, issue.counted_in, followed)
    facts = {"receipt": report.receipt, "report": report.pk}
    finish(issue, verb, user, sentence, facts=facts, added=posted.added, **fields)
    return report


def _progress(issue: Issue, report: Report, user: User) -> dict[str, Any]:
    """The issue's last word is the report's, with what it was before kept; a correction's reason is none."""
    if not report.narrative or report.corrects_id is not None:
        return {}
    note_change(
        issue, "progress", issue.progress, report.narrative, by=user, cause=Cause.REPORT, cause_id=report.pk
    )
    return {"progress": report.narrative}


def _move(issue: Issue, report: Report, user: User) -> Posted:
    """Claim what the report says, or note that the unit spoke."""
    if not report.quantity and not report.amount:
        moves.say(issue, said_on=report.happened_on)
        return Posted({}, {})
    move = Move(Stage.CLAIMED, report.quantity, report.happened_on, report.amount)
    said_at = report.recorded_at
    try:
        return post_held(issue, move, by=user, cause=Cause.REPORT, cause_id=report.pk, recorded_at=said_at)
    except LedgerRefusal as refusal:
        raise Refused(
            str(refusal), "date_out_of_order" if report.corrects_id is None else "too_much"
        ) from refusal


__all__ = ["ClientIdTaken", "Submitted", "correct", "submit"]
