"""The matrix of a collection as a workbook: one row a unit, one column a period, the silent ones named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from alerts.models import Collection
from alerts.queries.round_pages import KindTable, Matrix
from alerts.rules.rounds import Period
from rectify.lib.sheets.types import Value
from rectify.lib.sheets.writer import ColumnKind, ColumnOut, SheetOut, write_styled
from townships.models import User


def matrix_workbook(collection: Collection, shown: Matrix, *, user: User, now: datetime) -> bytes:
    """An .xlsx of what the page shows, sheets by kind of unit; it says who took it and when."""
    return write_styled([_sheet(collection, shown, table, user, now) for table in shown.tables])


def _sheet(collection: Collection, shown: Matrix, table: KindTable, user: User, now: datetime) -> SheetOut:
    looked_at = Period(shown.looked_at.first_on, shown.looked_at.last_on)
    counts = "、".join(f"{standing.label}{number}" for standing, number in table.counts)
    others = [Period(one.first_on, one.last_on).label for one in shown.others]
    return SheetOut(
        name=table.label,
        title=f"{collection.title}报送情况",
        remarks=[f"{looked_at.label}　　共{len(table.rows)}个{table.label}：{counts}"],
        columns=[
            ColumnOut(("单位",), width=18),
            ColumnOut(("代码",), width=14),
            ColumnOut(("本期",), width=10),
            ColumnOut(("报送日期",), width=12, kind=ColumnKind.DATE),
            ColumnOut(("催报次数",), width=10, kind=ColumnKind.NUMBER),
            *(ColumnOut((label,), width=14) for label in others),
        ],
        rows=_rows(table),
        notes=[f"{user.name}于{now:%Y-%m-%d %H:%M}导出"],
    )


def _rows(table: KindTable) -> Iterator[list[Value]]:
    for row in table.rows:
        now, others = row.now, [cell.label if cell else "" for cell in row.others]
        told = [now.standing.label, now.answered_on, now.filing.nudges]
        yield [row.unit.name, row.unit.code, *told, *others]
