"""Older items put back as they stood before an import changed them; in the transaction of its withdrawal.

Quantities return by reversing entries on the same days, everything else by its earlier value: columns, units,
actions, deadlines, the days of the first and last word. Acts are undone last first, each item to the version
it had, so that the import before can be withdrawn in its turn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Sum

from issues.models import FieldChange, Import, Issue, IssueEntry, Lead, PastDeadline
from issues.rules.answering import answering
from issues.rules.ledger import TOTALS
from issues.rules.stages import Cause, UnitRole
from issues.services.holding import Holding, past_deadlines
from issues.services.imports import before
from issues.services.imports.before import ISSUE_ROWS, MODELS, Before, mark_of, python_of, rows_of
from issues.services.ledger import Move
from issues.services.life.assigning import put_shares
from projects.models import Fund, FundEntry, Project, ProjectEntry
from projects.services import ledger as works_ledger
from projects.services.holding import book_of
from rectify.lib.posting import added, change_rows, fact, line
from townships.models import User

A_BATCH = 300
"""Items in one statement: each brings all its columns, and SQLite takes 32,766 values."""
NOT_PUT = ("id", "version", "created_at", "updated_at")
FIGURES = (
    "list_id",
    "category_id",
    "township_id",
    "counted_in",
    "deadline_class",
    "due_on",
    "deadline_confirmed",
    "stated_on",
    "last_word_on",
    "closed_on",
)
"""Columns of an issue that roll-ups are made of."""


def acted_on(source: Import) -> list[str]:
    """Numbers of the older items that somebody, or a later import, touched after ``source`` changed them."""
    expected: dict[tuple[str, int], str] = {}
    touched: list[str] = []
    for batch in _batches(source):
        items: Any = MODELS[batch[0].kind]._default_manager
        present = items.in_bulk([one.item_id for one in batch])
        for one in batch:
            item = present[one.item_id]
            if expected.get((one.kind, one.item_id), mark_of(item)) != one.left:
                touched.append(item.number)
            expected[one.kind, one.item_id] = one.mark
    return sorted(set(touched))


def restore(source: Import, *, by: User, at: datetime) -> int:
    """Put back all that ``source`` changed of older items; how many. Who calls it has asked ``acted_on``."""
    holding = Holding()
    restored: set[tuple[str, int]] = set()
    _reverse_works(source, by, at)
    for batch in _batches(source):
        kind = batch[0].kind
        if kind == "issues":
            _issues(batch, source, holding, by, at)
        elif kind == "leads":
            for one in batch:
                Lead.objects.filter(pk=one.item_id).update(**python_of(Lead, one.values))
        else:
            _columns(MODELS[kind], batch, without=book_of(_work(kind)).totals, at=at)
        restored |= {(one.kind, one.item_id) for one in batch}
    holding.settle()
    _tell_history(source, by, at)
    return len(restored)


def _batches(source: Import) -> Iterator[list[Before]]:
    """What was before, last act first; of one kind and without an item twice."""
    batch: list[Before] = []
    for one in before.read(source):
        twice = any(one.item_id == other.item_id for other in batch)
        if batch and (twice or len(batch) == A_BATCH or one.kind != batch[0].kind):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


# --- issues -------------------------------------------------------------------------------------------------


def _issues(batch: list[Before], source: Import, holding: Holding, by: User, at: datetime) -> None:
    ids = [one.item_id for one in batch]
    held = holding.load(ids, locking=True)
    moves = _reversing(IssueEntry, ids, source)
    _drop_deadlines(batch)
    past = past_deadlines(ids)
    for one in batch:
        issue = held[one.item_id]
        issue.entries = sorted(
            [*issue.entries, *map(fact, moves[one.item_id])], key=lambda entry: entry.happened_on
        )
        issue.past = past.get(one.item_id, [])
        values = python_of(Issue, one.values)
        for name in FIGURES:
            setattr(issue.issue, name, values[name])
        holding.change(issue)
    IssueEntry.objects.bulk_create(
        line(
            IssueEntry,
            pk,
            move,
            recorded_at=at,
            by_id=by.pk,
            cause=Cause.WITHDRAWAL,
            cause_id=source.pk,
        )
        for pk in ids
        for move in moves[pk]
    )
    totals = [[pk, *added(map(fact, moves[pk]), TOTALS)] for pk in ids]
    change_rows(Issue, totals, add=tuple(TOTALS), updated_at=at)
    _columns(Issue, batch, without=TOTALS, at=at)
    _hanging(batch, by)


def _drop_deadlines(batch: list[Before]) -> None:
    kept = [pk for one in batch for pk in one.past]
    PastDeadline.objects.filter(issue__in=[one.item_id for one in batch]).exclude(pk__in=kept).delete()


def _hanging(batch: list[Before], by: User) -> None:
    """Units and actions anew, where the import had replaced them; the shares follow the units."""
    now = rows_of("issues", [one.item_id for one in batch])
    for name, model in ISSUE_ROWS.items():
        other = [one for one in batch if now.get(one.item_id, {}).get(name, []) != one.rows[name]]
        rows: Any = model._default_manager
        rows.filter(issue__in=[one.item_id for one in other]).delete()
        rows.bulk_create(
            model(issue_id=one.item_id, **python_of(model, row)) for one in other for row in one.rows[name]
        )
    shared = Issue.objects.filter(pk__in=[one.item_id for one in batch], shares__isnull=False).distinct()
    for issue in shared.prefetch_related("units__unit"):
        ours = [(UnitRole(one.role), one.unit) for one in issue.units.all() if one.unit]
        put_shares(issue, answering((role, (role, unit)) for role, unit in ours), by, "导入已撤回")


def _tell_history(source: Import, by: User, at: datetime) -> None:
    """Every change of a field turned round, so that the issue's history tells why it is as it was."""
    changes = FieldChange.objects.filter(cause=Cause.IMPORT, cause_id=source.pk).order_by("-pk")
    FieldChange.objects.bulk_create(
        (
            FieldChange(
                issue_id=one.issue_id,
                field=one.field,
                before=one.after,
                after=one.before,
                changed_at=at,
                changed_by=by,
                cause=Cause.WITHDRAWAL.value,
                cause_id=source.pk,
            )
            for one in changes
        ),
        batch_size=1000,
    )


# --- all kinds ----------------------------------------------------------------------------------------------


def _columns(
    model: type[models.Model], batch: list[Before], *, without: Sequence[str] | dict[str, Any], at: datetime
) -> None:
    """Every column as it was, and the version that went with it."""
    values = {one.item_id: python_of(model, one.values) for one in batch}
    names = [name for name in values[batch[0].item_id] if name not in (*NOT_PUT, *without)]
    rows = [[pk, *(said[name] for name in names)] for pk, said in values.items()]
    change_rows(model, rows, put=names, updated_at=at)
    versions: dict[int, list[int]] = defaultdict(list)
    for pk, said in values.items():
        versions[said["version"]].append(pk)
    for version, ids in versions.items():
        model._default_manager.filter(pk__in=ids).update(version=version)


def _reversing(
    entry: type[IssueEntry | ProjectEntry | FundEntry], ids: list[int], source: Import
) -> dict[int, list[Move]]:
    """Item id → the movements that take back what the import still brings it, on the same days."""
    found: dict[int, list[Move]] = defaultdict(list)
    causes = [Cause.IMPORT.value, Cause.WITHDRAWAL.value]
    lines: Any = entry._default_manager.filter(item__in=ids, cause__in=causes, cause_id=source.pk)
    sums = lines.values("item_id", "stage", "happened_on").order_by("item_id", "happened_on", "stage")
    for one in sums.annotate(quantities=Sum("quantity"), amounts=Sum("amount")):
        if one["quantities"] or one["amounts"]:
            amount = None if one["amounts"] is None else -one["amounts"]
            found[one["item_id"]].append(Move(one["stage"], -one["quantities"], one["happened_on"], amount))
    return found


def _work(kind: str) -> type[Project] | type[Fund]:
    return Project if kind == "projects" else Fund


def _reverse_works(source: Import, by: User, at: datetime) -> None:
    """Figures of works: their place and programme no import changes, so the ledger's own verb does."""
    ids: dict[str, set[int]] = defaultdict(set)
    for one in before.read(source):
        ids[one.kind].add(one.item_id)
    for kind in ("projects", "funds"):
        moves: dict[int, list[Move]] = {}
        wanted = sorted(ids[kind])
        entry: type[ProjectEntry] | type[FundEntry] = ProjectEntry if kind == "projects" else FundEntry
        for start in range(0, len(wanted), 1000):
            moves |= _reversing(entry, wanted[start : start + 1000], source)
        if moves:
            works_ledger.post_all(
                _work(kind), moves, by=by, cause=Cause.WITHDRAWAL, cause_id=source.pk, recorded_at=at
            )
