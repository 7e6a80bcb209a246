"""What calamine does not tell of an .xlsx: merged ranges, number formats, errors, formulas without a result.

Read with bytes patterns in pieces of bounded size: 50,000 × 15 cells take a tenth of a second, the events of
an XML parser two. No value depends on it, so what cannot be recognised is left out, not refused.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import parse

from rectify.lib.sheets.formats import BUILT_IN, is_telling
from rectify.lib.sheets.guard import MIB, Limits, damaged, out_of_reach, too_large
from rectify.lib.sheets.types import Merge, Position

_KEPT: Final = 4 * MIB
#: A cell that is not closed in its own tag, so that it may hold something.
_CELL = rb"<c (?=[^>]*[^/]>)"
_FILLED = re.compile(_CELL + rb"[^>]*>(?!</)")
_UNCACHED = re.compile(rb"<c ([^>]*)>\s*<f(?: [^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_ERROR = re.compile(rb'<c ([^>]*\bt="e"[^>]*)>(?:(?!</c>).)*?<v>([^<]{1,40})</v>', re.DOTALL)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,10})"')
_FAR_ROW = re.compile(rb'<row [^>]*?\br="(0*[1-9][0-9]{7,})"')
_RANGE = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')


@dataclass(slots=True)
class Notes:
    """What stands beside a sheet's values; positions and ranges as in `types.Sheet`."""

    merges: list[Merge] = field(default_factory=list)
    formats: dict[Position, str] = field(default_factory=dict)
    uncached: list[Position] = field(default_factory=list)
    errors: dict[Position, str] = field(default_factory=dict)


class Package:
    """An .xlsx that the guard has passed, opened for its notes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._parts = dict(self._sheet_parts())
        self._formats = self._cell_formats()

    def notes(self, sheet: str, limits: Limits) -> Notes:
        """The notes of the sheet of this name; empty where its part cannot be found."""
        notes = Notes()
        for piece in self._pieces(sheet):
            _note_formats(piece, self._formats, notes)
            _note_uncached(piece, notes)
            _note_errors(piece, notes)
            _note_merges(piece, notes, limits)
        return notes

    def check_reach(self, sheet: str, limits: Limits) -> None:
        """Refuse the sheet by the name of the first filled cell that lies beyond the limits."""
        for piece in self._pieces(sheet):
            if _FAR_ROW.search(piece):
                raise damaged()  # no spreadsheet has ten million rows
            for cell in _FILLED.finditer(piece):
                where = _position(cell[0])
                if where and (where[0] > limits.rows or where[1] > limits.columns):
                    raise out_of_reach(sheet, where, limits)

    def _pieces(self, sheet: str) -> Iterator[bytes]:
        """The XML of a sheet in pieces that never cut a cell in two (one longer than 4 MiB excepted)."""
        name = self._parts.get(sheet)
        if name is None:
            return
        with self._archive.open(name) as stream:
            rest, prefix = b"", None
            while piece := stream.read(MIB):
                if prefix is None:
                    found = re.search(rb"<(\w+:)?worksheet[ >]", piece[:4096])
                    prefix = (found and found[1]) or b""
                piece = rest + piece
                end = piece.rfind(b"<" + prefix + b"c ")
                if end < 1 or len(piece) - end > _KEPT:
                    end = max(len(piece) - 200, 1)
                rest = piece[end:]
                yield _plain(piece[:end], prefix)
            yield _plain(rest, prefix or b"")

    def _root(self, name: str) -> Element | None:
        """The parsed part of this name, None where the package has none."""
        if name not in self._archive.NameToInfo:
            return None
        with self._archive.open(name) as stream:
            root = parse(stream).getroot()
        return root if isinstance(root, Element) else None

    def _sheet_parts(self) -> Iterator[tuple[str, str]]:
        """Name of a sheet → name of its part."""
        book, links = self._root("xl/workbook.xml"), self._root("xl/_rels/workbook.xml.rels")
        if book is None or links is None:
            return
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        for sheet in _children(book, "sheet"):
            key = next((value for name, value in sheet.items() if name.endswith("}id")), None)
            target = targets.get(key, "")
            name = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            if name in self._archive.NameToInfo:
                yield sheet.get("name", ""), name

    def _cell_formats(self) -> dict[int, str]:
        """Number of a cell style → its number format code, for the telling ones."""
        root = self._root("xl/styles.xml")
        if root is None:
            return {}
        codes = dict(BUILT_IN)
        for entry in _children(root, "numFmt"):
            codes[int(entry.get("numFmtId", "0"))] = entry.get("formatCode", "")
        styles = next(_children(root, "cellXfs"), ())
        used = enumerate(int(style.get("numFmtId", "0")) for style in styles)
        return {number: codes[key] for number, key in used if key in codes and is_telling(codes[key])}


def _children(root: Element, name: str) -> Iterator[Element]:
    """All descendants of this local name, whatever their namespace (strict or transitional)."""
    return (element for element in root.iter() if element.tag.rpartition("}")[2] == name)


def _position(tag: bytes) -> Position | None:
    found = _REFERENCE.search(tag)
    return (int(found[2]), _column(found[1])) if found else None


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _plain(xml: bytes, prefix: bytes) -> bytes:
    """The XML as the patterns expect it: element names without their prefix (some producers write <x:c>)."""
    return xml.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</") if prefix else xml


def _note_formats(piece: bytes, formats: dict[int, str], notes: Notes) -> None:
    if not formats:
        return
    styles = b"|".join(str(number).encode() for number in formats)
    for cell in re.finditer(_CELL + rb'[^>]*?\bs="(' + styles + rb')"[^>]*>', piece):
        where = _position(cell[0])
        if where:
            notes.formats[where] = formats[int(cell[1])]


def _note_uncached(piece: bytes, notes: Notes) -> None:
    if b"<f" not in piece:
        return
    for cell in _UNCACHED.finditer(piece):
        where = _position(cell[1])
        # t="str" with an empty result is a formula that gives "", not one that was never calculated.
        if where and b't="str"' not in cell[1]:
            notes.uncached.append(where)


def _note_errors(piece: bytes, notes: Notes) -> None:
    if b't="e"' not in piece:
        return
    for cell in _ERROR.finditer(piece):
        where = _position(cell[1])
        if where:
            notes.errors[where] = cell[2].decode("utf-8", "replace")


def _note_merges(piece: bytes, notes: Notes, limits: Limits) -> None:
    if b"<mergeCell " not in piece:
        return
    for found in _RANGE.finditer(piece):
        left, right = sorted((_column(found[1]), _column(found[3])))
        top, bottom = sorted((int(found[2]), int(found[4])))
        notes.merges.append(Merge(top, left, bottom, right))
    if len(notes.merges) > limits.rows:
        raise too_large("合并单元格过多")
