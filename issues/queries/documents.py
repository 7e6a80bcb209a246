"""What the documents of a unit are made of: the issues it answers for, what was handed to it and signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q

from issues.models import Issue, IssueUnit, Report, Share
from issues.models.issues import IssueQuerySet
from issues.queries.choices import Choices
from issues.queries.five import facts_of
from issues.queries.issues import filtered
from issues.rules.documents import Problem
from issues.rules.filters import IssueFilter
from issues.rules.records import ShareState
from issues.rules.stages import OPEN_STATES, State, UnitRole
from rectify.lib.masking import mask_text
from townships.models import User
from townships.queries.branches import Node
from townships.rules.roles import Level

TOLD = (*(state.value for state in OPEN_STATES), State.CLOSED.value)
"""What left the list in another way than by being put right is on no document."""
SIGNED = (ShareState.ACCEPTED.value, ShareState.DONE.value)
LEVELS = (Level.TOWNSHIP, Level.DEPARTMENT, Level.GROUP)


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit that was handed issues: how many, how many it signed for, when it last did (W-113)."""

    code: str
    name: str
    handed: int
    signed: int
    signed_at: datetime | None


def units_with_issues(issues: IssueQuerySet, known: Choices, on: date) -> list[UnitLine]:
    """Units that answer for some of ``issues`` or that some count under, by code, with what was handed to
    each. Two queries."""
    own = issues.filter(state__in=TOLD).order_by()
    named = IssueUnit.objects.filter(issue__in=own.values("pk"), role=UnitRole.RESPONSIBLE.value).order_by()
    handed: dict[int, list[UnitLine]] = {}
    shares = Share.objects.filter(issue__in=issues.order_by().values("pk")).order_by().values("unit_id")
    signed = Q(state__in=SIGNED)
    for row in shares.annotate(
        handed=Count("pk"), signed=Count("pk", filter=signed), at=Max("since", filter=signed)
    ):
        line = UnitLine("", "", row["handed"], row["signed"], row["at"])
        handed.setdefault(known.units.final(row["unit_id"], on), []).append(line)
    found = own.values_list("unit_id", flat=True).union(named.values_list("unit_id", flat=True))
    units = {known.units.final(pk, on) for pk in found if pk}
    lines = [_line(known.units.nodes[pk], handed.get(pk, [])) for pk in units | set(handed)]
    return sorted((line for line in lines if line is not None), key=lambda line: line.code)


def _line(node: Node, parts: list[UnitLine]) -> UnitLine | None:
    """The unit with what was handed to it and to those merged into it; None for villages and outsiders."""
    if node.level not in LEVELS:
        return None
    moments = [part.signed_at for part in parts if part.signed_at is not None]
    return UnitLine(
        node.code,
        node.label,
        sum(part.handed for part in parts),
        sum(part.signed for part in parts),
        max(moments, default=None),
    )


def issues_of_unit(user: User, wanted: IssueFilter, known: Choices) -> IssueQuerySet:
    """What the unit ``wanted.holder`` answers for and ``user`` sees, what is over in another way left out."""
    return filtered(Issue.objects.visible_to(user), wanted, known=known).filter(state__in=TOLD)


def problems_of(ids: Sequence[int], known: Choices, on: date) -> list[Problem]:
    """The issues ``ids`` as a document tells them, masked; constant queries."""
    numbers = dict(Issue.objects.filter(pk__in=ids).values_list("number", "pk"))
    figures = {
        pk: values
        for pk, *values in Issue.objects.filter(pk__in=ids).values_list(
            "pk", "found", "removed", "claimed", "progress", "last_word_on", "deadline_class"
        )
    }
    said: dict[int, str] = {}
    for pk, narrative in (
        Report.objects.filter(issue__in=ids).order_by("id").values_list("issue_id", "narrative")
    ):
        said[pk] = narrative or said.get(pk, "")
    problems = []
    for facts in facts_of(ids, known, on):
        pk = numbers[facts.number]
        found, removed, claimed, progress, last, kind = figures[pk]
        problems.append(
            Problem(
                facts=facts,
                due=found - removed,
                claimed=claimed,
                words=mask_text(said.get(pk) or progress),
                last_word_on=last,
                has_deadline=kind != "undetermined",
            )
        )
    return problems
