"""Rows left out (待处理): mended in place, brought in by a later file, or dropped with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from issues.models import Import, ImportSheet, PendingRow
from issues.rules.identity import digest
from issues.rules.titles import undated
from issues.services.imports.context import SheetContext
from issues.services.imports.planning import SheetPlan
from rectify.lib import clock
from townships.models import User
from townships.services import events, revisions


class RowRefused(Exception):
    """The row stays 待处理; ``problems`` say why, one Chinese sentence each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


@transaction.atomic
def drop(*, pending_id: int, reason: str, by: User) -> PendingRow:
    """Leave a row out for good; refuses an empty reason and a row already settled."""
    row = held(pending_id)
    if not reason.strip():
        raise RowRefused("请写明不入库的理由。")
    _settle(row, "dropped", reason.strip()[:300], by)
    events.record(
        subject_type="import",
        subject_id=row.sheet.source_id,
        action="drop_row",
        summary=f"《{row.sheet.source.file_name}》“{row.sheet.name}”第{row.row}行不入库：{reason.strip()}",
        by=by,
    )
    revisions.bump([None])
    return row


def _settle(row: PendingRow, status: str, reason: str, by: User, item_number: str = "") -> None:
    row.status, row.reason, row.item_number = status, reason, item_number
    row.settled_at, row.settled_by = clock.now(), by
    row.save(update_fields=["status", "reason", "item_number", "settled_at", "settled_by"])


def settle_as_mended(row: PendingRow, *, by: User, item_number: str) -> None:
    """The row came in as ``item_number``; in the caller's transaction, which holds the row."""
    _settle(row, "mended", "补录入库", by, item_number)


def held(pending_id: int) -> PendingRow:
    """The row, locked until the transaction ends; RowRefused when somebody settled it already."""
    row = (
        PendingRow.objects.select_for_update(of=("self",)).select_related("sheet__source").get(pk=pending_id)
    )
    if row.status != "pending":
        raise RowRefused(f"第{row.row}行已经处理过了（{row.get_status_display()}）。")
    return row


def supersede_pending(sheet: ImportSheet, one: SheetPlan) -> list[int]:
    """Settle earlier 待处理 rows of the same sheet that the new file holds, mended or wrong again: their ids.

    The same row: equal in every cell but those that were wrong."""
    waiting = PendingRow.objects.filter(campaign=one.context.campaign, kind=sheet.kind, status="pending")
    waiting = waiting.exclude(sheet=sheet)
    titles = waiting.order_by().values_list("sheet__title", flat=True).distinct()
    same = [title for title in titles if _is_same_sheet(title, sheet.title, one.context)]
    earlier = list(waiting.filter(sheet__title__in=same)) if same else []
    if not earlier:
        return []
    cells = [dict(draft.cells) for draft in one.drafts]
    cells += [one.report.cells_of(error.row) for error in one.report.errors]
    seen: dict[frozenset[str], set[str]] = {}
    settled = []
    for row in earlier:
        wrong = frozenset(str(error.get("column", "")) for error in row.errors)
        if wrong not in seen:
            seen[wrong] = {_content(one_row, wrong) for one_row in cells}
        if _content(row.cells, wrong) in seen[wrong]:
            _settle(row, "mended", "已随后来的文件重新导入", one.context.by)
            settled.append(row.pk)
    return settled


def _is_same_sheet(former: str, title: str, context: SheetContext) -> bool:
    """Whether two sheets of the campaign are one ledger, by their titles."""
    return former == title or (context.has_no_rival and bool(title) and undated(former) == undated(title))


def _content(cells: dict[str, Any], wrong: frozenset[str]) -> str:
    return digest([f"{letter}={cells[letter]}" for letter in sorted(cells) if letter not in wrong])


def drop_all(source: Import, by: User) -> None:
    """With the import withdrawn, its 待处理 rows go too."""
    for row in PendingRow.objects.filter(sheet__source=source, status="pending"):
        _settle(row, "dropped", "导入已撤回", by)


def reopen(ids: Iterable[int]) -> int:
    """Rows that a withdrawn import had settled wait again, unless their own import is withdrawn; how many."""
    rows = PendingRow.objects.filter(pk__in=list(ids), status="mended", sheet__source__status="done")
    return rows.update(status="pending", reason="", settled_at=None, settled_by=None)
