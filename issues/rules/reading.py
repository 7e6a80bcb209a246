"""From a read workbook to its report: each sheet understood, each row as fields, everything doubtful said."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

from issues.rules import rows_issues, rows_projects
from issues.rules.cells import MONEY, QUANTITIES, CellTools, Handler, Row, counting, handler
from issues.rules.decisions import Decisions, SheetDecisions
from issues.rules.grouping import row_groups
from issues.rules.report import ColumnReport, Kind, RowProblem, RowReport, SheetReport, WorkbookReport
from issues.rules.row_dates import RowDates
from issues.rules.rows_other import finish_fund, finish_lead
from issues.rules.sheet_dates import is_plain_name, money_unit, sheet_dates
from issues.rules.sheet_kinds import is_name, understand
from issues.rules.sheet_scope import SheetScope
from issues.rules.unit_cells import UnitCells
from rectify.lib.sheets.columns import layout_fingerprint
from rectify.lib.sheets.formats import shown
from rectify.lib.sheets.shape import Table, find_table, table_without_header
from rectify.lib.sheets.types import Book, Sheet, Value
from rectify.lib.workdays import Workdays
from townships.rules.names import UnitIndex

__all__ = ["Decisions", "ReadingContext", "duplicate_suspects", "read_sheet", "read_workbook"]

#: A number that a broken formula hides keeps its row out.
_COUNTED: Final = QUANTITIES | MONEY
_FINISH: Final[dict[Kind, Callable[[Row, SheetScope], None]]] = {
    Kind.ISSUES: rows_issues.finish,
    Kind.PROJECTS: rows_projects.finish,
    Kind.LEADS: finish_lead,
    Kind.FUNDS: finish_fund,
}


@dataclass(frozen=True)
class ReadingContext:
    """What a file is read with. `ref_date` and `found_on` are the command's options, `today` Beijing's date;
    `remembered`: layout fingerprint → column letter → field, as people corrected it before."""

    units: UnitIndex
    workdays: Workdays
    today: date
    file_name: str = ""
    ref_date: date | None = None
    found_on: date | None = None
    remembered: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    decisions: Decisions = field(default_factory=Decisions)


def read_workbook(book: Book, context: ReadingContext, sheet_name: str | None = None) -> WorkbookReport:
    """The report of a workbook, or of one sheet of it. Raises ValueError where no sheet has that name."""
    sheets = [sheet for sheet in book.sheets if sheet_name in (None, sheet.name)]
    if not sheets:
        raise ValueError(f"文件里没有名为“{sheet_name}”的工作表。")
    return WorkbookReport(context.file_name, [read_sheet(sheet, context) for sheet in sheets])


def read_sheet(sheet: Sheet, context: ReadingContext) -> SheetReport:
    """The report of one sheet; `kind` is skipped, with one sentence, where it holds no table of ours."""
    with _without_collector():
        return _read_sheet(sheet, context)


def _read_sheet(sheet: Sheet, context: ReadingContext) -> SheetReport:
    decided = context.decisions.of_sheet(sheet.name)
    presented = _as_shown(sheet)
    table = find_table(presented, is_name, decided.header_rows) or table_without_header(presented)
    if table is None:
        why = "空表" if not sheet.height else "没有找到表头和数据，可能是封面或说明"
        return SheetReport(sheet.name, Kind.SKIPPED, why, source=presented.rows)
    return _SheetReading(sheet, table, context, decided).read()


def _as_shown(sheet: Sheet) -> Sheet:
    """The sheet with what telling number formats show in place of the values (183户, 2018年6月)."""
    if not sheet.formats:
        return sheet
    rows = list(sheet.rows)
    by_row: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for (row, column), code in sheet.formats.items():
        by_row[row].append((column, code))
    for row, formats in by_row.items():
        if not 1 <= row <= len(rows):
            continue
        cells: list[Value] = list(rows[row - 1])
        for column, code in formats:
            if column <= len(cells) and cells[column - 1] is not None:
                cells[column - 1] = shown(cells[column - 1], code)
        rows[row - 1] = cells
    return replace(sheet, rows=rows)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Rows hold no cycles; the collector would only walk over all of them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _SheetReading:
    """Reads the rows of one table."""

    def __init__(self, sheet: Sheet, table: Table, context: ReadingContext, decided: SheetDecisions) -> None:
        self._sheet, self._table, self._context, self._decided = sheet, table, context, decided
        self._dates = sheet_dates(table, sheet.name, context.today, context.ref_date, context.found_on)
        self._units = UnitCells(context.units, self._dates.ref_on, context.decisions.units)
        self._layout = layout_fingerprint(table.columns)
        self._last_day = self._dates.as_of or min(self._dates.ref_on, context.today)
        self._understood = understand(table, sheet.name, self._units, self._last_day, decided.kind)
        self._columns = self._mapped()
        self._broken = self._broken_cells()

    def read(self) -> SheetReport:
        report = self._report()
        if report.kind is Kind.SKIPPED:
            return report
        scope = self._scope()
        rows = self._rows(scope, report)
        report.rows = [row for row in rows if row is not None]
        self._settle_found_on(report, scope)
        report.errors = sorted(scope.errors, key=_place)
        report.warnings += sorted(scope.warnings, key=_place)
        report.decisions = [*scope.unknown.values(), *scope.dates.open.values()]
        report.suspects = duplicate_suspects(report.rows)
        return report

    def _mapped(self) -> list[ColumnReport]:
        """Each column's field: as understood, as remembered for this layout, as decided for this file."""
        overrides = {**self._context.remembered.get(self._layout, {}), **self._decided.columns}
        columns = []
        for column, name in zip(self._table.columns, self._understood.fields, strict=True):
            chosen = overrides.get(column.letter, name)
            if chosen == "deadline" and column.path and "长期" in column.path[-1]:
                chosen = "deadline_long"
            columns.append(ColumnReport(column, chosen))
        return columns

    def _report(self) -> SheetReport:
        table, understood, dates = self._table, self._understood, self._dates
        return SheetReport(
            name=self._sheet.name,
            kind=understood.kind,
            why=understood.why,
            title=table.title,
            as_of=dates.as_of,
            found_on=dates.found_on,
            ref_on=dates.ref_on,
            programme=self._programme() if understood.kind is Kind.PROJECTS else "",
            header_rows=table.header_rows,
            first_data_row=table.first_data_row,
            last_data_row=table.last_data_row,
            columns=self._columns,
            layout=self._layout,
            skipped=list(table.skipped),
            warnings=self._warnings_of_sheet(),
            source=table.unfolded.rows,
        )

    def _programme(self) -> str:
        """The sheet's name, or its title where the name says nothing."""
        if not is_plain_name(self._sheet.name):
            return self._sheet.name
        return self._table.title or Path(self._context.file_name).stem or self._sheet.name

    def _scope(self) -> SheetScope:
        quantity = next((column for column in self._columns if column.reads == "quantity"), None)
        told = counting(quantity.column.path, money_unit(self._table)) if quantity else None
        scope = SheetScope(
            table=self._table,
            columns=self._columns,
            units=self._units,
            last_day=self._last_day,
            sheet_name=self._sheet.name,
            programme=self._programme(),
            year=self._dates.year,
            counted_in=("万元" if told.money else told.counted_in or "个") if told else "个",
        )
        scope.dates = RowDates(
            workdays=self._context.workdays,
            ref_on=self._dates.ref_on,
            given=self._context.ref_date is not None,
            say=scope.say,
            decided=self._context.decisions.deadlines,
        )
        return scope

    def _rows(self, scope: SheetScope, report: SheetReport) -> list[RowReport | None]:
        tools = CellTools(self._units, money_unit(self._table), scope.say, scope.note_unknown)
        handlers = [(column.column.number - 1, handler(column, tools)) for column in self._columns]
        finish = _FINISH[report.kind]
        groups = row_groups(self._table, self._columns) if report.kind is Kind.ISSUES else {}
        joined = {row for rows in groups.values() for row in rows[1:]}
        report.skipped = [skipped for skipped in report.skipped if skipped.row not in joined]
        found: list[RowReport | None] = []
        for number in self._table.data:
            if number in joined:
                continue
            numbers = groups.get(number, (number,))
            read = [self._row(at, handlers, finish, scope, at != number) for at in numbers]
            row = rows_issues.gather(read, scope) if len(read) > 1 else read[0]
            if not row.is_wrong:
                found.append(self._row_report(row, numbers))
        return found

    def _row(
        self,
        number: int,
        handlers: Sequence[tuple[int, Handler]],
        finish: Callable[[Row, SheetScope], None],
        scope: SheetScope,
        is_further: bool,
    ) -> Row:
        """One row read; of a further row of a merged issue only what is its own."""
        values = self._table.unfolded.rows[number - 1]
        row = Row(number, values)
        own = self._overridden(number, values) if self._decided.rows else values
        if is_further:
            own = self._without_shadows(number, own)
        width = len(own)
        for at, read in handlers:
            if at < width and (value := own[at]) is not None:
                read(value, row)
        if self._broken:
            self._say_broken_cells(row, scope)
        finish(row, scope)
        return row

    def _without_shadows(self, number: int, values: list[Value]) -> list[Value]:
        shadows = self._table.unfolded.shadows.get(number, frozenset())
        return [None if at in shadows else value for at, value in enumerate(values, 1)]

    def _overridden(self, number: int, values: list[Value]) -> list[Value]:
        """The row with the cells that a person has corrected, by the column's letter or by field."""
        corrected = self._decided.rows.get(number)
        if not corrected:
            return values
        cells = list(values)
        for name, text in corrected.items():
            at = next(
                (
                    column.column.number
                    for column in self._columns
                    if name in (column.letter, column.reads, column.field)
                ),
                None,
            )
            if at is not None:
                cells.extend([None] * (at - len(cells)))
                cells[at - 1] = text or None
        return cells

    def _say_broken_cells(self, row: Row, scope: SheetScope) -> None:
        """Formulas without a result, #N/A, and texts that were cut."""
        for column, message in self._broken.get(row.number, ()):
            is_error = column.reads in _COUNTED and "截" not in message
            scope.say(row, column, column.reads or "", None, message, is_error)

    def _broken_cells(self) -> dict[int, list[tuple[ColumnReport, str]]]:
        sheet = self._sheet
        by_number = {column.column.number: column for column in self._columns}
        told = [(place, "公式没有算出结果，按空白处理") for place in sheet.uncached]
        told += [(place, f"单元格出错（{word}），按空白处理") for place, word in sheet.errors.items()]
        told += [(place, "文字超过32767个字，只截取到这里") for place in sheet.cut]
        found: dict[int, list[tuple[ColumnReport, str]]] = defaultdict(list)
        for (row, number), message in told:
            if number in by_number:
                found[row].append((by_number[number], message))
        return found

    def _row_report(self, row: Row, numbers: tuple[int, ...]) -> RowReport:
        return RowReport(row.number, numbers, row.fields, row.extra, row.values, row.hidden)

    def _settle_found_on(self, report: SheetReport, scope: SheetScope) -> None:
        """The sheet's day goes back to its earliest dated step where that is earlier, with one warning."""
        if report.kind is not Kind.ISSUES or report.found_on is None:
            return
        steps = [
            (row.fields["done_on"], row.row)
            for row in report.rows
            if "done_on" in row.fields and "found_on" not in row.fields
        ]
        earliest, row = min(steps, default=(report.found_on, 0))
        if earliest < report.found_on:
            message = f"有问题在{report.found_on}之前已完成，全表的发现日期提前到{earliest}"
            report.found_on = earliest
            report.warnings.append(
                RowProblem(row, scope.letter_of("done_on"), "found_on", str(earliest), message)
            )

    def _warnings_of_sheet(self) -> list[RowProblem]:
        return [
            RowProblem(row, "", None, "", f"第{row}行起另有一张表，没有读取；要读请放到单独的工作表")
            for row in self._table.other_tables
        ]


def _place(problem: RowProblem) -> tuple[int, int, str]:
    """Where a problem stands, for the order of the sheet: AA comes after Z."""
    return problem.row, len(problem.column), problem.column


def duplicate_suspects(rows: Sequence[RowReport]) -> list[list[int]]:
    """Groups of rows that say the same of the same place: township, village, place, household, category and
    description. They may be different households all the same; a person decides."""
    names = ("township", "village", "place", "household", "name", "category", "description")
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for row in rows:
        key = tuple(row.fields.get(name) for name in names)
        if any(key[3:5]) or key[6]:
            groups[key].append(row.row)
    return [group for group in groups.values() if len(group) > 1]
