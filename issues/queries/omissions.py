"""自查漏报 as pages show it: both records, the unit's words, the ruling; whose turn it is.

Who sees the campaign whole sees all of it, a unit what is about its own signed check; an omission that a
person has found is a fact of the issue and seen with it. Nothing here is counted by unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Min
from django.db.models.functions import Coalesce

from issues.models import Issue, IssueList, Omission, Part
from issues.models.issues import IssueQuerySet
from issues.queries.selfchecks import (
    SelfCheck,
    acted_for,
    comparison,
    is_somebody_elses,
    seen_by,
    suspected,
)
from issues.rules.omissions import OmissionStage, Ruling, Suspicion
from issues.rules.terms import omission_due
from projects.models import Campaign
from rectify.lib import clock
from townships.models import User
from townships.queries.calendar import workdays
from townships.rules.scope import Reach

BY = ("unit", "explained_by__unit", "ruled_by__unit")
SHOWN = 100
OF_PART = ("unit", "list", "signed_by")


@dataclass(frozen=True, slots=True)
class OmissionLine:
    """One suspicion for one person. ``parts``: the signed checks that lack it, as far as the person sees
    them; ``all_parts``: all of them; ``omission``: what was said and decided, None while nobody spoke."""

    issue: Issue
    parts: list[Part]
    all_parts: list[Part]
    omission: Omission | None
    now: Suspicion

    @property
    def stage(self) -> OmissionStage:
        """A unit owes its words until it has spoken, also when its days are over."""
        owes = self.now.answers and not self.now.explained_for and not self.now.ruling
        return OmissionStage.UNEXPLAINED if owes else self.now.stage

    @property
    def ruling(self) -> Ruling | None:
        return Ruling(self.now.ruling) if self.now.ruling else None

    @property
    def is_omitted(self) -> bool:
        return self.ruling is Ruling.OMITTED


@dataclass(frozen=True, slots=True)
class Records:
    """What an issue's page says of the units' checks: earlier issues that may be the same; a suspicion."""

    selfcheck: SelfCheck | None
    omission: OmissionLine | None


@dataclass(frozen=True, slots=True)
class Pile:
    """The lines of one stage; a page lists the first of them."""

    stage: OmissionStage
    lines: list[OmissionLine]

    @property
    def shown(self) -> list[OmissionLine]:
        return self.lines[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.lines) - SHOWN)


@dataclass(frozen=True, slots=True)
class Omissions:
    """Lines by whose turn it is, each in the order of the issues' numbers."""

    unexplained: list[OmissionLine]
    unruled: list[OmissionLine]
    ruled: list[OmissionLine]

    def __bool__(self) -> bool:
        return bool(self.unexplained or self.unruled or self.ruled)

    @property
    def stages(self) -> list[Pile]:
        """What waits for a ruling first."""
        return [
            Pile(OmissionStage.UNRULED, self.unruled),
            Pile(OmissionStage.UNEXPLAINED, self.unexplained),
            Pile(OmissionStage.RULED, self.ruled),
        ]

    @property
    def omitted(self) -> int:
        """How many a person found to be omissions, on this list."""
        return sum(line.is_omitted for line in self.ruled)


def records_of(issue: Issue, user: User) -> Records:
    """Both for ``user``. No query unless somebody else found the issue."""
    if not is_somebody_elses(issue):
        return Records(None, None)
    check = comparison(issue)
    omission = Omission.objects.filter(issue=issue).select_related(*BY).first()
    line = _line_of(issue, check, omission, user)
    return Records(seen_by(check, user) if check else None, line if line and _is_shown(line, user) else None)


def omission_line(issue: Issue, user: User) -> OmissionLine | None:
    """The suspicion of one issue for ``user``; None where there is none, or none for this person."""
    return records_of(issue, user).omission


def of_list(listed: IssueList, user: User) -> Omissions:
    """Those of one list, for who sees the campaign whole. Constant queries."""
    return _omissions(Issue.objects.filter(list=listed), listed.campaign_id, user)


def of_campaign(campaign: Campaign, user: User) -> Omissions:
    """Those in the person's sight. Constant queries."""
    return _omissions(Issue.objects.visible_to(user), campaign.pk, user)


def unsettled(campaign: Campaign, user: User) -> Omissions:
    """The same without those ruled on: what a desk asks for."""
    return _omissions(Issue.objects.visible_to(user), campaign.pk, user, with_ruled=False)


def omitted_from(part: Part, user: User) -> list[str]:
    """Numbers of the issues ruled to be missing from the part, as far as the person sees them. One query."""
    found = Issue.objects.visible_to(user).filter(omission__parts=part, omission__ruling=Ruling.OMITTED.value)
    return list(found.order_by("number").values_list("number", flat=True))


def _omissions(issues: IssueQuerySet, campaign: int, user: User, *, with_ruled: bool = True) -> Omissions:
    lines = _shown(_unruled_lines(issues, campaign, user), user)
    ruled = _shown(_ruled_lines(issues.filter(campaign=campaign), user), user) if with_ruled else []
    return Omissions(
        unexplained=[line for line in lines if line.stage is OmissionStage.UNEXPLAINED],
        unruled=[line for line in lines if line.stage is OmissionStage.UNRULED],
        ruled=ruled,
    )


def _unruled_lines(issues: IssueQuerySet, campaign: int, user: User) -> list[OmissionLine]:
    if user.scope.reach is Reach.NOTHING:
        return []
    checks = suspected(issues, campaign)
    ids = [check.issue.pk for check in checks]
    known = {one.issue_id: one for one in Omission.objects.filter(issue__in=ids).select_related(*BY)}
    days, ours = _due_days(ids), acted_for(user)
    return [
        _line(check.issue, check.parts, known.get(check.issue.pk), user, ours, days[check.issue.pk])
        for check in checks
    ]


def _ruled_lines(issues: IssueQuerySet, user: User) -> list[OmissionLine]:
    found = Omission.objects.filter(issue__in=issues.order_by().values("pk")).exclude(ruling="")
    found = found.select_related(*BY, "issue__list", "issue__unit").prefetch_related(
        *(f"parts__{name}" for name in OF_PART)
    )
    omissions = list(found.order_by("issue__number"))
    days, ours = _due_days([one.issue_id for one in omissions]), acted_for(user)
    return [_line(one.issue, list(one.parts.all()), one, user, ours, days[one.issue_id]) for one in omissions]


def _line_of(
    issue: Issue, check: SelfCheck | None, omission: Omission | None, user: User
) -> OmissionLine | None:
    stands = check is not None and check.is_suspected
    if omission is None and not stands:
        return None
    is_live = stands and (omission is None or not omission.ruling)
    parts = check.parts if check and is_live else _kept(omission)
    due_on = _due_days([issue.pk])[issue.pk]
    return _line(issue, parts, omission, user, acted_for(user), due_on, stands=stands)


def _kept(omission: Omission | None) -> list[Part]:
    return list(omission.parts.select_related(*OF_PART)) if omission else []


def _line(
    issue: Issue,
    parts: list[Part],
    omission: Omission | None,
    user: User,
    ours: set[int],
    due_on: date,
    *,
    stands: bool = True,
) -> OmissionLine:
    own = [part for part in parts if part.unit_id in ours]
    unit = omission.unit if omission else None
    now = Suspicion(
        today=clock.today(),
        due_on=due_on,
        stands=stands,
        explained_for=unit.name if unit else "",
        is_own_words=unit is not None and user.unit_id == unit.pk,
        ruling=omission.ruling if omission else "",
        answers=bool(own),
    )
    sees_all = user.scope.reach is Reach.TREE
    return OmissionLine(issue, parts if sees_all else own, parts, omission, now)


def _shown(lines: Iterable[OmissionLine], user: User) -> list[OmissionLine]:
    return [line for line in lines if user.scope.reach is Reach.TREE or line.parts]


def _is_shown(line: OmissionLine, user: User) -> bool:
    """On the issue's page: also to whoever sees the issue, once it was found to be an omission."""
    return bool(_shown([line], user)) or line.is_omitted


def _due_days(ids: list[int]) -> dict[int, date]:
    """Issue id → by when its unit explains, from the day it came to the ledger. One query."""
    found = Issue.objects.filter(pk__in=ids).order_by().values_list("pk")
    calendar = workdays()
    return {
        pk: omission_due(clock.beijing_date(at), calendar)
        for pk, at in found.annotate(at=Coalesce(Min("entries__recorded_at"), F("created_at")))
    }


__all__ = [
    "OmissionLine",
    "Omissions",
    "Records",
    "of_campaign",
    "of_list",
    "omission_line",
    "omitted_from",
    "records_of",
    "unsettled",
]
