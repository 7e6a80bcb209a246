"""How far a running import is, in a small file: its transaction shows nothing before it commits."""

from __future__ import annotations

import json
import time
from pathlib import Path

from django.conf import settings


def _path(import_id: int) -> Path:
    return Path(settings.PRIVATE_FILES_DIR) / "imports" / f"{import_id}.progress"


def report(import_id: int, phase: str, done: int, total: int) -> None:
    """Say that ``done`` of ``total`` rows are through ``phase`` (a Chinese word)."""
    path = _path(import_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"phase": phase, "done": done, "total": total}), encoding="utf-8")
    fresh.replace(path)


class Meter:
    """Counts rows through a phase and says so after every step."""

    def __init__(self, import_id: int, phase: str, total: int) -> None:
        self._import_id, self._phase, self._total = import_id, phase, total
        self.done = 0

    def advance(self, rows: int) -> None:
        """``rows`` more are through."""
        self.reach(self.done + rows)

    def reach(self, done: int) -> None:
        """So many are through."""
        self.done = done
        report(self._import_id, self._phase, done, self._total)


def read(import_id: int) -> tuple[str, int, int] | None:
    """(phase, done, total), or None where nothing was said."""
    try:
        said = json.loads(_path(import_id).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return said["phase"], said["done"], said["total"]


def age(import_id: int) -> float | None:
    """Seconds since something was last said, or None where nothing was."""
    try:
        return time.time() - _path(import_id).stat().st_mtime
    except FileNotFoundError:
        return None


def clear(import_id: int) -> None:
    _path(import_id).unlink(missing_ok=True)
