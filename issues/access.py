"""Who may do what to an issue, with the reason; who sees a household's name in clear."""

from __future__ import annotations

from datetime import date

from issues.models import Issue
from issues.queries.omissions import OmissionLine
from issues.queries.situations import situation_of
from issues.rules.omissions import explaining_refusal, ruling_refusal
from issues.rules.sight import BLIND, HouseholdSight
from issues.rules.situations import Situation
from issues.rules.workflow import TABLE, Verb, refusal
from townships.access import YES, Verdict, allowed
from townships.models import Unit, User
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Level, Role

PLACES = (Level.TOWNSHIP, Level.VILLAGE)
EXPLAINERS = (Permission.SIGN_FOR, Permission.SIGN_AS_HEAD)
"""Who may sign for an issue explains what the unit's check lacks; so does the head who signed the check."""


def may(user: User, verb: Verb, now: Situation) -> Verdict:
    """Whether ``user`` may do ``verb`` in this situation: the role first, then the state, then the guards.
    The issue itself must already be in the user's sight."""
    verdicts = [_permitted(user, permission, now) for permission in TABLE[verb].permissions]
    if not any(verdicts):
        return verdicts[0]
    reason = refusal(verb, now)
    return Verdict(False, reason) if reason else YES


def verdicts(user: User, issue: Issue, today: date) -> dict[Verb, Verdict]:
    """What ``user`` may do to the issue today, verb by verb, each refusal with its reason."""
    now = situation_of(issue, user, today)
    return {verb: may(user, verb, now) for verb in TABLE}


def _permitted(user: User, permission: Permission, now: Situation) -> Verdict:
    """The role's permission; who was delegated by a head holds the head's signature."""
    if permission is Permission.SIGN_AS_HEAD and now.person.signs_as_head:
        return YES
    return allowed(user, permission)


def may_explain(user: User, line: OmissionLine) -> Verdict:
    """Whether ``user`` may say why its unit's signed check lacks the issue, as long as nobody has ruled."""
    verdicts = [allowed(user, permission) for permission in EXPLAINERS]
    return _judged(next(filter(None, verdicts), verdicts[0]), explaining_refusal(line.now))


def may_rule(user: User, line: OmissionLine) -> Verdict:
    """Whether ``user`` may rule on it: once the unit has spoken or let its working days pass, never about the
    own unit."""
    return _judged(allowed(user, Permission.RULE_OMISSIONS), ruling_refusal(line.now))


def _judged(verdict: Verdict, reason: str) -> Verdict:
    return Verdict(False, reason) if verdict.ok and reason else verdict


def household_sight(user: User) -> HouseholdSight:
    """What ``user`` sees of household names; one query, none for roles that see all of them masked."""
    if user.unit is None or not user.is_active or not holds(Role(user.role), Permission.SEE_CLEAR_PERSONS):
        return BLIND
    return sight_of(user.unit)


def sight_of(unit: Unit) -> HouseholdSight:
    """What the people of ``unit`` see of household names: a township or village those at its places, a
    department those it leads, nobody else any; one query."""
    level = Level(unit.level)
    if level not in (*PLACES, Level.DEPARTMENT):
        return BLIND
    units = frozenset(Unit.objects.under(unit).values_list("pk", flat=True))
    return HouseholdSight(places=units) if level in PLACES else HouseholdSight(leads=units)


def sees_household(user: User, issue: Issue) -> bool:
    """Whether ``user`` sees the household's name of this one issue in clear."""
    row = {
        "township_id": issue.township_id,
        "village_id": issue.village_id,
        "lead_unit_id": issue.lead_unit_id,
        "department_id": issue.category.department_id if issue.category else None,
    }
    return household_sight(user).sees(row)
