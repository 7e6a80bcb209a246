"""Who may ask to change a project, who records what was decided (never the same person), who reports what."""

from __future__ import annotations

from projects.models import Project, ProjectChange
from projects.rules.changes import ChangeState
from projects.rules.progress import RECORDED, REPORTED
from projects.rules.stages import Stage
from townships.access import Verdict, allowed
from townships.models import User
from townships.rules.permissions import Permission


def may_ask(user: User, project: Project) -> Verdict:
    """Whether ``user`` may ask now: the office, or a unit that answers; one request at a time."""
    verdict = allowed(user, Permission.ASK_PROJECT_CHANGE, project)
    if verdict.ok and project.changes.filter(state=ChangeState.PENDING.value).exists():
        return Verdict(False, "这个项目已有一份变更申请在等决定，决定以后才能再申请。")
    return verdict


def may_decide(user: User, change: ProjectChange) -> Verdict:
    """Whether ``user`` may record the decision of ``change`` now."""
    verdict = allowed(user, Permission.DECIDE_PROJECT_CHANGE, change.project)
    if not verdict.ok:
        return verdict
    if change.state != ChangeState.PENDING:
        return Verdict(False, "这份变更申请已经有了决定。")
    if change.asked_by_id == user.pk:
        return Verdict(False, "决定须由申请人以外的人登记。")
    return verdict


def recordable(user: User, project: Project | None = None) -> tuple[Stage, ...]:
    """The stages that ``user`` may record (of ``project``): the office all, a unit of the works what it sees
    on the ground; 下达, 验收 and money are the office's papers."""
    if allowed(user, Permission.MANAGE_PROJECTS, project):
        return RECORDED
    return REPORTED if allowed(user, Permission.REPORT, project) else ()


def may_record(user: User, stage: Stage, project: Project) -> Verdict:
    """Whether ``user`` may record ``stage`` of ``project`` now."""
    if stage in recordable(user, project):
        return Verdict(True)
    return allowed(user, Permission.MANAGE_PROJECTS, project)
