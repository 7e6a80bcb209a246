"""Locking a list: once, by the office; after it only a recorded supplement (增量) adds to it (W-001)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from issues.models import Issue, IssueList, Part, Supplement
from issues.rules.records import PartState
from issues.rules.stages import OPEN_STATES, State
from issues.services.life.handing import Handed, hand_out
from issues.services.workflow import Refused
from projects.models import Campaign
from rectify.lib import clock
from townships.access import allowed
from townships.models import User
from townships.rules.permissions import Permission
from townships.services import events, revisions


@dataclass(frozen=True, slots=True)
class Locked:
    """What the lock found: issues by state, units that had not answered."""

    handed: Handed
    silent: int


class TooEarly(Refused):
    """The day of the lock has not come; the office may say that it means it."""


def hold(pk: int) -> IssueList:
    """The list, its row held: nothing is registered in it, and nobody locks it, beside this act."""
    held = IssueList.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("campaign__unit").get(pk=pk)


@transaction.atomic
def lock_list(pk: int, by: User, *, is_early: bool = False) -> Locked:
    """Lock the list ``pk``: every unit's part is closed, every issue goes to the units that answer for it.

    Refused: no right to, locked before, the day not come yet (TooEarly, unless ``is_early``). There is no
    way back."""
    campaign = IssueList.objects.values_list("campaign_id", flat=True).get(pk=pk)
    # Imports hold their campaign while they write: none stands half before the lock and half after it.
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign)
    listed = hold(pk)
    verdict = allowed(by, Permission.LOCK_LIST, listed.campaign)
    if not verdict:
        raise Refused(verdict.reason)
    if listed.locked_at is not None:
        raise Refused(f"清单“{listed.title}”已经锁定。")
    if listed.lock_on is not None and clock.today() < listed.lock_on and not is_early:
        raise TooEarly(f"锁定日期是{listed.lock_on.isoformat()}，还没有到；确实要提前锁定，请勾选确认。")
    at = clock.now()
    listed.locked_at, listed.locked_by = at, by
    listed.save(update_fields=["locked_at", "locked_by"])
    parts = Part.objects.filter(list=listed)
    silent = parts.filter(state=PartState.DRAFT.value).count()
    parts.update(locked_at=at)
    open_ones = Issue.objects.filter(list=listed, state__in=[state.value for state in OPEN_STATES])
    handed = hand_out(
        listed, open_ones.order_by("pk").values_list("pk", flat=True), why="清单锁定", at=at, by=by
    )
    _told(listed, handed, silent, by)
    revisions.bump({*handed.shown_to, *parts.values_list("unit_id", flat=True)})
    revisions.bump([])
    return Locked(handed, silent)


def _told(listed: IssueList, handed: Handed, silent: int, by: User) -> None:
    counts = "、".join(f"{state.label}{handed.states[state]}项" for state in State if handed.states[state])
    summary = f"锁定问题清单“{listed.title}”，共{handed.total}项{f'：{counts}' if counts else ''}"
    if silent:
        summary += f"；{silent}个单位未报"
    events.record(
        subject_type="list",
        subject_id=listed.pk,
        action="lock_list",
        summary=summary,
        by=by,
        facts={
            "states": {state.value: count for state, count in handed.states.items()},
            "silent": silent,
            "without_unit": handed.without_unit,
        },
    )


def supplement(listed: IssueList, reason: str, document: str, by: User) -> Supplement:
    """Record why something is added to the locked list; inside the act that adds it."""
    if listed.locked_at is None:
        raise ValueError("the list is not locked: nothing is a supplement yet")
    if not reason.strip():
        raise Refused(f"清单“{listed.title}”已锁定，增加问题须写明理由。")
    made = Supplement.objects.create(
        list=listed,
        reason=reason.strip()[:300],
        document=document.strip()[:100],
        made_by=by,
        made_at=clock.now(),
    )
    events.record(
        subject_type="list",
        subject_id=listed.pk,
        action="supplement",
        summary=f"锁定后增补问题清单“{listed.title}”：{made.reason}",
        by=by,
        facts={"document": made.document},
    )
    return made
