"""先斩后奏: note a start that no 下达 covers, let it into the ledger once one does, strike a wrong note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from projects.access import may_record
from projects.models import Project, ProjectEntry, RunningAhead
from projects.rules import ahead as rules
from projects.rules.ahead import AheadState
from projects.rules.stages import Cause, Stage
from projects.services.ledger import Move
from rectify.lib import clock
from rectify.lib.ledger import to_millionths
from rectify.lib.measures import EntryFact, units
from rectify.lib.posting import entries_of, fact
from townships.access import allowed
from townships.models import User
from townships.rules.permissions import Permission
from townships.services import events, revisions


class AheadRefused(Exception):
    """The note was not taken; ``str(error)`` says why in Chinese."""


@dataclass(frozen=True, slots=True)
class Entering:
    """What of a flag enters the ledger: how much, and the day of its last part."""

    flag: RunningAhead
    quantity: Decimal
    on: date


@transaction.atomic
def note(
    project: Project, *, quantity: Decimal, started_on: date, words: str, by: User, version: int | None = None
) -> RunningAhead:
    """Keep that ``quantity`` began on ``started_on`` before its 下达: nothing moves in the ledger until then.

    AheadRefused: not permitted, another ``version`` by now, covered by a 下达, more than is arranged, a day
    after today or before the project was arranged."""
    held = hold(project.pk)
    verdict = may_record(by, Stage.STARTED, held)
    if not verdict:
        raise AheadRefused(verdict.reason)
    if version not in (None, held.version):
        raise AheadRefused("页面打开以后，这个项目有了新的内容；请核对现在的数值，再登记一次。")
    if reason := _refusal(held, quantity, started_on):
        raise AheadRefused(reason)
    flag = RunningAhead.objects.create(
        project=held,
        quantity=quantity,
        started_on=started_on,
        words=words.strip()[:300],
        noted_by=by,
        noted_at=clock.now(),
        cause=Cause.REPORT.value,
    )
    _touch(held)
    said = f"{quantity:f}{held.counted_in}"
    _record(flag, "note_ahead", f"登记{held.number}{started_on}先行动工{said}，等下达", by)
    revisions.bump(shown_to(held))
    return flag


@transaction.atomic
def strike(pk: int, *, words: str, by: User) -> RunningAhead:
    """Take back a wrong note that still waits; its reason stays on record."""
    held = hold(RunningAhead.objects.values_list("project_id", flat=True).get(pk=pk))
    flag = RunningAhead.objects.get(pk=pk)
    verdict = allowed(by, Permission.MANAGE_PROJECTS, held)
    if not verdict:
        raise AheadRefused(verdict.reason)
    if flag.state != AheadState.WAITING or flag.posted:
        raise AheadRefused("这笔先行动工已经入账或已撤销，不能再撤销。")
    if not words.strip():
        raise AheadRefused("请写明撤销的理由。")
    _strike([flag], words.strip()[:300], by)
    _touch(held)
    _record(flag, "strike_ahead", f"撤销{held.number}{flag.started_on}先行动工的登记：{words.strip()}", by)
    revisions.bump(shown_to(held))
    return flag


def hold(pk: int) -> Project:
    """The project, its row held until the transaction ends."""
    held = Project.objects.select_for_update(of=("self",), no_key=True).select_related("programme")
    return held.get(pk=pk)


def shown_to(project: Project) -> list[int | None]:
    """Whose pages show the project."""
    return [project.township_id, project.department_id, project.programme.department_id]


# --- into the ledger ----------------------------------------------------------------------------------------


def entering(project: Project, moves: Sequence[Move]) -> tuple[list[Move], list[Entering]]:
    """What waits and can enter the ledger together with ``moves`` of one act: the movements to post beside
    them, each on the first day that the 下达 allows, and what to say of the flags (``settle``).

    Starts among ``moves`` are the flags' own, told again: they are taken off what waits."""
    flags = list(project.ahead.filter(state=AheadState.WAITING))
    if not flags:
        return [], []
    told = [(move.happened_on, move.quantity) for move in moves if move.stage == Stage.STARTED]
    entries = [*entries_of(ProjectEntry, [project.pk]).get(project.pk, []), *(fact(move) for move in moves)]
    added: list[Move] = []
    found: list[Entering] = []
    for flag in flags:
        waiting = flag.quantity - flag.posted
        parts = _taken(told, waiting)
        for day, part in rules.postings(
            entries, to_millionths(waiting - sum((part for _, part in parts), Decimal(0))), flag.started_on
        ):
            parts.append((day, units(part)))
            entries.append(EntryFact(Stage.STARTED, part, 0, day))
            added.append(Move(Stage.STARTED.value, units(part), day, None, (Cause.AHEAD.value, flag.pk)))
        if parts:
            total = sum((part for _, part in parts), Decimal(0))
            found.append(Entering(flag, total, max(day for day, _ in parts)))
    return added, found


def _taken(told: list[tuple[date, Decimal]], waiting: Decimal) -> list[tuple[date, Decimal]]:
    """Take up to ``waiting`` from the starts that an act tells itself."""
    parts = []
    for place, (day, quantity) in enumerate(told):
        part = min(quantity, waiting)
        if part > 0:
            parts.append((day, part))
            told[place] = (day, quantity - part)
            waiting -= part
    return parts


def settle(entered: Sequence[Entering], *, import_id: int | None = None) -> None:
    """Say of the flags what has entered the ledger; in the transaction of the act that posted it."""
    for one in entered:
        flag = one.flag
        flag.posted += one.quantity
        flag.posted_on = one.on if flag.posted_on is None else max(flag.posted_on, one.on)
        flag.settled_import = import_id
        if flag.posted == flag.quantity:
            flag.state = AheadState.POSTED.value
        flag.save(update_fields=["posted", "posted_on", "settled_import", "state"])


def withdraw_import(import_id: int, *, by: User) -> None:
    """Undo what an import said of flags: its own are struck, those whose 下达 it brought wait again."""
    own = RunningAhead.objects.filter(cause=Cause.IMPORT.value, cause_id=import_id)
    _strike(list(own.exclude(state=AheadState.STRUCK.value)), "导入已撤回", by)
    for flag in RunningAhead.objects.filter(settled_import=import_id, state=AheadState.POSTED.value):
        kept = ProjectEntry.objects.filter(cause=Cause.AHEAD.value, cause_id=flag.pk)
        flag.posted = kept.aggregate(total=Sum("quantity"))["total"] or Decimal(0)
        flag.state, flag.posted_on, flag.settled_import = AheadState.WAITING.value, None, None
        flag.save(update_fields=["posted", "state", "posted_on", "settled_import"])


def _strike(flags: Sequence[RunningAhead], words: str, by: User) -> None:
    at = clock.now()
    for flag in flags:
        flag.state, flag.struck_by, flag.struck_at = AheadState.STRUCK.value, by, at
        flag.struck_words = words
        flag.save(update_fields=["state", "struck_by", "struck_at", "struck_words"])


# --- the note -----------------------------------------------------------------------------------------------


def _refusal(project: Project, quantity: Decimal, started_on: date) -> str:
    if project.withdrawn_at is not None:
        return f"{project.number}所在的导入已撤回，不能再登记。"
    if quantity <= 0:
        return "数量须大于零。"
    if started_on > clock.today():
        return f"动工日期{started_on}晚于今天{clock.today()}。"
    if started_on < project.arranged_on:
        return f"动工日期{started_on}早于项目的安排日期{project.arranged_on}。"
    waiting = _waiting(project)
    if project.started + waiting + quantity > project.arranged:
        left = max(Decimal(0), project.arranged - project.started - waiting)
        return f"数量超过安排：安排{project.arranged:f}{project.counted_in}，还没有动工的只有{left:f}。"
    entries = entries_of(ProjectEntry, [project.pk]).get(project.pk, [])
    if not rules.beyond(entries, to_millionths(quantity), started_on):
        return "这个数量已经下达，请直接登记开工。"
    return ""


def _waiting(project: Project) -> Decimal:
    flags = project.ahead.filter(state=AheadState.WAITING)
    return sum((flag.quantity - flag.posted for flag in flags), Decimal(0))


def _touch(project: Project) -> None:
    project.version += 1
    project.save(update_fields=["version", "updated_at"])


def _record(flag: RunningAhead, action: str, summary: str, by: User) -> None:
    facts = {"flag": flag.pk, "quantity": str(flag.quantity), "started_on": flag.started_on.isoformat()}
    events.record(
        subject_type="project",
        subject_id=flag.project_id,
        action=action,
        summary=summary,
        by=by,
        facts=facts,
    )
