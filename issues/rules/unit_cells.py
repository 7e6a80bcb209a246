"""Cells that name units and places, read against the unit table: official names, problems, persons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from rectify.lib.cn_text import fold
from rectify.lib.sheets.values import UnitMention, is_blank_mark, split_units
from townships.rules.names import PlaceMatch, UnitIndex, UnitRecord

_TOWNSHIP = frozenset({"township"})
_VILLAGE = frozenset({"village"})
_NO_VILLAGE: Final = re.compile(
    r"(全|本|整)?(镇|乡|街道)(级|本级|机关|直|属|政府|本部)?|各(个)?村(社区)?|机关|全(部|体|县)|所有村|集镇"
)
_WITH_PERSON: Final = re.compile(r"^(\S{2,20})[ \t\u3000]+([\u4e00-\u9fff]{2,4})(?:[ \t\u3000]*1\d{10})?$")
_SEVERAL: Final = re.compile(r"[、,，;；/\n]|和|及")


@dataclass(frozen=True, slots=True)
class Note:
    """A problem with a cell: an error or a warning, about which text; `unknown`: the unit table lacks it."""

    field: str
    message: str
    text: str
    is_error: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class UnitsRead:
    """The units of a cell by official name, in order; `person` is what stood behind a "/" and is no unit."""

    units: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    person: str = ""
    notes: tuple[Note, ...] = ()
    listed: list[str] = field(default_factory=list)  # `units` as a list, shared by the rows that name them


@dataclass(frozen=True, slots=True)
class PlaceRead:
    """Township and village by official name and what is left of the text."""

    township: str = ""
    village: str = ""
    place: str = ""
    notes: tuple[Note, ...] = ()


class UnitCells:
    """Reads unit and place cells of one import. `decided`: text → code of the unit it means, None to keep it
    as text (县外单位); `on` is the day on which 各乡镇 is expanded."""

    def __init__(self, index: UnitIndex, on: date, decided: Mapping[str, str | None]) -> None:
        self._index = index
        self._on = on
        self._decided = {fold(text): code for text, code in decided.items()}
        self._units: dict[tuple[str, str], UnitsRead] = {}
        self._places: dict[tuple[str, str, str, bool], PlaceRead] = {}

    def is_unit(self, text: str) -> bool:
        """Whether a text names units and nothing else."""
        mentions = split_units(text, self._is_known)
        return bool(mentions) and all(self._is_known(mention.text) for mention in mentions)

    def is_township(self, text: str) -> bool:
        """Whether a text is the name of one township."""
        return self._index.resolve(text, levels=_TOWNSHIP) is not None

    def is_village(self, text: str) -> bool:
        """Whether some township has a village of that name."""
        return bool(self._index.candidates(text, levels=_VILLAGE))

    def is_joined_place(self, text: str) -> bool:
        """Whether a text names a township with something behind it."""
        if self.is_village(text):
            return False
        place = self._index.resolve_place(text)
        return place is not None and place.township is not None and bool(place.village or place.rest)

    def nearest(self, text: str) -> tuple[str, ...]:
        """Names of units that resemble the text."""
        return tuple(self._index.full_name(unit) for unit in self._index.nearest(text))

    def units(self, text: str, field: str) -> UnitsRead:
        """The units that a cell of a unit column names."""
        key = (text, field)
        found = self._units.get(key)
        if found is None:
            found = self._units[key] = self._read_units(text, field)
        return found

    def place(self, township: str, village: str, place: str, strict: bool) -> PlaceRead:
        """What the place columns of a row say together. `strict`: the joined one has to name a township."""
        key = (township, village, place, strict)
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = _PlaceReading(self, strict).read(township, village, place)
        return found

    def _is_known(self, text: str) -> bool:
        return fold(text) in self._decided or self._index.is_known(text)

    def _read_units(self, text: str, field: str) -> UnitsRead:
        if is_blank_mark(text):
            return UnitsRead()
        person = ""
        beside = _WITH_PERSON.match(text.strip())
        if beside and self._is_known(beside[1]) and not self._is_known(beside[2]):
            text, person = beside[1], beside[2]
        units: list[str] = []
        leads: list[str] = []
        supports: list[str] = []
        notes: list[Note] = []
        for mention in split_units(text, self._is_known):
            if is_blank_mark(mention.text):
                continue
            names, note = self._named(mention.text, field)
            if note is not None:
                if note.is_error and mention.after_slash:
                    person = f"{person}、{mention.text}" if person else mention.text
                    continue
                notes.append(note)
            (supports if mention.role == "support" else leads if mention.role == "lead" else units).extend(
                names
            )
        named = _once(units)
        return UnitsRead(named, _once(leads), _once(supports), person, tuple(notes), list(named))

    def _named(self, text: str, field: str) -> tuple[list[str], Note | None]:
        """The official names a text stands for, and what is to be said about it."""
        decided = fold(text)
        if decided in self._decided:
            code = self._decided[decided]
            unit = self._index.by_code.get(code) if code else None
            return [unit.name if unit else text], None
        if match := self._index.resolve(text):
            name = match.unit.name if match.unit.level != "village" else self._index.full_name(match.unit)
            return [name], Note(field, match.warning, text) if match.warning else None
        if (members := self._index.expand(text, self._on)) is not None:
            return [unit.name for unit in members], None
        return [], Note(field, self._index.problem(text), text, is_error=True, unknown=True)

    def mentions(self, text: str) -> list[UnitMention]:
        """The units a text names, as written."""
        return split_units(text, self._is_known)

    def township(self, text: str) -> tuple[UnitRecord | None, str, Note | None]:
        """A township cell: the unit, else the text to keep, and what is to be said about it."""
        folded = fold(text)
        if folded in self._decided:
            unit = self._index.by_code.get(self._decided[folded] or "")
            return unit, "" if unit else text, None
        if match := self._index.resolve(text, levels=_TOWNSHIP):
            return match.unit, "", Note("township", match.warning, text) if match.warning else None
        return None, "", Note("township", self._index.problem(text, levels=_TOWNSHIP), text, True, True)

    def village(self, text: str, township: UnitRecord | None) -> tuple[UnitRecord | None, str, Note | None]:
        """A village cell, as `township`; without a township the name has to be the only one."""
        within = township.code if township else None
        if match := self._index.resolve(text, levels=_VILLAGE, within=within):
            return match.unit, "", Note("village", match.warning, text) if match.warning else None
        folded = fold(text)
        if folded in self._decided:  # only now: two townships may have a village of that name
            unit = self._index.by_code.get(self._decided[folded] or "")
            return unit, "" if unit else text, None
        problem = self._index.problem(text, levels=_VILLAGE, within=within)
        return None, "", Note("village", problem, text, True, True)

    def joined(self, text: str, township: UnitRecord | None) -> PlaceMatch | None:
        """Township and village at the beginning of a text."""
        return self._index.resolve_place(text, within=township.code if township else None)

    def parent(self, unit: UnitRecord) -> UnitRecord | None:
        """The unit above."""
        return self._index.by_code.get(unit.parent_code)

    def stands_for_many(self, text: str) -> bool:
        """Whether a text means more than one place: 各乡镇, 全县, A镇、B镇."""
        if self._index.expand(text, self._on) is not None or self._index.resolve(text, levels={"county"}):
            return True
        parts = [part for part in _SEVERAL.split(text) if part.strip()]
        return len(parts) > 1 and all(self._index.resolve(part, levels=_TOWNSHIP) for part in parts)


class _PlaceReading:
    """The place columns of one row, put together."""

    def __init__(self, cells: UnitCells, strict: bool) -> None:
        self._cells = cells
        self._strict = strict
        self._township: UnitRecord | None = None
        self._names = {"township": "", "village": ""}
        self._rest: list[str] = []
        self._notes: list[Note] = []

    def read(self, township: str, village: str, place: str) -> PlaceRead:
        if township and not is_blank_mark(township):
            self._read_township(township)
        if village and not is_blank_mark(village):
            self._read_village(village)
        if place and not is_blank_mark(place):
            self._read_joined(place, "place", self._strict)
        rest = " ".join(dict.fromkeys(part for part in self._rest if part))
        return PlaceRead(self._names["township"], self._names["village"], rest, tuple(self._notes))

    def _set_township(self, unit: UnitRecord) -> None:
        self._township = unit
        self._names["township"] = unit.name

    def _read_township(self, text: str) -> None:
        unit, kept, note = self._cells.township(text)
        if unit is not None and unit.level == "township":
            self._set_township(unit)
        elif kept or unit is not None:
            self._names["township"] = kept or (unit.name if unit else "")
        elif self._cells.stands_for_many(text):
            self._rest.append(text)
            note = Note("township", f"“{text}”不是一个乡镇，乡镇栏留空，原文保留在地点", text)
        elif self._takes_joined(text, None):
            return
        if note is not None:
            self._notes.append(note)

    def _read_village(self, text: str) -> None:
        unit, kept, note = self._cells.village(text, self._township)
        if unit is not None:
            self._names["village"] = unit.name
            parent = self._cells.parent(unit)
            if self._township is None and not self._names["township"] and parent is not None:
                self._set_township(parent)
        elif kept:
            self._names["village"] = kept
        elif _NO_VILLAGE.fullmatch(fold(text)) or self._are_villages(text):
            self._rest.append(text)
            note = Note("village", f"“{text}”不是一个村，村栏留空，原文保留在地点", text)
        elif self._takes_joined(text, self._township):
            return
        if note is not None:
            self._notes.append(note)

    def _are_villages(self, text: str) -> bool:
        parts = [part for part in _SEVERAL.split(text) if part.strip()]
        return len(parts) > 1 and all(self._cells.village(part, self._township)[0] for part in parts)

    def _takes_joined(self, text: str, within: UnitRecord | None) -> bool:
        """Takes 大石镇三门村, 三门村一社 written in a column meant for one of them."""
        found = self._cells.joined(text, within)
        if found is None or found.problem or (within is not None and found.village is None):
            return False
        self._take(found, text, "village" if within else "township", is_strict=within is not None)
        return True

    def _read_joined(self, text: str, field: str, strict: bool) -> None:
        found = self._cells.joined(text, self._township)
        if found is None:
            self._rest.append(text)
            if strict and not self._names["township"]:
                self._notes.append(self._cells.township(text)[2] or Note(field, "", text))
            return
        if found.problem:
            self._rest.append(text)
            self._notes.append(Note(field, found.problem, text, is_error=strict, unknown=strict))
            return
        self._take(found, text, field, strict)

    def _take(self, found: PlaceMatch, text: str, field: str, is_strict: bool) -> None:
        if found.township is not None and not self._names["township"]:
            self._set_township(found.township)
        if found.village is not None and not self._names["village"]:
            self._names["village"] = found.village.name
        self._rest.append(found.rest)
        if found.warning:
            unknown = "没有“" in found.warning
            self._notes.append(Note(field, found.warning, text, is_strict and unknown, is_strict and unknown))


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
