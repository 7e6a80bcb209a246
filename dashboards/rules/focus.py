"""重点: the kinds at the head of the board, each with what is left of it, of how much, and where most."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from dashboards.rules.columns import shown
from dashboards.rules.documents import Setting, document, worst_measure
from dashboards.rules.figures import MONEY
from dashboards.rules.indicators import Indicator, indicator
from dashboards.rules.sentences import row_word
from dashboards.rules.tables import Number, is_money_block, number, worst_words
from dashboards.rules.tallies import ISSUES, Block, Cell, Member, Row, assemble, ranked

MOST = 4
"""Shown where the office has marked nothing: W-033 speaks of four fields."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A category or programme at the head: the name of its field (may be empty), its code and name, and the
    codes of its branch."""

    field: str
    code: str
    name: str
    branch: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FocusLine:
    """One kind, counted in one thing: what is left or not begun (``most``), of how much (``base``)."""

    name: str
    word: str
    said: Indicator
    most: Number
    base_said: Indicator
    base: Number
    rate_said: Indicator | None
    rate: str
    unstated: str
    worst: str
    worst_href: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A field: its name and its lines."""

    name: str
    lines: tuple[FocusLine, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What tiles are made from: a reading's setting, cells and blocks by kind, the dimension of kinds."""

    setting: Setting
    kind: str
    cells: Sequence[Cell]
    by_kind: Sequence[Block]
    names: Sequence[str]
    compares_places: bool


def marked_tiles(ground: Ground, marks: Sequence[Mark]) -> tuple[Tile, ...]:
    """A tile for each field in the order of its first mark; kinds that count nothing are left out."""
    fields: dict[str, list[FocusLine]] = {}
    for mark in marks:
        lines = _lines(ground, mark, _blocks(ground, mark.branch))
        fields.setdefault(mark.field or mark.name, []).extend(lines)
    return tuple(Tile(name, tuple(lines)) for name, lines in fields.items() if lines)


def largest_tiles(ground: Ground) -> tuple[Tile, ...]:
    """The kinds with most left, by turns of what is counted: numbers of different things are not compared."""
    tops = [by_top(block) for block in ground.by_kind]
    by_turns = zip_longest(*([(block, row) for row in _most_first(block)] for block in tops))
    chosen = [pair for pair in chain.from_iterable(by_turns) if pair is not None][:MOST]
    return tuple(_largest(ground, block, row) for block, row in chosen)


def by_top(block: Block) -> Block:
    """The block by the tops of its tree: each with all that stands under it."""
    gathered: dict[Member | None, Row] = {}
    for row in block.rows:
        member = row.members[0]
        top = member.root if member else None
        if top not in gathered:
            gathered[top] = Row((top,), row.names, [0] * len(row.names))
        gathered[top].merge(row)
    rows = sorted(gathered.values(), key=lambda row: (row.members[0] is None, row.members[0] or ()))
    return Block(block.counted_in, rows, block.total)


def _most_first(block: Block) -> list[Row]:
    rows = [row for row in block.rows if row.members[0] is not None and ranked(row) > 0]
    return sorted(rows, key=lambda row: -ranked(row))


def _largest(ground: Ground, block: Block, row: Row) -> Tile:
    member = row.members[0]
    assert member is not None  # noqa: S101 - _most_first leaves out what is of no kind
    mark = Mark("", member.code, member.name)
    whole = replace_members(row)
    return Tile(member.name, tuple(_lines(ground, mark, [Block(block.counted_in, [], whole)])))


def replace_members(row: Row) -> Row:
    """The row as a total, which stands for no member."""
    return Row((), row.names, row.vector, row.kinds, row.places)


def _blocks(ground: Ground, branch: Collection[str]) -> list[Block]:
    inside = [
        cell for cell in ground.cells if (member := cell.members[ground.kind]) and member.code in branch
    ]
    return _assembled(ground, inside, ())


def _assembled(ground: Ground, cells: Sequence[Cell], by: Sequence[str]) -> list[Block]:
    setting = ground.setting
    return assemble(cells, by, names=ground.names, of=setting.of, basis=setting.basis)


def _lines(ground: Ground, mark: Mark, blocks: Sequence[Block]) -> list[FocusLine]:
    narrower = {**ground.setting.proof_params, ground.kind: mark.code}
    setting = replace(ground.setting, by=(), proof_params=narrower, pending={})
    told = document(setting, blocks)["blocks"]
    return [
        _line(setting, mark, block, one, ground.compares_places)
        for block, one in zip(blocks, told, strict=True)
    ]


BASES = {ISSUES: "total", "projects": "arranged", MONEY: "funded"}
RATES = {ISSUES: "{basis}_rate", "projects": "started_rate", MONEY: ""}


def _line(setting: Setting, mark: Mark, block: Block, told: dict[str, object], compares: bool) -> FocusLine:
    row: dict[str, object] = told["total"]  # type: ignore[assignment]  # a document is plain JSON
    counted_in = block.counted_in
    key = MONEY if is_money_block(setting, counted_in) else setting.of
    measure, base = worst_measure(setting.of, counted_in), BASES[key]
    rate = RATES[key].format(basis=setting.basis)
    word = row_word(counted_in, len(block.total.kinds)) if setting.of == ISSUES else counted_in
    worst, worst_href = worst_words(setting, row, measure, word) if compares else ("", "")
    return FocusLine(
        name=mark.name,
        word=word,
        said=indicator(setting.of, measure),
        most=number(setting.of, row, measure, counted_in),
        base_said=indicator(setting.of, base),
        base=number(setting.of, row, base, counted_in),
        rate_said=indicator(setting.of, rate) if rate else None,
        rate=shown(row, rate) if rate else "",
        unstated=_unstated(row),
        worst=worst,
        worst_href=worst_href,
    )


def _unstated(row: dict[str, object]) -> str:
    """What nobody said anything of, which is never told as not done; empty where there is none."""
    amount = str(row.get("unstated", "0"))
    return "" if amount == "0" else amount
