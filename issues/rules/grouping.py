"""Which rows are one issue: number and description merged over them, or rows that only add measures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from issues.rules.report import ColumnReport
from rectify.lib.sheets.shape import Table

#: Fields that differ from measure to measure within one issue.
_OF_A_MEASURE: Final = frozenset(
    {
        "actions", "action_due", "deadline", "person", "responsible_units", "support_units", "lead_unit",
        "progress", "done", "state_text", "done_on", "note", "goal", "leader", "deadline_long", "done_amount",
    }
)  # fmt: skip


def row_groups(table: Table, columns: Sequence[ColumnReport]) -> dict[int, tuple[int, ...]]:
    """Top row → all rows of issues that take more than one row."""
    groups = _merged(table, columns) or _carried_on(table, columns)
    return {rows[0]: rows for rows in groups if len(rows) > 1}


def _merged(table: Table, columns: Sequence[ColumnReport]) -> list[tuple[int, ...]]:
    """By vertical merges of number and description; of the description alone where nothing numbers the rows
    and everything else that changes below belongs to a measure."""
    spans = table.unfolded.spans
    numbers = [column.column.number for column in columns if column.reads == "number"]
    described = [column.column.number for column in columns if column.reads == "description"]
    if not numbers and not _only_measures_differ(columns):
        return []
    groups = []
    data = set(table.data)
    for top in table.data:
        bottoms = [spans.get(number, {}).get(top, 0) for number in numbers or described]
        bottom = max(bottoms, default=0)
        if bottom > top and _covers(table, described, top, bottom):
            groups.append(tuple(row for row in range(top, bottom + 1) if row in data or row == top))
    return groups


def _covers(table: Table, described: Sequence[int], top: int, bottom: int) -> bool:
    """Whether one description stands merged over the rows."""
    for column in described:
        for start, end in table.unfolded.spans.get(column, {}).items():
            if start <= top and end >= bottom:
                return True
    return False


def _only_measures_differ(columns: Sequence[ColumnReport]) -> bool:
    distinct = ("township", "village", "place", "household", "quantity", "amount")
    return not any(column.reads in distinct for column in columns)


def _carried_on(table: Table, columns: Sequence[ColumnReport]) -> list[tuple[int, ...]]:
    """Rows without merges (a text file) that leave number and description blank and only add measures."""
    keys = [column.column.number for column in columns if column.reads in ("number", "description")]
    fields = {column.reads for column in columns}
    if not {"number", "description", "actions"} <= fields:
        return []
    further = [column.column.number for column in columns if column.reads in _OF_A_MEASURE]
    other = [
        column.column.number
        for column in columns
        if column.reads not in _OF_A_MEASURE and column.column.number not in keys
    ]
    groups: list[tuple[int, ...]] = []
    for row in table.data:
        cells = table.unfolded.rows[row - 1]

        def filled(numbers: Sequence[int], cells: Sequence[object] = cells) -> bool:
            return any(number <= len(cells) and cells[number - 1] is not None for number in numbers)

        if groups and not filled(keys) and not filled(other) and filled(further):
            groups[-1] = (*groups[-1], row)
        else:
            groups.append((row,))
    return groups
