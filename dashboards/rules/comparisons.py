"""Two days compared: what stood at first, what moved, what stands now; as data, as rows, told aloud."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dashboards.rules.documents import Setting, row_proof
from dashboards.rules.figures import MONEY, ZERO, plain
from dashboards.rules.indicators import VERSION
from dashboards.rules.movements import PIECES, Column, Flow, columns_of, flow
from dashboards.rules.pages import page_at
from dashboards.rules.proofs import narrowed
from dashboards.rules.sentences import chinese_date, row_word
from dashboards.rules.tables import Line, Number, Table
from dashboards.rules.tallies import DIMENSION_LABELS, ISSUES, PROJECTS, Block, Cell, Member, Row
from rectify.lib.measures import units

BY = {ISSUES: ("township", "category", "unit"), PROJECTS: ("township", "programme", "unit")}
"""What a comparison may be by; the first is the usual one."""
ONE_DAY = timedelta(days=1)
MOST_NAMED = 8

Members = tuple[Member | None, ...]
Cuts = Mapping[tuple[str, Members], Decimal]
"""What is counted and whose → how much verifications took back between the two days."""


@dataclass(frozen=True, slots=True)
class FlowRow:
    """One unit, or all of them (no members): what moved; ``kinds`` are its lists and categories."""

    members: Members
    flow: Flow
    kinds: int


@dataclass(frozen=True, slots=True)
class FlowBlock:
    """Everything counted in one thing: rows by code, their total, the columns that say anything."""

    counted_in: str
    rows: tuple[FlowRow, ...]
    total: FlowRow
    columns: tuple[Column, ...]
    has_unstated: bool = False
    """Whether of some of what is left, on either day, nobody had said anything."""


@dataclass(slots=True)
class _Pair:
    """The sums of one unit as of both days while they come in."""

    then: Row | None = None
    now: Row | None = None
    kinds: set[tuple[Member | None, ...]] = field(default_factory=set)

    def flow(self, of: str, basis: str, cut: Decimal) -> Flow:
        names = (self.now or self.then).names  # type: ignore[union-attr]  # one of the two made the pair
        nothing = dict.fromkeys(names, ZERO)
        then = self.then.sums if self.then else nothing
        now = self.now.sums if self.now else nothing
        return flow(of, basis, then, now, cut)


def cuts_of(cells: Iterable[Cell], by: str) -> dict[tuple[str, Members], Decimal]:
    """Cells of one measure, the quantity taken back, as ``flow_blocks`` looks them up."""
    found: dict[tuple[str, Members], Decimal] = {}
    for cell in cells:
        for members in ((cell.members[by],), ()):
            key = (cell.counted_in, members)
            found[key] = found.get(key, ZERO) + units(cell.vector[0])
    return found


def flow_blocks(
    then: Sequence[Block], now: Sequence[Block], cuts: Cuts, *, of: str, basis: str
) -> list[FlowBlock]:
    """The blocks of both days side by side; a unit that had something on either day has its row."""
    earlier = {block.counted_in: block for block in then}
    later = {block.counted_in: block for block in now}
    names = sorted({*earlier, *later}, key=lambda name: (name == MONEY, name))
    return [_block(name, earlier.get(name), later.get(name), cuts, of=of, basis=basis) for name in names]


def _block(
    counted_in: str, then: Block | None, now: Block | None, cuts: Cuts, *, of: str, basis: str
) -> FlowBlock:
    pairs: dict[Members, _Pair] = {}
    for block, is_now in ((then, False), (now, True)):
        for row in (*block.rows, block.total) if block else ():
            pair = pairs.setdefault(row.members, _Pair())
            pair.then, pair.now = (pair.then, row) if is_now else (row, pair.now)
            pair.kinds |= row.kinds
    rows = {
        members: FlowRow(
            members, pair.flow(of, basis, cuts.get((counted_in, members), ZERO)), len(pair.kinds)
        )
        for members, pair in pairs.items()
    }
    total = rows.pop(())
    ordered = sorted(rows.values(), key=_by_code)
    unstated = any(block.total.sums.get("unstated") for block in (then, now) if block)
    return FlowBlock(counted_in, tuple(ordered), total, columns_of(of, counted_in, total.flow), unstated)


def _by_code(row: FlowRow) -> list[tuple[bool, str]]:
    return [(member is None, member.code if member else "") for member in row.members]


# --- as data ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Period:
    """From the end of ``start`` to the end of ``end``: what moves happens on the days after ``start``."""

    start: date
    end: date

    @property
    def first_day(self) -> date:
        return self.start + ONE_DAY

    @property
    def words(self) -> str:
        """2018年5月20日至2018年6月6日."""
        return f"{chinese_date(self.start)}至{chinese_date(self.end)}"


def comparison(setting: Setting, period: Period, blocks: Sequence[FlowBlock]) -> dict[str, Any]:
    """The comparison as data: decimals as strings, every figure with the list that proves it."""
    told = [_told(setting, period, block) for block in blocks]
    return {
        "campaign": setting.campaign,
        "county": setting.county,
        "of": setting.of,
        "from": period.start.isoformat(),
        "to": period.end.isoformat(),
        "basis": setting.basis,
        "by": list(setting.by),
        "filters": dict(setting.filters),
        "definition": VERSION,
        "generated_at": setting.generated_at,
        "blocks": told,
    }


def _told(setting: Setting, period: Period, block: FlowBlock) -> dict[str, Any]:
    return {
        "counted_in": block.counted_in,
        "rows": [_row(setting, period, block, row) for row in block.rows],
        "total": _row(setting, period, block, block.total),
        "sentence": sentence(setting, period, block),
    }


def _row(setting: Setting, period: Period, block: FlowBlock, row: FlowRow) -> dict[str, Any]:
    members = dict(zip(setting.by, row.members, strict=False))
    told: dict[str, Any] = {}
    for name, member in members.items():
        told[name] = member.name if member else None
        told[f"{name}_code"] = member.code if member else None
    proof = row_proof(setting, block.counted_in, members)
    told |= {column.code: plain(row.flow[column.code]) for column in block.columns}
    told["proof"] = proof
    told["proofs"] = {column.code: proof_of(proof, column, period) for column in block.columns}
    return told


def proof_of(proof: str, column: Column, period: Period) -> str:
    """The list of exactly what one figure sums, out of the row's list as of the period's end."""
    if column.measure:
        return narrowed(proof, column.measure)
    return f"{proof}&moved={column.moved}&from={period.first_day.isoformat()}"


def table_of(setting: Setting, block: FlowBlock, told: Mapping[str, Any]) -> Table:
    """One block of ``comparison`` as a table."""
    dimension = setting.by[0]
    return Table(
        label=DIMENSION_LABELS[dimension],
        heads=tuple(column.said for column in block.columns),
        lines=tuple(_line(setting, block, row, dimension) for row in told["rows"]),
        total=_line(setting, block, told["total"], dimension),
    )


def _line(setting: Setting, block: FlowBlock, row: Mapping[str, Any], dimension: str) -> Line:
    name = row.get(dimension, "合计")
    return Line(
        name=f"未写明{DIMENSION_LABELS[dimension]}" if name is None else name,
        href=page_at(setting, dimension, row.get(f"{dimension}_code")) or row["proof"],
        numbers=tuple(
            Number(row[column.code], row["proofs"][column.code], is_money=_is_money(block, column))
            for column in block.columns
        ),
    )


def _is_money(block: FlowBlock, column: Column) -> bool:
    return block.counted_in == MONEY and not column.is_pieces


# --- told aloud ---------------------------------------------------------------------------------------------


def sentence(setting: Setting, period: Period, block: FlowBlock) -> str:
    """One block in a sentence: what moved, what stood and stands, where nothing was done."""
    word = row_word(block.counted_in, block.total.kinds) if setting.of == ISSUES else block.counted_in
    moved = block.total.flow
    parts = [
        f"{column.said.name.removesuffix('（件）')}{plain(moved[column.code])}"
        f"{PIECES if column.is_pieces else word}"
        for column in block.columns
        if column.moved not in ("opening", "unpaid") and not column.measure and moved[column.code]
    ]
    told = "，".join(parts) if parts else "没有变动"
    subject = setting.telling.subject
    counted = f"按{block.counted_in}统计，" if setting.of == ISSUES else ""
    standing = "；".join(_standing(block, word, what) for what in _balances(block))
    basis = "按核实数，" if setting.of == ISSUES and setting.basis != "claimed" else ""
    return f"{period.words}，{subject}{counted}{told}；{basis}{standing}。{_still(setting, block)}"


def _balances(block: FlowBlock) -> list[tuple[Column, Column]]:
    """Pairs of opening and closing."""
    opening = [column for column in block.columns if column.moved in ("opening", "unpaid")]
    closing = [column for column in block.columns if column.measure]
    return list(zip(opening, closing, strict=True))


def _standing(block: FlowBlock, word: str, pair: tuple[Column, Column]) -> str:
    before, after = (block.total.flow[column.code] for column in pair)
    what = pair[1].said.name.removeprefix("期末") + ("（含未报情况）" if block.has_unstated else "")
    if before == after:
        return f"{what}期初期末都是{plain(after)}{word}"
    way = "减少" if after < before else "增加"
    return f"{what}由{plain(before)}{word}变为{plain(after)}{word}，{way}{plain(abs(after - before))}{word}"


def _still(setting: Setting, block: FlowBlock) -> str:
    """Those that had something left and did nothing of it, by name; none where only one is compared."""
    done = _done_column(setting, block)
    if done is None or len(block.rows) < 2:
        return ""
    opening = next(column for column in block.columns if column.moved in ("opening", "unpaid"))
    still = [
        row.members[0].spoken
        for row in block.rows
        if row.members[0] is not None and row.flow[opening.code] > 0 and row.flow[done.code] <= 0
    ]
    if not still:
        return ""
    left = opening.said.name.removeprefix("期初")
    named = "、".join(still[:MOST_NAMED]) + (f"等{len(still)}个" if len(still) > MOST_NAMED else "")
    return f"期初有{left}、期间没有{done.said.name.removeprefix('新')}的：{named}。"


def _done_column(setting: Setting, block: FlowBlock) -> Column | None:
    if setting.of == ISSUES:
        wanted = "done" if setting.basis == "claimed" else "confirmed"
    else:
        wanted = "paid" if block.counted_in == MONEY else "started"
    return next((column for column in block.columns if column.code == wanted), None)
