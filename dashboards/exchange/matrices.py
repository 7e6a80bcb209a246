"""The matrix of townships and kinds as a workbook."""

from __future__ import annotations

from datetime import datetime

from dashboards.exchange.tables import exported, nothing, remark, table_sheet
from dashboards.rules.matrix import Matrix
from dashboards.rules.tables import Table
from dashboards.rules.tallies import DIMENSION_LABELS
from dashboards.services.matrices import Matrices
from rectify.lib.sheets.writer import SheetOut, write_styled
from townships.models import User

NOTHING = "这个范围内还没有数字"


def matrix_workbook(shown: Matrices, *, user: User, now: datetime) -> bytes:
    """An .xlsx with exactly the figures of the page, a sheet for each thing counted."""
    sheets = [_sheet(shown, block, user, now) for block in shown.blocks]
    return write_styled(sheets or [nothing(shown.reading, NOTHING, _title(shown, "矩阵"), user, now)])


def matrix_name(shown: Matrices) -> str:
    """The file's name: what, of whom, as of when."""
    said = shown.blocks[0].said.name if shown.blocks else "矩阵"
    return f"{_title(shown, said)}（截至{shown.reading.as_of.isoformat()}）.xlsx"


def _title(shown: Matrices, said: str) -> str:
    return f"{shown.reading.setting(()).telling.subject}各乡镇{said}分布表"


def _sheet(shown: Matrices, block: Matrix, user: User, now: datetime) -> SheetOut:
    table = Table(
        label=DIMENSION_LABELS["township"],
        heads=(block.said,),
        lines=block.lines,
        total=block.total,
        columns=tuple(column.name for column in block.columns),
    )
    worst = [f"{column.name}：{column.worst}" for column in block.columns if column.worst]
    named = [f"其中最多　{'；'.join(worst)}。"] if worst else []
    return table_sheet(
        table,
        block.counted_in,
        name=f"{block.said.name}（{block.counted_in}）",
        title=_title(shown, block.said.name),
        remark=remark(shown.reading, block.counted_in),
        notes=[block.sentence, *named, exported(shown.reading, user, now)],
        group=f"各类{block.said.name}",
    )
