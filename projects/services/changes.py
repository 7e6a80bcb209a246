"""变更 of a project: asked for, then decided by the 领导小组; values move with the decision alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from projects.access import may_ask, may_decide
from projects.models import Project, ProjectChange
from projects.rules.changes import (
    FIELD_LABELS,
    FIELDS,
    LEDGER,
    TEXTS,
    UNITS,
    ChangeKind,
    ChangeState,
    Values,
    differing,
    kept,
    ledger_moves,
)
from projects.rules.stages import MONEY_STAGES, Cause
from projects.services import ledger
from rectify.lib import clock
from rectify.lib.masking import mask_text
from rectify.lib.measures import LedgerRefusal
from townships.models import Unit, User
from townships.services import events, revisions

ZERO = Decimal(0)


class ChangeRefused(Exception):
    """The request was not taken or not decided; ``str(error)`` says why in Chinese."""


def values_of(project: Project, kind: ChangeKind) -> Values:
    """What a request of ``kind`` may change, as it is now."""
    names = {name: f"{name}_id" if name in UNITS else name for name in FIELDS[kind]}
    return {name: kept(name, getattr(project, column)) for name, column in names.items()}


@transaction.atomic
def ask(
    project: Project,
    kind: ChangeKind,
    *,
    wanted: dict[str, Any],
    reason: str,
    by: User,
    version: int | None = None,
) -> ProjectChange:
    """Ask to change ``wanted`` (fields of ``kind`` → Decimal, text or Unit; None for none). Nothing moves.

    ChangeRefused: not permitted, nothing differs, another request waits, another ``version`` by now."""
    held = _hold(project.pk)
    if version not in (None, held.version):
        raise ChangeRefused("页面打开以后，这个项目有了新的内容；请核对现在的数值，再提交一次。")
    if not (verdict := may_ask(by, held)):
        raise ChangeRefused(verdict.reason)
    before = values_of(held, kind)
    after = differing(before, {name: _kept(name, value) for name, value in wanted.items()})
    if not after:
        raise ChangeRefused("填写的内容和现在一样，没有要变更的。")
    change = ProjectChange.objects.create(
        project=held,
        kind=kind.value,
        before={name: before[name] for name in after},
        after=after,
        reason=reason,
        asked_by=by,
        asked_at=clock.now(),
    )
    held.version += 1  # acted on: the import that brought it is not taken back over the request
    held.save(update_fields=["version", "updated_at"])
    said = "、".join(FIELD_LABELS[name] for name in after)
    _record(change, "ask_project_change", f"申请变更{held.number}的{said}（{kind.label}）：{reason}", by)
    revisions.bump(_shown_to(held))
    return change


@transaction.atomic
def approve(pk: int, *, meeting: str, met_on: date, words: str, by: User) -> ProjectChange:
    """Record that the meeting agreed: the values change as of ``met_on``, quantities and money by entries.

    ChangeRefused: not permitted, decided before, by who asked, a meeting after today, values that changed
    meanwhile, and what the ledger does not take, with its words."""
    change, project = _pending(pk, by)
    _check_day(project, met_on)
    if not meeting.strip():
        raise ChangeRefused("同意的，须写明领导小组会议。")
    after: Values = change.after
    now = values_of(project, ChangeKind(change.kind))
    if moved := [FIELD_LABELS[name] for name in after if now[name] != change.before[name]]:
        raise ChangeRefused(f"申请以后，{'、'.join(moved)}已经变了；请不同意这份申请，由申请人重新提出。")
    _decide(change, ChangeState.APPROVED, meeting, met_on, words, by)
    summary = f"登记领导小组会议（{change.meeting}，{met_on}）同意变更{project.number}"
    _record(change, "decide_project_change", summary, by)
    _put_fields(project, after)
    _move_figures(change, project, met_on, by)
    return change


@transaction.atomic
def decline(pk: int, *, words: str, by: User, meeting: str = "", met_on: date | None = None) -> ProjectChange:
    """Record that it stays as it was, and why; the meeting where there was one."""
    change, project = _pending(pk, by)
    if not words.strip():
        raise ChangeRefused("不同意的，须写明理由。")
    if met_on is not None:
        _check_day(project, met_on)
    _decide(change, ChangeState.DECLINED, meeting, met_on, words, by)
    _record(change, "decide_project_change", f"不同意变更{project.number}：{words}", by)
    revisions.bump(_shown_to(project))
    return change


def _hold(pk: int) -> Project:
    held = Project.objects.select_for_update(of=("self",), no_key=True).select_related("programme")
    return held.get(pk=pk)


def _kept(name: str, value: Any) -> str | int | None:
    return kept(name, value.pk if isinstance(value, Unit) else value)


def _pending(pk: int, by: User) -> tuple[ProjectChange, Project]:
    project = _hold(ProjectChange.objects.values_list("project_id", flat=True).get(pk=pk))
    change = ProjectChange.objects.select_related("project").get(pk=pk)
    if not (verdict := may_decide(by, change)):
        raise ChangeRefused(verdict.reason)
    return change, project


def _check_day(project: Project, met_on: date) -> None:
    if met_on > clock.today():
        raise ChangeRefused(f"会议日期{met_on}晚于今天{clock.today()}。")
    if met_on < project.arranged_on:
        raise ChangeRefused(f"会议日期{met_on}早于项目的安排日期{project.arranged_on}。")


def _decide(
    change: ProjectChange, state: ChangeState, meeting: str, met_on: date | None, words: str, by: User
) -> None:
    change.state, change.meeting, change.met_on = state.value, meeting.strip(), met_on
    change.decision_words, change.decided_by, change.decided_at = words.strip(), by, clock.now()
    change.save()


def _put_fields(project: Project, after: Values) -> None:
    """What no figure is made of; the former words stay findable."""
    told = {name: after[name] for name in after if name in TEXTS}
    for name, text in told.items():
        setattr(project, name, text or "")
    if "investment" in after:
        project.investment = None if after["investment"] is None else Decimal(after["investment"])
    if "village" in after:
        project.village_id = after["village"]
    found = [project.search_text, *(mask_text(str(text)) for text in told.values() if text)]
    found += Unit.objects.filter(pk__in=[after[name] for name in UNITS if after.get(name)]).values_list(
        "name", flat=True
    )
    project.search_text = " ".join(found).lower()
    project.version += 1
    names = [name for name in (*TEXTS, "investment", "village") if name in after]
    project.save(update_fields=[*names, "search_text", "version", "updated_at"])


def _move_figures(change: ProjectChange, project: Project, met_on: date, by: User) -> None:
    """Township and ledger last: both write the roll-ups."""
    after: Values = change.after
    if "township" in after:
        township = Unit.objects.get(pk=after["township"]) if after["township"] else None
        ledger.rekey(project, township=township)
    if moves := _moves(change, project, met_on):
        try:
            ledger.post(project, moves=moves, by=by, cause=Cause.CHANGE, cause_id=change.pk)
        except LedgerRefusal as refusal:
            raise ChangeRefused(str(refusal)) from refusal
    if "township" not in after and not LEDGER & set(after):
        revisions.bump(_shown_to(project))


def _moves(change: ProjectChange, project: Project, met_on: date) -> Sequence[ledger.Move]:
    moves = []
    has_allotment = project.programme.has_allotment
    for stage, moved in ledger_moves(
        change.before, change.after, project.allotted, has_allotment=has_allotment
    ):
        is_money = stage in MONEY_STAGES
        quantity, amount = (ZERO, moved) if is_money else (moved, None)
        moves.append(ledger.Move(stage.value, quantity, met_on, amount))
    return moves


def _shown_to(project: Project) -> list[int | None]:
    return [project.township_id, project.department_id, project.programme.department_id]


def _record(change: ProjectChange, action: str, summary: str, by: User) -> None:
    events.record(
        subject_type="project",
        subject_id=change.project_id,
        action=action,
        summary=summary,
        by=by,
        facts={"change": change.pk, "before": change.before, "after": change.after},
    )
