"""Letters that wait for one person, by number: signatures, receipts, replies."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from alerts.models import Letter
from alerts.models.letters import LetterQuerySet
from projects.models import Campaign
from townships.models import Unit, User
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Role
from townships.rules.scope import Reach


@dataclass(frozen=True, slots=True)
class DeskPile:
    """How many letters wait for the person, with the list's query and what is to be done."""

    label: str
    count: int
    query: str
    duty: str


def desk_piles(user: User, campaign: Campaign) -> list[DeskPile]:
    """What waits for ``user``: signatures for a leader, receipts and replies for a unit, replies and drafts
    sent back for the office. One query."""
    role = Role(user.role)
    mine = letters_for(user).filter(campaign=campaign)
    wanted: list[tuple[str, str, Q, str]] = []
    if holds(role, Permission.SIGN_LETTERS):
        wanted.append(("待签发函件", "state=pending", Q(state="pending"), "看过以后签发，或者退回修改"))
    if holds(role, Permission.ANSWER_LETTERS):
        wanted.append(("待签收函件", "state=signed", Q(state="signed"), "打开、看过、签收"))
        wanted.append(("待回复函件", "state=received", Q(state="received"), "在回复期限前书面回复"))
    if holds(role, Permission.WRITE_LETTERS):
        sent_back = Q(state="draft", drafted_by=user)
        wanted.append(("待审回复函件", "state=answered", Q(state="answered"), "同意办结，或者退回重报"))
        wanted.append(("我的函件草稿", "state=draft&by=mine", sent_back, "修改好以后送签"))
    if not wanted:
        return []
    counted = mine.aggregate(**{f"p{at}": Count("pk", filter=q) for at, (_, _, q, _) in enumerate(wanted)})
    return [
        DeskPile(label, counted[f"p{at}"], f"campaign={campaign.code}&{query}", duty)
        for at, (label, query, _, duty) in enumerate(wanted)
        if counted[f"p{at}"]
    ]


def letters_for(user: User) -> LetterQuerySet:
    """Letters whose next hand may be the person's: a unit's own, without those it has as a copy."""
    seen = Letter.objects.visible_to(user)
    if user.scope.reach in (Reach.UNIT, Reach.FIELD):
        return seen.filter(unit__in=Unit.objects.in_scope(user.scope))
    return seen
