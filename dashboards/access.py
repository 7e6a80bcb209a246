"""Who sees a campaign whole (roll-ups may answer), and what of it everybody else sees."""

from __future__ import annotations

from dashboards.queries.sources import Items
from dashboards.rules.tallies import ISSUES
from issues.models import Issue
from projects.models import Campaign, Fund, Project
from projects.queries.campaigns import campaigns_of
from townships.models import User


def campaigns_for(user: User | None) -> list[Campaign]:
    """The campaigns that may be tallied; None stands for the built-in account of the commands."""
    if user is None:
        return list(Campaign.objects.select_related("unit").order_by("-start_on", "-id"))
    return campaigns_of(user)


def sees_whole(user: User | None, campaign: Campaign) -> bool:
    """Whether nothing of the campaign is hidden from the viewer."""
    return user is None or user.scope.covers(campaign.unit.path)


def items_for(user: User | None, of: str, campaign: Campaign) -> Items:
    """What the viewer sees of the campaign's issues, or of its projects and funds."""
    if user is None:
        return Items.present(of, campaign)
    if of == ISSUES:
        return Items(Issue.objects.visible_to(user).filter(campaign=campaign))
    return Items(
        Project.objects.visible_to(user).filter(campaign=campaign),
        Fund.objects.visible_to(user).filter(campaign=campaign),
    )
