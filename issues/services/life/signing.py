"""Signing for (签收): each unit that answers accepts its share or gives it back, and says when it is done."""

from __future__ import annotations

from django.db import transaction

from issues.models import Issue, Refusal, Share
from issues.queries.situations import share_of
from issues.rules.records import RefusalKind, ShareState
from issues.rules.stages import State
from issues.rules.terms import answer_due
from issues.rules.workflow import Verb
from issues.services.workflow import Refused, begin, finish
from rectify.lib import clock
from townships.models import Unit, User
from townships.queries.calendar import workdays


@transaction.atomic
def sign(pk: int, by: User, *, version: int | None = None) -> Issue:
    """Accept the own unit's share; once all units have, the issue waits for its plan."""
    issue = begin(pk, Verb.SIGN, by, version=version)
    share = _own_share(issue, by)
    put(share, ShareState.ACCEPTED, by)
    finish(issue, Verb.SIGN, by, f"{share.unit.name}签收", state=after_signing(issue))
    return issue


@transaction.atomic
def refuse(
    pk: int,
    by: User,
    *,
    kind: RefusalKind,
    words: str,
    suggested: Unit | None = None,
    version: int | None = None,
) -> Refusal:
    """Give the own unit's share back with a reason; the office answers within its working days."""
    issue = begin(pk, Verb.REFUSE, by, version=version)
    share = _own_share(issue, by)
    if suggested is not None and suggested.pk == share.unit_id:
        raise Refused("建议办理单位不能是本单位。")
    put(share, ShareState.REFUSED, by)
    refusal = Refusal.objects.create(
        share=share,
        kind=kind.value,
        words=words,
        suggested_unit=suggested,
        refused_by=by,
        refused_at=clock.now(),
        answer_due_on=answer_due(clock.today(), workdays()),
    )
    advice = f"，建议由{suggested.name}办理" if suggested else ""
    finish(issue, Verb.REFUSE, by, f"{share.unit.name}退回分办（{kind.label}）：{words}{advice}")
    return refusal


@transaction.atomic
def start_at_once(pk: int, by: User, *, version: int | None = None) -> Issue:
    """立行立改: go on without a plan."""
    issue = begin(pk, Verb.START_AT_ONCE, by, version=version)
    finish(issue, Verb.START_AT_ONCE, by, "立行立改，直接整改", state=State.RECTIFYING)
    return issue


@transaction.atomic
def finish_share(pk: int, by: User, *, version: int | None = None) -> Issue:
    """The own unit's share is done; closing needs all of them (W-073)."""
    issue = begin(pk, Verb.FINISH_SHARE, by, version=version)
    share = _own_share(issue, by)
    put(share, ShareState.DONE, by)
    left = issue.shares.exclude(state=ShareState.DONE.value).count()
    summary = f"{share.unit.name}标明本单位已完成{f'，还有{left}个单位' if left else '，各单位全部完成'}"
    finish(issue, Verb.FINISH_SHARE, by, summary)
    return issue


def put(share: Share, state: ShareState, by: User) -> None:
    """The share is in ``state`` from now on."""
    share.state, share.since, share.by = state.value, clock.now(), by
    share.save(update_fields=["state", "since", "by"])


def after_signing(issue: Issue) -> State | None:
    """Where the issue goes once nobody has to sign any more; None: it stays."""
    if issue.state != State.AWAITING_SIGNATURE:
        return None
    waiting = (ShareState.AWAITING.value, ShareState.REFUSED.value)
    return None if issue.shares.filter(state__in=waiting).exists() else State.PLANNING


def _own_share(issue: Issue, by: User) -> Share:
    share = share_of(issue, by, clock.today())
    if share is None:
        raise Refused("这个问题没有分办给本单位。")
    return share
