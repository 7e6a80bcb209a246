"""Tallies: what may be asked, and how cells of sums become blocks of rows, each with its worst township."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from operator import add
from typing import NamedTuple

from dashboards.rules.figures import MONEY, Sums
from rectify.lib.measures import COUNTS, units

ISSUES = "issues"
PROJECTS = "projects"
BASES = ("claimed", "confirmed")
TREES = ("category", "programme", "unit", "lead_unit", "department")

DIMENSIONS: dict[str, tuple[str, ...]] = {
    ISSUES: (
        "category",
        "township",
        "village",
        "unit",
        "lead_unit",
        "department",
        "list",
        "source",
        "deadline_class",
    ),
    PROJECTS: ("programme", "township", "village", "unit", "department"),
}
DIMENSION_LABELS = {
    "category": "类别",
    "township": "乡镇",
    "village": "村（社区）",
    "unit": "责任单位",
    "lead_unit": "牵头单位",
    "department": "主管部门",
    "list": "清单",
    "source": "来源",
    "deadline_class": "时限类别",
    "programme": "专项",
}
FILTERS: dict[str, tuple[str, ...]] = {
    ISSUES: (*DIMENSIONS[ISSUES], "counted_in"),
    PROJECTS: (*DIMENSIONS[PROJECTS], "counted_in"),
}


class TallyError(ValueError):
    """A tally that cannot be answered, with one plain Chinese sentence."""


@dataclass(frozen=True, slots=True)
class TallyQuery:
    """What is asked. Filters are codes or names as given; ``as_of`` None means today (Beijing's date)."""

    campaign: str = ""
    of: str = ISSUES
    by: tuple[str, ...] = ()
    as_of: date | None = None
    known_at: datetime | None = None
    basis: str = "claimed"
    filters: Mapping[str, str] = field(default_factory=dict)


def checked(query: TallyQuery, today: date) -> TallyQuery:
    """The query with ``as_of`` filled in; TallyError where it asks for what there cannot be."""
    if query.of not in DIMENSIONS:
        raise TallyError(f"统计对象只能是 issues（问题）或 projects（项目），不能是“{query.of}”。")
    if query.basis not in BASES:
        raise TallyError(f"口径只能是 claimed（上报）或 confirmed（核实），不能是“{query.basis}”。")
    known = DIMENSIONS[query.of]
    for name in query.by:
        if name not in known:
            raise TallyError(f"不能按“{name}”统计；可以按 {'、'.join(known)}。")
    if len(set(query.by)) != len(query.by):
        raise TallyError("同一个统计维度只能写一次。")
    for name in query.filters:
        if name not in FILTERS[query.of]:
            raise TallyError(f"这里不能按“{name}”筛选；可以按 {'、'.join(FILTERS[query.of])}。")
    as_of = query.as_of or today
    if as_of > today:
        raise TallyError(f"截至日 {as_of.isoformat()} 晚于今天（{today.isoformat()}），还没有数字可统计。")
    return TallyQuery(query.campaign, query.of, query.by, as_of, query.known_at, query.basis, query.filters)


class Member(NamedTuple):
    """A value of a dimension: code, name (a full path in a tree), and whether others hang below it.

    A tuple, since a board looks some thousands of them up."""

    code: str
    name: str
    is_branch: bool = False
    short_name: str = ""
    root_code: str = ""

    @property
    def spoken(self) -> str:
        """The name in a sentence: the short one, or the last step of a path."""
        return self.short_name or self.name.rpartition(" / ")[2]

    @property
    def root(self) -> Member:
        """The top of its branch, standing for the whole of it."""
        return Member(self.root_code or self.code, self.name.partition(" / ")[0])


@dataclass(frozen=True, slots=True)
class Cell:
    """Sums of the items that share all these members and are counted in the same thing, in millionths and
    pieces, in the order of the measures' names."""

    members: Mapping[str, Member | None]
    counted_in: str
    vector: tuple[int, ...]

    def kind(self) -> tuple[Member | None, ...]:
        """What a household may stand in twice: list and category."""
        return self.members.get("list"), self.members.get("category")


@dataclass(frozen=True, slots=True)
class Worst:
    """The township, or those that tie, with most of ``value``; ``base`` is the whole row's."""

    townships: tuple[Member, ...]
    value: Decimal
    base: Decimal


@dataclass
class Row:
    """One line of a block: the members it stands for (in the order of ``by``), its sums, its worst."""

    members: tuple[Member | None, ...]
    names: tuple[str, ...]
    vector: list[int]
    kinds: set[tuple[Member | None, ...]] = field(default_factory=set)
    places: dict[Member | None, int] = field(default_factory=dict)

    def add(self, cell: Cell, ranked: int) -> None:
        self.vector = list(map(add, self.vector, cell.vector)) if self.kinds else list(cell.vector)
        self.kinds.add(cell.kind())
        place = cell.members.get("township")
        self.places[place] = self.places.get(place, 0) + ranked

    def merge(self, other: Row) -> None:
        """Add another row's cells, before this one's sums are asked for."""
        self.vector = list(map(add, self.vector, other.vector))
        self.kinds |= other.kinds
        for place, value in other.places.items():
            self.places[place] = self.places.get(place, 0) + value

    @cached_property
    def sums(self) -> Sums:
        """Measure → sum, to be asked for when all cells are in."""
        return {
            name: Decimal(value) if name in COUNTS else units(value)
            for name, value in zip(self.names, self.vector, strict=True)
        }

    @property
    def worst(self) -> Worst | None:
        """The largest known place; None where nothing is left or no place is known."""
        known = {place: value for place, value in self.places.items() if place is not None and value > 0}
        if not known:
            return None
        most = max(known.values())
        tied = sorted((place for place, value in known.items() if value == most), key=_code)
        return Worst(tuple(tied), units(most), units(sum(self.places.values())))

    def ranked_places(self) -> list[tuple[Member, Decimal]]:
        """Known places with anything, most first, then by code."""
        known = [(place, value) for place, value in self.places.items() if place is not None and value > 0]
        ordered = sorted(known, key=lambda pair: (-pair[1], pair[0].code))
        return [(place, units(value)) for place, value in ordered]


@dataclass(slots=True)
class Block:
    """Everything counted in one thing: rows sorted by code with the empty member last, and their total."""

    counted_in: str
    rows: list[Row]
    total: Row


def coarser(cells: Iterable[Cell], dimension: str) -> list[Cell]:
    """The cells with the dimension's members taken for the tops of their branches."""
    tops: dict[Member, Member] = {}

    def top(member: Member | None) -> Member | None:
        return None if member is None else tops.setdefault(member, member.root)

    return [
        Cell({**cell.members, dimension: top(cell.members.get(dimension))}, cell.counted_in, cell.vector)
        for cell in cells
    ]


def ranked_terms(of: str, basis: str, counted_in: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Measures added and measures taken off for what the worst township has most of: left (issues), money
    issued beyond the norm, or works not started."""
    if of == ISSUES:
        return ("found",), ("removed", basis)
    return (("over",), ()) if counted_in == MONEY else (("allotted",), ("started",))


def ranked(row: Row) -> Decimal:
    """What the worst township of a row has most of, for the whole row."""
    return units(sum(row.places.values()))


def assemble(
    cells: Iterable[Cell], by: Sequence[str], *, names: Sequence[str], of: str, basis: str
) -> list[Block]:
    """One block per thing counted, never added to each other; lines without any number are left out.

    ``names`` are the measures in the order of the cells' vectors."""
    gathering: dict[str, _Gathering] = {}
    for cell in cells:
        if not any(cell.vector):
            continue
        block = gathering.get(cell.counted_in)
        if block is None:
            terms = ranked_terms(of, basis, cell.counted_in)
            block = gathering[cell.counted_in] = _Gathering(tuple(names), terms)
        block.add(cell, tuple(cell.members.get(name) for name in by))
    return [
        gathering[counted_in].block(counted_in, bool(by))
        for counted_in in sorted(gathering, key=lambda name: (name == MONEY, name))
    ]


def by_root(rows: Sequence[Row]) -> list[Row]:
    """Rows of one tree gathered under the tops of its branches; as they are where that makes only one."""
    gathered: dict[tuple[Member | None, ...], Row] = {}
    for row in rows:
        key = tuple(member.root if member else None for member in row.members)
        if key not in gathered:
            gathered[key] = Row(key, row.names, [0] * len(row.names))
        gathered[key].merge(row)
    return sorted(gathered.values(), key=_by_code) if len(gathered) > 1 else list(rows)


class _Gathering:
    """A block while its cells come in."""

    def __init__(self, names: tuple[str, ...], terms: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
        self.names = names
        self.plus, self.minus = ([names.index(name) for name in part] for part in terms)
        self.rows: dict[tuple[Member | None, ...], Row] = {}

    def _row(self, key: tuple[Member | None, ...]) -> Row:
        return Row(key, self.names, [0] * len(self.names))

    def add(self, cell: Cell, key: tuple[Member | None, ...]) -> None:
        vector = cell.vector
        value = sum([vector[at] for at in self.plus]) - sum([vector[at] for at in self.minus])
        row = self.rows.get(key)
        if row is None:
            row = self.rows[key] = self._row(key)
        row.add(cell, value)

    def block(self, counted_in: str, has_rows: bool) -> Block:
        rows = sorted(self.rows.values(), key=_by_code)
        total = self._row(())
        for row in rows:
            total.merge(row)
        return Block(counted_in, rows if has_rows else [], total)


def _code(member: Member) -> str:
    return member.code


def _by_code(row: Row) -> list[tuple[bool, str]]:
    return [(member is None, "" if member is None else member.code) for member in row.members]
