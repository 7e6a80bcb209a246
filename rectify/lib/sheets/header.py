"""Where a table's column names stand: one to four rows found by shape, and each column's path of names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rectify.lib.cn_text import fold, squeeze
from rectify.lib.sheets.types import Merge, Sheet
from rectify.lib.sheets.words import (
    is_aside,
    is_counting,
    is_measure,
    is_note,
    is_total,
    without_parentheses,
    written,
)

#: Says whether a folded header cell is a name that ledgers use for a column.
IsName = Callable[[str], bool]

#: A header is looked for in the first rows of a sheet only.
SEARCHED_ROWS = 60
MAX_LEVELS = 4
_LONGEST_NAME = 32


@dataclass(frozen=True, slots=True)
class Header:
    """The rows that name the columns, and the names of each column (from 1) from the top level down."""

    rows: tuple[int, ...]
    paths: dict[int, tuple[str, ...]]

    @property
    def left(self) -> int:
        return min(self.paths)

    @property
    def right(self) -> int:
        return max(self.paths)


class HeaderArea:
    """The upper rows of a sheet with their merges: what stands where, as whose name."""

    def __init__(self, sheet: Sheet, last_row: int) -> None:
        self.sheet = sheet
        self.width = min(sheet.width, 1024)
        self.merges: dict[tuple[int, int], Merge] = {}
        self._owners: dict[tuple[int, int], tuple[int, int]] = {}
        for merge in sheet.merges:
            if merge.top <= last_row and merge.left <= self.width:
                self._own(merge, last_row)

    def _own(self, merge: Merge, last_row: int) -> None:
        self.merges[merge.top, merge.left] = merge
        if merge.bottom - merge.top > 2 * MAX_LEVELS:
            return
        for row in range(merge.top, min(merge.bottom, last_row) + 1):
            for column in range(merge.left, min(merge.right, self.width) + 1):
                self._owners.setdefault((row, column), (merge.top, merge.left))

    def own(self, row: int, column: int) -> str:
        """The text written in the very cell."""
        return written(self.sheet.cell(row, column))

    def owner(self, row: int, column: int) -> tuple[int, int]:
        """The cell whose text a place shows: itself, or the top left one of its merge."""
        return self._owners.get((row, column), (row, column))

    def shown(self, row: int, column: int) -> str:
        """The text a place shows, merged cells unfolded."""
        return self.own(*self.owner(row, column))

    def filled(self, row: int) -> list[tuple[int, str]]:
        """The columns of a row that hold text of their own, with it."""
        cells = self.sheet.rows[row - 1] if 1 <= row <= self.sheet.height else []
        return [
            (column, text) for column, value in enumerate(cells[: self.width], 1) if (text := written(value))
        ]

    def across(self, row: int, column: int) -> int:
        """The last column of the merge that begins there; the column itself without one."""
        merge = self.merges.get((row, column))
        return min(merge.right, self.width) if merge else column

    def down(self, row: int, column: int) -> int:
        """The last row of the merge that begins there; the row itself without one."""
        merge = self.merges.get((row, column))
        return merge.bottom if merge else row


def find_header(sheet: Sheet, is_name: IsName, first_row: int = 1) -> Header | None:
    """The header at or after a row, or None where nothing looks like one."""
    last = min(sheet.height, first_row + SEARCHED_ROWS - 1)
    area = HeaderArea(sheet, last + MAX_LEVELS)
    scores = {row: score for row in range(first_row, last + 1) if (score := _score(area, row, is_name)) > 0}
    if not scores:
        return None
    best = max(scores.values())
    core = next(row for row, score in scores.items() if score >= 0.6 * best)
    return header_of_rows(sheet, _extend(area, core, first_row, is_name), area)


def header_of_rows(sheet: Sheet, rows: Sequence[int], area: HeaderArea | None = None) -> Header | None:
    """The header that the given rows make, None where they hold no text."""
    area = area or HeaderArea(sheet, max(rows) + MAX_LEVELS)
    paths = {column: path for column in range(1, area.width + 1) if (path := _path(area, rows, column))}
    paths = _main_group(paths)
    return Header(tuple(rows), paths) if paths else None


def looks_like_name(text: str) -> bool:
    """Whether a text is short and plain enough to name a column."""
    bare = without_parentheses(fold(text)) or fold(text)
    return 0 < len(bare) <= _LONGEST_NAME and not any(mark in bare for mark in "。;；") and not is_note(text)


def _score(area: HeaderArea, row: int, is_name: IsName) -> float:
    cells = area.filled(row)
    texts = [text for _, text in cells]
    if len(cells) < 2 or is_counting(texts) or is_total(texts[0]):
        return 0
    numbers = sum(not isinstance(area.sheet.cell(row, column), str) for column, _ in cells)
    named = sum(is_name(fold(text)) for text in texts)
    if numbers > len(cells) / 4 or (numbers and named < 3):
        return 0
    if sum(is_aside(text) for text in texts) * 3 > len(texts):
        return 0
    plain = sum(looks_like_name(text) for text in texts)
    if plain < 0.7 * len(texts) or len(set(texts)) < 0.5 * len(texts):
        return 0
    return named * 3 + min(plain, 20) * 0.3


def _extend(area: HeaderArea, core: int, first_row: int, is_name: IsName) -> list[int]:
    top = bottom = core
    while top > first_row and bottom - top < MAX_LEVELS - 1 and _is_upper(area, top - 1, top):
        top -= 1
    while (
        bottom - top < MAX_LEVELS - 1
        and bottom < area.sheet.height
        and _is_lower(area, top, bottom + 1, is_name)
    ):
        bottom += 1
    return list(range(top, bottom + 1))


def _could_name(area: HeaderArea, row: int) -> list[tuple[int, str]]:
    """The filled cells of a row, none if any of them cannot be part of a header."""
    cells = area.filled(row)
    if not cells or is_counting([text for _, text in cells]):
        return []
    if any(
        not isinstance(area.sheet.cell(row, column), str) or not looks_like_name(text)
        for column, text in cells
    ):
        return []
    return cells


def _is_upper(area: HeaderArea, row: int, below: int) -> bool:
    """Whether `row`, right above the header row `below`, is a level of it."""
    cells = _could_name(area, row)
    if not cells or any(is_aside(text) for _, text in cells):
        return False
    if any(area.down(row, column) >= below for column, _ in cells):
        return True
    lower = {column for column, _ in area.filled(below)}
    if len(cells) == 1:
        column, text = cells[0]
        right = area.across(row, column)
        return (
            column > min(lower)
            and right > column
            and right - column + 1 < len(lower)
            and len(fold(text)) <= 12
        )
    spanning = [
        (column, area.across(row, column)) for column, _ in cells if area.across(row, column) > column
    ]
    if spanning:
        return all(sum(left <= column <= right for column in lower) >= 1 for left, right in spanning)
    return _complements(area, row, below)


def _is_lower(area: HeaderArea, top: int, row: int, is_name: IsName) -> bool:
    """Whether `row`, right below a header that begins at `top`, is a further level of it."""
    upper = range(top, row)
    if any(
        area.owner(row, column)[0] in upper
        for column in range(1, area.width + 1)
        if _named(area, row, column)
    ):
        cells = area.filled(row)
        return not cells or bool(_could_name(area, row))
    cells = _could_name(area, row)
    if not cells:
        return False
    if all(is_measure(text) and area.shown(row - 1, column) for column, text in cells):
        return True
    spans = [(column, area.across(row - 1, column)) for column, _ in area.filled(row - 1)]
    wide = [(left, right) for left, right in spans if right > left]
    if wide:
        inside = [column for column, _ in cells if any(left <= column <= right for left, right in wide)]
        return len(inside) == len(cells) and (len(cells) >= 2 or is_name(fold(cells[0][1])))
    return _complements(area, row - 1, row)


def _named(area: HeaderArea, row: int, column: int) -> bool:
    return bool(area.shown(row, column))


def _complements(area: HeaderArea, upper: int, lower: int) -> bool:
    """Whether two rows without merges are levels: children stand below or right of their parent."""
    above = {column for column, _ in area.filled(upper)}
    below = [column for column, _ in area.filled(lower)]
    if len(below) < 2 or len(above) < 2 or min(below) < min(above):
        return False
    parents = [column for column in below if column in above]
    free = [column for column in below if column not in above]
    if not free or len(parents) > len(free):
        return False
    leading = all(column + 1 in free for column in parents)
    alone = [column for column in above if column not in below]
    return leading and bool(alone)


def _path(area: HeaderArea, rows: Sequence[int], column: int) -> tuple[str, ...]:
    path: list[str] = []
    seen: set[tuple[int, int]] = set()
    for row in rows:
        place = area.owner(row, column)
        if place[0] < rows[0]:
            continue
        text = squeeze(area.own(*place)) or _inherited(area, rows, row, column)
        if place in seen or not text or (path and path[-1] == text):
            continue
        seen.add(place)
        path.append(text)
    return tuple(path)


def _inherited(area: HeaderArea, rows: Sequence[int], row: int, column: int) -> str:
    """A parent's name for a column right of it where the parent was not merged over its children."""
    below = range(row + 1, rows[-1] + 1)
    if not below or area.owner(row, column) != (row, column):
        return ""

    def has_child(at: int) -> bool:
        return any(area.own(lower, at) for lower in below)

    left = column
    while left > 0 and has_child(left):
        if text := area.own(row, left):
            return "" if (row, left) in area.merges and area.across(row, left) > left else squeeze(text)
        left -= 1
    return ""


def _main_group(paths: dict[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
    """Leaves out what stands apart to the right: remarks, or a second table that repeats names."""
    columns = sorted(paths)
    for before, column in pairwise(columns):
        if column - before < 2:
            continue
        left = {at: path for at, path in paths.items() if at < column}
        right = {at: path for at, path in paths.items() if at >= column}
        if all(is_note(path[-1]) or is_aside(path[-1]) for path in right.values()):
            return left
        if {path[-1] for path in left.values()} & {path[-1] for path in right.values()}:
            return left if len(left) >= len(right) else right
    return paths
