"""The issues that a batch of letters may be drafted from, as rows to tick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alerts.queries.letter_items import addressees, bound_in
from issues.models import Issue
from issues.models.issues import IssueQuerySet
from issues.queries.issues import filtered
from issues.queries.listing import ordered
from issues.rules.filters import IssueFilter
from issues.rules.lights import issue_light
from issues.rules.stages import OPEN_STATES
from rectify.lib.lights import Light
from rectify.lib.masking import mask_text
from townships.models import User
from townships.queries.branches import unit_tree

MOST = 150
"""Rows on the page; a narrower filter finds the others."""
CLIPPED = 60
SHOWN = 3
OPEN = [state.value for state in OPEN_STATES]


@dataclass(frozen=True, slots=True)
class Candidate:
    """``units``: to whom a letter about it goes; ``notice``: what holds it already (number, 草稿), or ""."""

    number: str
    description: str
    place: str
    units: str
    due_on: date | None
    light: Light
    notice: str


def found_by(user: User, wanted: IssueFilter) -> IssueQuerySet:
    """Open issues in sight that the filter finds, in its order."""
    issues = filtered(Issue.objects.visible_to(user).filter(state__in=OPEN), wanted)
    return ordered(issues, wanted)


def named(user: User, numbers: Sequence[str]) -> IssueQuerySet:
    """Open issues in sight with these numbers."""
    return Issue.objects.visible_to(user).filter(number__in=numbers, state__in=OPEN).order_by("number")


def candidates(issues: IssueQuerySet, on: date) -> list[Candidate]:
    """At most ``MOST`` of the issues as rows; constant queries."""
    rows = list(issues[:MOST])
    tree = unit_tree()
    goes_to = addressees(rows, on, is_one=False)
    held = bound_in([issue.pk for issue in rows])
    return [
        Candidate(
            number=issue.number,
            description=mask_text(issue.description)[:CLIPPED],
            place=tree.label(issue.village_id or issue.township_id, on),
            units=_told([tree.label(pk, on) for pk in goes_to[issue.pk]]),
            due_on=issue.due_on,
            light=issue_light(
                left=issue.left,
                deadline_class=issue.deadline_class,
                due_on=issue.due_on,
                is_confirmed=issue.deadline_confirmed,
                on=on,
            ),
            notice=(held[issue.pk].letter.number or "草稿") if issue.pk in held else "",
        )
        for issue in rows
    ]


def _told(names: Sequence[str]) -> str:
    """甲镇、乙镇、丙乡等25个单位."""
    return "、".join(names[:SHOWN]) + (f"等{len(names)}个单位" if len(names) > SHOWN else "")
