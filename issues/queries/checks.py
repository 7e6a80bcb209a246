"""核查单: who sees which; its lines as rows that a page, a sheet of paper and a workbook show alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet

from issues.models import CheckLine, CheckSheet, Issue, Verification
from issues.queries.closings import verification_line
from issues.queries.listing import shown_household
from issues.queries.situations import answering_units, situations
from issues.rules.sight import HouseholdSight
from issues.rules.situations import Situation
from projects.models import Campaign
from rectify.lib.masking import mask_text
from townships.models import User
from townships.queries.branches import unit_tree
from townships.rules.scope import Reach

MOST_LINES = 100
"""Issues on one sheet at most: what a team can look at, and a page can show."""


@dataclass(frozen=True, slots=True)
class Row:
    """One issue as a 核查单 shows it; ``unit``: who answers for it, not who leads. ``done`` says
    what was found, empty while nothing was."""

    issue: Issue
    description: str
    place: str
    household: str
    unit: str
    unverified: Decimal
    situation: Situation
    line: CheckLine | None = None
    done: str = ""


def sheets_of(user: User, campaign: Campaign | None) -> QuerySet[CheckSheet]:
    """The sheets of the own unit; an office sees all of its county. The side that is checked sees none."""
    scope = user.scope
    sheets = CheckSheet.objects.select_related("unit", "made_by").filter(campaign=campaign)
    if scope.reach is Reach.TREE:
        sheets = sheets.filter(campaign__in=Campaign.objects.under(scope.root))
    elif scope.reach is Reach.NOTHING or user.unit is None:
        return sheets.none()
    else:
        sheets = sheets.filter(unit=user.unit)
    counts = sheets.annotate(
        issues=Count("lines", distinct=True), done=Count("lines__verification", distinct=True)
    )
    return counts.order_by("-pk")


def sheet_of(user: User, pk: int) -> CheckSheet | None:
    """One of the sheets that ``user`` may see, whatever campaign is on top of the page."""
    campaign = Campaign.objects.filter(check_sheets=pk).first()
    return sheets_of(user, campaign).select_related("campaign").filter(pk=pk).first()


def rows_of(sheet: CheckSheet, user: User, *, sight: HouseholdSight, on: date) -> list[Row]:
    """The lines of ``sheet`` in their order, as far as ``user`` sees the issues; constant queries."""
    lines = list(CheckLine.objects.filter(sheet=sheet).order_by("position"))
    shown = _rows([line.issue_id for line in lines], user, sight=sight, on=on)
    found = Verification.objects.filter(line__sheet=sheet).select_related("unit", "verified_by")
    said = {one.line_id: one for one in found}
    rows = []
    for line in lines:
        row = shown.get(line.issue_id)
        if row is not None:
            one = said.get(line.pk)
            done = f"{verification_line(row.issue, one)}（{one.verified_by.name}）" if one else ""
            rows.append(replace(row, line=line, done=done))
    return rows


def candidates(ids: list[int], user: User, *, sight: HouseholdSight, on: date) -> list[Row]:
    """The issues ``ids`` as rows of a sheet that is not made yet, in that order."""
    shown = _rows(ids, user, sight=sight, on=on)
    return [shown[pk] for pk in ids if pk in shown]


def _rows(ids: list[int], user: User, *, sight: HouseholdSight, on: date) -> dict[int, Row]:
    joined = Issue.objects.visible_to(user).filter(pk__in=ids).select_related("category", "list__template")
    issues = {issue.pk: issue for issue in joined}
    facts = situations(issues.values(), user, on)
    answering = answering_units(issues.values())
    tree = unit_tree()
    rows = {}
    for pk, issue in issues.items():
        names = (tree.label(issue.township_id, on), tree.label(issue.village_id, on))
        row = {
            "township_id": issue.township_id,
            "village_id": issue.village_id,
            "lead_unit_id": issue.lead_unit_id,
            "household": issue.household,
        }
        department = issue.category.department_id if issue.category else None
        rows[pk] = Row(
            issue=issue,
            description=mask_text(issue.description),
            place=" ".join(name for name in names if name) or mask_text(issue.place),
            household=shown_household(row, department, sight),
            unit="、".join(tree.label(unit.pk, on) for unit in answering[pk].answering),
            unverified=issue.claimed - issue.confirmed,
            situation=facts[pk],
        )
    return rows
