"""The process that touches a hostile file: it limits itself, reads, and sends plain rows up a pipe.

Run as `python -m rectify.lib.sheets.child KIND-OF-TRY PATH LIMITS`. What it sends are frames of four bytes of
length and a marshalled tuple: ("sheet", …) then ("rows", …)* and ("cut", …) for each, at last ("end", kind);
or ("refused", sentence). Marshal runs no code when loaded, and is four times as fast as pickle here.
"""

import gc
import json
import marshal
import os
import resource
import struct
import sys
from collections.abc import Sequence
from dataclasses import asdict, astuple
from datetime import date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rectify.lib.sheets.guard import Limits, identify, out_of_reach, too_large
from rectify.lib.sheets.types import MAX_TEXT, Kind, Position, UnreadableFile

if TYPE_CHECKING:
    from rectify.lib.sheets.parsers import Parser

_ROWS_A_FRAME: Final = 1_000
_CHARACTERS_A_FRAME: Final = 4_000_000
_PARSERS: Final[dict[tuple[Kind, bool], tuple[str, str]]] = {
    ("xlsx", False): ("parsers", "parse_xlsx"),
    ("xlsx", True): ("sparse", "parse_xlsx_sparsely"),
    ("xls", False): ("binary", "parse_xls"),
    ("xls", True): ("parsers", "parse_with_calamine"),
    ("csv", False): ("parsers", "parse_csv"),
}
#: A value as it travels: moments as tuples, since marshal has no dates.
Wire = str | int | float | bool | tuple[str, tuple[int, ...]] | None


class Budget:
    """What is left of the limits while sheets are sent."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._cells = limits.cells
        self._sheets = limits.sheets

    def take_sheet(self) -> None:
        """Count a sheet; refuse the file when there are too many."""
        self._sheets -= 1
        if self._sheets < 0:
            raise too_large(f"工作表超过 {self.limits.sheets} 张")

    def take_cells(self, count: int) -> None:
        """Count filled cells; refuse the file when there are too many."""
        self._cells -= count
        if self._cells < 0:
            raise too_large(f"有内容的单元格超过 {self.limits.cells} 个")


class RowsOut:
    """Sends the rows of one sheet: without blank ends, long texts cut, refusing what is out of reach."""

    def __init__(self, sheet: str, errors: set[Position], budget: Budget) -> None:
        self._sheet, self._errors, self._budget = sheet, errors, budget
        self._held: list[list[Wire]] = []
        self._characters = 0
        self._blank = 0
        self._row = 0
        self.cut: list[Position] = []

    def add(self, row: Sequence[object]) -> None:
        """Take the next spreadsheet row."""
        self._row += 1
        cells: list[Wire] = [
            value
            if (type(value) is str and len(value) <= MAX_TEXT and not (value.isspace() or value == ""))
            or type(value) is float
            else self._plain(value, column)
            for column, value in enumerate(row, start=1)
        ]
        if self._errors:
            cells = self._without_errors(cells)
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            self._keep(cells)
        else:
            self._blank += 1

    def flush(self) -> None:
        """Send what is held; blank rows at the end of a sheet are never sent."""
        if self._held:
            send(("rows", self._held))
            self._held = []
            self._characters = 0

    def _keep(self, cells: list[Wire]) -> None:
        limits = self._budget.limits
        if self._row > limits.rows or len(cells) > limits.columns:
            first = next(column for column, value in enumerate(cells, start=1) if value is not None)
            where = (self._row, len(cells) if len(cells) > limits.columns else first)
            raise out_of_reach(self._sheet, where, limits)
        self._budget.take_cells(len(cells) - cells.count(None))
        text = "".join([value for value in cells if type(value) is str])
        if "\0" in text:
            cells = [value.replace("\0", "") or None if isinstance(value, str) else value for value in cells]
        self._held.extend([] for _ in range(self._blank))
        self._blank = 0
        self._held.append(cells)
        self._characters += len(text)
        if len(self._held) >= _ROWS_A_FRAME or self._characters > _CHARACTERS_A_FRAME:
            self.flush()

    def _without_errors(self, cells: list[Wire]) -> list[Wire]:
        wrong = self._errors
        return [
            None if (self._row, column) in wrong else value for column, value in enumerate(cells, start=1)
        ]

    def _plain(self, value: object, column: int) -> Wire:
        if isinstance(value, str):
            if len(value) > MAX_TEXT and not value.isspace():
                self.cut.append((self._row, column))
            return None if value.isspace() else value[:MAX_TEXT] or None
        if value is None or isinstance(value, bool | int | float):
            return value
        return _moment(value)


def _moment(value: object) -> Wire:
    """A date, time or duration as a tuple that marshal can carry."""
    if isinstance(value, datetime):
        day = (value.year, value.month, value.day)
        clock = (value.hour, value.minute, value.second, value.microsecond)
        return ("datetime", (*day, *clock)) if any(clock) else ("date", day)
    if isinstance(value, date):
        return ("date", (value.year, value.month, value.day))
    if isinstance(value, time):
        return ("time", (value.hour, value.minute, value.second, value.microsecond))
    if isinstance(value, timedelta):
        return ("timedelta", (value.days, value.seconds, value.microseconds))
    return str(value)


def send(frame: tuple[object, ...]) -> None:
    """Write one frame to the pipe."""
    body = marshal.dumps(frame, 2)  # type: ignore[arg-type]  # tuples of plain values only
    sys.stdout.buffer.write(struct.pack(">I", len(body)) + body)


def limit_process(limits: Limits) -> None:
    """Give this process its bounds: memory, CPU seconds, no files written, no core file."""
    for what, most in (
        (resource.RLIMIT_DATA, limits.memory_bytes),
        (resource.RLIMIT_AS, limits.memory_bytes * 2),
        (resource.RLIMIT_CPU, int(limits.seconds) + 1),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def parser_for(kind: Kind, *, careful: bool) -> "Parser | None":
    """The parser for a kind of file; with `careful`, the one for when that gave up, None where there is none.

    Imported only here: a refusal needs no parser, and all of them together take 0.2 s to import.
    """
    found = _PARSERS.get((kind, careful))
    if found is None:
        return None
    parser: Parser = getattr(import_module(f"rectify.lib.sheets.{found[0]}"), found[1])
    return parser


def send_book(path: Path, limits: Limits, *, careful: bool) -> None:
    """Identify the file, read it and send its sheets."""
    kind = identify(path, limits)
    parser = parser_for(kind, careful=careful)
    if parser is None:
        return
    budget = Budget(limits)
    for sheet in parser(path, limits):
        budget.take_sheet()
        notes = sheet.notes
        rows = RowsOut(sheet.name, set(notes.errors), budget)
        merges = [astuple(merge) for merge in notes.merges]
        about = (sheet.name, sheet.hidden, merges, notes.formats, notes.uncached, notes.errors)
        send(("sheet", *about))
        for row in sheet.rows:
            rows.add(row)
        rows.flush()
        send(("cut", rows.cut))
    send(("end", kind))


def main(attempt: str, path: str, limits: str) -> None:
    """Read one file within the limits given as JSON; `attempt` is "quick" or "careful".

    Whatever else a parser raises ends this process without an answer, and the reader tries the next parser.
    """
    bounds = Limits(**json.loads(limits))
    limit_process(bounds)
    gc.disable()  # nothing here is cyclic, and its rounds over a million cells cost as much as the cells
    try:
        send_book(Path(path), bounds, careful=attempt == "careful")
        refusal = None
    except UnreadableFile as refused:
        refusal = refused
    except MemoryError:
        refusal = too_large("读取时超出内存限制") if attempt == "careful" else None
    # Only here, outside the handlers, has what filled the memory been let go.
    if refusal:
        send(("refused", str(refusal)))
    sys.stdout.buffer.flush()
    os._exit(0)  # nothing to tidy: freeing a million cells one by one would take a tenth of a second


def arguments(attempt: str, path: Path, limits: Limits) -> list[str]:
    """The arguments that `main` takes."""
    return [attempt, str(path), json.dumps(asdict(limits))]


if __name__ == "__main__":
    main(*sys.argv[1:])
