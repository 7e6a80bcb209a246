"""The office's 汇总表: the board as a workbook, for each thing counted one sheet by kind, one by place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dashboards.exchange.tables import exported, nothing, remark, table_sheet
from dashboards.rules.boards import Panel
from dashboards.rules.tallies import ISSUES
from dashboards.services.boards import Board
from rectify.lib.sheets.writer import SheetOut, write_styled
from townships.models import User


def summary_workbook(board: Board, *, user: User, now: datetime) -> bytes:
    """An .xlsx with exactly the figures of the board's page."""
    sheets = [sheet for panel in board.panels for sheet in _sheets(board, panel, user, now)]
    told = str(board.answer["sentence"])
    return write_styled(sheets or [nothing(board.reading, told, _title(board), user, now)])


def summary_name(board: Board) -> str:
    """The file's name: what, of whom, as of when."""
    return f"{_title(board)}（截至{board.reading.as_of.isoformat()}）.xlsx"


def _title(board: Board) -> str:
    what = "问题整改情况" if board.reading.query.of == ISSUES else "项目推进情况"
    return f"{board.reading.setting(()).telling.subject}{what}汇总表"


def _sheets(board: Board, panel: Panel, user: User, now: datetime) -> Iterator[SheetOut]:
    for table, name in ((panel.by_kind, f"按{panel.by_kind.label}"), (panel.by_place, "按乡镇")):
        yield table_sheet(
            table,
            panel.counted_in,
            name=f"{name}（{panel.counted_in}）",
            title=_title(board),
            remark=remark(board.reading, panel.counted_in),
            notes=[*_notes(panel), exported(board.reading, user, now)],
            group=f"各类{panel.cell_indicator.name}",
            worst=panel.worst_indicator.name,
        )


def _notes(panel: Panel) -> Iterator[str]:
    yield panel.sentence
    if panel.by_place.columns:
        yield f"“按乡镇”表右侧各类别为{panel.cell_indicator.name}（{panel.counted_in}）。"
