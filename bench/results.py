"""What was measured, against what, and whether the promise holds."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

HEADS = ("measure", "measured", "floor", "ratio", "goal", "")


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. ``value`` and ``floor`` in ``unit``; ``ratio`` is what ``goal`` bounds."""

    name: str
    value: float
    unit: str
    goal: str
    holds: bool
    floor: float | None = None
    ratio: float | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def cells(self) -> tuple[str, ...]:
        """The line as texts, in the order of HEADS."""
        return (
            self.name,
            _written(self.value, self.unit),
            "" if self.floor is None else _written(self.floor, self.unit),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            self.goal,
            "ok" if self.holds else "FAILED",
        )


def at_most(
    name: str, value: float, floor: float, ratio: float, most: float, unit: str, note: str = ""
) -> Result:
    """A thing that may cost ``most`` times its floor."""
    return Result(name, value, unit, f"<= {most:g}", ratio <= most, floor, ratio, note)


def at_least(name: str, value: float, floor: float, ratio: float, least: float, unit: str) -> Result:
    """A thing that has to be ``least`` times cheaper than its floor, here the page it stands for."""
    return Result(name, value, unit, f">= {least:g} x cheaper", ratio >= least, floor, ratio)


def floor_holds(name: str, value: float, figure: float, machine: float, unit: str) -> Result:
    """A floor itself: at most twice its ``figure`` in dependencies.md, times how slow this machine is now."""
    limit = 2 * figure * machine
    note = f"figure {figure:g} {unit} x {machine:.2f} for this machine"
    return Result(
        name, value, unit, "<= 2 x figure", value <= limit, figure * machine, value / (figure * machine), note
    )


def table(results: Sequence[Result]) -> str:
    """The results as text, a line each, notes under those that have one."""
    rows = [HEADS, *(result.cells() for result in results)]
    widths = [max(_width(row[at]) for row in rows) for at in range(len(HEADS))]
    notes = ["", *(result.note for result in results)]
    lines = []
    for row, note in zip(rows, notes, strict=True):
        lines.append(
            "  ".join(_padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip()
        )
        if note:
            lines.append(f"    {note}")
    return "\n".join(lines)


def _written(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.2f} {unit}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
