"""Reading values: what a person sees in a cell is what arrives, whatever the kind of file."""

import csv
import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl.utils import column_index_from_string

from rectify.lib.sheets.delimited import records
from rectify.lib.sheets.reader import number, read_book
from rectify.lib.sheets.types import MAX_TEXT, Book, Merge, Sheet
from tests.lib.sheets import compounds
from tests.lib.sheets.packages import package, shared_strings, styles, workbook, worksheet

REPOSITORY = Path(__file__).resolve().parents[3]
LEDGERS = REPOSITORY / "demo" / "ledgers"
EXPECTED = json.loads((REPOSITORY / "tests" / "samples" / "expected.json").read_text("utf-8"))["files"]


def read(folder: Path, content: bytes, name: str = "台账.xlsx") -> Book:
    path = folder / name
    path.write_bytes(content)
    return read_book(path)


def sheet_of(folder: Path, rows: str, **parts: str) -> Sheet:
    """The one sheet of an .xlsx with these rows and styles."""
    every = {f"xl/{name}.xml": content for name, content in parts.items()}
    return read(folder, package(worksheet(rows), every)).sheets[0]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_sample_is_read_down_to_its_last_row(name: str) -> None:
    book = read_book(LEDGERS / name)
    expected = EXPECTED[name]["sheets"]
    assert [sheet.name for sheet in book.sheets] == list(expected)
    for sheet in book.sheets:
        wanted = expected[sheet.name]
        assert sheet.height >= wanted.get("last_data_row", 1)
        assert sheet.rows[-1]
        for column in wanted.get("columns", ()):
            names = {
                str(sheet.cell(row, column_index_from_string(column["letter"])))
                for row in wanted["header_rows"]
            }
            assert "".join(column["path"][-1].split()) in {"".join(name.split()) for name in names}


def test_the_counts_of_the_first_sample() -> None:
    book = read_book(LEDGERS / "易地扶贫搬迁问题整改台账.xlsx")
    sheet = book.sheets[0]
    assert (book.kind, sheet.name, sheet.height, sheet.width, len(sheet.merges)) == (
        "xlsx",
        "台账",
        1256,
        17,
        143,
    )
    assert (book.size, len(book.sha256)) == (126_771, 64)


def test_numbers_are_whole_or_exact() -> None:
    assert number(711.62) == Decimal("711.62")
    assert str(number(0.1 + 0.2)) == "0.3"
    assert number(4.0) == 4
    assert type(number(4.0)) is int
    assert type(number(2.9999999999999996)) is int
    assert number(510524199001011000.0) == 510524199001011000
    assert number(float("inf")) is None
    assert number(float("nan")) is None


def test_values_arrive_as_they_are_meant(tmp_path: Path) -> None:
    rows = (
        '<row r="2"><c r="B2" t="s"><v>0</v></c><c r="C2"><v>711.62</v></c><c r="D2"><v>12</v></c>'
        '<c r="E2" t="b"><v>1</v></c><c r="F2" s="1"><v>43252</v></c><c r="G2" s="2"><v>43252.5</v></c>'
        '<c r="H2" s="3"><v>0.5</v></c><c r="I2" s="4"><v>1.5</v></c>'
        '<c r="J2" t="d"><v>2018-06-01T00:00:00</v></c>'
        '<c r="K2" t="inlineStr"><is><t xml:space="preserve"> 007 </t></is></c></row>'
    )
    sheet = sheet_of(
        tmp_path,
        rows,
        sharedStrings=shared_strings("<si><t>510524199001011234</t></si>"),
        styles=styles({165: "[h]:mm"}, (0, 14, 22, 20, 165)),
    )
    assert sheet.rows == [
        [],
        [
            *(
                None,
                "510524199001011234",
                Decimal("711.62"),
                12,
                True,
                date(2018, 6, 1),
                datetime(2018, 6, 1, 12),
            ),
            *(time(12), timedelta(hours=36), date(2018, 6, 1), " 007 "),
        ],
    ]
    assert sheet.cell(2, 2) == "510524199001011234"
    assert sheet.cell(9, 9) is None
    assert sheet.cell(1, 1) is None


def test_a_date_of_the_1904_system_is_the_same_day(tmp_path: Path) -> None:
    sheet = sheet_of(
        tmp_path,
        '<row r="1"><c r="A1" s="1"><v>41790</v></c></row>',
        workbook=workbook('<workbookPr date1904="1"/>'),
        styles=styles({}, (0, 14)),
    )
    assert sheet.rows == [[date(2018, 6, 1)]]


def test_formats_are_kept_where_they_change_what_a_cell_says(tmp_path: Path) -> None:
    sheet = sheet_of(
        tmp_path,
        '<row r="1"><c r="A1" s="1"><v>0.56</v></c><c r="B1" s="2"><v>43252</v></c>'
        '<c r="C1" s="3"><v>183</v></c><c r="D1" s="4"><v>43252</v></c>'
        '<c r="E1" s="1"/><c r="F1" s="5"><v>5</v></c></row>',
        styles=styles({164: "0&quot;户&quot;", 165: "#,##0.00"}, (0, 9, 57, 164, 31, 165)),
    )
    assert sheet.formats == {(1, 1): "0%", (1, 2): 'yyyy"年"m"月"', (1, 3): '0"户"'}
    assert sheet.rows == [[Decimal("0.56"), date(2018, 6, 1), 183, date(2018, 6, 1), None, 5]]


def test_formulas_give_their_result_and_those_without_one_are_named(tmp_path: Path) -> None:
    sheet = sheet_of(
        tmp_path,
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f></c><c r="C1"><f>1+1</f><v/></c>'
        '<c r="D1" t="str"><f>""</f><v></v></c><c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="F1" t="str"><f>"a"</f><v>a</v></c><c r="G1"><f t="shared" si="0"/></c></row>',
    )
    assert sheet.rows == [[2, None, None, None, None, "a"]]
    assert sheet.uncached == ((1, 2), (1, 3), (1, 7))
    assert sheet.errors == {(1, 5): "#DIV/0!"}


def test_readings_beside_the_text_are_not_part_of_it(tmp_path: Path) -> None:
    phonetic = '<rPh sb="0" eb="1"><t>トウ</t></rPh>'
    sheet = sheet_of(
        tmp_path,
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
        sharedStrings=shared_strings(f"<si><r><t>东</t></r><r><rPr><b/></rPr><t>乡</t></r>{phonetic}</si>"),
    )
    assert sheet.rows == [["东乡"]]


def test_merged_cells_are_told_and_not_unfolded(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>2</v></c></row>'
    merges = '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    sheet = read(tmp_path, package(worksheet(rows, after=merges))).sheets[0]
    assert sheet.merges == (Merge(1, 1, 2, 1), Merge(1, 1, 52, 52))
    assert sheet.rows == [[1], [None, 2]]


def test_hidden_sheets_rows_and_columns_are_read(tmp_path: Path) -> None:
    rows = worksheet(
        '<row r="1" hidden="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
        before='<cols><col min="1" max="1" hidden="1"/></cols>',
    )
    sheet = read(tmp_path, package(rows, {"xl/workbook.xml": workbook(state="veryHidden")})).sheets[0]
    assert sheet.hidden
    assert sheet.rows == [[1], [2]]


def test_cells_without_references_and_prefixed_elements_are_read(tmp_path: Path) -> None:
    bare = sheet_of(
        tmp_path,
        '<row><c><v>1</v></c><c t="inlineStr"><is><t>甲</t></is></c></row><row><c><v>2</v></c></row>',
    )
    assert bare.rows == [[1, "甲"], [2]]
    plain = worksheet('<row r="1"><c r="A1" s="1"><v>0.5</v></c></row>')
    prefixed = plain.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:").replace("<x:?", "<?")
    parts = {"xl/styles.xml": styles({}, (0, 9))}
    sheet = read(tmp_path, package(prefixed.replace("xmlns=", "xmlns:x="), parts)).sheets[0]
    assert (sheet.rows, sheet.formats) == ([[Decimal("0.5")]], {(1, 1): "0%"})


def test_a_text_longer_than_a_cell_is_cut_and_named(tmp_path: Path) -> None:
    sheet = read(tmp_path, ("甲" * (MAX_TEXT + 1) + ",乙\n").encode(), "a.csv").sheets[0]
    assert sheet.rows == [["甲" * MAX_TEXT, "乙"]]
    assert sheet.cut == ((1, 1),)


def test_a_character_that_no_database_takes_is_left_out(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>a_x0000_b</t></is></c></row>'
    assert sheet_of(tmp_path, rows).rows == [["ab"]]


def test_an_old_workbook_tells_the_same_as_a_new_one(tmp_path: Path) -> None:
    cells = (
        compounds.label(0, 0, "乡镇")
        + compounds.merged(0, 0, 0, 3)
        + compounds.number(1, 0, 1, 0.56)
        + compounds.number(1, 1, 2, 43252)
        + compounds.number(1, 2, 3, 43252.5)
        + compounds.boolean(1, 3, True)
        + compounds.wrong(1, 4, 0x2A)
        + compounds.number(1, 5, 4, 0.5)
        + compounds.number(1, 6, 5, 1.5)
        + compounds.number(1, 7, 6, 183)
    )
    content = compounds.xls(cells, {165: "[h]:mm", 166: '0"户"'}, (0, 9, 57, 22, 20, 165, 166))
    book = read(tmp_path, content, "台账.xls")
    sheet = book.sheets[0]
    assert (book.kind, sheet.name, sheet.merges) == ("xls", "台账", (Merge(1, 1, 1, 4),))
    assert sheet.rows[1] == [
        *(Decimal("0.56"), date(2018, 6, 1), datetime(2018, 6, 1, 12), True, None),
        *(time(12), timedelta(hours=36), 183),
    ]
    assert sheet.formats == {(2, 1): "0%", (2, 2): 'yyyy"年"m"月"', (2, 8): '0"户"'}
    assert sheet.errors == {(2, 5): "#N/A"}


def test_what_calamine_cannot_read_is_read_all_the_same(tmp_path: Path) -> None:
    # Two filled cells that span 200 million: calamine would lay them all out, so the second parser reads.
    rows = (
        '<row r="1"><c r="A1" s="1"><v>43252</v></c><c r="B1" t="e"><v>#N/A</v></c></row>'
        '<row r="200000"><c r="ALL200000"><v>5</v></c></row>'
    )
    sheet = sheet_of(tmp_path, rows, styles=styles({}, (0, 57)))
    assert sheet.rows[0] == [date(2018, 6, 1)]
    assert (sheet.height, sheet.cell(200_000, 1_000), sheet.errors) == (200_000, 5, {(1, 2): "#N/A"})


def test_the_reader_works_from_any_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit(3)")
    (tmp_path / "a.csv").write_text("乡镇,户数\n", "utf-8")
    assert read_book("a.csv", csv_name="问题清单.csv").sheets[0].name == "问题清单"


def test_reading_a_short_csv_leaves_other_readers_of_the_process_alone() -> None:
    assert next(iter(records("序号,内容\n1,短\n"))) == ["序号", "内容"]
    assert csv.field_size_limit() >= 131_072
