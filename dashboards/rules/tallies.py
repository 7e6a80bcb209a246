"""Tallies: what may be asked, and how cells of sums become blocks of rows, each with its worst township."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from dashboards.rules.figures import MONEY, ZERO, Sums, issue_left, project_not_started

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
NONE = "-"
"""The value of a filter that asks for items without one."""


class TallyError(ValueError):
    """A tally that cannot be answered, with one plain Chinese sentence."""


class UnknownNameError(TallyError):
    """A filter names something that is not there."""


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


@dataclass(frozen=True, slots=True)
class Member:
    """A value of a dimension: code, name (a full path in a tree), and whether others hang below it."""

    code: str
    name: str
    is_branch: bool = False

    @property
    def leaf_name(self) -> str:
        return self.name.rpartition(" / ")[2]


@dataclass(frozen=True, slots=True)
class Cell:
    """Sums of the items that share all these members and are counted in the same thing."""

    members: Mapping[str, Member | None]
    counted_in: str
    sums: Sums

    def kind(self) -> tuple[Member | None, ...]:
        """What a household may stand in twice: list and category."""
        return self.members.get("list"), self.members.get("category")


@dataclass(frozen=True, slots=True)
class Worst:
    """The township, or those that tie, with most of ``value``; ``base`` is the whole row's."""

    townships: tuple[Member, ...]
    value: Decimal
    base: Decimal


@dataclass(slots=True)
class Row:
    """One line of a block: the members it stands for (in the order of ``by``), its sums, its worst."""

    members: tuple[Member | None, ...]
    sums: dict[str, Decimal] = field(default_factory=dict)
    kinds: set[tuple[Member | None, ...]] = field(default_factory=set)
    places: dict[Member | None, Decimal] = field(default_factory=dict)
    places_above: int = 0

    def add(self, cell: Cell, ranked: Decimal) -> None:
        for name, value in cell.sums.items():
            self.sums[name] = self.sums.get(name, ZERO) + value
        self.kinds.add(cell.kind())
        place = cell.members.get("township")
        self.places[place] = self.places.get(place, ZERO) + ranked

    @property
    def worst(self) -> Worst | None:
        """The largest known place; None where nothing is left or no place is known."""
        known = {place: value for place, value in self.places.items() if place is not None and value > 0}
        if not known:
            return None
        most = max(known.values())
        tied = sorted(
            (place for place, value in known.items() if value == most), key=lambda place: place.code
        )
        return Worst(tuple(tied), most, sum(self.places.values(), ZERO))

    def ranked_places(self) -> list[tuple[Member, Decimal]]:
        """Known places with anything, most first, then by code."""
        known = [(place, value) for place, value in self.places.items() if place is not None and value > 0]
        return sorted(known, key=lambda pair: (-pair[1], pair[0].code))


@dataclass(slots=True)
class Block:
    """Everything counted in one thing: rows sorted by code with the empty member last, and their total."""

    counted_in: str
    rows: list[Row]
    total: Row


def ranking(of: str, basis: str, counted_in: str, sums: Sums) -> Decimal:
    """What the worst township has most of: left (issues), over-allotted money, or works not started."""
    if of == ISSUES:
        return issue_left(sums, basis)
    return sums["over"] if counted_in == MONEY else project_not_started(sums)


def assemble(cells: Iterable[Cell], by: Sequence[str], *, of: str, basis: str) -> list[Block]:
    """One block per thing counted, never added to each other; lines without any number are left out."""
    rows: dict[str, dict[tuple[Member | None, ...], Row]] = {}
    totals: dict[str, Row] = {}
    for cell in cells:
        if not any(cell.sums.values()):
            continue
        ranked = ranking(of, basis, cell.counted_in, cell.sums)
        key = tuple(cell.members.get(name) for name in by)
        block_rows = rows.setdefault(cell.counted_in, {})
        if key not in block_rows:
            block_rows[key] = Row(key)
        block_rows[key].add(cell, ranked)
        if cell.counted_in not in totals:
            totals[cell.counted_in] = Row(())
        totals[cell.counted_in].add(cell, ranked)
    return [
        Block(counted_in, sorted(rows[counted_in].values(), key=_by_code) if by else [], totals[counted_in])
        for counted_in in sorted(totals, key=lambda name: (name == MONEY, name))
    ]


def _by_code(row: Row) -> list[tuple[bool, str]]:
    return [(member is None, "" if member is None else member.code) for member in row.members]
