"""The board: blocks of a tally as what a page and a sheet show of them. Every number carries its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from dashboards.rules.columns import OPTIONAL, columns_of, shown
from dashboards.rules.documents import Setting, row_proof, worst_measure
from dashboards.rules.figures import MONEY, plain
from dashboards.rules.indicators import Indicator, indicator
from dashboards.rules.proofs import narrowed
from dashboards.rules.sentences import row_word
from dashboards.rules.tallies import DIMENSION_LABELS, ISSUES, Block, Member, Row, ranked

MOST_COLUMNS = 12
HEAT = (Decimal(5), Decimal(10), Decimal(20))
"""Shares in per cent at which a cell turns one step darker; above 0 is the first step."""
KINDS = {ISSUES: "category", "projects": "programme"}


@dataclass(frozen=True, slots=True)
class Number:
    """A figure in a place: its text, its list, how dark its cell is."""

    text: str
    href: str = ""
    step: int = 0
    title: str = ""
    is_money: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its name (and the list of all its items), its figures, its worst place."""

    name: str
    href: str
    numbers: tuple[Number, ...]
    cells: tuple[Number, ...] = ()
    worst: str = ""
    worst_href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Figures by one dimension. ``heads`` are their indicators; ``columns`` the names of the heat cells."""

    label: str
    heads: tuple[Indicator, ...]
    lines: tuple[Line, ...]
    total: Line
    columns: tuple[str, ...] = ()
    has_worst: bool = False
    has_heat: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One block: what is counted, its figures, its sentence, the tables by kind and by place."""

    counted_in: str
    word: str
    figures: tuple[tuple[Indicator, Number], ...]
    worst: str
    worst_href: str
    worst_indicator: Indicator
    cell_indicator: Indicator
    sentence: str
    by_kind: Table
    by_place: Table


FIGURES = {
    ISSUES: ("total", "claimed", "confirmed", "left", "unstated", "overdue", "undetermined", "unconfirmed"),
    "projects": ("arranged", "allotted", "not_allotted", "started", "not_started", "completed"),
    MONEY: ("due", "funded", "paid", "over"),
}
ALWAYS = (
    "total",
    "claimed",
    "confirmed",
    "left",
    "overdue",
    "arranged",
    "allotted",
    "not_started",
    "due",
    "funded",
)


@dataclass(frozen=True, slots=True)
class Told:
    """One block of the three answers a board is made of: by kind, by place, and by both."""

    kinds: Mapping[str, Any]
    places: Mapping[str, Any]
    both: Block
    columns: Block

    @property
    def compares_places(self) -> bool:
        """Whether there is more than one place, so that one can be the worst."""
        return len(self.places["rows"]) > 1


def panel(setting: Setting, told: Told) -> Panel:
    """What the page shows of one block."""
    total = told.kinds["total"]
    counted_in = told.both.counted_in
    measure = worst_measure(setting.of, counted_in)
    word = _total_word(setting, told)
    worst, worst_href = _worst(setting, total, measure, word) if told.compares_places else ("", "")
    by_kind = _by_kind(setting, told, measure)
    return Panel(
        counted_in=counted_in,
        word="个问题" if setting.of == ISSUES and word == "个" else word,
        figures=tuple(_figures(setting, told)),
        worst=worst,
        worst_href=worst_href,
        worst_indicator=indicator(setting.of, "worst"),
        cell_indicator=indicator(setting.of, measure),
        sentence=told.kinds["sentence"],
        by_kind=by_kind,
        by_place=_by_place(setting, told),
    )


def _total_word(setting: Setting, told: Told) -> str:
    """What the total counts: 个 over several categories, where a household may stand in two."""
    counted_in = told.both.counted_in
    return row_word(counted_in, len(told.both.total.kinds)) if setting.of == ISSUES else counted_in


def is_money_block(setting: Setting, counted_in: str) -> bool:
    """Whether the block holds money of works rather than works."""
    return setting.of != ISSUES and counted_in == MONEY


def _figures(setting: Setting, told: Told) -> list[tuple[Indicator, Number]]:
    total = told.kinds["total"]
    key = MONEY if is_money_block(setting, told.both.counted_in) else setting.of
    wanted = [name for name in FIGURES[key] if name in ALWAYS or total.get(name, "0") != "0"]
    return [
        (indicator(setting.of, name), number(setting.of, total, name, told.both.counted_in))
        for name in wanted
    ]


def number(of: str, row: Mapping[str, Any], column: str, counted_in: str) -> Number:
    """A row's figure with its list; a rate has none of its own."""
    said = indicator(of, column)
    text = shown(row, column)
    if said.is_rate:
        base = row["rates"][column]
        return Number(text, title=f"{base['numerator']}÷{base['denominator']}")
    money = counted_in == MONEY or column.startswith("amount")
    return Number(text, narrowed(row["proof"], said.measure), is_money=money)


def _by_kind(setting: Setting, told: Told, measure: str) -> Table:
    kind = KINDS[setting.of]
    columns = columns_of(setting.of, told.kinds)
    rows = told.kinds["rows"]
    return Table(
        label=DIMENSION_LABELS[kind],
        heads=tuple(indicator(setting.of, name) for name in columns),
        lines=tuple(_line(setting, row, kind, columns, told.both.counted_in, measure) for row in rows),
        total=_line(
            setting,
            told.kinds["total"],
            kind,
            columns,
            told.both.counted_in,
            measure,
            _total_word(setting, told),
        ),
        has_worst=told.compares_places,
    )


def _line(
    setting: Setting,
    row: Mapping[str, Any],
    dimension: str,
    columns: Sequence[str],
    counted_in: str,
    measure: str,
    word: str = "",
) -> Line:
    worst, href = _worst(setting, row, measure, word or counted_in) if "worst" in row else ("", "")
    name = row.get(dimension, "合计")
    return Line(
        name=f"未写明{DIMENSION_LABELS[dimension]}" if name is None else name,
        href=row["proof"],
        numbers=tuple(number(setting.of, row, column, counted_in) for column in columns),
        worst=worst,
        worst_href=href,
    )


def _worst(setting: Setting, row: Mapping[str, Any], measure: str, word: str) -> tuple[str, str]:
    """分水镇130户，占69.9%; the list behind it where it is one place."""
    worst = row["worst"]
    if worst is None:
        return "", ""
    names, value = worst["townships"], f"{worst[measure]}{word}"
    if len(names) > 1:
        shortened = "、".join(names[:3]) + (f"等{len(names)}个乡镇" if len(names) > 3 else "")
        return f"{shortened}各{value}", ""
    href = f"{row['proof']}&township={worst['codes'][0]}"
    return f"{names[0]}{value}，占{worst['share']}%", narrowed(href, indicator(setting.of, measure).measure)


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
    total = _line(setting, told.places["total"], "township", columns, counted_in, "left")
    lines = [_line(setting, row, "township", columns, counted_in, "left") for row in told.places["rows"]]
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
    return replace(shown, step=_step(value, share), title=_share(value, share))


def _step(value: Decimal, share: Decimal) -> int:
    return 0 if value <= 0 else 1 + sum(share > bound for bound in HEAT)


def _share(value: Decimal, share: Decimal) -> str:
    return f"占{share:.1f}%" if value > 0 else ""


def _spoken(kind: Member | None, setting: Setting) -> str:
    return kind.spoken if kind else f"未写明{DIMENSION_LABELS[KINDS[setting.of]]}"


def _matrix(setting: Setting, told: Told) -> dict[str | None, tuple[Number, ...]]:
    """Township code → one number for each kind; empty where there never was any."""
    order = {row.members[0]: position for position, row in enumerate(told.columns.rows)}
    bases = [_ranked(setting, told, row) for row in told.columns.rows]
    found: dict[str | None, list[Number]] = {}
    for row in told.both.rows:
        place, kind = row.members
        cells = found.setdefault(place.code if place else None, [Number("") for _ in order])
        cells[order[kind]] = _cell(setting, told, row, bases[order[kind]])
    return {code: tuple(cells) for code, cells in found.items()}


def _cell(setting: Setting, told: Told, row: Row, base: Decimal) -> Number:
    value = _ranked(setting, told, row)
    share = value * 100 / base if base else Decimal(0)
    step = _step(value, share) if row.members[0] is not None and told.compares_places else 0
    return Number(
        plain(value),
        _cell_href(setting, told, dict(zip(("township", KINDS[setting.of]), row.members, strict=True))),
        step,
        _share(value, share),
        told.both.counted_in == MONEY,
    )


def _column_totals(setting: Setting, told: Told) -> tuple[Number, ...]:
    return tuple(
        Number(
            plain(_ranked(setting, told, row)),
            _cell_href(setting, told, {KINDS[setting.of]: row.members[0]}),
            is_money=told.both.counted_in == MONEY,
        )
        for row in told.columns.rows
    )


def _cell_href(setting: Setting, told: Told, members: Mapping[str, Member | None]) -> str:
    counted_in = told.both.counted_in
    said = indicator(setting.of, worst_measure(setting.of, counted_in))
    return narrowed(row_proof(setting, counted_in, members), said.measure)


def _ranked(setting: Setting, told: Told, row: Row) -> Decimal:
    return ranked(row, setting.of, setting.basis, told.both.counted_in)
