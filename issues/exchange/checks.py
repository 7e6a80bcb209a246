"""A 核查单 as a workbook: one line an issue, with empty columns to tick and fill in on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from issues.models import CheckSheet
from issues.queries.checks import Row
from issues.rules.records import Method, ReturnReason
from rectify.lib import clock
from rectify.lib.sheets.types import Value
from rectify.lib.sheets.writer import ColumnKind, ColumnOut, SheetOut, write_styled
from townships.models import User

DEMO_MARK = "演示数据，纯属虚构。"
BOXES = "\n".join(f"□{reason.label.partition('（')[0]}" for reason in ReturnReason)
COLUMNS = (
    ColumnOut(("序号",), width=5, kind=ColumnKind.NUMBER),
    ColumnOut(("编号",), width=15),
    ColumnOut(("台账序号",), width=8),
    ColumnOut(("问题",), width=36),
    ColumnOut(("地点",), width=14),
    ColumnOut(("户主",), width=8),
    ColumnOut(("责任单位",), width=12),
    ColumnOut(("计量单位",), width=6),
    ColumnOut(("自报完成",), width=8, kind=ColumnKind.NUMBER),
    ColumnOut(("未核实",), width=8, kind=ColumnKind.NUMBER),
    ColumnOut(("核查情况", "核查数量"), width=9),
    ColumnOut(("核查情况", "属实数量"), width=9),
    ColumnOut(("核查情况", "退回理由（勾选）"), width=13),
    ColumnOut(("核查情况", "意见"), width=20),
    ColumnOut(("核查人签字",), width=11),
)


def check_workbook(
    sheet: CheckSheet, rows: Sequence[Row], user: User, *, reason: str, now: datetime
) -> bytes:
    """An .xlsx of the sheet that says who took it, when and why."""
    planned = f"　计划日期：{sheet.planned_on.isoformat()}" if sheet.planned_on else ""
    out = SheetOut(
        name=sheet.number,
        title=f"核查单 {sheet.title}",
        remarks=[
            f"编号：{sheet.number}　方式：{Method(sheet.method).label}　核查单位：{sheet.unit.name}{planned}"
        ],
        columns=COLUMNS,
        rows=[_cells(position, row) for position, row in enumerate(rows, start=1)],
        notes=[
            "被核查单位到场人：　　　　　　　　　　核查人：　　　　　　　　　　日期：　　　　年　　月　　日",
            _note(sheet, user, reason, now),
        ],
    )
    return write_styled([out])


def _cells(position: int, row: Row) -> list[Value]:
    issue = row.issue
    return [
        position,
        issue.number,
        issue.ledger_number,
        row.description,
        row.place,
        row.household,
        row.unit,
        issue.counted_in,
        issue.claimed,
        row.unverified,
        None,
        None,
        "" if row.done else BOXES,
        row.done,
    ]


def _note(sheet: CheckSheet, user: User, reason: str, now: datetime) -> str:
    unit = user.unit.short_name if user.unit else ""
    moment = now.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M")
    mark = DEMO_MARK if sheet.campaign.is_demo else ""
    return f"注：{mark}导出：{unit}{user.name}　{moment}　用途：{reason.strip()}"
