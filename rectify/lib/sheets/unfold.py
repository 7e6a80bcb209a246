"""Merged cells: which cell a place of the sheet shows, and vertical merges unfolded downward."""

from dataclasses import dataclass

from rectify.lib.sheets.types import Merge, Sheet, Value


@dataclass(frozen=True, slots=True)
class Unfolded:
    """A sheet's rows with every vertical merge filled downward in its left column.

    `rows` shares the lists of the sheet wherever nothing was filled in. `shadows` says, per row, which
    columns (from 1) show a value that stands in a row above; `spans` the last row of a merge by its top
    row, per column.
    """

    rows: list[list[Value]]
    shadows: dict[int, frozenset[int]]
    spans: dict[int, dict[int, int]]

    def is_shadow(self, row: int, column: int) -> bool:
        """Whether the value shown there is written further up."""
        return column in self.shadows.get(row, ())


def unfold(sheet: Sheet) -> Unfolded:
    """Fill vertical merges downward. Merges reaching past the filled part of the sheet are clipped to it."""
    rows = list(sheet.rows)
    shadows: dict[int, set[int]] = {}
    spans: dict[int, dict[int, int]] = {}
    for merge in sheet.merges:
        bottom = min(merge.bottom, sheet.height)
        if bottom <= merge.top or merge.left > sheet.width:
            continue
        value = sheet.cell(merge.top, merge.left)
        column_spans = spans.setdefault(merge.left, {})
        if column_spans.get(merge.top, 0) >= bottom:
            continue
        column_spans[merge.top] = bottom
        if value is not None:
            _fill(rows, shadows, merge, bottom, value)
    return Unfolded(rows, {row: frozenset(columns) for row, columns in shadows.items()}, spans)


def _fill(
    rows: list[list[Value]], shadows: dict[int, set[int]], merge: Merge, bottom: int, value: Value
) -> None:
    column = merge.left
    for row in range(merge.top + 1, bottom + 1):
        filled = shadows.get(row)
        if filled is None:
            filled = shadows[row] = set()
            rows[row - 1] = list(rows[row - 1])
        if column in filled:
            continue
        cells = rows[row - 1]
        if len(cells) < column:
            cells.extend([None] * (column - len(cells)))
        if cells[column - 1] is None:
            cells[column - 1] = value
            filled.add(column)
