"""Ledgers of any length in the office's own layout: the demo's rows, over and over."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

from bench.house import DEMO, REPOSITORY

LEDGER = REPOSITORY / "demo" / "ledgers" / DEMO["ledgers"][0]
TITLE = "某县问题整改台账"
HEADS = (
    "序号", "乡镇", "村", "户主", "问题类别", "具体问题", "数量（户）", "牵头单位", "责任单位", "责任人",
    "整改措施", "整改时限", "进展情况", "是否完成", "完成时间",
)  # fmt: skip
COLUMNS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15)
"""Where the demo's ledger holds what HEADS name."""


def build(path: Path, count: int) -> Path:
    """Write a workbook of ``count`` rows × 15 columns; every household has its own name."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("台账")
    sheet.write(0, 0, TITLE)
    sheet.write(1, 0, "截至2018年5月20日")
    sheet.write_row(2, 0, HEADS)
    for position, row in enumerate(islice(cycle(_rows()), count)):
        sheet.write_row(3 + position, 0, [position + 1, *row[1:3], f"户主{position}", *row[4:]])
    book.close()
    return path


def _rows() -> list[list[Any]]:
    """The demo's rows, its merged township filled in."""
    found, township = [], None
    with closing(openpyxl.load_workbook(LEDGER, read_only=True)) as book:
        rows = list(book.active.iter_rows(values_only=True))
    for row in rows[5:]:
        if not row[2] or not row[4]:
            continue
        township = row[1] or township
        values = [row[column] for column in COLUMNS]
        found.append([values[0], township, *(_plain(value) for value in values[2:])])
    return found


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%d") if isinstance(value, date | datetime) else value
