"""One of the five lists as a workbook: all issues of the filter on one sheet, in the list's own columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO

from issues.exchange.workbooks import BATCH, STYLED_ROWS, export_note, issues_of
from issues.models import IssueList
from issues.queries.choices import Choices, choices
from issues.queries.five import facts_of
from issues.rules.filters import IssueFilter
from issues.rules.five import COLUMNS, Column, View
from projects.models import Campaign
from rectify.lib import clock
from rectify.lib.sheets.types import Value
from rectify.lib.sheets.writer import ColumnKind, ColumnOut, SheetOut, write_plain, write_styled
from townships.models import User


def view_workbook(user: User, wanted: IssueFilter, *, reason: str, now: datetime) -> tuple[bytes, int]:
    """An .xlsx of the list that ``wanted.view`` names, and its number of rows: the same issues, in the same
    order, as the page shows; it says who took it, when and why."""
    view = View(wanted.view)
    found = list(issues_of(user, wanted).values_list("pk", "list_id"))
    ids = [pk for pk, _ in found]
    day = wanted.as_of or clock.beijing_date(now)
    lists = sorted({list_id for _, list_id in found})
    sheet = SheetOut(
        name=view.label,
        title=f"{_subject(wanted, lists)}{view.label}",
        remarks=[f"截至{day.year}年{day.month}月{day.day}日　　共{len(ids)}项"],
        columns=[ColumnOut(("编号",), width=14), *(_out(column) for column in COLUMNS[view])],
        rows=_rows(ids, COLUMNS[view], choices(), day),
        notes=[export_note(user, lists[0], reason, now)] if lists else [],
    )
    if len(ids) <= STYLED_ROWS:
        return write_styled([sheet]), len(ids)
    file = BytesIO()
    write_plain([sheet], file)
    return file.getvalue(), len(ids)


def _subject(wanted: IssueFilter, lists: Sequence[int]) -> str:
    """The list's short name where all stands on one, else the campaign's name."""
    if len(lists) == 1:
        return IssueList.objects.get(pk=lists[0]).short_name
    campaign = Campaign.objects.filter(code=wanted.campaign).first()
    return campaign.name if campaign else ""


def _out(column: Column) -> ColumnOut:
    kind = ColumnKind.NUMBER if column.is_number else ColumnKind.DATE if column.is_date else ColumnKind.TEXT
    return ColumnOut((column.label,), width=column.width, kind=kind)


def _rows(ids: Sequence[int], columns: Sequence[Column], known: Choices, on: date) -> Iterator[list[Value]]:
    for start in range(0, len(ids), BATCH):
        for facts in facts_of(ids[start : start + BATCH], known, on):
            yield [facts.number, *(column.value(facts) for column in columns)]
