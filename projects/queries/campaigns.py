"""Which campaigns a person works in, and which of them a page is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from projects.models import Campaign
from townships.models import User


def campaigns_of(user: User) -> list[Campaign]:
    """Campaigns of a unit above or at the user's own, or under the root an office sees; newest first."""
    if user.unit is None or not user.is_active:
        return []
    codes = user.unit.path.rstrip("/").split("/")
    above = ["/".join(codes[: count + 1]) + "/" for count in range(len(codes))]
    reachable = Q(unit__path__in=above) | Q(unit__path__startswith=user.scope.root)
    return list(Campaign.objects.filter(reachable).select_related("unit").order_by("-start_on", "-id"))


def campaign_in_view(campaigns: Sequence[Campaign], code: str, today: date) -> Campaign | None:
    """The campaign named by ``code``; without one the newest that runs ``today``, else the newest."""
    if code:
        return next((campaign for campaign in campaigns if campaign.code == code), None)
    running = (campaign for campaign in campaigns if _runs_on(campaign, today))
    return next(running, campaigns[0] if campaigns else None)


def _runs_on(campaign: Campaign, day: date) -> bool:
    begun = campaign.start_on is None or campaign.start_on <= day
    return begun and (campaign.end_on is None or day <= campaign.end_on)
