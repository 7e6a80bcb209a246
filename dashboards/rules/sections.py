"""A part of the page of one township, department or programme: figures, sentence, tables, last words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from dashboards.rules.documents import Setting, worst_measure
from dashboards.rules.headline import Figure, figures
from dashboards.rules.indicators import Indicator, indicator
from dashboards.rules.sentences import row_word
from dashboards.rules.tables import Number, Table, table_by, worst_words
from dashboards.rules.tallies import ISSUES, Block

PLACES = ("township", "village")


@dataclass(frozen=True, slots=True)
class Spoken:
    """Of the issues of a row: the day of the newest word (none: nobody ever said anything), and how many had
    no word for fifteen days, with their list."""

    last_on: date | None
    silent: Number


Words = Mapping[tuple[str | None, str], tuple[date | None, int]]
"""(code of a row's member, what is counted) → newest word, how many are silent."""


@dataclass(frozen=True, slots=True)
class Part:
    """A table with what was last said of each row (nothing: figures of an earlier day, or works)."""

    dimension: str
    table: Table
    spoken: tuple[Spoken, ...] = ()
    total_spoken: Spoken | None = None

    @property
    def rows(self) -> list[tuple[Any, Spoken | None]]:
        """Every line with its words."""
        spoken: Sequence[Spoken | None] = self.spoken or [None] * len(self.table.lines)
        return list(zip(self.table.lines, spoken, strict=True))


@dataclass(frozen=True, slots=True)
class Section:
    """Everything counted in one thing. ``ranked``: the figure that decides the worst place."""

    counted_in: str
    word: str
    figures: tuple[Figure, ...]
    sentence: str
    parts: tuple[Part, ...]
    worst: str
    worst_href: str
    worst_indicator: Indicator
    ranked: Indicator


@dataclass(frozen=True, slots=True)
class Cut:
    """One block told by one dimension, and what was last said of its rows."""

    setting: Setting
    block: Block
    told: Mapping[str, Any]
    words: Words | None = None

    @property
    def dimension(self) -> str:
        return self.setting.by[0]


def section(cuts: Sequence[Cut], *, compares: bool) -> Section:
    """One block by several dimensions, the first of which tells the sentence; the others where they have more
    than one row. ``compares``: whether several townships stand in it, so that the worst can be named."""
    first = cuts[0]
    setting, block, total = first.setting, first.block, first.told["total"]
    counted_in = block.counted_in
    measure = worst_measure(setting.of, counted_in)
    word = row_word(counted_in, len(block.total.kinds)) if setting.of == ISSUES else counted_in
    names = compares and "worst" in total
    worst, href = worst_words(setting, total, measure, word) if names else ("", "")
    return Section(
        counted_in=counted_in,
        word="个问题" if setting.of == ISSUES and word == "个" else word,
        figures=figures(setting, block, total, word, None),
        sentence=first.told["sentence"],
        parts=tuple(
            _part(cut, measure, word, compares=compares)
            for cut in cuts
            if cut is first or len(cut.told["rows"]) > 1
        ),
        worst=worst,
        worst_href=href,
        worst_indicator=indicator(setting.of, "worst"),
        ranked=indicator(setting.of, measure),
    )


def _part(cut: Cut, measure: str, word: str, *, compares: bool) -> Part:
    has_worst = compares and cut.dimension not in PLACES
    table = table_by(cut.setting, cut.told, cut.dimension, measure=measure, word=word, has_worst=has_worst)
    if cut.words is None:
        return Part(cut.dimension, table)
    spoken = tuple(_spoken(cut, row, row[f"{cut.dimension}_code"]) for row in cut.told["rows"])
    return Part(cut.dimension, table, spoken, _all_spoken(cut, spoken))


def _spoken(cut: Cut, row: Mapping[str, Any], code: str | None) -> Spoken:
    last_on, silent = (cut.words or {}).get((code, cut.block.counted_in), (None, 0))
    return Spoken(last_on, Number(str(silent), f"{row['proof']}&waiting=silent"))


def _all_spoken(cut: Cut, spoken: Sequence[Spoken]) -> Spoken:
    days = [one.last_on for one in spoken if one.last_on is not None]
    silent = sum(int(one.silent.text) for one in spoken)
    href = f"{cut.told['total']['proof']}&waiting=silent"
    return Spoken(max(days, default=None), Number(str(silent), href))


def without(one: Section, dimension: str) -> Section:
    """The section without its table by ``dimension``."""
    return replace(one, parts=tuple(part for part in one.parts if part.dimension != dimension))
