"""Delimited text: encodings, delimiters, line breaks, and texts that are no table."""

import codecs
from pathlib import Path

import pytest

from rectify.lib.sheets.delimited import decoded, records
from rectify.lib.sheets.reader import read_book
from rectify.lib.sheets.types import UnreadableFile, Value

TABLE = "序号,乡镇,问题描述\n1,大石镇,饮水管网未通\n2,摩尼镇,旧房未拆除\n"


def rows_of(content: bytes) -> list[list[str]]:
    return list(records(decoded(content)))


def read(folder: Path, content: bytes, name: str = "问题清单.csv") -> list[list[Value]]:
    path = folder / name
    path.write_bytes(content)
    book = read_book(path)
    assert book.kind == "csv"
    return book.sheets[0].rows


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode("utf-8"),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("gb18030"),
        codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"),
        TABLE.replace("\n", "\r\n").encode("gb18030"),
        TABLE.replace("\n", "\r").encode("utf-8"),
        TABLE.replace(",", "\t").encode("gb18030"),
        TABLE.replace(",", ";").encode("utf-8"),
        ("sep=;\n" + TABLE.replace(",", ";")).encode("utf-8"),
    ],
)
def test_every_encoding_and_delimiter_gives_the_same_table(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content) == [
        ["序号", "乡镇", "问题描述"],
        ["1", "大石镇", "饮水管网未通"],
        ["2", "摩尼镇", "旧房未拆除"],
    ]


@pytest.mark.parametrize("name", ["问题清单.xls", "问题清单.xlsx", "问题清单"])
def test_a_text_is_read_whatever_its_name(tmp_path: Path, name: str) -> None:
    assert len(read(tmp_path, TABLE.encode(), name)) == 3


def test_the_sheet_is_named_after_the_file_without_its_ending(tmp_path: Path) -> None:
    path = tmp_path / "1.2018年问题清单.csv"
    path.write_bytes(TABLE.encode())
    assert read_book(path).sheets[0].name == "1.2018年问题清单"
    assert read_book(path, csv_name="巡察反馈.csv").sheets[0].name == "巡察反馈"


def test_quoted_line_breaks_stay_in_their_cell_and_blank_rows_are_counted(tmp_path: Path) -> None:
    content = '序号,措施\r\n\r\n1,"一、排查\r\n二、""整改"""\r\n'.encode("gb18030")
    assert read(tmp_path, content) == [["序号", "措施"], [], ["1", '一、排查\n二、"整改"']]


def test_texts_are_kept_as_written(tmp_path: Path) -> None:
    content = "编号,证号,公式\n007,510524199001011234,=1+1\n".encode()
    assert read(tmp_path, content)[1] == ["007", "510524199001011234", "=1+1"]


def test_commas_in_text_do_not_hide_the_real_delimiter() -> None:
    lines = "".join(f"{n}\t大石镇\t管网,未通,待修\n" for n in range(9))
    assert rows_of(lines.encode())[3] == ["3", "大石镇", "管网,未通,待修"]


def test_a_broken_byte_is_refused_and_not_turned_into_other_characters() -> None:
    content = TABLE.encode("utf-8")
    with pytest.raises(UnreadableFile, match="第 2 行有损坏的文字编码"):
        decoded(content.replace("管网".encode(), b"\xe7\xae\xa1\xe7"))
    with pytest.raises(UnreadableFile, match="第 3 行"):
        decoded(content[:-3])


def test_a_quote_that_is_never_closed_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="引号没有成对"):
        rows_of('序号,措施\n1,"一、排查\n2,整改\n'.encode())


@pytest.mark.parametrize("content", [b"a,b\n1,\x002\n", b"\x81\xff\xff,\xfe", codecs.BOM_UTF16_LE + b"a"])
def test_bytes_that_are_no_text_are_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile, match="没有写入任何数据"):
        decoded(content)
