"""Two days compared as a workbook."""

from __future__ import annotations

from datetime import datetime

from dashboards.exchange.tables import exported, nothing, remark, table_sheet
from dashboards.rules.tallies import DIMENSION_LABELS
from dashboards.services.comparisons import Comparison, Panel
from rectify.lib.sheets.writer import SheetOut, write_styled
from townships.models import User

NOTHING = "这两天都没有数字"


def comparison_workbook(shown: Comparison, *, user: User, now: datetime) -> bytes:
    """An .xlsx with exactly the figures of the page, a sheet for each thing counted."""
    sheets = [_sheet(shown, panel, user, now) for panel in shown.panels]
    return write_styled(sheets or [nothing(shown.reading, NOTHING, _title(shown), user, now)])


def comparison_name(shown: Comparison) -> str:
    """The file's name: what, of whom, between which days."""
    return f"{_title(shown)}（{shown.period.start.isoformat()}至{shown.period.end.isoformat()}）.xlsx"


def _title(shown: Comparison) -> str:
    return f"{shown.reading.setting(()).telling.subject}两日对比表"


def _sheet(shown: Comparison, panel: Panel, user: User, now: datetime) -> SheetOut:
    return table_sheet(
        panel.table,
        panel.counted_in,
        name=f"按{DIMENSION_LABELS[shown.by]}（{panel.counted_in}）",
        title=_title(shown),
        remark=remark(shown.reading, panel.counted_in, shown.period.words),
        notes=[panel.sentence, exported(shown.reading, user, now)],
    )
