"""Mending a row left out: read again with its sheet's mapping, written as one more item of its import."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from issues.models import Import, Issue, Lead, PendingRow
from issues.rules.report import Json, Kind, SheetReport, WorkbookReport, mask_extra
from issues.services.imports import files, planning, running, supplements
from issues.services.imports.before import Keeper
from issues.services.imports.planning import SheetPlan
from issues.services.imports.settling import RowRefused, held, settle_as_mended
from issues.services.life.locking import hold
from projects.models import Fund, Project
from rectify.lib.masking import is_mask_of
from rectify.lib.measures import LedgerRefusal
from townships.models import User
from townships.services import events, revisions

LONGEST_CELL = 5_000


def mend(*, pending_id: int, cells: Mapping[str, str], by: User, reason: str = "") -> PendingRow:
    """Write the row with ``cells`` (column letter → text) put right; what is not named stays as it was.

    Raises RowRefused with what is still wrong, or where the list is locked and no ``reason`` given."""
    row = PendingRow.objects.select_related("sheet__source", "list", "campaign").get(pk=pending_id)
    if row.status != "pending":
        raise RowRefused(f"第{row.row}行已经处理过了（{row.get_status_display()}）。")
    workbook = _read_again(row, changed_cells(row, cells))
    with transaction.atomic():
        held(pending_id)
        source = Import.objects.select_for_update().get(pk=row.sheet.source_id)
        if source.status != "done":
            raise RowRefused("这次导入已经撤回，不能再补录。")
        row.sheet.source = source  # as it stands now, held
        if row.list_id is not None:
            row.list = hold(row.list_id)
        made = _made_of(row)
        report = workbook.sheets[0]
        report.rows = [one for one in report.rows if one.row not in made]
        plans = planning.plan(
            workbook,
            campaign=row.campaign,
            by=by,
            source=source,
            issue_list=row.list,
            written=frozenset(made.values()),
        )
        if not plans:
            raise RowRefused("这张表现在识别不出来，这一行没有入库。")
        one = plans[0]
        _refuse_what_is_wrong(one, row, reason.strip() or source.reason)
        try:
            number = _write(one, row)
            supplements.add(one, row.sheet, source, reason.strip() or source.reason, by, rows=[row.row])
        except LedgerRefusal as refusal:
            raise RowRefused(str(refusal)) from refusal
        settle_as_mended(row, by=by, item_number=number)
        events.record(
            subject_type="import",
            subject_id=source.pk,
            action="mend_row",
            summary=f"补录《{source.file_name}》“{row.sheet.name}”第{row.row}行 {number}".rstrip(),
            by=by,
            facts={"reason": reason.strip(), "number": number},
        )
        revisions.bump([None])
    return row


def changed_cells(row: PendingRow, cells: Mapping[str, str]) -> dict[str, str]:
    """The cells that say something else than the row does; a mask of what it says is no change."""
    names = {column["letter"]: " / ".join(column["path"]) for column in row.sheet.columns}
    changed = {}
    for letter, text in cells.items():
        stored = str(row.cells.get(letter, ""))
        typed = text.strip()[:LONGEST_CELL]
        shown = mask_extra(names.get(letter, ""), stored).strip()
        if letter in names and typed not in (stored, shown) and not (typed and is_mask_of(typed, stored)):
            changed[letter] = typed
    return changed


def _read_again(row: PendingRow, changed: dict[str, str]) -> WorkbookReport:
    """The row's sheet as it was understood when it was imported, with the row's cells put right."""
    sheet, source = row.sheet, row.sheet.source
    decisions: Json = copy.deepcopy(source.decisions)
    decided = decisions.setdefault("sheets", {}).setdefault(sheet.name, {})
    mapped = {column["letter"]: column["field"] for column in sheet.columns if column["field"]}
    decided["columns"] = {**mapped, **decided.get("columns", {})}
    decided["kind"] = sheet.kind
    rows = decided.setdefault("rows", {})
    rows[str(row.row)] = {**rows.get(str(row.row), {}), **changed}
    options = {**source.options, "sheet": sheet.name}
    workbook = running.read_file(str(files.stored_path(source)), source.file_name, options, decisions)
    if source.sheets.count() > 1:  # a sheet without a title is then named by itself, not by the file
        workbook.sheets.append(SheetReport("", Kind.SKIPPED))
    return workbook


def _refuse_what_is_wrong(one: SheetPlan, row: PendingRow, reason: str) -> None:
    wrong = [error.message for error in one.report.errors if error.row == row.row]
    wrong += [sentence for number, sentence in one.conflicts if number == row.row]
    if wrong:
        raise RowRefused(*dict.fromkeys(wrong))
    if all(draft.row != row.row for draft in one.drafts):
        raise RowRefused("按现在的内容，这一行不像一条记录，没有入库。")
    target = one.context.issue_list
    if target is not None and target.locked_at is not None and not reason:
        raise RowRefused(f"清单“{target.title}”已锁定，补录须说明理由。")


def _write(one: SheetPlan, row: PendingRow) -> str:
    """Create or change the one item; its number, "" where the row says nothing new."""
    one.context.sheet = row.sheet
    sheet, source = row.sheet, row.sheet.source
    for draft in one.creations:
        if draft.row == row.row:
            one.importer.create([draft], one.context)
            sheet.created += 1
            sheet.save(update_fields=["created"])
            source.rows_done += 1
            source.rows_total += 1
            source.save(update_fields=["rows_done", "rows_total"])
            return _number(row)
    for draft, item_id, changes in one.updates:
        if draft.row == row.row:
            with Keeper(source) as kept:
                before = kept.keep(row.kind, [item_id])
                item = one.importer.load([item_id])[item_id]
                one.importer.update(draft, item, changes, one.context)
                kept.write(before)
                kept.settle(source)
            source.save(update_fields=["options"])
            sheet.updated += 1
            sheet.save(update_fields=["updated"])
            return str(item.number)
    return ""


def _made_of(row: PendingRow) -> dict[int, int]:
    """Row → item of the rows of this sheet that came in already."""
    found = _items(row).values_list("row", "pk")
    return {number: pk for number, pk in found if number is not None}


def _number(row: PendingRow) -> str:
    """The number of the item just made from the row."""
    return str(_items(row).filter(row=row.row).order_by("-pk").values_list("number", flat=True)[0])


def _items(row: PendingRow) -> QuerySet[Any]:
    models = {Kind.ISSUES: Issue, Kind.LEADS: Lead, Kind.PROJECTS: Project, Kind.FUNDS: Fund}
    sheet = "sheet" if Kind(row.kind) in (Kind.ISSUES, Kind.LEADS) else "sheet_key"
    return models[Kind(row.kind)]._default_manager.filter(**{sheet: row.sheet_id})
