"""自查漏报待核: what an answering unit's own signed check says of what somebody else found later.

Derived each time, never stored, never counted by unit: a suspicion with both records until a person has
decided (W-003, W-023)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, Value
from django.db.models.functions import Coalesce, NullIf

from issues.models import Issue, IssueList, IssueUnit, Part
from issues.models.issues import IssueQuerySet
from issues.queries.situations import answering_units
from issues.rules.selfchecks import SELF_WORDS, Finding, alike, is_outside
from issues.rules.stages import State
from rectify.lib import clock
from townships.models import Unit, User
from townships.rules.roles import Level
from townships.rules.scope import Reach

SETTLED = (State.WITHDRAWN.value, State.REJECTED.value, State.MERGED.value)
"""Taken back, found to be no problem, or the same as another: no suspicion is left."""
SAYS_SELF = reduce(or_, (Q(origin__contains=word) for word in SELF_WORDS))


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """``listed``: earlier issues that may be the same, in the units' own check or of the same household in
    any list; ``parts``: what the answering units had signed by the day of the finding."""

    issue: Issue
    listed: list[Issue]
    parts: list[Part]
    is_suspected: bool


def already_listed(listed: IssueList, finding: Finding, units: Iterable[Unit]) -> list[Issue]:
    """Issues of the campaign that ``finding``, about to be registered for ``units``, may be. One query."""
    holders = _holders(units)
    found = _candidates([listed.campaign_id], [finding], holders)
    return [one for one in found if _same(finding, holders, one)]


def self_check_of(issue: Issue, user: User) -> SelfCheck | None:
    """The comparison, for who sees the campaign whole and for the units it is about; None where there is
    nothing to say. No query unless somebody else found the issue."""
    check = comparison(issue)
    return seen_by(check, user) if check else None


def comparison(issue: Issue) -> SelfCheck | None:
    """The whole of it, whoever asks; None unless somebody else found the issue, for the first time."""
    return _checks([issue])[0] if _is_finding(issue) else None


def seen_by(check: SelfCheck, user: User) -> SelfCheck | None:
    """What ``user`` is shown of the comparison; None where there is nothing to say."""
    if user.scope.reach is not Reach.TREE:
        check = _seen_by(user, check)
    return check if check.listed or check.is_suspected else None


def suspicions(listed: IssueList) -> list[SelfCheck]:
    """Findings of the list that the answering units' signed checks lack, in the order of their numbers, as
    long as nobody has ruled on them. Constant queries."""
    return suspected(Issue.objects.filter(list=listed), listed.campaign_id)


def suspected(issues: IssueQuerySet, campaign: int) -> list[SelfCheck]:
    """The same among ``issues`` of one campaign. Constant queries."""
    signed = Part.objects.filter(list__campaign=campaign, signed_at__isnull=False)
    first = signed.aggregate(at=Min("signed_at"))["at"]
    if first is None:
        return []
    later = _findings(issues.filter(campaign=campaign, found_on__gte=clock.beijing_date(first)))
    later = later.filter(_may_answer(signed.values("unit")))
    unruled = later.filter(Q(omission=None) | Q(omission__ruling=""))
    checks = _checks(list(unruled.select_related("list", "unit").order_by("number")))
    return [check for check in checks if check.is_suspected]


def self_found(issues: IssueQuerySet) -> IssueQuerySet:
    """Those that the units found themselves: in their own part, or in a ledger of a self-check (W-004)."""
    return _with_origin(issues).filter(Q(reported_by__isnull=False) | SAYS_SELF)


def _may_answer(units: Any) -> Q:
    """Issues that one of ``units``, a township for its villages, may answer for; no others are compared."""
    named = IssueUnit.objects.filter(Q(unit__in=units) | Q(unit__parent__in=units), issue=OuterRef("pk"))
    return Q(township__in=units) | Q(Exists(named))


def _findings(issues: IssueQuerySet) -> IssueQuerySet:
    """``_is_finding`` as a condition."""
    found = _with_origin(issues).filter(reported_by=None, recurrence_of=None)
    return found.exclude(state__in=SETTLED).exclude(SAYS_SELF | Q(origin=""))


def _with_origin(issues: IssueQuerySet) -> IssueQuerySet:
    return issues.annotate(origin=Coalesce(NullIf("source", Value("")), "list__source"))


def is_somebody_elses(issue: Issue) -> bool:
    """Whether the issue's source, or its list's, names somebody else than the units."""
    return is_outside(issue.source or issue.list.source)


def _is_finding(issue: Issue) -> bool:
    """Somebody else found it, for the first time, and it stands."""
    is_own = issue.reported_by_id is not None or issue.recurrence_of_id is not None
    return not is_own and issue.state not in SETTLED and is_somebody_elses(issue)


def _checks(issues: Sequence[Issue]) -> list[SelfCheck]:
    """Three queries, whatever the number of issues."""
    units = answering_units(issues)
    holders = {pk: _holders(sides.answering) for pk, sides in units.items()}
    everybody = {pk for some in holders.values() for pk in some}
    campaigns = {issue.campaign_id for issue in issues}
    findings = {issue.pk: _finding(issue) for issue in issues}
    signed = Part.objects.filter(
        unit__in=everybody, list__campaign__in=campaigns, signed_at__isnull=False
    ).select_related("unit", "list", "signed_by")
    parts = list(signed.order_by("signed_at", "pk"))
    candidates = _Candidates(_candidates(campaigns, findings.values(), everybody))
    checks = []
    for issue in issues:
        own = [one for one in parts if one.unit_id in holders[issue.pk] and _was_signed(one, issue)]
        near = candidates.near(issue.campaign_id, findings[issue.pk])
        listed = [
            one for one in near if one.pk < issue.pk and _same(findings[issue.pk], holders[issue.pk], one)
        ]
        checks.append(SelfCheck(issue, listed, own, bool(own) and not listed))
    return checks


def _holders(units: Iterable[Unit]) -> set[int]:
    """The units whose check should have held it; a village's stands in its township's."""
    found = set()
    for unit in units:
        found.add(unit.pk)
        if unit.level == Level.VILLAGE and unit.parent_id is not None:
            found.add(unit.parent_id)
    return found


def _candidates(campaigns: Iterable[int], findings: Iterable[Finding], holders: Iterable[int]) -> list[Issue]:
    """Issues that one of ``findings`` may be. One query."""
    findings = list(findings)
    townships = {one.township for one in findings}
    place = Q(township__in=townships - {None})
    if None in townships:
        place |= Q(township=None)
    of_household = Q(household__in={one.household for one in findings} - {""})
    found = Issue.objects.filter(place, campaign__in=campaigns).exclude(state__in=SETTLED[:2])
    found = found.filter(Q(reported_by__in=list(holders)) | of_household)
    return list(found.select_related("list", "reported_by").order_by("number"))


class _Candidates:
    """Issues by place and household, so that a finding is held against few of them, not against all."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.places: dict[tuple[int, int | None], dict[str, list[Issue]]] = defaultdict(dict)
        for one in issues:
            at = self.places[one.campaign_id, one.township_id]
            at.setdefault(one.household, []).append(one)

    def near(self, campaign: int, finding: Finding) -> list[Issue]:
        """Those of the same place whose household is the same or not said, in the order of their numbers."""
        at = self.places.get((campaign, finding.township), {})
        households = (finding.household, "") if finding.household else tuple(at)
        return sorted((one for name in households for one in at.get(name, ())), key=lambda one: one.number)


def _same(finding: Finding, holders: set[int], other: Issue) -> bool:
    is_theirs = other.reported_by_id in holders
    same_household = bool(finding.household) and finding.household == other.household
    return (is_theirs or same_household) and alike(finding, _finding(other))


def _finding(issue: Issue) -> Finding:
    return Finding(issue.category_id, issue.township_id, issue.village_id, issue.household, issue.description)


def _was_signed(part: Part, issue: Issue) -> bool:
    """On the day of the finding or before it: 自查未发现，以后被发现."""
    return part.signed_at is not None and clock.beijing_date(part.signed_at) <= issue.found_on


def acted_for(user: User) -> set[int]:
    """Units whose signed check is the person's own: an office's is that of the unit it sits in alone."""
    if user.unit_id is None or user.scope.reach is Reach.NOTHING:
        return set()
    if user.scope.reach is Reach.TREE:
        return {user.unit_id}
    return set(Unit.objects.in_scope(user.scope).values_list("pk", flat=True))


def _seen_by(user: User, check: SelfCheck) -> SelfCheck:
    """What a unit is shown: its own part, and earlier issues that it may see."""
    ours = acted_for(user)
    parts = [one for one in check.parts if one.unit_id in ours]
    if not parts:
        return SelfCheck(check.issue, [], [], is_suspected=False)
    seen = Issue.objects.visible_to(user).filter(pk__in=[one.pk for one in check.listed])
    visible = set(seen.values_list("pk", flat=True))
    listed = [one for one in check.listed if one.pk in visible]
    return SelfCheck(check.issue, listed, parts, check.is_suspected)
