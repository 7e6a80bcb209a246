"""Running an import: read, plan, then write everything in one transaction, or nothing and say why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import OperationalError, transaction

from issues.models import Import, ImportSheet, IssueList, LayoutMemory, PendingRow
from issues.rules.reading import Decisions, ReadingContext, read_workbook
from issues.rules.report import WorkbookReport
from issues.rules.titles import short_title
from issues.services import lists
from issues.services.imports import files, progress, supplements
from issues.services.imports.before import Keeper
from issues.services.imports.planning import SheetPlan, plan
from issues.services.imports.settling import supersede_pending
from projects.models import Campaign
from rectify.lib import clock, jobs
from rectify.lib.measures import LedgerRefusal
from rectify.lib.secrecy import mark_in_name, mark_in_sheets, refusal
from rectify.lib.sheets.reader import read_book
from rectify.lib.sheets.types import UnreadableFile
from townships.models import User
from townships.queries.calendar import workdays
from townships.queries.units import unit_index
from townships.services import events, revisions


class ImportRefused(Exception):
    """The import as a whole cannot be written; the message is one Chinese sentence."""


@dataclass(slots=True)
class Outcome:
    """The report, the plan of each sheet by its name, and whether anything was written."""

    workbook: WorkbookReport
    plans: dict[str, SheetPlan]
    written: bool
    message: str = ""


def read_source(source: Import) -> WorkbookReport:
    """Read the kept file by the options and decisions stored with it; UnreadableFile where it cannot be."""
    path = files.stored_path(source)
    try:
        return read_file(str(path), source.file_name, source.options, source.decisions)
    except UnreadableFile as error:
        files.refuse(source, error)
        progress.clear(source.pk)
        raise


def read_file(
    path: str, file_name: str, options: dict[str, Any], decisions: dict[str, Any] | None = None
) -> WorkbookReport:
    """The report of a file; ``options`` as the command takes them (ref_date, found_on, sheet)."""
    book = read_book(path, csv_name=file_name)
    if mark := mark_in_name(file_name) or mark_in_sheets(book.sheets):
        raise files.ClassifiedFile(refusal(mark))
    wanted = options.get("sheet") or None
    if wanted and wanted not in [sheet.name for sheet in book.sheets]:
        raise UnreadableFile(f"文件里没有名为“{wanted}”的工作表。")
    context = ReadingContext(
        units=unit_index(_date(options.get("ref_date"))),
        workdays=workdays(),
        today=clock.today(),
        file_name=file_name,
        ref_date=_date(options.get("ref_date")),
        found_on=_date(options.get("found_on")),
        remembered=dict(LayoutMemory.objects.values_list("layout", "mapping")),
        decisions=Decisions.from_json(decisions or {}),
    )
    return read_workbook(book, context, sheet_name=wanted)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def preview(
    workbook: WorkbookReport, *, campaign: Campaign, by: User, issue_list: IssueList | None = None
) -> Outcome:
    """What would be written, without writing."""
    plans = plan(workbook, campaign=campaign, by=by, issue_list=issue_list)
    return Outcome(workbook, {one.report.name: one for one in plans}, written=False)


def execute(source: Import) -> Outcome:
    """Write the import as its uploader; safe to run twice (only one that is not done yet is written)."""
    progress.report(source.pk, "识别", 0, 0)
    workbook = read_source(source)
    try:
        outcome = _execute(source, workbook)
    except LedgerRefusal as refusal:
        outcome = Outcome(workbook, {}, written=False, message=f"整份文件没有写入：{refusal}")
    if not outcome.written:
        Import.objects.filter(pk=source.pk).update(status="failed", message=outcome.message[:500])
    progress.clear(source.pk)
    return outcome


def _execute(source: Import, workbook: WorkbookReport) -> Outcome:
    with Keeper(source) as kept, transaction.atomic():
        held = Import.objects.select_for_update().get(pk=source.pk)
        if held.status in ("done", "withdrawn"):
            raise ImportRefused("这次导入已经写入，没有再写一遍。")
        if held.campaign is None:
            raise ImportRefused("没有指定工作（campaign），没有写入。")
        # Codes of lists, categories and programmes are the campaign's next: imports take them in turn.
        campaign = Campaign.objects.select_for_update(no_key=True).get(pk=held.campaign.pk)
        plans = plan(workbook, campaign=campaign, by=held.uploaded_by, source=held, issue_list=held.list)
        outcome = Outcome(workbook, {one.report.name: one for one in plans}, written=False)
        outcome.message = _objection(held, plans)
        if not outcome.message:
            _write(held, workbook, plans, kept)
            outcome.written = True
    return outcome


def _objection(source: Import, plans: list[SheetPlan]) -> str:
    wrong = sum(len({error.row for error in one.report.errors}) for one in plans)
    if wrong and not source.options.get("skip_errors"):
        return f"有{wrong}行读不懂，整份文件没有写入；改好后再导入，或选择先入库其余行。"
    locked = [
        one.context.issue_list
        for one in plans
        if one.context.issue_list is not None
        and one.context.issue_list.locked_at is not None
        and (one.creations or one.updates)
    ]
    if locked and not source.reason:
        return f"清单“{locked[0].title}”已锁定，增加或更改须说明理由。"
    return ""


def _write(source: Import, workbook: WorkbookReport, plans: list[SheetPlan], kept: Keeper) -> None:
    total = sum(len(one.creations) + len(one.updates) for one in plans)
    meter = progress.Meter(source.pk, "写入", total)
    by_name = {one.report.name: one for one in plans}
    superseded: list[int] = []
    for position, report in enumerate(workbook.sheets):
        one = by_name.get(report.name)
        sheet = _sheet_row(source, position, report, one)
        if one is None:
            continue
        before = meter.done
        one.context.sheet, one.context.advance = sheet, meter.advance
        one.importer.create(one.creations, one.context)
        meter.reach(before + len(one.creations))
        supplements.add(one, sheet, source, source.reason, source.uploaded_by)
        _update(one, kept)
        superseded += _keep_pending(sheet, one)
    kept.settle(source, superseded)
    source.status, source.finished_at = "done", clock.now()
    source.rows_total = source.rows_done = total
    source.message = ""
    source.save(update_fields=["status", "finished_at", "rows_total", "rows_done", "message", "options"])
    events.record(
        subject_type="import",
        subject_id=source.pk,
        action="import",
        summary=f"导入《{source.file_name}》，新增{sum(len(one.creations) for one in plans)}条，"
        f"更新{sum(len(one.updates) for one in plans)}条",
        by=source.uploaded_by,
        facts={"sha256": source.sha256, "file": source.file_name, "reason": source.reason},
    )
    revisions.bump([None])


def _update(one: SheetPlan, kept: Keeper) -> None:
    for start in range(0, len(one.updates), 500):
        batch = one.updates[start : start + 500]
        ids = [item_id for _, item_id, _ in batch]
        before = kept.keep(str(one.report.kind), ids)
        items = one.importer.load(ids)
        for draft, item_id, changes in batch:
            one.importer.update(draft, items[item_id], changes, one.context)
        kept.write(before)
        one.context.advance(len(batch))


def _sheet_row(source: Import, position: int, report: Any, one: SheetPlan | None) -> ImportSheet:
    if one is not None and str(report.kind) == "issues" and one.context.issue_list is None:
        one.context.issue_list = make_list(one.context.campaign, one.context.title, report)
    programme = None
    if one is not None and str(report.kind) in ("projects", "funds") and (one.creations or one.updates):
        programme = one.context.programmes.make(one.context.programme_name)
    return ImportSheet.objects.create(
        source=source,
        position=position,
        name=report.name[:255],
        kind=str(report.kind),
        title=(report.title or "")[:255],
        as_of_on=report.as_of,
        header_rows=list(report.header_rows),
        columns=[column.to_json() for column in report.columns],
        layout=report.layout,
        first_data_row=report.first_data_row,
        last_data_row=report.last_data_row,
        list=one.context.issue_list if one is not None else None,
        programme=programme,
        created=len(one.creations) if one else 0,
        updated=len(one.updates) if one else 0,
        unchanged=one.unchanged if one else 0,
        missing=len(one.missing) if one else 0,
        conflicts=len({row for row, _ in one.conflicts}) if one else 0,
    )


def make_list(campaign: Campaign, title: str, report: Any) -> IssueList:
    """A new list of the campaign, named after the sheet's title; its code is the next of the campaign."""
    return IssueList.objects.create(
        campaign=campaign,
        code=lists.next_code(campaign),
        title=title,
        short_name=short_title(title, lists.place_names()),
        as_of_on=report.as_of,
        found_on=report.found_on,
        lock_on=campaign.list_lock_on,
    )


def _keep_pending(sheet: ImportSheet, one: SheetPlan) -> list[int]:
    """Rows with errors stay as 待处理; earlier ones of the list that came in now are settled: their ids."""
    wrong: dict[int, list[dict[str, Any]]] = {}
    for error in one.report.errors:
        wrong.setdefault(error.row, []).append(error.to_json())
    superseded = supersede_pending(sheet, one)
    PendingRow.objects.bulk_create(
        [
            PendingRow(
                sheet=sheet,
                campaign=one.context.campaign,
                list=one.context.issue_list,
                kind=sheet.kind,
                row=row,
                cells=one.report.cells_of(row),
                errors=errors,
            )
            for row, errors in sorted(wrong.items())
        ],
        batch_size=1000,
    )
    return superseded


def queue(*, import_id: int, by: User) -> None:
    """A person confirmed: the worker writes it. Refuses what is not waiting for confirmation."""
    with transaction.atomic():
        waiting = Import.objects.filter(pk=import_id, status__in=["ready", "failed"])
        if not waiting.update(status="queued", message=""):
            raise ImportRefused("这次导入已在写入或已经写完。")
        jobs.enqueue_on_commit("issues.run_import", import_id)
    progress.report(import_id, "排队", 0, 0)


def requeue(*, import_id: int) -> bool:
    """Queue again what a stopped worker left behind; False while one still holds the row."""
    try:
        with transaction.atomic():
            waiting = Import.objects.filter(pk=import_id, status__in=["queued", "writing"])
            if not waiting.select_for_update(skip_locked=True).exists():
                return False
            waiting.update(status="queued")
            jobs.enqueue_on_commit("issues.run_import", import_id)
    except OperationalError:  # SQLite, which has no rows to skip: the worker is writing
        return False
    progress.report(import_id, "排队", 0, 0)
    return True


def run_queued(import_id: int) -> None:
    """Write a queued import; the second of two workers does nothing. What breaks leaves it marked 未写入."""
    if not Import.objects.filter(pk=import_id, status="queued").update(status="writing"):
        return
    source = Import.objects.get(pk=import_id)
    try:
        execute(source)
    except UnreadableFile:
        return  # its status and sentence are set
    except Exception:
        Import.objects.filter(pk=import_id).exclude(status="done").update(
            status="failed", message="写入时出错，没有写入任何内容；请稍后重试，或把文件交给管理员。"
        )
        progress.clear(import_id)
        raise
