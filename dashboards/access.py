"""Who sees a campaign whole (roll-ups may answer), and what of it everybody else sees."""

from __future__ import annotations

from collections.abc import Iterable

from dashboards.models import Bulletin
from dashboards.queries.sources import Items
from dashboards.rules.bulletins import STEPS, BulletinState, BulletinVerb, Standing, refusal
from dashboards.rules.tallies import ISSUES
from issues.models import Issue
from projects.models import Campaign, Fund, Project
from projects.queries.campaigns import campaigns_of
from townships.access import YES, Verdict, allowed
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


def sees_unit(user: User, path: str) -> bool:
    """Whether the unit at ``path`` lies in the viewer's own part of the tree."""
    return user.scope.covers(path) or path.startswith(user.scope.path)


def may_bulletin(user: User, verb: BulletinVerb, bulletin: Bulletin) -> Verdict:
    """Whether ``user`` may do ``verb`` to a bulletin in sight: the role first, then the table."""
    return bulletin_verdicts(user, bulletin, (verb,))[verb]


def bulletin_verdicts(
    user: User, bulletin: Bulletin, verbs: Iterable[BulletinVerb] = tuple(BulletinVerb)
) -> dict[BulletinVerb, Verdict]:
    """Each verb with its verdict; one query at most."""
    now = Standing(
        state=BulletinState(bulletin.state),
        is_author=bulletin.drafted_by_id == user.pk,
        correction=_correction(bulletin),
    )
    found = {}
    for verb in verbs:
        permitted = allowed(user, STEPS[verb].permission)
        reason = refusal(verb, now) if permitted else permitted.reason
        found[verb] = Verdict(False, reason) if reason else YES
    return found


def _correction(bulletin: Bulletin) -> str:
    """The number of what corrects it, or that one is being written; "" for none."""
    if bulletin.state != BulletinState.SIGNED.value:
        return ""
    newer = bulletin.corrections.exclude(state=BulletinState.DROPPED.value).first()
    if newer is None:
        return ""
    return newer.number or "一份在办的更正通报"
