"""The board: blocks of a tally as what a page and a sheet show of them. Every number carries its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from dashboards.rules.columns import OPTIONAL
from dashboards.rules.documents import Setting, row_proof, worst_measure
from dashboards.rules.figures import MONEY, plain
from dashboards.rules.headline import Figure, Then, figures, pace_of
from dashboards.rules.indicators import Indicator, indicator
from dashboards.rules.pace import Pace
from dashboards.rules.proofs import narrowed
from dashboards.rules.sentences import row_word
from dashboards.rules.tables import (
    Line,
    Number,
    Table,
    darkness,
    is_money_block,
    is_unsaid,
    line_of,
    share_words,
    table_by,
    worst_words,
)
from dashboards.rules.tallies import DIMENSION_LABELS, ISSUES, Block, Member, Row, ranked
from dashboards.rules.works import WorkLine

MOST_COLUMNS = 12
KINDS = {ISSUES: "category", "projects": "programme"}


@dataclass(frozen=True, slots=True)
class Panel:
    """One block: what is counted, its figures, its sentence, the tables by kind and by place.

    ``had_record``: whether anything of it was on record on the day it is compared with; ``lines``: what is
    not begun, programme by programme."""

    counted_in: str
    word: str
    figures: tuple[Figure, ...]
    worst: str
    worst_href: str
    worst_indicator: Indicator
    cell_indicator: Indicator
    sentence: str
    by_kind: Table
    by_place: Table
    pace: Pace | None = None
    had_record: bool = True
    lines: tuple[WorkLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One block of the three answers a board is made of: by kind, by place, and by both."""

    kinds: Mapping[str, Any]
    places: Mapping[str, Any]
    both: Block
    columns: Block
    last_words: Mapping[str, date] = field(default_factory=dict)
    """Of places that said nothing here: code → when they last said anything of the campaign."""

    @property
    def compares_places(self) -> bool:
        """Whether there is more than one place, so that one can be the worst."""
        return sum(row["township_code"] is not None for row in self.places["rows"]) > 1


def silent_places(places: Mapping[str, Any]) -> set[str]:
    """Codes of the townships of a block by township of which nothing was ever said."""
    return {row["township_code"] for row in places["rows"] if row["township_code"] and is_unsaid(row)}


def panel(setting: Setting, told: Told, then: Then | None = None, *, lines: Sequence[WorkLine] = ()) -> Panel:
    """What the page shows of one block; ``then``: what it is compared with."""
    total = told.kinds["total"]
    counted_in = told.both.counted_in
    measure = worst_measure(setting.of, counted_in)
    word = _total_word(setting, told)
    worst, worst_href = worst_words(setting, total, measure, word) if told.compares_places else ("", "")
    by_kind = table_by(
        setting,
        told.kinds,
        KINDS[setting.of],
        measure=measure,
        word=_total_word(setting, told),
        has_worst=told.compares_places,
    )
    return Panel(
        counted_in=counted_in,
        word="个问题" if setting.of == ISSUES and word == "个" else word,
        figures=figures(setting, told.both, total, word, then),
        worst=worst,
        worst_href=worst_href,
        worst_indicator=indicator(setting.of, "worst"),
        cell_indicator=indicator(setting.of, measure),
        sentence=told.kinds["sentence"],
        by_kind=by_kind,
        by_place=_by_place(setting, told),
        pace=pace_of(setting, told.both, then),
        had_record=then is None or any(then.sums.values()),
        lines=tuple(lines),
    )


def _total_word(setting: Setting, told: Told) -> str:
    """What the total counts: 个 over several categories, where a household may stand in two."""
    counted_in = told.both.counted_in
    return row_word(counted_in, len(told.both.total.kinds)) if setting.of == ISSUES else counted_in


PLACE_COLUMNS = {
    ISSUES: ("total", "claimed", "confirmed", "left", "overdue", "claimed_rate", "confirmed_rate"),
    "projects": ("arranged", "allotted", "started", "not_started", "started_rate"),
    MONEY: ("due", "funded", "paid", "over"),
}


OTHER_BASIS = {"claimed": ("confirmed", "confirmed_rate"), "confirmed": ("claimed", "claimed_rate")}
WIDE = 6


def _place_columns(
    setting: Setting, counted_in: str, kinds: int, total: Mapping[str, Any]
) -> tuple[str, ...]:
    """Beside many kinds only the basis asked for: the table by kind shows both."""
    columns = PLACE_COLUMNS[MONEY if is_money_block(setting, counted_in) else setting.of]
    other = OTHER_BASIS[setting.basis] if setting.of == ISSUES and kinds > WIDE else ()
    return tuple(
        name
        for name in columns
        if name not in other and (name not in OPTIONAL or total.get(name, "0") != "0")
    )


def _by_place(setting: Setting, told: Told) -> Table:
    counted_in = told.both.counted_in
    kinds = [row.members[0] for row in told.columns.rows]
    columns = _place_columns(setting, counted_in, len(kinds), told.places["total"])
    total = line_of(setting, told.places["total"], "township", columns, counted_in, "left")
    lines = [
        replace(
            line_of(setting, row, "township", columns, counted_in, "left"),
            last_word_on=told.last_words.get(row["township_code"]),
        )
        for row in told.places["rows"]
    ]
    names: tuple[str, ...] = ()
    if len(kinds) > 1:
        names = tuple(_spoken(kind, setting) for kind in kinds)
        matrix, blank = _matrix(setting, told), tuple(Number("") for _ in kinds)
        codes = [row["township_code"] for row in told.places["rows"]]
        lines = [
            replace(line, cells=matrix.get(code, blank)) for line, code in zip(lines, codes, strict=True)
        ]
        total = replace(total, cells=_column_totals(setting, told))
    elif told.compares_places:
        lines = _heated(lines, total, columns.index(worst_measure(setting.of, counted_in)))
    return Table(
        label=DIMENSION_LABELS["township"],
        heads=tuple(indicator(setting.of, name) for name in columns),
        lines=tuple(lines),
        total=total,
        columns=names,
        has_heat=told.compares_places,
    )


def _heated(lines: Sequence[Line], total: Line, at: int) -> list[Line]:
    """The lines with the figure that decides the worst place darkened by its share."""
    base = Decimal(total.numbers[at].text)
    return [
        replace(
            line, numbers=(*line.numbers[:at], _darkened(line.numbers[at], base), *line.numbers[at + 1 :])
        )
        for line in lines
    ]


def _darkened(shown: Number, base: Decimal) -> Number:
    value = Decimal(shown.text)
    share = value * 100 / base if base else Decimal(0)
    return replace(shown, step=darkness(value, share), title=share_words(value, share))


def _spoken(kind: Member | None, setting: Setting) -> str:
    return kind.spoken if kind else f"未写明{DIMENSION_LABELS[KINDS[setting.of]]}"


def _matrix(setting: Setting, told: Told) -> dict[str | None, tuple[Number, ...]]:
    """Township code → one number for each kind; empty where there never was any."""
    order = {row.members[0]: position for position, row in enumerate(told.columns.rows)}
    bases = [ranked(row) for row in told.columns.rows]
    found: dict[str | None, list[Number]] = {}
    for row in told.both.rows:
        place, kind = row.members
        cells = found.setdefault(place.code if place else None, [Number("") for _ in order])
        cells[order[kind]] = _cell(setting, told, row, bases[order[kind]])
    return {code: tuple(cells) for code, cells in found.items()}


def _cell(setting: Setting, told: Told, row: Row, base: Decimal) -> Number:
    value = ranked(row)
    share = value * 100 / base if base else Decimal(0)
    heat = darkness(value, share) if row.members[0] is not None and told.compares_places else 0
    return Number(
        plain(value),
        _cell_href(setting, told, dict(zip(("township", KINDS[setting.of]), row.members, strict=True))),
        heat,
        share_words(value, share),
        told.both.counted_in == MONEY,
    )


def _column_totals(setting: Setting, told: Told) -> tuple[Number, ...]:
    return tuple(
        Number(
            plain(ranked(row)),
            _cell_href(setting, told, {KINDS[setting.of]: row.members[0]}),
            is_money=told.both.counted_in == MONEY,
        )
        for row in told.columns.rows
    )


def _cell_href(setting: Setting, told: Told, members: Mapping[str, Member | None]) -> str:
    counted_in = told.both.counted_in
    said = indicator(setting.of, worst_measure(setting.of, counted_in))
    return narrowed(row_proof(setting, counted_in, members), said.measure)
