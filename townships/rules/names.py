"""Which unit a text means: by every name a unit bears, by place, by set. Which units there are is data."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Final, Literal

from rectify.lib.cn_text import fold

NameRole = Literal["official", "short", "former", "alias"]
How = Literal["official", "short", "former", "alias", "place"]


@dataclass(frozen=True, slots=True)
class UnitName:
    """One name a unit is written with."""

    text: str
    role: NameRole


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """A unit as the index needs it; `level` as in roles.Level, `kind` as in the table (镇, 政府, 群团)."""

    code: str
    name: str
    short_name: str
    kind: str
    level: str
    parent_code: str = ""
    opened_on: date | None = None
    closed_on: date | None = None
    successor_code: str = ""
    names: tuple[UnitName, ...] = ()

    def is_valid_on(self, day: date) -> bool:
        """Whether the unit exists on the day; on the day it closes it no longer does."""
        return (self.opened_on is None or self.opened_on <= day) and (
            self.closed_on is None or day < self.closed_on
        )


@dataclass(frozen=True, slots=True)
class Match:
    """The unit a text means and by which of its names; `warning` is Chinese, where a former name was read."""

    unit: UnitRecord
    how: How
    warning: str = ""


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """What a joined text (水尾镇西溪村一社) names, and what is left of it as written (一社).

    `warning`: a former name, a village the township does not have. `problem`: a village name that several
    townships have; then neither is set.
    """

    township: UnitRecord | None
    village: UnitRecord | None
    rest: str = ""
    warning: str = ""
    problem: str = ""


#: Kinds of departments that 县直各部门 means (import contract, Identity).
DIRECT_KINDS: Final = frozenset(("党委", "政府", "群团"))

_RANK: Final[dict[str, int]] = {"official": 0, "short": 1, "alias": 2, "former": 3}
_ENDING: Final = re.compile(
    r"(?:党委(?:和|、|及)?(?:人民)?政府|(?:人民)?政府|党委|党工委|办事处|办公室|机关"
    r"|村民委员会|居民委员会|村委会|居委会|村支两委|两委|(?:党)?(?:总)?支部)$"
)
_LONGEST_NAME: Final = 40
_JOINTS: Final = " 、,/-·>—."
_AFTER_SHORT_VILLAGE: Final = re.compile(r"$|[\d一二三四五六七八九十第社组队,、(]")
_NAMES_A_VILLAGE: Final = re.compile(r"^[\u4e00-\u9fff]{1,6}?(?:村|社区)")

_OF_COUNTY: Final = r"(?:全[县市区州旗]|[县市区州旗](?:内|辖|域)?|本[县市区])?"
_EVERY: Final = r"(?:各|所有|全部|全体|\d+个)"
_GOVERNMENT: Final = r"(?:\(街道\))?(?:党委、?(?:人民)?政府|人民政府|政府|党委)?"
_TOWNSHIPS: Final = re.compile(
    rf"(?:{_OF_COUNTY}{_EVERY}|全[县市区州旗])(?P<what>乡\(镇\)|乡镇街道|镇街道|乡镇|镇乡|乡、镇|镇、乡|镇街|乡|镇(?:\(乡\))?){_GOVERNMENT}"
)
_DIRECT: Final = r"(?:[县市区州旗](?:直|级|直属|属|本级)(?:机关)?)"
_DEPARTMENTS: Final = re.compile(
    rf"(?:{_OF_COUNTY}(?:各级)?{_EVERY}{_DIRECT}?|{_DIRECT}{_EVERY}?)(?:部门|单位|机关|部门\(单位\)|部门单位|部门和单位)"
)
_SET_PREFIX: Final = re.compile(rf"^(?:{_OF_COUNTY}{_EVERY}|{_DIRECT})+")


class UnitIndex:
    """Finds units by text. Build it once per import; answers are remembered, so 50,000 rows cost nothing."""

    def __init__(
        self, records: Iterable[UnitRecord], sets: Mapping[str, Collection[str]] | None = None
    ) -> None:
        self.by_code: dict[str, UnitRecord] = {record.code: record for record in records}
        self._sets = {fold(name): tuple(codes) for name, codes in (sets or {}).items()}
        self._named: dict[str, list[tuple[UnitRecord, NameRole]]] = defaultdict(list)
        for record in self.by_code.values():
            for text, role in _names_of(record).items():
                self._named[text].append((record, role))
        counties = [record for record in self.by_code.values() if record.level == "county"]
        self._county_names = tuple(fold(county.name) for county in counties)
        self._county_marks = tuple({name[-1] for name in self._county_names if name})
        self._townships = _longest_first(self.by_code.values(), "township")
        self._villages: dict[str, list[tuple[str, UnitRecord, NameRole]]] = defaultdict(list)
        for name, village, role in _longest_first(self.by_code.values(), "village"):
            self._villages[village.parent_code].append((name, village, role))
        self._matches: dict[tuple[str, frozenset[str] | None, str | None], Match | None] = {}
        self._places: dict[tuple[str, str | None], PlaceMatch | None] = {}

    def resolve(
        self, text: str, *, levels: Collection[str] | None = None, within: str | None = None
    ) -> Match | None:
        """The one unit that the text names; None where it names none, or several (`problem` says which).

        `levels` and `within` (the code of a unit above) narrow the search. The county's name or 县 in front
        and 人民政府, 党委, 办公室 and the like behind a name do not matter.
        """
        key = (text, None if levels is None else frozenset(levels), within)
        if key not in self._matches:
            self._matches[key] = self._resolve(fold(text), key[1], within)
        return self._matches[key]

    def candidates(
        self, text: str, *, levels: Collection[str] | None = None, within: str | None = None
    ) -> tuple[UnitRecord, ...]:
        """Every unit that the text may mean: one where `resolve` answers, several where it is ambiguous."""
        found = self._best(fold(text), None if levels is None else frozenset(levels), within)
        return tuple(unit for unit, _ in found)

    def problem(self, text: str, *, levels: Collection[str] | None = None, within: str | None = None) -> str:
        """Why `resolve` found nothing: a Chinese sentence that offers the nearest names; "" if it did."""
        if self.resolve(text, levels=levels, within=within):
            return ""
        several = self.candidates(text, levels=levels, within=within)
        if several:
            return f"“{text}”可能是{'、'.join(self.full_name(unit) for unit in several[:5])}，请写明是哪一个"
        near = "、".join(self.full_name(unit) for unit in self.nearest(text, levels=levels, within=within))
        return f"单位表中没有“{text}”" + (f"，相近的有：{near}" if near else "")

    def full_name(self, unit: UnitRecord) -> str:
        """The official name, a village's with its township in front."""
        parent = self.by_code.get(unit.parent_code)
        return parent.name + unit.name if unit.level == "village" and parent else unit.name

    def is_known(self, text: str) -> bool:
        """Whether the text names one unit or a set of units; for splitting cells."""
        return bool(self.candidates(text)) or self.expand(text, date.min) is not None

    def nearest(
        self, text: str, n: int = 3, *, levels: Collection[str] | None = None, within: str | None = None
    ) -> list[UnitRecord]:
        """The units whose names resemble the text most, best first; none that share too little with it."""
        wanted = self._without_county(fold(text))[:_LONGEST_NAME]
        scores: dict[str, float] = {}
        for name, bearers in self._named.items():
            likeness = _likeness(wanted, self._without_county(name))
            for unit, _ in bearers:
                if self._fits(unit, levels, within):
                    scores[unit.code] = max(scores.get(unit.code, 0.0), likeness)
        ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        return [self.by_code[code] for code, score in ordered[:n] if score >= 0.45]

    def resolve_place(self, text: str, *, within: str | None = None) -> PlaceMatch | None:
        """The township and village at the beginning of the text and what is left; None if there is neither.

        `within`: the township's code where another column gives it; then the text may begin with the village.
        """
        key = (text, within)
        if key not in self._places:
            self._places[key] = self._resolve_place(text, within)
        return self._places[key]

    def expand(self, text: str, on: date) -> tuple[UnitRecord, ...] | None:
        """The units valid on the day that 各乡镇, 县直各部门 or a set's name means; None for other words.

        With `on=date.min` only the word is judged; the units of that day may be none.
        """
        word = fold(text).strip("、,;。")
        members = self._expanded(word)
        return None if members is None else tuple(unit for unit in members if unit.is_valid_on(on))

    def _expanded(self, word: str) -> list[UnitRecord] | None:
        if (codes := self._sets.get(word) or self._sets.get(_SET_PREFIX.sub("", word))) is not None:
            return [self.by_code[code] for code in codes if code in self.by_code]
        if _DEPARTMENTS.fullmatch(word):
            return [unit for unit in self.by_code.values() if unit.kind in DIRECT_KINDS]
        townships = _TOWNSHIPS.match(word)
        if townships is None:
            return None
        townships_only = townships["what"] == "镇"
        members = [
            unit
            for unit in self.by_code.values()
            if unit.level == "township" and (not townships_only or unit.name.endswith("镇"))
        ]
        rest = word[townships.end() :].lstrip("和及与、,以")
        if not rest:
            return members
        others = self._expanded(rest)
        return None if others is None else members + others

    def _fits(self, unit: UnitRecord, levels: Collection[str] | None, within: str | None) -> bool:
        if levels is not None and unit.level not in levels:
            return False
        above: UnitRecord | None = unit
        while above is not None and within is not None and above.code != within:
            above = self.by_code.get(above.parent_code)
        return above is not None

    def _best(
        self, word: str, levels: frozenset[str] | None, within: str | None
    ) -> list[tuple[UnitRecord, NameRole]]:
        """The bearers of the first form of the word that anybody bears, those with the best role."""
        if not word:
            return []
        for form in self._forms(word):
            bearers = [pair for pair in self._named.get(form, ()) if self._fits(pair[0], levels, within)]
            if bearers:
                best = min(_RANK[role] for _, role in bearers)
                return [pair for pair in bearers if _RANK[pair[1]] == best]
        return []

    def _forms(self, word: str) -> Iterable[str]:
        """The word, without the county in front, without an ending, without both."""
        bare = self._without_county(word)
        forms = [word, bare]
        for form in (word, bare):
            shorter = _ENDING.sub("", form)
            while shorter != form and len(shorter) >= 2:
                forms.append(shorter)
                form, shorter = shorter, _ENDING.sub("", shorter)
        if not bare or _ENDING.sub("", word) in self._county_marks:
            forms += self._county_names[:1]
        return dict.fromkeys(forms)

    def _without_county(self, word: str) -> str:
        """The word after the county's name (a city or 中共 may stand before it), or after 县."""
        for name in self._county_names:
            before, found, after = word.partition(name)
            if found and len(before) <= 10:
                return after
        if word[:1] in self._county_marks and len(word) > 2:
            return word[1:]
        return word

    def _resolve(self, word: str, levels: frozenset[str] | None, within: str | None) -> Match | None:
        if not word:
            return None
        found = self._best(word, levels, within)
        if len(found) == 1:
            unit, role = found[0]
            return Match(unit, role, f"按旧名识别为{unit.name}" if role == "former" else "")
        if not found and (levels is None or "village" in levels):
            place = self.resolve_place(word)
            if place and place.village and not place.rest and self._fits(place.village, levels, within):
                return Match(place.village, "place", place.warning)
        return None

    def _resolve_place(self, text: str, within: str | None) -> PlaceMatch | None:
        word, positions = _folded_positions(text)
        start = len(word) - len(self._without_county(word))
        township = self.by_code.get(within) if within else None
        warning = ""
        found = self._township_at(word, start) or self._township_at(word, 0)
        if township is not None and found and found[2] == "short":
            # 枧槽 in a row of another township is that township's village.
            found = None
        if found:
            named, start, role = found
            if township is not None and named.code != township.code:
                warning = f"“{named.name}”与所在乡镇{township.name}不一致"
            elif role == "former":
                warning = f"按旧名识别为{named.name}"
            township = named
        if township is None:
            return self._village_alone(text, word, positions, start)
        while start < len(word) and word[start] in _JOINTS:
            start += 1
        village, end, role = _village_at(word, start, self._villages.get(township.code, ()))
        if village is None and not found:
            return None
        if village is not None and role == "former":
            warning = "；".join(filter(None, (warning, f"按旧名识别为{village.name}")))
        if village is None and (unknown := _NAMES_A_VILLAGE.match(word[start:])):
            warning = "；".join(filter(None, (warning, f"{township.name}没有“{unknown[0]}”")))
        return PlaceMatch(township, village, _rest(text, positions, end), warning)

    def _township_at(self, word: str, start: int) -> tuple[UnitRecord, int, NameRole] | None:
        """The township named at the place; by a short name only with its village or nothing behind."""
        for name, unit, role in self._townships:
            if not word.startswith(name, start):
                continue
            end = start + len(name)
            if role != "short":
                return unit, end, role
            if end == len(word) or _village_at(word, end, self._villages.get(unit.code, ()))[0]:
                return unit, end, role
        return None

    def _village_alone(self, text: str, word: str, positions: list[int], start: int) -> PlaceMatch | None:
        found = [
            (village, end)
            for villages in self._villages.values()
            for village, end, role in (_village_at(word, start, villages),)
            if village is not None and role == "official"
        ]
        if not found:
            return None
        longest = max(end for _, end in found)
        villages = [village for village, end in found if end == longest]
        if len(villages) > 1:
            names = "、".join(self.full_name(village) for village in villages)
            return PlaceMatch(None, None, text.strip(), problem=f"“{text}”可能是{names}，请写明乡镇")
        township = self.by_code.get(villages[0].parent_code)
        return PlaceMatch(township, villages[0], _rest(text, positions, longest))


def _names_of(record: UnitRecord) -> dict[str, NameRole]:
    """Every folded name of a unit and its best role; a former name with 人民政府 is former too."""
    names: dict[str, NameRole] = {}
    told = [UnitName(record.name, "official"), UnitName(record.short_name, "short"), *record.names]
    former = [fold(name.text) for name in record.names if name.role == "former"]
    for name in told:
        word = fold(name.text)
        role = name.role
        if role == "alias" and any(word.startswith(old) and _ENDING.search(word) for old in former):
            role = "former"
        if word and (word not in names or _RANK[role] < _RANK[names[word]]):
            names[word] = role
    return names


def _longest_first(records: Iterable[UnitRecord], level: str) -> list[tuple[str, UnitRecord, NameRole]]:
    """The names of a level's units, official ones before others, each kind the longest first."""
    named = [
        (word, record, role)
        for record in records
        if record.level == level
        for word, role in _names_of(record).items()
    ]
    return sorted(named, key=lambda item: (item[2] == "short", -len(item[0]), _RANK[item[2]]))


def _village_at(
    word: str, start: int, villages: Iterable[tuple[str, UnitRecord, NameRole]]
) -> tuple[UnitRecord | None, int, NameRole]:
    """The village named at the place and where its name ends; a short name only where the text ends it."""
    found = [
        (village, start + len(name), role)
        for name, village, role in villages
        if word.startswith(name, start)
        and (role != "short" or _AFTER_SHORT_VILLAGE.match(word[start + len(name) :]))
    ]
    if not found:
        return None, start, "official"
    # 大石 may be 大石村 or 大石社区 of the same township: not told apart, so not guessed.
    rivals = {village.code for village, end, role in found if (end, role) == found[0][1:]}
    return found[0] if len(rivals) == 1 else (None, start, "official")


def _folded_positions(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters where it stands in the text."""
    folded = [(fold(character), index) for index, character in enumerate(text)]
    return "".join(character for character, _ in folded), [index for character, index in folded if character]


def _rest(text: str, positions: list[int], end: int) -> str:
    return text[positions[end] :].strip(_JOINTS + "\t\r\n\u3000，／－；;") if end < len(positions) else ""


def _likeness(wanted: str, name: str) -> float:
    """0 to 1: shared runs of characters, raised where one text holds the other."""
    if not wanted or not name or 2.5 * len(set(wanted) & set(name)) < min(len(wanted), len(name)):
        return 0.0
    ratio = SequenceMatcher(None, wanted, name, autojunk=False).ratio()
    return max(ratio, 0.6) if len(wanted) >= 2 and (wanted in name or name in wanted) else ratio
