"""What the values of a column tell where its name does not, or says too little."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final

from issues.rules.unit_cells import UnitCells
from rectify.lib.cn_dates import parse_date
from rectify.lib.cn_text import fold
from rectify.lib.sheets.columns import Candidate, Strength, Vocabulary, assign
from rectify.lib.sheets.shape import Column, Table
from rectify.lib.sheets.types import Value
from rectify.lib.sheets.values import is_blank_mark, parse_boolean, parse_done
from rectify.lib.sheets.words import written

_SAMPLE: Final = 200
_DEADLINE_WORDS: Final = re.compile(
    r"(\d|[一二三四五六七八九十])[月日年底](底|末|中旬|上旬|下旬)?(以|之)?前|月底|年底|月末|立行立改|即知即改|立即整改|长期|持续|"
    r"个?月内|工作日|天内|日内|限期|^待定$|常态化|季度末|年内|(?<!\d)\d{1,2}月份"
)
_DOCUMENT: Final = re.compile(r"[〔\[(](19|20)\d\d[〕\])]\s*第?\d+号")
_START: Final = re.compile(
    r"(尚?未|没有|已|正在|拟)?(开工|动工|启动|下达|实施|施工|建设|进场)(建设|中)?|在建|续建|停工|是|否|"
    r"前期(工作|准备)?(中|阶段)?|(已|未|即将)?(完工|竣工|建成|完成|投用|投入使用|交付使用)"
)
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_TICKS: Final = frozenset("√✓✔☑vV是1")
_STATE_LENGTH: Final = 16


@dataclass(frozen=True)
class ColumnValues:
    """A sample of a column's filled cells."""

    values: list[Value]
    units: UnitCells = field(repr=False)

    @cached_property
    def texts(self) -> list[str]:
        return [written(value) for value in self.values]

    @cached_property
    def strings(self) -> list[str]:
        return [value for value in self.values if isinstance(value, str)]

    def share(self, holds: Callable[[str], object]) -> float:
        """Of the filled cells, the share for which something holds; 0 for an empty column."""
        return sum(bool(holds(text)) for text in self.texts) / len(self.texts) if self.texts else 0.0

    @cached_property
    def townships(self) -> float:
        return self.share(self.units.is_township)

    @cached_property
    def villages(self) -> float:
        return self.share(self.units.is_village)

    @cached_property
    def joined_places(self) -> float:
        return self.share(self.units.is_joined_place)

    @cached_property
    def unit_names(self) -> float:
        return self.share(self.units.is_unit)

    @cached_property
    def numbers(self) -> float:
        numeric = sum(type(value) in (int, Decimal) or _is_number(written(value)) for value in self.values)
        return numeric / len(self.values) if self.values else 0.0

    @cached_property
    def dates(self) -> float:
        found = sum(isinstance(value, date) for value in self.values)
        return found / len(self.values) if self.values else 0.0

    def future(self, day: date) -> float:
        """The share of cells that name a day after the given one."""
        found = (parse_date(value, ref_date=day, past=True) for value in self.values)
        later = sum(parsed is not None and parsed.on is not None and parsed.on > day for parsed in found)
        return later / len(self.values) if self.values else 0.0

    @cached_property
    def deadline_words(self) -> float:
        return self.share(lambda text: _DEADLINE_WORDS.search(fold(text)))

    @cached_property
    def states(self) -> float:
        """Short words that say whether something is done."""
        return self.share(_is_state)

    @cached_property
    def booleans(self) -> float:
        return self.share(lambda text: len(text) <= 4 and parse_boolean(text) is not None)

    @cached_property
    def is_ticked(self) -> bool:
        """Whether nothing but ticks stands in the column, or nothing at all."""
        return all(text in _TICKS for text in self.texts)

    @cached_property
    def starts(self) -> float:
        """Words that say whether works have begun, and nothing else."""
        return self.share(lambda text: _START.fullmatch(fold(text)))

    @cached_property
    def length(self) -> float:
        return sum(map(len, self.texts)) / len(self.texts) if self.texts else 0.0

    @cached_property
    def sentences(self) -> float:
        """Texts of several Chinese characters: no dates, numbers or codes."""
        return self.share(lambda text: len(_CHINESE.findall(text)) >= 4)

    @cached_property
    def variety(self) -> float:
        return len(set(self.texts)) / len(self.texts) if self.texts else 0.0


def _is_state(text: str) -> bool:
    if len(text) > _STATE_LENGTH or _is_number(text):
        return False
    return "序时" in text or parse_done(text) is not None


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\d+(\.\d+)?%?", text))


def sample(table: Table, column: Column, units: UnitCells) -> ColumnValues:
    """Filled cells of a column's data rows, spread over the table."""
    step = max(1, len(table.data) // _SAMPLE)
    rows = (table.unfolded.rows[row - 1] for row in table.data[::step])
    cells = (row[column.number - 1] for row in rows if len(row) >= column.number)
    return ColumnValues([value for value in cells if not is_blank_mark(value)], units)


@dataclass
class Mapping:
    """The fields of a table's columns while they are settled: by name first, then by values."""

    vocabulary: Vocabulary
    columns: Sequence[Column]
    values: Sequence[ColumnValues]
    last_day: date  # 截至, else the day the sheet counts from
    fields: list[str | None] = field(default_factory=list)
    candidates: list[list[Candidate]] = field(default_factory=list)

    def by_names(self) -> None:
        """What the names alone say."""
        self.candidates = [self.vocabulary.candidates(column.path) for column in self.columns]
        self.fields = assign(self.candidates, self.vocabulary.joined)

    def drop_unfit(self, needs: dict[str, Callable[[ColumnValues], bool]]) -> None:
        """Take a weakly named column's field away where its values cannot be that."""
        for at, values in enumerate(self.values):
            need = needs.get(self.fields[at] or "")
            if need is not None and values.texts and self._is_weak(at) and not need(values):
                self.candidates[at] = []
        self.fields = assign(self.candidates, self.vocabulary.joined)

    def _is_weak(self, at: int) -> bool:
        return bool(self.candidates[at]) and self.candidates[at][0].strength is Strength.WEAK

    def at(self, name: str) -> list[int]:
        """The columns that hold a field."""
        return [at for at, found in enumerate(self.fields) if found == name]

    def has(self, name: str) -> bool:
        return name in self.fields

    def leaf(self, at: int) -> str:
        """The folded leaf name of a column, "" without one."""
        path = self.columns[at].path
        return fold(path[-1]) if path else ""

    def free(self) -> list[int]:
        """Columns that neither a name nor a stop word speaks for."""
        return [
            at
            for at, found in enumerate(self.fields)
            if found is None and not self.candidates[at] and self.values[at].texts and not self._is_barred(at)
        ]

    def _is_barred(self, at: int) -> bool:
        names = [fold(name) for name in self.columns[at].path]
        return any(
            self.vocabulary.never.search(name) or self.vocabulary.foreign.search(name) for name in names
        )

    def is_document_number(self, at: int) -> bool:
        return self.values[at].share(_DOCUMENT.search) >= 0.6
