"""The office's 汇总表: the board as a workbook, for each thing counted one sheet by kind, one by place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from dashboards.rules.boards import Line, Number, Panel, Table
from dashboards.rules.figures import MONEY
from dashboards.rules.indicators import Indicator
from dashboards.rules.sentences import chinese_date
from dashboards.rules.tallies import ISSUES
from dashboards.services.boards import Board
from rectify.lib import clock
from rectify.lib.sheets.types import Value
from rectify.lib.sheets.writer import ColumnKind, ColumnOut, SheetOut, write_styled
from townships.models import User

DEMO_MARK = "演示数据，纯属虚构"
BASES = {"claimed": "上报口径", "confirmed": "核实口径"}


def summary_workbook(board: Board, *, user: User, now: datetime) -> bytes:
    """An .xlsx with exactly the figures of the board's page."""
    sheets = [sheet for panel in board.panels for sheet in _sheets(board, panel, user, now)]
    return write_styled(sheets or [_nothing(board, user, now)])


def summary_name(board: Board) -> str:
    """The file's name: what, of whom, as of when."""
    return f"{_subject(board)}{_what(board)}汇总表（截至{board.reading.as_of.isoformat()}）.xlsx"


def _subject(board: Board) -> str:
    return board.reading.setting(()).telling.subject


def _what(board: Board) -> str:
    return "问题整改情况" if board.reading.query.of == ISSUES else "项目推进情况"


def _sheets(board: Board, panel: Panel, user: User, now: datetime) -> Iterator[SheetOut]:
    for table, name in ((panel.by_kind, f"按{panel.by_kind.label}"), (panel.by_place, "按乡镇")):
        rows = [list(_values(line, table)) for line in (*table.lines, table.total)]
        yield SheetOut(
            name=f"{name}（{panel.counted_in}）",
            columns=_columns(panel, table),
            rows=rows,
            title=f"{_subject(board)}{_what(board)}汇总表",
            remarks=[_remark(board, panel)],
            notes=[*_notes(board, panel), _exported(board, user, now)],
            bold_rows=frozenset({len(rows)}),
        )


def _remark(board: Board, panel: Panel) -> str:
    basis = f"　　口径：{BASES[board.reading.query.basis]}" if board.reading.query.of == ISSUES else ""
    return f"计量单位：{panel.counted_in}　　截至{chinese_date(board.reading.as_of)}{basis}"


def _notes(board: Board, panel: Panel) -> Iterator[str]:
    yield panel.sentence
    if panel.by_place.columns:
        yield f"“按乡镇”表右侧各类别为{panel.cell_indicator.name}（{panel.counted_in}）。"


def _exported(board: Board, user: User, now: datetime) -> str:
    mark = f"{DEMO_MARK}。" if board.reading.campaign.is_demo else ""
    unit = user.unit.short_name if user.unit else ""
    moment = now.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M")
    return f"{mark}导出：{unit}{user.name}　{moment}"


def _nothing(board: Board, user: User, now: datetime) -> SheetOut:
    return SheetOut(
        name="汇总表",
        columns=[ColumnOut((str(board.answer["sentence"]),), width=60)],
        rows=[],
        title=f"{_subject(board)}{_what(board)}汇总表",
        remarks=[f"截至{chinese_date(board.reading.as_of)}"],
        notes=[_exported(board, user, now)],
    )


def _columns(panel: Panel, table: Table) -> list[ColumnOut]:
    columns = [ColumnOut((table.label,), width=24)]
    columns += [_figure_column(head, panel.counted_in) for head in table.heads]
    money = panel.counted_in == MONEY
    kind = ColumnKind.MONEY if money else ColumnKind.NUMBER
    group = f"各类{panel.cell_indicator.name}"
    columns += [ColumnOut((group, name), width=12, kind=kind) for name in table.columns]
    if table.has_worst:
        columns.append(ColumnOut((panel.worst_indicator.name,), width=34))
    return columns


def _figure_column(head: Indicator, counted_in: str) -> ColumnOut:
    if head.is_rate:
        return ColumnOut((head.name,), width=11, kind=ColumnKind.RATE)
    money = counted_in == MONEY or head.code.startswith("amount")
    name = f"{head.name}（{MONEY}）" if money and counted_in != MONEY else head.name
    return ColumnOut((name,), width=12, kind=ColumnKind.MONEY if money else ColumnKind.NUMBER)


def _values(line: Line, table: Table) -> Iterator[Value]:
    yield line.name
    for head, number in zip(table.heads, line.numbers, strict=True):
        yield _rate(number) if head.is_rate else _number(number)
    for cell in line.cells:
        yield _number(cell)
    if table.has_worst:
        yield line.worst or None


def _number(number: Number) -> Value:
    return Decimal(number.text) if number.text else None


def _rate(number: Number) -> Value:
    return Decimal(number.text.rstrip("%")) / 100 if number.text.endswith("%") else None
