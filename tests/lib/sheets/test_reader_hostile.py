"""Files made to hurt: each is read or refused in one sentence, within ten seconds and 500 MB."""

import json
import random
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pytest

from rectify.lib.sheets.guard import Limits
from rectify.lib.sheets.reader import read_book
from rectify.lib.sheets.types import UnreadableFile
from tests.lib.sheets.packages import TYPES, package, shared_strings, workbook, worksheet

REPOSITORY = Path(__file__).resolve().parents[3]
FIRST = '<row r="1"><c r="A1" t="inlineStr"><is><t>乡镇</t></is></c></row>'
MOST_BYTES = 500 * 1024 * 1024
MEASURE = """
import json, resource, sys
from rectify.lib.sheets.guard import Limits
from rectify.lib.sheets.reader import read_book
from rectify.lib.sheets.types import UnreadableFile
try:
    said = [[sheet.height, sheet.width] for sheet in read_book(sys.argv[1]).sheets]
except UnreadableFile as refusal:
    said = str(refusal)
peaks = [resource.getrusage(who).ru_maxrss * 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([said, peaks]))
"""


class Outcome(NamedTuple):
    """What reading a file in a process of its own said, and the most memory that it and its children took."""

    said: str | list[list[int]]
    peaks: list[int]


def outcome(folder: Path, content: bytes, name: str = "台账.xlsx") -> Outcome:
    path = folder / name
    path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        cwd=REPOSITORY,
        capture_output=True,
        timeout=10,
        check=True,
    )
    return Outcome(*json.loads(done.stdout))


def repeated(rows: str, count: int) -> bytes:
    """An .xlsx whose sheet repeats a piece of XML, written without holding it."""
    buffer = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(package(worksheet("")))) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
    ):
        for part in source.infolist():
            if part.filename != "xl/worksheets/sheet1.xml":
                archive.writestr(part.filename, source.read(part))
        before, _, after = worksheet("|").partition("|")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(before.encode())
            for _ in range(count // 1000):
                sheet.write(rows.encode() * 1000)
            sheet.write(after.encode())
    return buffer.getvalue()


def text_bomb() -> bytes:
    """600,000 cells that all show one text of 32,767 characters."""
    cells = '<c t="s"><v>0</v></c>' * 100
    strings = shared_strings(f"<si><t>{'督' * 32_767}</t></si>")
    return package(worksheet(f"<row>{cells}</row>" * 6_000), {"xl/sharedStrings.xml": strings})


def many_strings() -> bytes:
    """A million empty shared strings."""
    return package(worksheet(FIRST), {"xl/sharedStrings.xml": shared_strings("<si><t/></si>" * 1_000_000)})


def deep() -> bytes:
    """A million elements, each inside the one before."""
    return package(
        worksheet(FIRST, after="<extLst>" + "<ext>" * 1_000_000 + "</ext>" * 1_000_000 + "</extLst>")
    )


def far(reference: str, row: str) -> bytes:
    """A filled cell far away."""
    return package(worksheet(f'{FIRST}<row r="{row}"><c r="{reference}"><v>1</v></c></row>'))


def overlapping_merges() -> bytes:
    merges = '<mergeCell ref="A1:ALL200000"/>' * 10_000
    last = '<row r="200000"><c r="A200000"><v>1</v></c></row>'
    return package(worksheet(FIRST + last, after=f"<mergeCells>{merges}</mergeCells>"))


@pytest.mark.parametrize(
    ("content", "word"),
    [
        pytest.param(lambda: far("XFD1048576", "1048576"), "XFD1048576 格里有内容", id="corner"),
        pytest.param(lambda: far("A1048576", "1048576"), "A1048576 格里有内容", id="last row"),
        pytest.param(lambda: far("XFD2", "2"), "XFD2 格里有内容", id="last column"),
        pytest.param(lambda: far("A4000000000", "4000000000"), "已损坏", id="row that does not exist"),
        pytest.param(text_bomb, "文件内容过大", id="one long text many times"),
        pytest.param(
            lambda: repeated("<row><c><v>1</v></c></row>", 300_000), "A200001 格里有内容", id="many rows"
        ),
        pytest.param(lambda: repeated("<row>" + "<c/>" * 100, 1_000_000), "压缩比异常", id="zip bomb"),
        pytest.param(overlapping_merges, "合并单元格过多", id="merges"),
        pytest.param(lambda: package(worksheet(FIRST) + "<"), "已损坏", id="broken XML"),
        pytest.param(
            lambda: package(worksheet('<row r="1"><c r="A1" t="s"><v>7</v></c></row>')),
            "已损坏",
            id="no string",
        ),
    ],
)
def test_files_made_to_hurt_are_refused_in_a_sentence(tmp_path: Path, content: object, word: str) -> None:
    assert callable(content)
    said, peaks = outcome(tmp_path, content())
    assert isinstance(said, str)
    assert word in said
    assert max(peaks) < MOST_BYTES


@pytest.mark.parametrize(
    ("content", "size"),
    [
        pytest.param(
            lambda: package(
                worksheet(
                    f'{FIRST}<row r="1048576"><c r="XFD1048576" s="0"/></row>',
                    before='<dimension ref="A1:XFD1048576"/>',
                )
            ),
            [1, 1],
            id="style only far away",
        ),
        pytest.param(
            lambda: package(worksheet(FIRST, before='<dimension ref="A1:XFD1048576"/>')),
            [1, 1],
            id="lying dimension",
        ),
        pytest.param(
            lambda: package(worksheet(FIRST, before='<dimension ref="A1"/>').replace("乡镇", "镇乡")),
            [1, 1],
            id="short one",
        ),
        pytest.param(lambda: repeated('<row ht="15"/>', 1_000_000), [0, 0], id="a million empty rows"),
        pytest.param(many_strings, [1, 1], id="many shared strings"),
        pytest.param(lambda: far("A9", "4000000000"), [9, 1], id="two row numbers"),
        pytest.param(deep, [1, 1], id="deep nesting"),
    ],
)
def test_files_that_only_look_large_are_read(tmp_path: Path, content: object, size: list[int]) -> None:
    assert callable(content)
    said, peaks = outcome(tmp_path, content())
    assert said == [size]
    assert max(peaks) < MOST_BYTES


@pytest.mark.parametrize(
    ("limits", "word"),
    [
        (Limits(cells=1_000), "单元格超过 1000 个"),
        (Limits(rows=30), "A31 格里有内容"),
        (Limits(columns=9), "格里有内容"),
        (Limits(sheets=0), "工作表超过 0 张"),
        (Limits(answer_bytes=10_000), "没有写入任何数据"),
        (Limits(seconds=0.01), "读取超时"),
        (Limits(memory_bytes=4 << 20), "没有写入任何数据"),
    ],
)
def test_every_limit_refuses_what_is_over_it(limits: Limits, word: str) -> None:
    with pytest.raises(UnreadableFile, match=word):
        read_book(REPOSITORY / "demo" / "ledgers" / "小额信贷问题台账.xls", limits=limits)


def test_links_to_other_files_are_not_followed(tmp_path: Path) -> None:
    links = {
        "xl/externalLinks/externalLink1.xml": '<externalLink xmlns="http://schemas.openxmlformats.org/"/>',
        "xl/externalLinks/_rels/externalLink1.xml.rels": '<Relationships><Relationship Id="rId1" '
        'Target="file:///etc/passwd" TargetMode="External"/></Relationships>',
        "xl/workbook.xml": workbook().replace("<sheets>", "<externalReferences/><sheets>"),
        "[Content_Types].xml": TYPES,
    }
    path = tmp_path / "台账.xlsx"
    path.write_bytes(package(worksheet('<row r="1"><c r="A1"><f>[1]表!A1</f><v>3</v></c></row>'), links))
    assert read_book(path).sheets[0].rows == [[3]]


def test_any_damage_to_a_file_is_read_or_refused_and_never_an_error(tmp_path: Path) -> None:
    chance = random.Random(20180520)
    path = tmp_path / "台账"
    for name in ("易搬资金下达核对表.xlsx", "小额信贷问题台账.xls"):
        whole = (REPOSITORY / "demo" / "ledgers" / name).read_bytes()
        for _ in range(6):
            content = bytearray(whole[: chance.choice((len(whole), chance.randrange(len(whole))))])
            for _ in range(chance.randrange(20)):
                content[chance.randrange(len(content))] = chance.randrange(256)
            path.write_bytes(content)
            try:
                assert read_book(path).sheets
            except UnreadableFile as refusal:
                assert "没有写入任何数据" in str(refusal)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="文件不存在"):
        read_book(tmp_path / "无.xlsx")
