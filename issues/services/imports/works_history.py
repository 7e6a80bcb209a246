"""What a row of projects leaves besides its values: fields it changed, works it tells of that ran ahead."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from issues.rules.drafts import Ahead, Draft
from issues.rules.drafts import Move as DraftMove
from issues.services.imports.context import Changes, SheetContext
from projects.models import Fund, Project, ProjectFieldChange, RunningAhead
from projects.rules.ahead import AheadState
from projects.rules.stages import Cause, Stage
from projects.services import ahead, ledger
from projects.services.ledger import Move
from projects.services.registering import written
from rectify.lib.posting import Movement

UNTOLD = frozenset({"counted_from", "start_due_on", "start_class", "finish_due_on", "finish_class", "extra"})
"""Told together with the words of the ledger, or nobody's to read."""


def allot_at_once(draft: Draft) -> None:
    """A programme without a 下达 step allots what it arranges, on the same day: nothing runs ahead of it."""
    arranged = next(move for move in draft.moves if move.stage == Stage.ARRANGED)
    allotted = DraftMove(Stage.ALLOTTED, arranged.quantity, arranged.happened_on)
    later = [move for move in draft.moves if move.stage not in (Stage.ARRANGED, Stage.ALLOTTED)]
    told: Ahead | None = draft.values["ahead"]
    if told is not None and not any(move.stage == Stage.STARTED for move in later):
        later.insert(0, DraftMove(Stage.STARTED, told.quantity, told.started_on))
    draft.moves = [arranged, allotted, *later]
    draft.values["ahead"] = None


def flag(rows: Sequence[tuple[int, Draft]], context: SheetContext) -> None:
    """Flags of projects just written; the start of one that waits stands in no entry yet."""
    RunningAhead.objects.bulk_create(
        (_flag(pk, told, context) for pk, draft in rows if (told := draft.values["ahead"]) is not None),
        batch_size=1000,
    )


def _flag(pk: int, told: Ahead, context: SheetContext) -> RunningAhead:
    is_posted = told.allotted_on is not None
    return RunningAhead(
        project_id=pk,
        quantity=told.quantity,
        started_on=told.started_on,
        state=(AheadState.POSTED if is_posted else AheadState.WAITING).value,
        posted=told.quantity if is_posted else Decimal(0),
        posted_on=told.allotted_on,
        noted_by=context.by,
        noted_at=context.now,
        cause=Cause.IMPORT.value,
        cause_id=context.cause_id,
    )


def compare_ahead(draft: Draft, item: Project, changes: Changes) -> None:
    """A row that tells anew of a start without 下达; what is started or flagged already is known."""
    told: Ahead | None = draft.values["ahead"]
    if told is None or told.allotted_on is not None:
        return
    flags = [one for one in getattr(item, "flags", ()) if one.state == AheadState.WAITING]
    new = told.quantity - item.started - sum((one.quantity - one.posted for one in flags), Decimal(0))
    if new > 0 and item.allotted < item.arranged:
        changes.fields["ahead"] = Ahead(new, max(told.started_on, item.arranged_on))


def keep(item: Project, changes: Changes, context: SheetContext) -> None:
    """Each field a row changes leaves its old value behind; a flag is written as a flag."""
    told: Ahead | None = changes.fields.pop("ahead", None)
    if told is not None:
        _flag(item.pk, told, context).save()
    ProjectFieldChange.objects.bulk_create(
        ProjectFieldChange(
            project=item,
            field=name,
            before=written(getattr(item, name)),
            after=written(value),
            changed_at=context.now,
            changed_by=context.by,
            cause=Cause.IMPORT.value,
            cause_id=context.cause_id,
        )
        for name, value in changes.fields.items()
        if name not in UNTOLD
    )


def post(item: Project | Fund, moves: Sequence[Movement], context: SheetContext) -> None:
    """Post a row's movements, and with a 下达 what waited for it; all of them the import's, so that taking it
    back takes them back."""
    own = [Move(move.stage, move.quantity, move.happened_on, move.amount) for move in moves]
    waited, entered = ahead.entering(item, own) if isinstance(item, Project) else ([], [])
    own += [Move(move.stage, move.quantity, move.happened_on) for move in waited]
    ledger.post(item, moves=own, by=context.by, cause=Cause.IMPORT, cause_id=context.cause_id)
    ahead.settle(entered, import_id=context.cause_id)
