"""An issue and the project that solves it: each shown on the other's page; counted apart, told once.

What is counted differently is never added: on boards and in tallies the issue is counted among issues (by
what was found and put right), the project among projects (by what is arranged and built), and no figure sums
both. Where rows of both kinds stand in one list, the pair is told once: as the issue, with its project beside
it; ``unpaired`` gives the projects that are left to tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Value, When

from issues.models import Issue
from issues.models.issues import IssueQuerySet
from issues.queries.choices import choices
from issues.rules.stages import State, state_word
from projects.models import Project
from projects.models.projects import ProjectQuerySet
from projects.rules.stages import WORK_STAGES
from projects.rules.standing import Standing, standing
from rectify.lib.masking import mask_text
from townships.models import User

MOST_NEAR = 100
MOST_SHOWN = 10
WIDTH = 60


@dataclass(frozen=True, slots=True)
class Solver:
    """The project that solves an issue, with its stage; ``number`` is empty where it is out of sight."""

    number: str
    name: str = ""
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Solved:
    """An issue on its project's page; quantities in ``counted_in``."""

    number: str
    description: str
    place: str
    state: str
    is_ended: bool
    found: Any
    left: Any
    counted_in: str


def solver_of(issue: Issue, user: User) -> Solver | None:
    """The project that ``issue`` names; None where it names none. One query at most."""
    if issue.project_id is None:
        return None
    project = Project.objects.visible_to(user).filter(pk=issue.project_id).first()
    if project is None:
        return Solver("")
    figures = {stage.value: getattr(project, stage.value) for stage in WORK_STAGES}
    return Solver(project.number, mask_text(project.name), standing(figures))


def solved_by(project: Project, user: User, on: date) -> tuple[int, list[Solved]]:
    """How many issues in ``user``'s sight the project solves, and the first of them."""
    found = Issue.objects.visible_to(user).filter(project=project)
    count = found.count()
    if not count:
        return 0, []
    known = choices()
    rows = found.select_related("list__template").order_by("number")[:MOST_SHOWN]
    return count, [
        Solved(
            number=one.number,
            description=mask_text(one.description)[:WIDTH],
            place=" ".join(
                place
                for place in (known.units.label(one.township_id, on), known.units.label(one.village_id, on))
                if place
            ),
            state=state_word(State(one.state), one.list.template.state_words if one.list.template else None),
            is_ended=one.state in (State.CLOSED, State.REMOVED, State.MERGED, State.REJECTED),
            found=one.found - one.removed,
            left=one.left,
            counted_in=one.counted_in,
        )
        for one in rows
    ]


def nearby(issue: Issue, user: User) -> list[tuple[str, str]]:
    """Number and name of projects one may mean: of the same campaign and township, the same village first."""
    seen = Project.objects.visible_to(user).filter(campaign=issue.campaign_id)
    if issue.township_id is not None:
        seen = seen.filter(township=issue.township_id)
    village = Value(0)
    if issue.village_id is not None:
        village = Case(  # type: ignore[assignment]
            When(village=issue.village_id, then=Value(0)), default=Value(1), output_field=IntegerField()
        )
    rows = seen.annotate(far=village).order_by("far", "number").values_list("number", "name")[:MOST_NEAR]
    return [(number, mask_text(name)) for number, name in rows]


def unpaired(projects: ProjectQuerySet, issues: IssueQuerySet) -> ProjectQuerySet:
    """``projects`` without those that solve one of ``issues``: the pair is told once, as the issue."""
    return projects.filter(~Exists(issues.filter(project=OuterRef("pk")).order_by()))
