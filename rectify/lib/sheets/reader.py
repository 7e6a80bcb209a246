"""Reads any workbook safely: the parsing happens in a child process with bounds, killed for certain."""

import hashlib
import marshal
import os
import select
import signal
import struct
import subprocess
import sys
import time as clockwork
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import rectify
from rectify.lib.sheets.child import arguments
from rectify.lib.sheets.guard import DEFAULT, MIB, Limits, damaged, refused, too_large
from rectify.lib.sheets.types import Book, Kind, Merge, Position, Sheet, UnreadableFile, Value

_ROOT: Final = str(Path(rectify.__file__).parent.parent)
_MOMENTS: Final[dict[str, Callable[..., Value]]] = {
    "date": date,
    "datetime": datetime,
    "time": time,
    "timedelta": timedelta,
}


class _ChildLostError(Exception):
    """The child ended without an answer: its parser gave up, or a bound stopped it."""


class _OutOfTimeError(Exception):
    """The clock ran out before the child had answered."""


def read_book(path: Path | str, *, csv_name: str | None = None, limits: Limits = DEFAULT) -> Book:
    """Read a workbook or a delimited text; what it is, is decided by its content, not its name.

    The one sheet of a text is named after `csv_name` (else the file), without the ending. Takes at most
    `limits.seconds` and, beside what the book itself needs, `limits.memory_bytes` in another process.
    Raises UnreadableFile, one plain Chinese sentence, for whatever cannot be read.
    """
    path = Path(path).resolve()
    deadline = clockwork.monotonic() + limits.seconds
    size, digest = _identity(path, limits)
    for attempt in ("quick", "careful"):
        try:
            kind, sheets = _read(path, attempt, limits, deadline, Path(csv_name or path.name).stem)
        except _ChildLostError:
            continue
        except _OutOfTimeError as error:
            raise too_large("读取超时") from error
        return Book(tuple(sheets), kind, digest, size)
    raise damaged()


def number(value: float) -> int | Decimal | None:
    """A spreadsheet's number: whole ones as int, others as Decimal of the 15 digits a spreadsheet keeps.

    So 711.62 is exactly 711.62, also where a sum left 711.6199999999999 in the file. None for infinity.
    """
    if value != value or value in (float("inf"), float("-inf")):
        return None
    if value.is_integer():
        # From 10^15 on the digits as written count, not those of the nearest binary fraction.
        return int(value) if abs(value) < 1e15 else int(Decimal(repr(value)))
    exact = Decimal(f"{value:.15g}")
    return int(exact) if exact == exact.to_integral_value() else exact


def _identity(path: Path, limits: Limits) -> tuple[int, str]:
    try:
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise too_large(f"文件超过 {limits.file_bytes // MIB} MB")
        with path.open("rb") as file:
            return size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise refused("文件不存在或没有读取权限", "检查文件后重新上传") from error


def _read(path: Path, attempt: str, limits: Limits, deadline: float, name: str) -> tuple[Kind, list[Sheet]]:
    """Let a child read the file. Raises UnreadableFile, _ChildLostError or _OutOfTimeError."""
    sheets: list[_Sheet] = []
    with _child(path, attempt, limits) as pipe:
        for label, *content in _frames(pipe, deadline, limits):
            match label:
                case "sheet":
                    sheets.append(_Sheet(*content))
                case "rows":
                    sheets[-1].rows.extend(_values(row) for row in content[0])
                case "cut":
                    sheets[-1].cut = tuple(content[0])
                case "refused":
                    raise UnreadableFile(content[0])
                case "end":
                    kind: Kind = content[0]
                    return kind, [sheet.finished(name if kind == "csv" else "", limits) for sheet in sheets]
    raise _ChildLostError


class _Sheet:
    """A sheet while its frames arrive; `about` is what the child sends before the rows."""

    def __init__(self, name: str, hidden: bool, merges: list[Any], *notes: Any) -> None:
        self._name, self._hidden = name, hidden
        self._merges = [Merge(*merge) for merge in merges]
        self._formats, self._uncached, self._errors = notes
        self.rows: list[list[Value]] = []
        self.cut: tuple[Position, ...] = ()

    def finished(self, name: str, limits: Limits) -> Sheet:
        """The sheet, under its own name or else this one."""
        merges = _within(self._merges, len(self.rows), max(map(len, self.rows), default=0))
        if sum((m.bottom - m.top + 1) * (m.right - m.left + 1) for m in merges) > limits.merged_cells:
            raise too_large("合并单元格过多")
        return Sheet(
            name=self._name or name,
            rows=self.rows,
            merges=merges,
            hidden=self._hidden,
            formats={where: code for where, code in self._formats.items() if self._holds(*where)},
            uncached=tuple(self._uncached),
            errors=self._errors,
            cut=self.cut,
        )

    def _holds(self, row: int, column: int) -> bool:
        return (
            row <= len(self.rows)
            and column <= len(self.rows[row - 1])
            and self.rows[row - 1][column - 1] is not None
        )


def _within(merges: list[Merge], height: int, width: int) -> tuple[Merge, ...]:
    """Merged ranges without their parts far outside the filled cells, where nothing is to be unfolded."""
    near = (
        Merge(merge.top, merge.left, min(merge.bottom, height + 50), min(merge.right, width + 50))
        for merge in merges
        if merge.top <= height and merge.left <= width
    )
    return tuple(merge for merge in near if (merge.top, merge.left) != (merge.bottom, merge.right))


def _values(row: list[Any]) -> list[Value]:
    return [value if type(value) is str or value is None else _value(value) for value in row]


def _value(value: Any) -> Value:
    if type(value) is float:
        return number(value)
    if type(value) is tuple:
        return _MOMENTS[value[0]](*value[1])
    return value if isinstance(value, bool | int) else None


@contextmanager
def _child(path: Path, attempt: str, limits: Limits) -> Iterator[int]:
    """A child at work on the file, as the descriptor of its answers; dead when the block is left."""
    command = [sys.executable, "-P", "-m", "rectify.lib.sheets.child", *arguments(attempt, path, limits)]
    answers, theirs = os.pipe()
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.DEVNULL,  # a parser's last words name memory addresses, nothing for a person
            cwd="/",
            env={"PYTHONPATH": _ROOT, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=True,
        )
    except OSError:
        os.close(answers)
        raise
    finally:
        os.close(theirs)
    try:
        yield answers
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        os.close(answers)


def _frames(pipe: int, deadline: float, limits: Limits) -> Iterator[tuple[Any, ...]]:
    """The child's frames until it closes the pipe; refuses to take more than the limit."""
    left = limits.answer_bytes
    while head := _take(pipe, 4, deadline):
        size: int = struct.unpack(">I", head)[0]
        left -= size
        if left < 0:
            raise too_large(f"表格内容超过 {limits.answer_bytes // MIB} MB")
        body = _take(pipe, size, deadline)
        if body is None:
            return
        yield marshal.loads(body)  # noqa: S302 - from our own child; marshal runs no code


def _take(pipe: int, count: int, deadline: float) -> bytes | None:
    """Exactly `count` bytes, or None when the pipe closed before. Raises _OutOfTimeError."""
    poller = select.poll()
    poller.register(pipe, select.POLLIN | select.POLLHUP)
    pieces: list[bytes] = []
    while count > 0:
        left = deadline - clockwork.monotonic()
        if left <= 0 or not poller.poll(left * 1000):
            raise _OutOfTimeError
        piece = os.read(pipe, min(count, MIB))
        if not piece:
            return None
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)
