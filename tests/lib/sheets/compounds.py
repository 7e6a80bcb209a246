"""OLE compound files built by hand: any streams at all, and a small .xls with formats and errors."""

import struct
from collections.abc import Mapping

SECTOR = 512
END = 0xFFFFFFFE
FREE = 0xFFFFFFFF


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams at its root, each padded to 4,096 bytes: none is a mini stream."""
    contents = [content.ljust(4096, b"\0") for content in streams.values()]
    contents = [content + b"\0" * (-len(content) % SECTOR) for content in contents]
    fat = [0xFFFFFFFD, END]  # sector 0 is the table itself, sector 1 the directory
    entries = [_entry("Root Entry", kind=5, child=1 if streams else FREE)]
    for number, (name, content) in enumerate(zip(streams, contents, strict=True), start=1):
        start, count = len(fat), len(content) // SECTOR
        fat += [*range(start + 1, start + count), END]
        right = number + 1 if number < len(streams) else FREE
        entries.append(_entry(name, kind=2, right=right, start=start, size=len(content)))
    assert len(fat) <= 128
    assert len(entries) <= 4
    table = struct.pack("<128I", *fat, *[FREE] * (128 - len(fat)))
    directory = b"".join(entries).ljust(SECTOR, b"\0")
    return _header() + table + directory + b"".join(contents)


def _header() -> bytes:
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    start += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0, 0)
    return start + struct.pack("<108I", *[FREE] * 108)


def _entry(
    name: str, *, kind: int, child: int = FREE, right: int = FREE, start: int = 0, size: int = 0
) -> bytes:
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, FREE, right, child)
    return head + b"\0" * 36 + struct.pack("<IQ", start if kind == 2 else END, size)


def xls(cells: bytes, formats: Mapping[int, str], styles: tuple[int, ...]) -> bytes:
    """An .xls with one sheet 台账: its cell records, own number formats, the format of each cell style."""
    own = b"".join(
        _record(0x041E, struct.pack("<H", key) + _text(code, "<H")) for key, code in formats.items()
    )
    used = b"".join(_record(0x00E0, struct.pack("<HHH14x", 0, key, 1)) for key in styles)
    font = _record(0x0031, struct.pack("<HHHHHBBBx", 200, 0, 0x7FFF, 400, 0, 0, 0, 134) + _text("宋体", "<B"))
    before = _record(0x0809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + font + own + used
    name = _text("台账", "<B")
    offset = len(before) + 4 + 6 + len(name) + 4
    sheet = _record(0x0085, struct.pack("<IBB", offset, 0, 0) + name)
    body = _record(0x0809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + cells + _record(0x000A, b"")
    return compound({"Workbook": before + sheet + _record(0x000A, b"") + body})


def number(row: int, column: int, style: int, value: float) -> bytes:
    """The record of a number in a cell, row and column from 0."""
    return _record(0x0203, struct.pack("<HHHd", row, column, style, value))


def label(row: int, column: int, text: str) -> bytes:
    """The record of a text in a cell."""
    return _record(0x0204, struct.pack("<HHH", row, column, 0) + _text(text, "<H"))


def boolean(row: int, column: int, value: bool) -> bytes:
    """The record of true or false in a cell."""
    return _record(0x0205, struct.pack("<HHHBB", row, column, 0, value, 0))


def wrong(row: int, column: int, code: int) -> bytes:
    """The record of an error in a cell: 0x2A is #N/A."""
    return _record(0x0205, struct.pack("<HHHBB", row, column, 0, code, 1))


def merged(top: int, bottom: int, left: int, right: int) -> bytes:
    """The record of a merged range, all from 0 and inclusive."""
    return _record(0x00E5, struct.pack("<HHHHH", 1, top, bottom, left, right))


def _text(text: str, length: str) -> bytes:
    return struct.pack(length, len(text)) + b"\1" + text.encode("utf-16-le")


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content
