"""代签授权: a head lets somebody of the unit sign in writing until a date, and takes it back (W-028)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from rectify.lib import clock
from townships.access import allowed
from townships.models import Delegation, User
from townships.queries.delegations import may_sign_for
from townships.rules.permissions import Permission
from townships.services import events, revisions


class DelegationError(Exception):
    """Nothing was delegated or taken back; ``str(error)`` says why in Chinese."""


@transaction.atomic
def delegate(*, to: User, document: str, from_on: date, until_on: date, by: User) -> Delegation:
    """``to`` signs in the stead of ``by`` on the Beijing dates ``from_on`` to ``until_on``, both included."""
    _must_be_head(by)
    if not may_sign_for(by).filter(pk=to.pk).exists():
        raise DelegationError("只能授权本单位在用账号的其他人。")
    if not document.strip():
        raise DelegationError("授权须有书面文件，请写文号。")
    if from_on < clock.today():
        raise DelegationError("授权不能从今天以前开始。")
    if until_on < from_on:
        raise DelegationError("截止日期不能早于开始日期。")
    # The head's row is held: two at once do not both find the way free.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    standing = Delegation.objects.filter(head=by, delegate=to, ended_at__isnull=True)
    if standing.filter(from_on__lte=until_on, until_on__gte=from_on).exists():
        raise DelegationError(f"{to.name}在这段时间已有授权，请先收回再重新授权。")
    made = Delegation.objects.create(
        head=by,
        delegate=to,
        document=document.strip(),
        from_on=from_on,
        until_on=until_on,
        made_at=clock.now(),
    )
    summary = f"{by.name}授权{to.name}自{from_on}至{until_on}代为签字（{made.document}）"
    _told(made, "delegate", summary, by)
    return made


@transaction.atomic
def end(pk: int, *, by: User) -> Delegation:
    """Take a delegation back from this moment on; what was signed stays signed."""
    _must_be_head(by)
    held = Delegation.objects.select_for_update(no_key=True).filter(pk=pk, head=by).first()
    if held is None:
        raise DelegationError("没有这份授权。")
    if held.ended_at is not None or held.until_on < clock.today():
        raise DelegationError("这份授权已经结束了。")
    held.ended_at = clock.now()
    held.save(update_fields=["ended_at"])
    _told(held, "end_delegation", f"{by.name}收回对{held.delegate.name}的代签授权（{held.document}）", by)
    return held


def _must_be_head(by: User) -> None:
    verdict = allowed(by, Permission.SIGN_AS_HEAD)
    if not verdict:
        raise DelegationError(verdict.reason)


def _told(delegation: Delegation, action: str, summary: str, by: User) -> None:
    """The event; what the delegate may do stands on pages that are kept until something changes."""
    events.record(subject_type="delegation", subject_id=delegation.pk, action=action, summary=summary, by=by)
    revisions.bump([by.unit_id])
