"""Which values of a project move by a decision of the 领导小组 alone, and why."""

from __future__ import annotations

from projects.models import Project
from projects.rules.changes import ChangeState
from projects.rules.registering import GUARDED, guarded


def guarded_of(project: Project) -> dict[str, str]:
    """Field → the reason; two queries at most."""
    found = list(project.changes.values_list("state", "after"))
    decided = {name for state, after in found if state == ChangeState.APPROVED for name in after}
    if "arranged" in decided:
        decided.add("counted_in")
    return guarded(
        is_issued=project.allotted > 0 or project.funded > 0,
        decided=decided,
        is_pending=any(state == ChangeState.PENDING for state, _ in found),
        filled={name for name in GUARDED if getattr(project, name)},
    )
