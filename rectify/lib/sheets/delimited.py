"""Delimited text: which encoding, which delimiter, which rows. Values stay text, as written."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final

from rectify.lib.sheets.guard import damaged, refused

_SAVE_AS: Final = "用表格软件打开原件，另存为 .xlsx 后重新上传"
_DELIMITERS: Final = ("\t", ";", ",")  # the rarer within texts first: a tie goes to it
_SAMPLE: Final = 50  # records that decide the delimiter
_END: Final = "\ue000end"  # a last record of ours: if it does not come back alone, a quote was never closed
#: What a spreadsheet program takes for a formula in a .csv, full width too, and the apostrophe against it.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED: Final = re.compile(r"''*[=+\-@\t\r\n＝＋－＠]")
_CONTROL: Final = frozenset(map(chr, range(0x20))) - frozenset("\t\n\v\f\r\x1a\x1c\x1d\x1e\x1f")


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 with or without BOM, UTF-16 with BOM, else GB18030; line breaks as \\n.

    Raises UnreadableFile for anything that is none of them. GB18030 is the last try, since it takes most
    bytes for something: a UTF-8 file with one broken byte is refused, not turned into other characters.
    """
    text = _text(content).replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a")
    if not _CONTROL.isdisjoint(text):
        raise refused("文件不是表格，无法识别它的内容", "上传 .xlsx、.xls 或 .csv 表格文件")
    return text


def records(text: str) -> Iterator[list[str]]:
    """The records of a delimited text, one a spreadsheet row; a quoted line break stays in its cell."""
    text, delimiter = _delimiter_of(text)
    last: list[str] | None = None
    for record in _parsed(text, delimiter):
        if last is not None:
            yield last
        last = record
    if last != [_END]:
        raise refused("文件里有一处引号没有成对，无法分清单元格", _SAVE_AS)


def guarded(text: str) -> str:
    """A text for a .csv cell, with an apostrophe before what would be taken for a formula."""
    return "'" + text if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    return text[1:] if _GUARDED.match(text) else text


def _text(content: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise damaged() from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        if sum(letter > "\u07ff" for letter in before) >= 5:
            line = before.count("\n") + 1
            raise refused(f"文件第 {line} 行有损坏的文字编码", _SAVE_AS) from error
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise refused("无法识别文件的文字编码", "另存为 .xlsx 或 UTF-8 编码的 .csv 后重新上传") from error


def _delimiter_of(text: str) -> tuple[str, str]:
    """The text without a `sep=` line, and its delimiter: the one whose first records agree best."""
    if text[:4].lower() == "sep=" and text[4:5] in _DELIMITERS and text[5:6] in ("\n", ""):
        return text[6:], text[4]
    return text, max(_DELIMITERS, key=lambda delimiter: _agreement(text, delimiter))


def _agreement(text: str, delimiter: str) -> int:
    widths = Counter(len(record) for record in islice(_parsed(text, delimiter), _SAMPLE) if len(record) > 1)
    return max((width * count for width, count in widths.items()), default=0)


def _parsed(text: str, delimiter: str) -> Iterator[list[str]]:
    # The limit is the whole process's: it only ever grows, or another reader of CSV would stumble.
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + len(_END) + 1))
    return csv.reader(_lines(text), delimiter=delimiter)


def _lines(text: str) -> Iterator[str]:
    """The lines of a text, then our own end, without a second copy of the text."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start:end] + "\n"
        start = end + 1
    yield _END
