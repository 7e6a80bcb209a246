"""Dates of a row: events and deadlines counted from the row's own day or the sheet's, each text read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from issues.rules.cells import Row, Say, is_nothing, keep_extra
from issues.rules.report import Decision
from rectify.lib.cn_dates import (
    Confidence,
    Deadline,
    DeadlineClass,
    ParsedDate,
    Precision,
    parse_date,
    parse_deadline,
)
from rectify.lib.cn_text import fold
from rectify.lib.sheets.types import Value
from rectify.lib.workdays import Workdays

_OWN_DAY: Final = re.compile(r"反馈|报送")


@dataclass(frozen=True, slots=True)
class DeadlineDecision:
    """What a person said a deadline text means: class, day, whether it lasts. Without ``kind`` as it was
    read, row by row (三个月内 counts from each row's own day)."""

    kind: DeadlineClass | None
    due_on: date | None = None
    long: bool = False


@dataclass(slots=True)
class RowDates:
    """Reads the dates of a sheet. `given`: --ref-date, which beats a row's own 反馈日期 or 报送时间."""

    workdays: Workdays
    ref_on: date
    given: bool
    say: Say
    decided: Mapping[str, DeadlineDecision]
    open: dict[str, Decision] = field(default_factory=dict)
    _events: dict[tuple[Value, date], ParsedDate | None] = field(default_factory=dict)
    _deadlines: dict[tuple[type, Value, date], Deadline | None] = field(default_factory=dict)

    def ref_of(self, row: Row) -> date:
        """The day that the row's undated years and relative deadlines count from."""
        if self.given:
            return self.ref_on
        for name in ("found_on", "reported_on"):
            for column, value in row.later.get(name, ()):
                if column.column.path and _OWN_DAY.search(column.column.path[-1]):
                    own = self._event(value, self.ref_on)
                    if own is not None and own.on is not None:
                        return own.on
        return self.ref_on

    def event(self, row: Row, name: str, ref_on: date) -> None:
        """Put the day of an event into the row's fields; what cannot be read is kept with a warning."""
        for column, value in row.later.get(name, ()):
            if is_nothing(value):
                continue
            found = self._event(value, ref_on)
            if found is None:
                continue
            if found.on is None:
                self.say(row, column, name, value, found.problem, False)
            if found.on is None or name in row.fields:
                keep_extra(row, column.name, column.letter, value)
            else:
                row.fields[name] = found.on
                if found.precision is not Precision.DAY:
                    row.coarse.add(name)

    def deadline(self, row: Row, name: str, ref_on: date) -> Deadline | None:
        """The deadline of a row's field, None where it is blank; a second column stays in `extra`."""
        chosen: Deadline | None = None
        for column, value in row.later.get(name, ()):
            found = self._deadline(value, ref_on)
            if found is None:
                continue
            if chosen is not None:
                keep_extra(row, column.name, column.letter, value)
                continue
            chosen = found
            if found.problem:
                self.say(row, column, name, value, found.problem, False)
            self._note(row, found)
        return chosen

    def all_deadlines(self, row: Row, name: str, ref_on: date) -> list[Deadline]:
        """Every deadline that a row's columns of a field give, in order."""
        found = (self._deadline(value, ref_on) for _, value in row.later.get(name, ()))
        return [deadline for deadline in found if deadline is not None]

    def _note(self, row: Row, deadline: Deadline) -> None:
        if deadline.confidence is not Confidence.CONFIRM:
            return
        seen = self.open.get(deadline.raw)
        if seen is None:
            self.open[deadline.raw] = Decision("deadline", deadline.raw, 1, row.number, deadline=deadline)
        else:
            self.open[deadline.raw] = replace(seen, rows=seen.rows + 1)

    def _event(self, value: Value, ref_on: date) -> ParsedDate | None:
        key = (value, ref_on)
        if key not in self._events:
            self._events[key] = parse_date(value, ref_date=ref_on, past=True)
        return self._events[key]

    def _deadline(self, value: Value, ref_on: date) -> Deadline | None:
        key = (type(value), value, ref_on)
        if key not in self._deadlines:
            found = self._decide(parse_deadline(value, ref_date=ref_on, workdays=self.workdays))
            self._deadlines[key] = None if found is None else replace(found, counted_from=ref_on)
        return self._deadlines[key]

    def _decide(self, deadline: Deadline | None) -> Deadline | None:
        said = self.decided.get(fold(deadline.raw)) if deadline is not None else None
        if deadline is None or said is None:
            return deadline
        if said.kind is None:
            return replace(deadline, confidence=Confidence.CERTAIN)
        return Deadline(deadline.raw, said.kind, said.due_on, said.long, Confidence.CERTAIN)


def last_of(deadlines: list[Deadline]) -> Deadline:
    """One deadline for an issue whose rows give several: the last day, to be confirmed; all texts kept."""
    distinct = list({deadline.raw: deadline for deadline in deadlines}.values())
    if len(distinct) == 1:
        return distinct[0]
    dated = [deadline for deadline in distinct if deadline.due_on is not None]
    chosen = max(dated, key=lambda deadline: deadline.due_on or date.min) if dated else distinct[0]
    return replace(
        chosen,
        raw="；".join(deadline.raw for deadline in distinct),
        long=any(deadline.long for deadline in distinct),
        confidence=Confidence.CONFIRM,
    )
