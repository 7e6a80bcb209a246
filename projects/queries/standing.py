"""The filters 环节, 逾期 and 标记 as conditions over projects whose figures are annotated as of a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Subquery

from projects.models import ProjectChange, ProjectEntry, RunningAhead
from projects.rules.ahead import AheadState
from projects.rules.changes import ChangeState
from projects.rules.filters import ProjectFilter
from projects.rules.standing import DONE, DUES, Due, Standing
from rectify.lib.livesums import item_sum

ARRANGED = F("arranged_at")
WHOLE = Q(arranged_at__gt=0)
_UNFINISHED = ~(WHOLE & Q(completed_at__gte=ARRANGED))
STANDINGS = {
    Standing.ACCEPTED: WHOLE & Q(accepted_at__gte=ARRANGED),
    Standing.COMPLETED: WHOLE & Q(completed_at__gte=ARRANGED, accepted_at__lt=ARRANGED),
    Standing.STARTED: _UNFINISHED & Q(started_at__gt=0),
    Standing.ALLOTTED: _UNFINISHED & Q(started_at=0, allotted_at__gt=0),
    Standing.ARRANGED: _UNFINISHED & Q(started_at=0, allotted_at=0),
}
_FLAGS: dict[str, Callable[[], Exists]] = {
    "ahead_waiting": lambda: Exists(_ahead().filter(state=AheadState.WAITING.value)),
    "ahead": lambda: Exists(_ahead().exclude(state=AheadState.STRUCK.value)),
    "change_waiting": lambda: Exists(
        ProjectChange.objects.filter(project=OuterRef("pk"), state=ChangeState.PENDING.value)
    ),
}


def standing_so(found: Any, wanted: ProjectFilter, on: date) -> Any:
    """``found`` (from ``annotate_as_of``) narrowed by stage, late and flag; flags are those of now."""
    if wanted.stage:
        found = found.filter(STANDINGS[Standing(wanted.stage)])
    if wanted.late:
        stage = wanted.late.removesuffix(DONE)
        due = next(one for one in DUES if one.stage == stage)
        found = _done_late(found, due, on) if wanted.late.endswith(DONE) else _late(found, due, on)
    return found.filter(_FLAGS[wanted.flag]()) if wanted.flag else found


def count_flagged(projects: Any, *flags: str) -> dict[str, int]:
    """How many of ``projects`` bear each of ``flags``, as the list filters them. One query."""
    counts: dict[str, int] = projects.order_by().aggregate(
        **{flag: Count("pk", filter=Q(_FLAGS[flag]())) for flag in flags}
    )
    return counts


def with_ahead(found: Any) -> Any:
    """``found`` with ``ahead_on``: since when works run ahead of a 下达 that is still missing; else None."""
    waiting = _ahead().filter(state=AheadState.WAITING.value).order_by().values("project")
    return found.annotate(ahead_on=Subquery(waiting.annotate(first=Min("started_on")).values("first")))


def _ahead() -> Any:
    return RunningAhead.objects.filter(project=OuterRef("pk"))


def _sure(due: Due) -> Q:
    has_step = Q(programme__has_allotment=True) if due.day.startswith("programme") else Q()
    return has_step & (Q(**{due.confirmed: True}) if due.confirmed else Q())


def _late(found: Any, due: Due, on: date) -> Any:
    undone = Q(**{f"{due.stage}_at__lt": ARRANGED})
    return found.filter(_sure(due) & undone & Q(**{f"{due.day}__lt": on}))


def _done_late(found: Any, due: Due, on: date) -> Any:
    """Done by now, but not by its date: what of it was done by then is less than the whole."""
    in_time = ProjectEntry.objects.filter(happened_on__lte=OuterRef(due.day))
    done = found.filter(_sure(due) & WHOLE, **{f"{due.stage}_at__gte": ARRANGED, f"{due.day}__lt": on})
    return done.annotate(in_time=item_sum(in_time, "quantity", {due.stage.value: 1})).filter(
        in_time__lt=ARRANGED
    )
