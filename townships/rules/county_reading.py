"""From the lines of an office's list to a county: parents found, codes made, new told from known."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from rectify.lib.cn_text import fold
from townships.rules.county import County, UnitRow, names_of
from townships.rules.county_lines import Line
from townships.rules.county_words import kind_of, plain_name, short_name_of
from townships.rules.roles import Level

_ORDER = (
    Level.CITY, Level.COUNTY, Level.TOWNSHIP, Level.DEPARTMENT, Level.GROUP, Level.OUTSIDE, Level.VILLAGE,
)  # fmt: skip
_LETTERS = {
    Level.COUNTY: "C", Level.TOWNSHIP: "T", Level.VILLAGE: "V", Level.DEPARTMENT: "D", Level.GROUP: "G",
    Level.OUTSIDE: "W", Level.CITY: "S",
}  # fmt: skip
_CODE = re.compile(r"[A-Za-z0-9._-]{1,32}")
_LENGTHS = {"name": ("名称", 100), "short_name": ("简称", 60), "kind": ("类型", 20), "note": ("说明", 200)}


@dataclass(slots=True)
class _Node:
    """A unit being put together: ``row`` as it stands, ``told`` the line that spoke of it first."""

    row: UnitRow
    parent: _Node | None
    is_new: bool
    told: Line | None = None
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Counted:
    """Units of one level that the list speaks of, and how many of them are new or changed by it."""

    level: Level
    total: int
    fresh: int
    changed: int

    @property
    def same(self) -> int:
        return self.total - self.fresh - self.changed


@dataclass(frozen=True, slots=True)
class Reading:
    """The county as it will stand (everything there was, and what the list brings); ``problems`` keep it from
    being stored, ``notes`` do not."""

    county: County
    counts: tuple[Counted, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def read_lines(
    lines: Sequence[Line],
    existing: Sequence[UnitRow],
    sets: Mapping[str, Sequence[tuple[str, str]]],
    *,
    root: str,
    foreign: Collection[str] = (),
) -> Reading:
    """Understand the lines over the units there are: the one with code ``root``, those above and under it.

    ``sets``: name → (where, a unit's name or code); ``foreign``: codes of other trees, not to be used. A unit
    that is not listed stays as it is; an empty cell changes nothing; a unit known by name keeps its code."""
    return _Reader(existing, root, foreign).read(lines, sets)


class _Reader:
    def __init__(self, existing: Sequence[UnitRow], root: str, foreign: Collection[str]) -> None:
        self._foreign = frozenset(foreign)
        self._before = {row.code: row for row in existing}
        self._by_code: dict[str, _Node] = {}
        self._named: defaultdict[tuple[Level, str], list[_Node]] = defaultdict(list)
        self._problems: list[str] = []
        self._notes: list[str] = []
        self._nodes: list[_Node] = []
        for row in existing:
            self._add(_Node(row, None, is_new=False))
        for node in self._nodes:
            node.parent = self._by_code.get(node.row.parent_code)
        self._root = self._by_code[root]
        top = self._root.row
        self._county_names = tuple(sorted({top.name, top.short_name}, key=len, reverse=True))

    def read(self, lines: Sequence[Line], sets: Mapping[str, Sequence[tuple[str, str]]]) -> Reading:
        waiting = sorted(lines, key=lambda line: _ORDER.index(line.level))
        while waiting:  # a department may stand under one that is listed further down
            left = [line for line in waiting if not self._place(line, is_last=False)]
            if len(left) == len(waiting):
                for line in left:
                    self._place(line, is_last=True)
                break
            waiting = left
        self._give_codes()
        self._link_successors()
        rows = tuple(self._finished(node) for node in self._nodes)
        members = {name: tuple(self._members(name, told)) for name, told in sets.items()}
        return Reading(
            County(units=rows, sets={name: codes for name, codes in members.items() if codes}),
            counts=tuple(self._counts(rows)),
            problems=tuple(self._problems),
            notes=tuple(dict.fromkeys(self._notes)),
        )

    # --- one line -------------------------------------------------------------------------------------------

    def _place(self, line: Line, *, is_last: bool) -> bool:
        """Put the line into the tree; False where its parent may still come."""
        if line.level in (Level.COUNTY, Level.CITY) and self._is_top(line):
            return True
        parent = self._parent_of(line)
        if parent is None:
            if is_last:
                self._problems.append(self._no_parent(line))
            return False
        self._take(line, parent)
        return True

    def _is_top(self, line: Line) -> bool:
        """Whether the line speaks of the root, or of what cannot stand under it."""
        top = self._root.row
        if fold(plain_name(line.name, line.level)) in self._root.names or line.code == top.code:
            self._merge(self._root, replace(line, code="", name=top.name))
            return True
        if line.level is Level.CITY:
            self._notes.append(f"{line.at}：“{line.name}”是上级市，没有载入。")
            return True
        if Level(top.level) is not Level.CITY:
            self._problems.append(f"{line.at}：这里写的是“{line.name}”，而本系统属于“{top.name}”。")
            return True
        return False

    def _parent_of(self, line: Line) -> _Node | None:
        if line.level is Level.VILLAGE:
            return self._township_of(line)
        if line.level is Level.TOWNSHIP and Level(self._root.row.level) is Level.CITY:
            return self._find(line.parent, (Level.COUNTY,)) or self._by_prefix(line.code, Level.COUNTY, 6)
        if not line.parent or line.level in (Level.TOWNSHIP, Level.COUNTY):
            return self._root
        return self._find(line.parent, _ORDER)

    def _township_of(self, line: Line) -> _Node | None:
        if line.parent:
            return self._find(line.parent, (Level.TOWNSHIP,), line.within)
        by_code = self._by_prefix(line.code, Level.TOWNSHIP, 9)
        if by_code is not None:
            return by_code
        fronts = [
            node
            for node in self._nodes
            if node.row.level is Level.TOWNSHIP and line.name.startswith(node.row.name)
        ]
        if fronts:
            return max(fronts, key=lambda node: len(node.row.name))
        return self._find(line.above, (Level.TOWNSHIP,)) if line.above else None

    def _find(self, text: str, levels: Iterable[Level], within: str = "") -> _Node | None:
        """The unit that a name or code means, ``within`` another one; None for none and for several."""
        if text in self._by_code:
            return self._by_code[text]
        word = fold(text)
        for level in levels:
            plain = fold(plain_name(text, level, self._county_names))
            found = {id(node): node for key in (word, plain) for node in self._named[level, key]}
            nodes = list(found.values())
            if len(nodes) > 1 and within:
                nodes = [node for node in nodes if node.parent and fold(within) in node.parent.names]
            if len(nodes) == 1:
                return nodes[0]
        return None

    def _by_prefix(self, code: str, level: Level, length: int) -> _Node | None:
        if len(code) < length or not code.isdigit():
            return None
        near = [
            node
            for node in self._nodes
            if node.row.level is level and node.row.code[:length] == code[:length]
        ]
        return near[0] if len(near) == 1 else None

    def _no_parent(self, line: Line) -> str:
        wanted = {Level.VILLAGE: Level.TOWNSHIP, Level.TOWNSHIP: Level.COUNTY}.get(line.level)
        if not line.parent:
            label = "所属乡镇" if line.level is Level.VILLAGE else "所属县"
            return f"{line.at}：“{line.name}”没有写{label}。"
        names = list({node.row.name for node in self._nodes if wanted in (None, node.row.level)})
        if line.parent in names:
            return f"{line.at}：叫“{line.parent}”的有几个，请写代码，或加一列“县”。"
        near = get_close_matches(line.parent, names, n=2, cutoff=0.5)
        hint = f"，是不是“{'”或“'.join(near)}”" if near else "，请在表中补上，或改正名称"
        return f"{line.at}：“{line.name}”的上级“{line.parent}”没有找到{hint}。"

    def _take(self, line: Line, parent: _Node) -> None:
        above = (*self._county_names, parent.row.name) if line.level is Level.VILLAGE else self._county_names
        name = plain_name(line.name, line.level, above)
        if name != line.name:
            line = replace(line, name=name, aliases=(*line.aliases, line.name))
        found = [node for node in self._named[line.level, fold(name)] if node.parent is parent]
        official = next((node for node in found if node.row.name == name), None)
        by_code = self._by_code.get(line.code) if line.code else None
        if official is None and by_code is None and found:
            self._problems.append(
                f"{line.at}：“{name}”已是“{found[0].row.name}”的简称、别名或曾用名，请写全称。"
            )
        elif (
            by_code is not None
            and by_code is not official
            and (official is not None or by_code.told is not None or by_code.row.level is not line.level)
        ):
            self._problems.append(f"{line.at}：代码 {line.code} 已是“{by_code.row.name}”的代码。")
        elif line.code in self._foreign:
            self._problems.append(f"{line.at}：代码 {line.code} 已由另一个县的单位使用。")
        elif line.code and not _CODE.fullmatch(line.code):
            self._problems.append(f"{line.at}：代码“{line.code}”只能用字母、数字和 . _ -，最长32个字符。")
        else:
            self._merge(official or by_code or self._make(line, parent), line, parent)

    def _make(self, line: Line, parent: _Node) -> _Node:
        row = UnitRow(line.code, line.name, "", line.level)
        return self._add(_Node(row, parent, is_new=True))

    def _add(self, node: _Node) -> _Node:
        self._nodes.append(node)
        if node.row.code:
            self._by_code[node.row.code] = node
        self._know(node)
        return node

    def _know(self, node: _Node) -> None:
        for name in names_of(node.row):
            if name and fold(name) not in node.names:
                node.names.add(fold(name))
                self._named[node.row.level, fold(name)].append(node)

    def _merge(self, node: _Node, line: Line, parent: _Node | None = None) -> None:
        """Fill what the line tells into the unit."""
        if node.told is not None and not line.is_implied and not node.told.is_implied:
            self._notes.append(f"{line.at}：“{line.name}”前面（{node.told.at}）已经列过，只算一次。")
        if node.told is None or node.told.is_implied:
            node.told = line
        if line.code and not node.row.code:
            node.row = replace(node.row, code=line.code)
            self._by_code[line.code] = node
        elif line.code and line.code != node.row.code:
            self._notes.append(f"{line.at}：“{line.name}”的代码仍是 {node.row.code}，代码建立后不变。")
        node.parent = parent or node.parent
        node.row = _filled(node.row, line, is_new=node.is_new)
        self._problems += _too_long(line)
        self._know(node)

    # --- the whole ------------------------------------------------------------------------------------------

    def _give_codes(self) -> None:
        numbers: Counter[Level] = Counter()
        for node in self._nodes:
            while not node.row.code:
                level = node.row.level
                numbers[level] += 1
                code = f"{_LETTERS[level]}{numbers[level]:03d}"
                if code not in self._by_code and code not in self._foreign:
                    node.row = replace(node.row, code=code)
                    self._by_code[code] = node

    def _link_successors(self) -> None:
        for node in self._nodes:
            text = node.told.successor if node.told else ""
            if not text:
                continue
            found = self._find(text, (node.row.level, *_ORDER)) if node.told else None
            if found is None or found is node:
                at = node.told.at if node.told else ""
                self._problems.append(f"{at}：“{node.row.name}”的并入单位“{text}”没有找到。")
            else:
                node.row = replace(node.row, successor_code=found.row.code)

    def _finished(self, node: _Node) -> UnitRow:
        row = node.row
        if node.is_new or not row.short_name:
            row = replace(
                row, short_name=row.short_name or short_name_of(row.name, row.level, self._county_names)
            )
        return replace(row, parent_code=node.parent.row.code if node.parent else "")

    def _members(self, name: str, told: Sequence[tuple[str, str]]) -> Iterator[str]:
        for at, text in told:
            node = self._find(text, (Level.DEPARTMENT, *_ORDER))
            if node is None:
                self._problems.append(f"{at}：集合“{name}”中的“{text}”没有找到。")
            else:
                yield node.row.code

    def _counts(self, rows: Sequence[UnitRow]) -> Iterator[Counted]:
        for level in (
            Level.COUNTY,
            Level.TOWNSHIP,
            Level.VILLAGE,
            Level.DEPARTMENT,
            Level.GROUP,
            Level.OUTSIDE,
        ):
            told = [
                (node, row) for node, row in zip(self._nodes, rows, strict=True)
                if node.told is not None and row.level is level
            ]  # fmt: skip
            fresh = sum(node.is_new for node, _ in told)
            changed = sum(not node.is_new and row != self._before[row.code] for node, row in told)
            if told:
                yield Counted(level, len(told), fresh, changed)


def _filled(row: UnitRow, line: Line, *, is_new: bool) -> UnitRow:
    """The row with everything that the line tells; an empty cell changes nothing."""
    former = tuple(dict.fromkeys((*row.former, *line.former)))
    aliases = tuple(name for name in dict.fromkeys((*row.aliases, *line.aliases)) if name not in former)
    kind = kind_of(line.name, line.level, line.kind) if is_new or line.kind else ""
    return replace(
        row,
        name=line.name or row.name,
        short_name=line.short_name or row.short_name,
        kind=kind or row.kind,
        opened_on=line.opened_on or row.opened_on,
        closed_on=line.closed_on or row.closed_on,
        note=line.note or row.note,
        aliases=aliases,
        former=former,
    )


def _too_long(line: Line) -> Iterator[str]:
    for name, (label, most) in _LENGTHS.items():
        if len(getattr(line, name)) > most:
            yield f"{line.at}：{label}超过{most}个字。"
    for name in (*line.aliases, *line.former):
        if len(name) > 100:
            yield f"{line.at}：别名“{name[:20]}……”超过100个字。"
