"""An issue names the project that solves it (指明解决项目): one at most, its former one stays on record."""

from __future__ import annotations

from django.db import transaction

from issues.models import Issue
from issues.rules.stages import Cause
from issues.rules.workflow import Verb
from issues.services.workflow import Refused, begin, finish, note_change
from projects.models import Project
from rectify.lib.masking import mask_text
from townships.models import User


@transaction.atomic
def name_project(pk: int, by: User, *, number: str, version: int | None = None) -> Issue:
    """Name the project ``number`` of the same campaign; "" takes the name back.

    Refused: no such project in ``by``'s sight, one of another campaign, or the one it names already."""
    issue = begin(pk, Verb.NAME_PROJECT, by, version=version)
    project = _found(issue, number.strip(), by)
    former = issue.project
    if project == former:
        raise Refused("解决项目没有变化。")
    before, after = _told(former), _told(project)
    note_change(issue, "project", before, after, by=by, cause=Cause.PLAN)
    # Who sees the issue need not see the project: the history names none, the page does for who sees it.
    summary = "指明解决项目" if project else "取消解决项目"
    finish(
        issue,
        Verb.NAME_PROJECT,
        by,
        summary,
        facts={"project": project.number if project else ""},
        also=[*_shown_to(former), *_shown_to(project)],
        project_id=project.pk if project else None,
    )
    issue.project = project
    return issue


def _found(issue: Issue, number: str, by: User) -> Project | None:
    if not number:
        return None
    seen = Project.objects.visible_to(by).filter(number=number).select_related("programme")
    project = seen.first()
    if project is None:
        raise Refused(f"没有编号为“{mask_text(number[:20])}”的项目，或者不在您的工作范围内。")
    if project.campaign_id != issue.campaign_id:
        raise Refused(f"{number}属于另一项工作，不能解决这个问题。")
    return project


def _told(project: Project | None) -> str:
    return f"{project.number} {mask_text(project.name)}" if project else ""


def _shown_to(project: Project | None) -> list[int | None]:
    """Whose pages show the project."""
    if project is None:
        return []
    return [project.township_id, project.department_id, project.programme.department_id]
