"""Which field a column holds, told from its path of names by a vocabulary given as data."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Final

from rectify.lib.cn_text import fold
from rectify.lib.sheets.shape import Column
from rectify.lib.sheets.words import is_measure, without_parentheses

_MARKS: Final = re.compile(r"^[*★☆#]+|[*★☆:。、,]+$|^\d{1,2}[.、]|\s+")
_MONEY: Final = re.compile(r"(?<=..)(万元|亿元|千元|元)$")
_BRACKETS: Final = str.maketrans("", "", "()[]【】〔〕“”\"'《》")


class Strength(IntEnum):
    """How sure a name is: weak ones give way where another column names the field plainly."""

    WEAK = 1
    LIKELY = 2
    EXACT = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A field that a column may hold."""

    field: str
    strength: Strength


@dataclass(frozen=True, slots=True)
class Pattern:
    """A field told by a pattern, searched in the folded names joined by "|", the leaf last."""

    field: str
    regex: re.Pattern[str]
    strength: Strength = Strength.LIKELY


@dataclass(frozen=True)
class Vocabulary:
    """The names by which ledgers call the fields of one kind of table.

    `names`: field → names, separated by spaces, matched whole. `weak`: the same, for names that give way.
    `patterns` are tried in order where no name fits. `never` names columns that hold no field, `foreign`
    parents whose columns hold none. `contextual` patterns speak before the leaf, for names that mean
    something else under a parent (计划 / 开工时间). `generic` are leaves that say nothing without their
    parent, each with the fields it may stand for. `joined` are fields that several columns may share.
    """

    names: Mapping[str, str]
    weak: Mapping[str, str]
    patterns: Sequence[Pattern]
    never: re.Pattern[str]
    foreign: re.Pattern[str]
    generic: Mapping[str, frozenset[str]] = field(default_factory=dict)
    joined: frozenset[str] = frozenset()
    contextual: Sequence[Pattern] = ()

    @cached_property
    def _exact(self) -> dict[str, str]:
        return {name: field for field, names in self.names.items() for name in names.split()}

    @cached_property
    def _giving_way(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name_field, names in self.weak.items():
            for name in names.split():
                found.setdefault(name, []).append(name_field)
        return found

    def holds(self, name: str) -> bool:
        """Whether tables of this kind have the field."""
        return name in self.names

    def knows(self, name: str) -> bool:
        """Whether a folded header cell is a name of this vocabulary."""
        return bool(self.candidates((name,)))

    def candidates(self, path: Sequence[str]) -> list[Candidate]:
        """The fields a column with these names may hold, the likeliest first; none if it holds no field."""
        names = [forms for name in path if (forms := _forms(name))]
        while len(names) > 1 and is_measure(path[-1]):
            # A last level that only gives units: 数量 / （户）, 投资 / 万元.
            names.pop()
            path = path[:-1]
        if not names:
            return []
        if whole := self._by_whole_name(names):
            return whole
        parents, leaf = names[:-1], names[-1]
        if any(self.foreign.search(parent[0]) for parent in parents):
            return []
        if parents and (told := self._by_context(parents, leaf)):
            return told
        return self._by_leaf(leaf) or self._by_generic_leaf(parents, leaf) or self._by_pattern(parents, leaf)

    def _by_whole_name(self, names: Sequence[tuple[str, ...]]) -> list[Candidate]:
        """By parents and leaf read together (完成 / 时间 is 完成时间), the whole path first."""
        for start in range(len(names) - 1):
            for which in (0, -1):
                joined = "".join(forms[which] for forms in names[start:])
                if joined in self._exact:
                    return [Candidate(self._exact[joined], Strength.EXACT)]
        return []

    def _by_context(self, parents: Sequence[tuple[str, ...]], leaf: tuple[str, ...]) -> list[Candidate]:
        joined = "|".join([*(parent[0] for parent in parents), leaf[-1]])
        for pattern in self.contextual:
            if pattern.regex.search(joined):
                return [Candidate(pattern.field, pattern.strength)]
        return []

    def _by_leaf(self, leaf: tuple[str, ...]) -> list[Candidate]:
        for form in leaf:
            if form in self.generic:
                return []
            if form in self._exact:
                return [Candidate(self._exact[form], Strength.EXACT)]
            if form in self._giving_way:
                return [Candidate(name, Strength.WEAK) for name in self._giving_way[form]]
        return []

    def _by_generic_leaf(self, parents: Sequence[tuple[str, ...]], leaf: tuple[str, ...]) -> list[Candidate]:
        """By the parent where the leaf alone says nothing: 责任单位 / 名称."""
        allowed = next((self.generic[form] for form in leaf if form in self.generic), None)
        if allowed is None:
            return []
        if parents:
            above = self.candidates([parents[-1][0]])
            if fitting := [candidate for candidate in above if candidate.field in allowed]:
                return fitting
        for form in leaf:
            if form in self._exact:
                return [Candidate(self._exact[form], Strength.EXACT)]
            if form in self._giving_way:
                return [Candidate(name, Strength.WEAK) for name in self._giving_way[form]]
        return []

    def _by_pattern(self, parents: Sequence[tuple[str, ...]], leaf: tuple[str, ...]) -> list[Candidate]:
        if self.never.search(leaf[0]):
            return []
        for form in dict.fromkeys((leaf[-1], leaf[0])):
            joined = "|".join([*(parent[0] for parent in parents), form])
            for pattern in self.patterns:
                if pattern.regex.search(joined):
                    return [Candidate(pattern.field, pattern.strength)]
        return []


def _forms(name: str) -> tuple[str, ...]:
    """A name as it is compared: with its brackets opened (乡（镇） is 乡镇), without what they hold, and
    without a unit of money at its end (投资万元 is 投资)."""
    folded = fold(name)
    opened = _MARKS.sub("", folded.translate(_BRACKETS))
    bare = _MARKS.sub("", without_parentheses(folded).translate(_BRACKETS))
    plain = _MONEY.sub("", bare)
    return tuple(dict.fromkeys(form for form in (opened, bare, plain) if form))


def assign(candidates: Sequence[Sequence[Candidate]], joined: frozenset[str]) -> list[str | None]:
    """One field or none per column. A weak name takes only a field that no plain name took; several columns
    may have the same field (the reader joins them, or takes the first that is filled)."""
    fields: list[str | None] = [_plain(options) for options in candidates]
    taken = {name for name in fields if name is not None}
    weakly: set[str] = set()
    for at, options in enumerate(candidates):
        if fields[at] is not None:
            continue
        for option in options:
            if option.field not in taken and (option.field in joined or option.field not in weakly):
                fields[at] = option.field
                weakly.add(option.field)
                break
    return fields


def _plain(options: Sequence[Candidate]) -> str | None:
    return options[0].field if options and options[0].strength > Strength.WEAK else None


def layout_fingerprint(columns: Iterable[Column]) -> str:
    """32 hexadecimal characters, the same for every file of this layout: letters and folded names."""
    told = "\n".join(f"{column.letter}={'/'.join(map(fold, column.path))}" for column in columns)
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def path_text(column: Column) -> str:
    """A column's names joined with " / ", its letter where it has none."""
    return " / ".join(column.path) or f"{column.letter}列"
