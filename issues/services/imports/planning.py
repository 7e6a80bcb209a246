"""From what was read to what would be written: new, changed, unchanged, missing, contradicting rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from issues.models import Category, Import, IssueList
from issues.rules.drafts import Draft, RowError, SheetDates
from issues.rules.identity import Key, match
from issues.rules.report import RowProblem, SheetReport, WorkbookReport
from issues.services.imports.context import Changes, KindImporter, SheetContext
from issues.services.imports.issue_rows import IssueImporter
from issues.services.imports.lead_rows import LeadImporter
from issues.services.imports.lookups import Branches, UnitLookup
from issues.services.imports.naming import LONGEST, Titles
from issues.services.imports.works_rows import FundImporter, ProjectImporter
from projects.models import Campaign, Programme
from rectify.lib import clock
from townships.models import User

IMPORTERS: dict[str, KindImporter] = {
    "issues": IssueImporter(),
    "projects": ProjectImporter(),
    "leads": LeadImporter(),
    "funds": FundImporter(),
}


@dataclass(slots=True)
class SheetPlan:
    """What a sheet would do with its ``drafts``, the rows without an error.

    ``conflicts`` are (row, sentence): what is stored stays. ``missing``: numbers the file holds no more."""

    report: SheetReport
    context: SheetContext
    drafts: list[Draft] = field(default_factory=list)
    creations: list[Draft] = field(default_factory=list)
    updates: list[tuple[Draft, int, Changes]] = field(default_factory=list)
    conflicts: list[tuple[int, str]] = field(default_factory=list)
    unchanged: int = 0
    missing: list[str] = field(default_factory=list)

    @property
    def importer(self) -> KindImporter:
        return IMPORTERS[str(self.report.kind)]


def plan(
    workbook: WorkbookReport,
    *,
    campaign: Campaign,
    by: User,
    source: Import | None = None,
    issue_list: IssueList | None = None,
    written: frozenset[int] = frozenset(),
) -> list[SheetPlan]:
    """One plan per sheet that holds a table; row contradictions are added to the reports' errors.

    ``written``: items that no row may be, since other rows of the sheet became them."""
    units = UnitLookup()
    categories = Branches(Category, campaign, "C")
    programmes = Branches(Programme, campaign, "P")
    now = clock.now()
    plans = []
    tables = [report for report in workbook.sheets if str(report.kind) in IMPORTERS]
    titles = Titles(campaign, [(str(report.kind), _title(report, workbook)) for report in tables])
    for report in tables:
        written_title = _title(report, workbook)
        title, has_no_rival = titles.known_as(str(report.kind), written_title)
        target = issue_list or IssueList.objects.filter(campaign=campaign, title=title).first()
        read_as = report.programme or written_title
        context = SheetContext(
            campaign=campaign,
            source=source,
            title=title,
            has_no_rival=has_no_rival,
            programme_name=title if read_as[:LONGEST] == written_title else read_as,
            read_as=read_as,
            dates=sheet_dates(report, target),
            units=units,
            categories=categories,
            programmes=programmes,
            by=by,
            now=now,
            issue_list=target,
            written=written,
        )
        plans.append(_plan_sheet(report, context))
    return plans


def _title(report: SheetReport, workbook: WorkbookReport) -> str:
    """The sheet's title; where it has none its name, of the only sheet the file's."""
    stem = report.name if len(workbook.sheets) > 1 else Path(workbook.file).stem
    return (report.title or stem)[:LONGEST]


def sheet_dates(report: SheetReport, target: IssueList | None) -> SheetDates:
    """The dates the sheet lends to its rows; today where it says none."""
    today = clock.today()
    as_of = report.as_of or today
    days = target.immediate_days if target else 15
    return SheetDates(found_on=report.found_on or as_of, as_of=as_of, today=today, immediate_days=days)


def _plan_sheet(report: SheetReport, context: SheetContext) -> SheetPlan:
    result = SheetPlan(report, context)
    drafts = result.drafts = _drafts(result)
    existing = [key for key in result.importer.existing(context) if key.ref not in context.written]
    if not existing:
        result.creations = drafts
        return result
    matching = match([_key(draft) for draft in drafts], existing)
    stored = {key.ref: key for key in existing}
    changed = []
    for draft in drafts:
        if draft.row in matching.twins:
            result.conflicts.append((draft.row, "与清单中已有的几条无法区分，请加上台账序号或户主"))
        elif (item_id := matching.pairs.get(draft.row)) is None:
            result.creations.append(draft)
        elif stored[item_id].content == draft.content:
            result.unchanged += 1
        else:
            changed.append((draft, item_id))
    _compare(result, changed)
    paired = set(matching.pairs.values())
    result.missing = [key.hidden for key in existing if key.ref not in paired]
    return result


def _drafts(result: SheetPlan) -> list[Draft]:
    drafts = []
    for row in result.report.rows:
        try:
            drafts.append(result.importer.draft(row, result.context.dates))
        except RowError as error:
            result.report.errors.append(RowProblem(row.row, "", error.field, "", error.message))
    if len(drafts) != len(result.report.rows):
        kept = {draft.row for draft in drafts}
        result.report.rows = [row for row in result.report.rows if row.row in kept]
    return drafts


def _key(draft: Draft) -> Key:
    name = draft.texts.get("household") or draft.texts.get("name") or ""
    return Key(
        draft.row,
        draft.hidden,
        draft.ledger_number,
        name,
        draft.texts.get("description", ""),
        draft.identity,
        draft.content,
    )


def _compare(result: SheetPlan, changed: list[tuple[Draft, int]]) -> None:
    items: dict[int, Any] = {}
    for position, (draft, item_id) in enumerate(changed):
        if position % 1000 == 0:
            ids = [pk for _, pk in changed[position : position + 1000]]
            items = result.importer.load(ids)
            result.context.recalled = result.importer.recall(ids)
        changes = result.importer.compare(draft, items[item_id], result.context)
        if changes.conflicts:
            result.conflicts += [(draft.row, sentence) for sentence in changes.conflicts]
        elif changes:
            result.updates.append((draft, item_id, changes))
        else:
            result.unchanged += 1
