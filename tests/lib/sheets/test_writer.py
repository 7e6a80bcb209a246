"""What is written comes back as it was, and looks like a table a person can print."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rectify.lib.sheets.reader import read_book
from rectify.lib.sheets.types import MAX_TEXT, Book, Merge, Value
from rectify.lib.sheets.writer import (
    ColumnKind,
    ColumnOut,
    SheetOut,
    clean_text,
    header_merges,
    sheet_names,
    write_csv,
    write_plain,
    write_styled,
)

COLUMNS = (
    ColumnOut(("序号",), 6, ColumnKind.NUMBER),
    ColumnOut(("问题基本情况", "乡镇"), 10),
    ColumnOut(("问题基本情况", "问题金额（万元）"), 12, ColumnKind.MONEY),
    ColumnOut(("整改时限",), 12, ColumnKind.DATE),
    ColumnOut(("标识",), 8, ColumnKind.KEY),
)
ROWS: tuple[tuple[Value, ...], ...] = (
    (1, "大石镇", Decimal("711.62"), date(2018, 6, 30), "k1"),
    (2, None, Decimal("0.5"), datetime(2018, 6, 30, 18, 0), "k2"),
    (3, "=HYPERLINK(A1)", None, "待定", "k3"),
)
SHEET = SheetOut(
    name="台账",
    columns=COLUMNS,
    rows=ROWS,
    title="问题整改台账",
    remarks=("截至2018年5月20日",),
    notes=("注：演示数据，纯属虚构",),
    merges=(Merge(1, 2, 2, 2),),
    bold_rows={3},
)


def book_of(content: bytes, name: str = "台账.xlsx") -> Book:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return read_book(path)


def plain(sheets: list[SheetOut]) -> bytes:
    file = BytesIO()
    write_plain(sheets, file)
    return file.getvalue()


def as_csv(sheet: SheetOut) -> bytes:
    file = BytesIO()
    write_csv(sheet, file)
    return file.getvalue()


@pytest.mark.parametrize("write", [write_styled, plain])
def test_a_written_table_is_read_back_cell_for_cell(write: object) -> None:
    assert callable(write)
    sheet = book_of(write([SHEET])).sheets[0]
    assert sheet.rows == [
        ["问题整改台账"],
        ["截至2018年5月20日"],
        ["序号", "问题基本情况", None if write is write_styled else "问题基本情况", "整改时限", "标识"],
        [None, "乡镇", "问题金额（万元）"],
        list(ROWS[0]),
        list(ROWS[1]),
        list(ROWS[2]),
        ["注：演示数据，纯属虚构"],
    ]
    assert {
        Merge(3, 1, 4, 1),
        Merge(3, 2, 3, 3),
        Merge(3, 4, 4, 4),
        Merge(3, 5, 4, 5),
        Merge(5, 2, 6, 2),
    } <= set(sheet.merges)


def test_a_styled_table_is_set_up_for_paper() -> None:
    page = openpyxl.load_workbook(BytesIO(write_styled([SHEET]))).worksheets[0]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.print_title_rows == "$3:$4"
    assert page.freeze_panes == "A5"
    assert page.column_dimensions["E"].hidden
    assert not page.column_dimensions["A"].hidden
    assert page["C5"].number_format == "#,##0.00####"
    assert page["D5"].number_format == "yyyy-mm-dd"
    assert page["A7"].font.bold
    assert page["B7"].data_type == "s"
    assert page.oddFooter.center.text == "第 &P 页 共 &N 页"


def test_header_names_span_what_they_have_in_common_and_no_more() -> None:
    columns = [
        ColumnOut(path)
        for path in (("甲", "乙", "丙"), ("甲", "乙", "丁"), ("甲", "戊"), ("己",), ("甲", "庚"))
    ]
    assert list(header_merges(columns)) == [
        Merge(1, 1, 1, 3),
        Merge(1, 4, 3, 4),
        Merge(2, 1, 2, 2),
        Merge(2, 3, 3, 3),
        Merge(2, 5, 3, 5),
    ]


def test_sheet_names_are_ones_a_spreadsheet_program_accepts() -> None:
    names = sheet_names(["乡“三有”项目", "a/b:c*?[d]\\", "", "A/B:C*?[D]\\", "督" * 40, "督" * 40, "History"])
    assert names[:4] == ["乡“三有”项目", "a b c   d", "Sheet", "A B C   D-2"]
    assert [len(name) for name in names[4:6]] == [31, 31]
    assert names[6] == "History-2"
    assert len({name.casefold() for name in names}) == len(names)


def test_an_empty_table_is_written() -> None:
    assert book_of(write_styled([SheetOut("空", (), ())])).sheets[0].rows == []
    assert book_of(plain([SheetOut("空", COLUMNS, ())])).sheets[0].height == 2


ODD = st.text(
    st.one_of(
        st.sampled_from("=+-@'\t\r\n\"\0\x01\x0b\x1f_x0041_ \u200b\ufffe\ud800😀＝{};,[]&<>"),
        st.characters(codec="utf-8"),
    ),
    max_size=40,
)


@settings(max_examples=settings.default.max_examples // 2)  # each starts three processes
@given(texts=st.lists(ODD, min_size=1, max_size=60))
@example(
    texts=[
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "#N/A",
        "=",
        "{=A1}",
        "http://x",
        "007",
        "TRUE",
        "_x000D_",
        "_x005F_",
    ]
)
@example(texts=["甲" * MAX_TEXT, "😀" * 20_000, "a\r\nb\rc", " 两边 ", "'=1", "''-"])
def test_any_text_comes_back_as_the_same_text(texts: list[str]) -> None:
    column = ColumnOut(("列",))
    wanted = [[None if text.isspace() else text or None] for text in map(clean_text, texts)]
    rows = [(text,) for text in texts]
    end: list[list[Value]] = [["完"]]
    out = SheetOut("表", [column, ColumnOut(("行",))], [*((*row, "x") for row in rows), ("完", "x")])
    for content in (write_styled([out]), plain([out])):
        read = [row[:1] for row in book_of(content).sheets[0].rows[1:]]
        assert read == wanted + end
    read = [row[:1] for row in book_of(as_csv(out), "表.csv").sheets[0].rows[1:]]
    assert read == wanted + end


@settings(max_examples=settings.default.max_examples // 2)
@given(
    values=st.lists(
        st.one_of(
            st.integers(-(10**14), 10**14),
            st.decimals(-(10**9), 10**9, places=4),
            st.booleans(),
            st.dates(date(1901, 1, 1), date(2999, 12, 31)),
            st.none(),
        ),
        max_size=30,
    )
)
def test_any_value_comes_back_as_the_same_value(values: list[Value]) -> None:
    out = SheetOut("表", [ColumnOut(("列",)), ColumnOut(("行",))], [(value, "x") for value in values])
    for content in (write_styled([out]), plain([out])):
        read = [row[0] for row in book_of(content).sheets[0].rows[1:]]
        assert read == values
        assert [isinstance(value, bool) for value in read] == [isinstance(value, bool) for value in values]


def test_a_csv_disarms_what_looks_like_a_formula() -> None:
    rows = [("=1+1", -1), ("@SUM", Decimal("-1.50")), ("\t=1", True), ("-5℃", date(2018, 6, 1))]
    content = as_csv(SheetOut("表", [ColumnOut(("=列",)), ColumnOut(("数",))], rows))
    assert content == "\ufeff'=列,数\r\n'=1+1,-1\r\n'@SUM,-1.50\r\n'\t=1,TRUE\r\n'-5℃,2018-06-01\r\n".encode()


def test_many_rows_are_written_from_a_generator() -> None:
    rows = ((number, f"第{number}户") for number in range(3_000))
    sheet = book_of(plain([SheetOut("台账", [ColumnOut(("序号",)), ColumnOut(("户主",))], rows)])).sheets[0]
    assert (sheet.height, sheet.rows[-1]) == (3_001, [2_999, "第2999户"])
