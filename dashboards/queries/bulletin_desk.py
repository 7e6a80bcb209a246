"""Bulletins on a desk: what a leader has to sign, what came back to the office."""

from __future__ import annotations

from dashboards.models import Bulletin
from dashboards.rules.bulletins import BulletinState
from projects.models import Campaign
from townships.models import User
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Role

Pile = tuple[str, int, str]
"""Name, number, what there is to do."""


def bulletin_piles(campaign: Campaign, user: User) -> list[Pile]:
    """One pile at most; one query."""
    role = Role(user.role)
    seen = Bulletin.objects.visible_to(user).filter(campaign=campaign)
    if holds(role, Permission.SIGN_BULLETINS):
        pending = seen.filter(state=BulletinState.PENDING.value).exclude(drafted_by=user)
        return [("待签发通报", pending.count(), "看过数字和文字，签发或者退回修改")]
    if holds(role, Permission.PUBLISH_BULLETINS):
        back = seen.filter(state=BulletinState.DRAFT.value).exclude(sent_back_words="")
        return [("退回的通报", back.count(), "按县领导的意见修改，再送签")]
    return []
