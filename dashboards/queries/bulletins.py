"""Bulletins as the list shows them, one by its key, and what a bulletin can be narrowed to."""

from __future__ import annotations

from datetime import date

from django.db.models import Prefetch, QuerySet

from dashboards.models import Bulletin
from dashboards.rules.bulletins import BulletinState
from issues.models import IssueList
from projects.models import Campaign, Programme
from townships.models import User

CORRECTIONS = Prefetch("corrections", Bulletin.objects.defer("snapshot"))
IN_HAND = (BulletinState.DRAFT.value, BulletinState.PENDING.value)


def bulletins_for(user: User, campaign: Campaign | None) -> QuerySet[Bulletin]:
    """What ``user`` may read of a campaign (None: of all), newest first, without snapshots."""
    seen = Bulletin.objects.visible_to(user).exclude(state=BulletinState.DROPPED.value)
    found = seen if campaign is None else seen.filter(campaign=campaign)
    return (
        found.select_related("campaign", "drafted_by", "signed_by", "corrects")
        .defer("snapshot", "corrects__snapshot")
        .prefetch_related("files", CORRECTIONS)
    )


def bulletin_of(user: User, pk: int) -> Bulletin | None:
    """One bulletin in sight, with what it corrects and its files."""
    found = Bulletin.objects.visible_to(user).filter(pk=pk)
    related = found.select_related("campaign__unit", "issuer", "drafted_by", "signed_by", "corrects")
    return related.prefetch_related("files", CORRECTIONS).first()


def last_signed(campaign: Campaign, on: date, basis: str) -> Bulletin | None:
    """The newest signed bulletin that told the whole campaign's figures as of ``on``, by that basis: of one
    that was corrected, the correction."""
    found = Bulletin.objects.filter(campaign=campaign, last_on=on, basis=basis, narrowed={}).signed()
    return found.order_by("-signed_at", "-pk").first()


def scopes_of(campaign: Campaign) -> list[tuple[str, str, str]]:
    """What a special bulletin may be about: (filter, code, name), lists before programmes."""
    lists = IssueList.objects.filter(campaign=campaign).order_by("code")
    tops = Programme.objects.filter(campaign=campaign, parent__isnull=True).order_by("position", "path")
    return [
        *(("list", one.code, one.short_name or one.title) for one in lists),
        *(("programme", one.code, one.name) for one in tops),
    ]
