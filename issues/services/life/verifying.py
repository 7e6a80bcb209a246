"""Verifying (核查): what somebody who does not answer for an issue found true of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from issues.models import CheckLine, Issue, Verification
from issues.rules.history import plain
from issues.rules.records import RESULTS, Method, ReturnReason
from issues.rules.situations import Situation
from issues.rules.stages import Cause, Stage, State
from issues.rules.verifying import Finding, Money, Standing, added, carried, taken_back, wrong
from issues.rules.workflow import Verb
from issues.services import ledger
from issues.services.ledger import LedgerRefusal, Move
from issues.services.life.returning import reopen_shares, return_closure
from issues.services.workflow import Missing, Refused, enter, finish
from rectify.lib import clock
from townships.models import User


@dataclass(frozen=True, slots=True)
class Check:
    """What the verifier hands in. ``reason`` is needed where something is taken back, ``words`` with 其他.
    ``amount``: 认定金额, ``amount_back``: 核减金额, in 万元, where the issue has money; None: not typed,
    so that the money follows what was found of the quantities (``rules.verifying.carried``)."""

    method: Method
    finding: Finding
    verified_on: date
    reason: ReturnReason | None = None
    words: str = ""
    amount: Decimal | None = None
    amount_back: Decimal | None = None


def standing_of(issue: Issue) -> Standing:
    """What is claimed and not yet confirmed, and what is still to be confirmed."""
    return Standing(
        unverified=issue.claimed - issue.confirmed,
        open=issue.found - issue.removed - issue.confirmed,
        counted_in=issue.counted_in,
    )


@transaction.atomic
def verify(
    pk: int, by: User, check: Check, *, line: CheckLine | None = None, version: int | None = None
) -> Verification:
    """Write what was found: confirmed rises by what holds, the claim falls by what does not (核减, dated on
    the day of the check) or rises by what was found beyond it. A cut returns the application for closing."""
    issue, now = enter(pk, Verb.VERIFY, by, version=version)
    back, more = _judged(issue, check)
    money = _carried(issue, check)
    _refuse_paper(check, now)
    if by.unit is None:
        raise Missing
    if line is not None and Verification.objects.filter(line=line).exists():
        raise Refused("核查单上的这一项已经核查过。", "already_verified")
    made = Verification.objects.create(
        issue=issue,
        line=line,
        method=check.method.value,
        unit=by.unit,
        examined=check.finding.examined,
        found_true=check.finding.found_true,
        taken_back=back,
        added=more,
        reason=check.reason.value if back and check.reason else "",
        words=check.words.strip(),
        verified_on=check.verified_on,
        verified_by=by,
        recorded_at=clock.now(),
    )
    _post(issue, check, made, money, by)
    is_returned = bool(back) and _send_back(issue, check, by)
    reopened = State.RECTIFYING if is_returned and issue.state == State.CLOSING else None
    facts = {"verification": made.pk, "examined": str(made.examined), "true": str(made.found_true)}
    said = _said(issue, check, made, money, is_returned)
    finish(issue, Verb.VERIFY, by, said, state=reopened, facts=facts)
    return made


def _judged(issue: Issue, check: Check) -> tuple[Decimal, Decimal]:
    """What is taken back and what is added; Refused where the numbers or the reason do not do."""
    standing = standing_of(issue)
    if reason := wrong(check.finding, standing):
        raise Refused(reason, "sums")
    back = taken_back(check.finding, standing)
    cut = f"核减{plain(back)}{issue.counted_in}"
    if back and check.reason is None:
        raise Refused(f"{cut}，须选择退回理由。", "reason_missing")
    if back and check.reason is ReturnReason.OTHER and not check.words.strip():
        raise Refused(f"{cut}，退回理由选“其他”的，须在核查意见中写明。", "reason_missing")
    return back, added(check.finding, standing)


def _carried(issue: Issue, check: Check) -> Money:
    """The money that nobody typed."""
    if check.amount is not None:
        return Money()
    left = issue.amount_found - issue.amount_removed - issue.amount_claimed
    is_said = not left or issue.entries.filter(stage=Stage.CLAIMED.value, amount__isnull=False).exists()
    before = Money(left, issue.amount_claimed - issue.amount_confirmed, is_said)
    return carried(check.finding, standing_of(issue), before, check.amount_back)


def _refuse_paper(check: Check, now: Situation) -> None:
    """Documents looked at in an office prove nothing (W-083, W-084); who went there saw it himself."""
    is_paper = bool(now.evidence) and not now.evidence & RESULTS
    if check.method is Method.PAPER and is_paper and check.finding.found_true:
        raise Refused(
            "以文件代替整改：佐证里只有文件，没有成效照片、验收单或拨付凭证，书面核查不能认定属实；"
            "请现场核查，或请责任单位补充佐证。",
            "only_documents",
        )


def _post(issue: Issue, check: Check, made: Verification, money: Money, by: User) -> None:
    day, claimed = check.verified_on, made.added - made.taken_back
    moves = [
        Move(stage, quantity, day, in_money or None)
        for stage, quantity, in_money in (
            (Stage.CLAIMED.value, claimed, money.left - (check.amount_back or 0)),
            (Stage.CONFIRMED.value, made.found_true, money.unverified + (check.amount or 0)),
        )
        if quantity or in_money
    ]
    try:
        ledger.post(item_id=issue.pk, moves=moves, by=by, cause=Cause.VERIFICATION, cause_id=made.pk)
    except LedgerRefusal as refusal:
        raise Refused(str(refusal), "ledger") from refusal


def _send_back(issue: Issue, check: Check, by: User) -> bool:
    """A cut reopens the shares and returns the application in hand; whether there was one."""
    reopen_shares(issue, by)
    words = check.words.strip() or (check.reason.label if check.reason else "")
    return return_closure(issue, by, check.reason, words)


def _said(issue: Issue, check: Check, made: Verification, money: Money, is_returned: bool) -> str:
    unit, finding = issue.counted_in, check.finding
    back, more = made.taken_back, made.added
    parts = [
        f"{check.method.label}{plain(finding.examined)}{unit}",
        f"属实{plain(finding.found_true)}{unit}",
    ]
    if back and check.reason:
        parts.append(f"核减{plain(back)}{unit}（{check.reason.label.partition('（')[0]}）")
    if more:
        parts.append(f"补记{plain(more)}{unit}")
    if money.left:
        parts.append(f"没有写金额，剩下的{plain(money.left)}万元随同补记")
    if money.unverified:
        parts.append(f"没有写金额，自报的{plain(money.unverified)}万元一并认定")
    if check.words.strip():
        parts.append(check.words.strip()[:120])
    if is_returned:
        parts.append("销号申请退回")
    return "，".join(parts)
