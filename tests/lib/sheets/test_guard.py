"""What a file is, by content: everything that is no workbook is refused in one plain Chinese sentence."""

import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from rectify.lib.sheets.guard import Limits, identify
from rectify.lib.sheets.types import UnreadableFile
from tests.lib.sheets.compounds import compound
from tests.lib.sheets.packages import MAIN, package, worksheet, zipped

CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'
GOOD = package(worksheet(CELL))
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def refusal(folder: Path, content: bytes, name: str = "台账.xlsx", limits: Limits | None = None) -> str:
    """The sentence with which the guard refuses this content."""
    path = folder / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        identify(path, limits or Limits())
    sentence = str(caught.value)
    assert re.fullmatch(r"[^。\n]+，没有写入任何数据；请[^。\n]+。", sentence)
    return sentence


def encrypted_zip() -> bytes:
    """A zip whose parts say that they need a password."""
    content = bytearray(GOOD)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def lying_zip() -> bytes:
    """A zip that claims ten bytes for a part of a million."""
    content = zipped({"xl/workbook.xml": b"a" * 1_000_000})
    return content.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))


def doubled_zip() -> bytes:
    """A zip with two parts of one name but for capitals."""
    buffer = BytesIO(GOOD)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("XL/worksheets/Sheet1.xml", worksheet(CELL))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("空.xlsx", b"", "文件是空的"),
        ("加密.xlsx", compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), "打开密码"),
        ("加密.zip.xlsx", encrypted_zip(), "打开密码"),
        ("文档.xls", compound({"WordDocument": b"x"}), "Word 文档"),
        ("幻灯.xls", compound({"PowerPoint Document": b"x"}), "PowerPoint"),
        ("邮件.xls", compound({"__properties_version1.0": b"x"}), "不是表格"),
        ("坏.xls", compound({"Workbook": b"x"})[:600], "已损坏"),
        ("文档.xlsx", zipped({"word/document.xml": "<w/>"}), "Word 文档"),
        ("幻灯.xlsx", zipped({"ppt/presentation.xml": "<p/>"}), "PowerPoint"),
        ("二进制.xlsx", zipped({"xl/workbook.bin": "x"}), ".xlsb"),
        ("开放.xlsx", zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), ".ods"),
        ("包.xlsx", zipped({"台账/一.xlsx": GOOD}), "压缩包"),
        ("无.xlsx", zipped({}), "压缩包"),
        ("断.xlsx", GOOD[: len(GOOD) // 2], "不完整"),
        ("坏.xlsx", GOOD.replace(b"PK\x01\x02", b"PK\x01\x03"), "已损坏"),
        ("谎.xlsx", lying_zip(), "已损坏"),
        ("双.xlsx", doubled_zip(), "内部结构异常"),
        ("爬.xlsx", package(worksheet(CELL), {"xl/../../../etc/passwd": "x"}), "内部结构异常"),
        ("网页.xls", "<html><body><table><tr><td>序号</td></tr></table></body></html>".encode(), "网页"),
        ("网页2.xls", b"\xef\xbb\xbf\r\n<!DOCTYPE html><html></html>", "网页"),
        ("存档.xls", b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "网页存档"),
        ("二〇〇三.xls", f'{HEAD}<?mso-application progid="Excel.Sheet"?>'.encode(), "XML 文件"),
        ("报告.xls", b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        ("图片.xlsx", b"\x89PNG\r\n\x1a\n\0\0", "图片"),
        ("随机.xls", bytes(range(256)) * 8, "不是表格"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(
    tmp_path: Path, name: str, content: bytes, word: str
) -> None:
    assert word in refusal(tmp_path, content, name)


@pytest.mark.parametrize("name", ["台账.xlsx", "台账.xlsm", "台账.xls", "台账.csv", "台账"])
def test_a_workbook_is_known_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(package(worksheet(CELL), {"xl/vbaProject.bin": b"\0" * 99}))
    assert identify(path) == "xlsx"


def test_a_column_named_like_a_magic_number_is_still_text(tmp_path: Path) -> None:
    path = tmp_path / "BMI.csv"
    path.write_bytes(b"BM,MZ,PK\n1,2,3\n")
    assert identify(path) == "csv"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "docProps/custom.xml"])
@pytest.mark.parametrize("padding", [0, 200, 262_140 - len(HEAD), 300_000])
def test_entities_are_refused_wherever_they_hide(tmp_path: Path, part: str, padding: int) -> None:
    laughs = '<!ENTITY a "哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    xml = f'{HEAD}<!--{"x" * padding}--><!DOCTYPE w [{laughs}]><w xmlns="{MAIN}">&b;</w>'
    assert "实体定义" in refusal(tmp_path, package(worksheet(CELL), {part: xml}))
    external = f'{HEAD}<!DOCTYPE w SYSTEM "file:///etc/passwd"><w xmlns="{MAIN}"/>'
    assert "实体定义" in refusal(tmp_path, package(worksheet(CELL), {part: external}))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_an_encoding_that_could_hide_entities_is_refused(tmp_path: Path, encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE w [<!ENTITY a "b">]><w xmlns="{MAIN}"/>'
    parts = {"xl/sharedStrings.xml": xml.encode(encoding)}
    assert "内部编码异常" in refusal(tmp_path, package(worksheet(CELL), parts))


def test_what_inflates_too_far_is_refused_by_its_real_size(tmp_path: Path) -> None:
    bomb = package(worksheet(CELL), {"xl/media/image1.png": b"\0" * 40_000_000})
    assert "压缩比异常" in refusal(tmp_path, bomb)
    assert "解压后超过 1 MB" in refusal(tmp_path, bomb, limits=Limits(unzipped_bytes=1 << 20))


def test_too_large_a_file_and_too_many_parts_are_refused(tmp_path: Path) -> None:
    assert "超过 1 MB" in refusal(tmp_path, b"1,2\n" * 400_000, "大.csv", Limits(file_bytes=1 << 20))
    many = package(worksheet(CELL), {f"xl/media/{number}.png": b"" for number in range(30)})
    assert "部件" in refusal(tmp_path, many, limits=Limits(parts=30))
