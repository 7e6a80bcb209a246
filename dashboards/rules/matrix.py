"""Township × kind: one figure in every cell, totals on both sides, the worst of each column, in any order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboards.rules.documents import Setting, row_proof
from dashboards.rules.figures import (
    MONEY,
    ZERO,
    issue_quantities,
    percent,
    plain,
    project_money,
    project_quantities,
)
from dashboards.rules.indicators import Indicator, indicator
from dashboards.rules.pages import page_of
from dashboards.rules.proofs import narrowed
from dashboards.rules.sentences import chinese_date, row_word
from dashboards.rules.tables import Line, Number, share_words
from dashboards.rules.tallies import DIMENSION_LABELS, ISSUES, PROJECTS, Block, Member, Row, TallyError

KINDS = {ISSUES: "category", PROJECTS: "programme"}
MEASURES = {
    ISSUES: ("left", "total", "done", "overdue", "unverified", "unstated", "removed"),
    PROJECTS: ("not_started", "not_allotted", "arranged", "allotted", "started", "completed", "accepted"),
}
MONEY_MEASURES = ("over", "due", "funded", "paid")
HEAT = (Decimal(2), Decimal(5), Decimal(10), Decimal(20))
"""Shares of a column in per cent at which a cell turns one step darker; above 0 is the first of five."""
MOST_COLUMNS = 12
"""More kinds than this are gathered under the tops of their tree; each top opens its own matrix."""
BY_NAME, BY_TOTAL, WITHOUT = "name", "total", "none"
MOST_TIED = 3


@dataclass(frozen=True, slots=True)
class Sorting:
    """By which column: BY_NAME (the townships' codes), BY_TOTAL or a kind's code; ``is_down``: most first."""

    key: str = BY_NAME
    is_down: bool = False

    @classmethod
    def of(cls, text: str) -> Sorting:
        """As the address gives it: a key, with "-" before it for most first."""
        key = text.removeprefix("-")
        return cls(key, text.startswith("-")) if key else cls()

    def next(self, key: str) -> str:
        """What a click on the column's head asks for: figures from the top, a second click the other way."""
        down = not self.is_down if key == self.key else key != BY_NAME
        return f"-{key}" if down else key

    def said(self, key: str) -> str:
        """What aria-sort says of the column; empty where the table is not sorted by it."""
        if key != self.key:
            return ""
        return "descending" if self.is_down else "ascending"


@dataclass(frozen=True, slots=True)
class Column:
    """One kind: its key for sorting, its name, whether it opens into kinds below it, its worst township."""

    key: str
    name: str
    opens: str
    total: Number
    worst: str
    worst_href: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """One block: everything counted in the same thing. ``lines`` carry their total as their one number."""

    counted_in: str
    word: str
    said: Indicator
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    total: Line
    worst: str
    sentence: str
    has_heat: bool


def measure_of(of: str, wanted: str) -> str:
    """The measure asked for, the first without one; TallyError where there is none of that name."""
    known = (*MEASURES[of], *(MONEY_MEASURES if of == PROJECTS else ()))
    if wanted and wanted not in known:
        raise TallyError(f"矩阵没有“{wanted[:30]}”这个数字；可看：{'、'.join(known)}。")
    return wanted or known[0]


def said_of(setting_of: str, basis: str, measure: str) -> Indicator:
    """The indicator of a measure: what is done goes by the basis."""
    return indicator(setting_of, basis if measure == "done" else measure)


def holds(of: str, measure: str, block: Block) -> bool:
    """Whether the measure says anything of the block: money of money, works of what was arranged."""
    if of == ISSUES:
        return True
    if measure in MONEY_MEASURES:
        return block.counted_in == MONEY
    return bool(block.total.sums["arranged"])


def value_of(of: str, basis: str, measure: str, row: Row) -> Decimal:
    """The measure of one row, in what its block counts."""
    if of == ISSUES:
        return issue_quantities(row.sums, basis)[measure]
    return (project_money(row.sums) | project_quantities(row.sums))[measure]


class _Table:
    """One block's figures looked up by township and kind while its matrix is drawn."""

    def __init__(self, setting: Setting, measure: str, places: Block, kinds: Block, both: Block) -> None:
        self.setting, self.measure = setting, measure
        self.counted_in = both.counted_in
        self.kind = KINDS[setting.of]
        self.said = said_of(setting.of, setting.basis, measure)
        self.places = [row.members[0] for row in places.rows]
        self.kinds = [row.members[0] for row in kinds.rows]
        self.of_place = {row.members[0]: self.value(row) for row in places.rows}
        self.of_kind = {row.members[0]: self.value(row) for row in kinds.rows}
        self.cells = {row.members: self.value(row) for row in both.rows}
        self.total = self.value(places.total)
        self.count_kinds = len(places.total.kinds)
        self.has_unstated = bool(places.total.sums.get("unstated"))

    def value(self, row: Row) -> Decimal:
        return value_of(self.setting.of, self.setting.basis, self.measure, row)

    @property
    def compares(self) -> bool:
        return len(self.places) > 1

    def number(
        self, value: Decimal, members: Mapping[str, Member | None], base: Decimal | None = None
    ) -> Number:
        """A figure with its list; darker with its share of ``base``."""
        href = narrowed(row_proof(self.setting, self.counted_in, members), self.said.measure)
        share = value * 100 / base if base else ZERO
        is_heated = base is not None and value > 0 and self.compares
        return Number(
            plain(value),
            href,
            step=1 + sum(share > bound for bound in HEAT) if is_heated else 0,
            title=share_words(value, share) if base else "",
            is_money=self.counted_in == MONEY,
        )

    def line(self, place: Member | None) -> Line:
        at = {"township": place}
        cells = tuple(
            self.number(
                self.cells[place, kind],
                {**at, self.kind: kind},
                self.of_kind[kind] if place is not None else None,
            )
            if (place, kind) in self.cells
            else Number("")
            for kind in self.kinds
        )
        return Line(
            name=place.name if place else "未写明乡镇",
            href=page_of(self.setting, "township", place) or row_proof(self.setting, self.counted_in, at),
            numbers=(self.number(self.of_place[place], at),),
            cells=cells,
        )

    def column(self, kind: Member | None, branches: Collection[str]) -> Column:
        ranked = {place: self.cells.get((place, kind), ZERO) for place in self.places}
        worst, href = self.worst(ranked, {self.kind: kind})
        return Column(
            key=kind.code if kind else WITHOUT,
            name=kind.spoken if kind else f"未写明{DIMENSION_LABELS[self.kind]}",
            opens=kind.code if kind is not None and kind.code in branches else "",
            total=self.number(self.of_kind[kind], {self.kind: kind}),
            worst=worst,
            worst_href=href,
        )

    def worst(
        self, ranked: Mapping[Member | None, Decimal], members: Mapping[str, Member | None]
    ) -> tuple[str, str]:
        """The township with most, with its figure; those that tie together; none where only one has any."""
        known = [(place, value) for place, value in ranked.items() if place is not None and value > 0]
        if not known or not self.compares:
            return "", ""
        most = max(value for _, value in known)
        tied = [place for place, value in known if value == most]
        if len(tied) > 1:
            more = f"等{len(tied)}个" if len(tied) > MOST_TIED else ""
            return f"{'、'.join(place.name for place in tied[:MOST_TIED])}{more}各{plain(most)}", ""
        return f"{tied[0].name}{plain(most)}", self.number(most, {"township": tied[0], **members}).href

    def ordered(self, sorting: Sorting) -> list[Member | None]:
        """The townships in the order asked for, by code where that says nothing; the one unnamed last."""
        named = sorted((place for place in self.places if place is not None), key=lambda place: place.code)
        kind = next((one for one in self.kinds if (one.code if one else WITHOUT) == sorting.key), None)
        if sorting.key == BY_TOTAL:
            named.sort(key=lambda place: self.of_place[place], reverse=sorting.is_down)
        elif sorting.key == BY_NAME:
            named.sort(key=lambda place: place.code, reverse=sorting.is_down)
        elif kind is not None or sorting.key == WITHOUT:
            named.sort(key=lambda place: self.cells.get((place, kind), ZERO), reverse=sorting.is_down)
        return [*named, *(place for place in self.places if place is None)]


def matrix(
    setting: Setting,
    measure: str,
    blocks: tuple[Block, Block, Block],
    sorting: Sorting,
    branches: Collection[str],
) -> Matrix:
    """One block of a reading told by township, by kind and by both (``blocks``), all counted in one thing.

    ``branches``: codes of kinds that stand for what lies below them."""
    table = _Table(setting, measure, *blocks)
    word = row_word(table.counted_in, table.count_kinds) if setting.of == ISSUES else table.counted_in
    ranked: dict[Member | None, Decimal] = dict(table.of_place)
    worst, _ = table.worst(ranked, {})
    columns = tuple(table.column(kind, branches) for kind in table.kinds)
    return Matrix(
        counted_in=table.counted_in,
        word=word,
        said=table.said,
        columns=columns,
        lines=tuple(table.line(place) for place in table.ordered(sorting)),
        total=Line(
            "合计",
            row_proof(setting, table.counted_in, {}),
            (table.number(table.total, {}),),
            tuple(column.total for column in columns),
        ),
        worst=worst,
        sentence=_sentence(table, word),
        has_heat=table.compares,
    )


def _sentence(table: _Table, word: str) -> str:
    """截至…，…逾期共54个，其中分水镇最多，20个，占37.0%；按类别，住房最多，30个."""
    telling = table.setting.telling
    name = table.said.name
    if table.measure == "left" and table.has_unstated:
        name = f"{name}（含未报情况）"
    basis = "按核实数，" if telling.of == ISSUES and telling.basis != "claimed" else ""
    counted = f"按{table.counted_in}统计" if telling.of == ISSUES else ""
    what = f"{telling.subject}{counted}{name}"
    head = f"截至{chinese_date(telling.as_of)}，{basis}{what}共{plain(table.total)}{word}"
    parts = [
        _most(table.of_place, table.total, word, "其中") if telling.names_worst else "",
        _most(table.of_kind, table.total, word, f"按{DIMENSION_LABELS[table.kind]}看，"),
    ]
    told = "；".join(part for part in parts if part)
    return f"{head}{'，' if told else ''}{told}。"


def _most(figures: Mapping[Member | None, Decimal], total: Decimal, word: str, lead: str) -> str:
    known: Sequence[tuple[Member, Decimal]] = [
        (member, value) for member, value in figures.items() if member is not None and value > 0
    ]
    if len(known) < 2:
        return ""
    most = max(value for _, value in known)
    tied = [member.spoken for member, value in known if value == most]
    if len(tied) > MOST_TIED:
        return ""
    share = percent(most, total)
    each = "各" if len(tied) > 1 else ""
    return f"{lead}{'、'.join(tied)}最多，{each}{plain(most)}{word}，{each}占{share}%"
