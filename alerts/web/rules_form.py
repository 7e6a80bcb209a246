"""The rungs as a table of inputs: every subject × rung is a line that is on or off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from alerts.rules.ladder import LADDER, Colour, Level, Subject
from alerts.rules.rungs import RungSpec
from townships.rules.roles import Duty

BY_HAND = (Subject.NUDGED,)
"""A person chases; no day does."""
NAME_MOST, NOTE_MOST = 60, 300


class FormWrong(Exception):
    """What was typed makes no rungs; ``reasons`` are Chinese sentences."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class FormLine:
    """One line of the table: a rung of a subject, as it is or as it might be."""

    subject: Subject
    level: Level
    rung: RungSpec | None

    @property
    def name(self) -> str:
        """What its inputs are called by."""
        return f"{self.subject.value}-{self.level.value}"

    @property
    def gaps(self) -> str:
        return "、".join(str(days) for days in self.rung.repeats) if self.rung else ""


def lines(rungs: Iterable[RungSpec]) -> list[tuple[Subject, list[FormLine]]]:
    """All lines, by subject."""
    given = {(rung.subject, rung.level): rung for rung in rungs}
    table = [
        FormLine(subject, level, given.get((subject, level)))
        for subject in Subject
        if subject not in BY_HAND
        for level in LADDER
    ]
    return [(subject, list(group)) for subject, group in groupby(table, key=lambda line: line.subject)]


def rungs_of(posted: Mapping[str, str], duties: Mapping[str, list[str]]) -> tuple[RungSpec, ...]:
    """The rungs that are on; FormWrong names what is no number."""
    found, wrong = [], []
    for _, group in lines(()):
        for line in group:
            if f"{line.name}-on" not in posted:
                continue
            try:
                found.append(_rung(line, posted, duties.get(f"{line.name}-duties", [])))
            except ValueError:
                name = f"{line.subject.label}·{line.level.label}"
                wrong.append(f"{name}：天数、百分点和间隔须是整数，间隔之间用顿号分开。")
    if wrong:
        raise FormWrong(wrong)
    return tuple(found)


def _rung(line: FormLine, posted: Mapping[str, str], duties: list[str]) -> RungSpec:
    def told(name: str) -> str:
        return posted.get(f"{line.name}-{name}", "").replace("\0", "").strip()[:60]

    gaps = told("gaps").replace("，", "、").replace(",", "、")
    return RungSpec(
        subject=line.subject,
        level=line.level,
        days=int(told("days") or 0),
        colour=Colour(told("colour")),
        word=told("word"),
        duties=tuple(dict.fromkeys(Duty(duty) for duty in duties)),
        repeats=tuple(int(gap) for gap in gaps.split("、") if gap.strip()),
        points=int(told("points")) if told("points") else None,
        is_urgent=f"{line.name}-urgent" in posted,
    )


def day_of(text: str) -> date:
    """The day from which the rules shall hold; FormWrong where it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise FormWrong(["启用日期：请选一个日期。"]) from error
