"""The structure of sheets found by their shape alone, with a handful of known names."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils import range_boundaries

from rectify.lib.sheets.shape import Table, find_table
from rectify.lib.sheets.types import Merge, Sheet

LAYOUTS = json.loads((Path(__file__).parents[2] / "samples" / "layouts.json").read_text())["layouts"]
NAMES = {
    *("序号", "乡镇", "村", "户主", "类别", "问题", "存在问题", "具体问题", "整改措施", "责任单位"),
    *("责任人", "整改时限", "备注", "数量", "单位", "项目名称", "进展"),
}


def sheet(rows: Sequence[Sequence[Any]], merges: str = "") -> Sheet:
    cells = [[None if value == "" else value for value in row] for row in rows]
    ranges = [range_boundaries(text) for text in merges.split()]
    return Sheet("表", cells, tuple(Merge(top, left, bottom, right) for left, top, right, bottom in ranges))


def find(rows: Sequence[Sequence[Any]], merges: str = "", **options: Any) -> Table:
    table = find_table(sheet(rows, merges), NAMES.__contains__, **options)
    assert table is not None
    return table


def why(table: Table) -> dict[int, str]:
    return {skipped.row: skipped.why for skipped in table.skipped}


HEADER = ["序号", "乡镇", "存在问题", "整改措施", "备注"]
ROW = [1, "甲镇", "屋面漏雨", "修缮", ""]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: str(layout["name"]))
def test_the_header_of_a_ledger_in_real_use_is_found_with_its_paths(layout: dict[str, Any]) -> None:
    table = find(layout["header_rows"] + layout["example_rows"], " ".join(layout["merges"]))
    above = layout["rows_above_header"]
    assert table.header_rows == tuple(range(above + 1, above + layout["header_levels"] + 1))
    assert table.first_data_row == layout["first_data_row"]
    wanted = ["/".join(path.split(" / ")).replace(" ", "") for path in layout["leaf_paths"]]
    assert ["/".join(column.path) for column in table.columns] == wanted


def test_a_title_notes_and_signatures_are_told_from_the_table() -> None:
    table = find(
        [
            ["附件3"],
            ["某县问题整改台账"],
            ["填报单位：县住建局", "", "", "截至2018年5月20日"],
            HEADER,
            ROW,
            [2, "乙镇", "墙体开裂", "加固", ""],
            ["注：本表按月更新。"],
            ["填报人：张某", "", "", "审核人：李某"],
            ["说明：数据来自乡镇。   填报日期：2018年5月21日"],
        ]
    )
    assert table.title == "某县问题整改台账"
    assert table.header_rows == (4,)
    assert (table.first_data_row, table.last_data_row) == (5, 6)
    assert why(table) == {1: "note", 2: "title", 3: "note", 7: "note", 8: "footer", 9: "footer"}


def test_a_title_of_two_lines_is_joined() -> None:
    table = find([["中共某县委巡察工作领导小组办公室"], ["巡察反馈问题整改台账"], HEADER, ROW])
    assert table.title == "中共某县委巡察工作领导小组办公室巡察反馈问题整改台账"
    assert why(table) == {1: "title", 2: "title"}


def test_blank_rows_inside_the_table_are_listed_and_those_after_it_are_not() -> None:
    table = find([["清单"], [], HEADER, ROW, [], [2, "乙镇", "开裂", "加固"], [], [], ["填报人：张某"]])
    assert table.data == (4, 6)
    assert why(table) == {1: "title", 5: "blank", 9: "footer"}


def test_rows_that_hold_a_number_and_nothing_else_are_blank() -> None:
    table = find([HEADER, ROW, [2], [3, "乙镇", "开裂", "加固"], [4], [5]])
    assert table.data == (2, 4)
    assert why(table) == {3: "blank"}


@pytest.mark.parametrize(
    "row",
    [
        ["合计", "", "71个"],
        ["", "甲镇小计", "", "", 11],
        ["合  计", "", "", "", 588],
        ["", "", "总计（12个）"],
        ["小计：", "", 3],
        [3, "甲镇", "小计", "", 12],
        ["全县", "", "", "", 12],
        ["共计", 12],
    ],
)
def test_a_subtotal_is_told_by_its_leading_cells(row: list[Any]) -> None:
    table = find([HEADER, ROW, row, [2, "乙镇", "开裂", "加固", ""]])
    assert why(table) == {3: "subtotal"}


def test_words_of_a_total_inside_a_description_are_data() -> None:
    table = find([HEADER, ROW, [2, "乙镇", "工程款合计12万元未支付", "支付", ""]])
    assert table.data == (2, 3)


def test_sections_nest_by_their_outline_numbers_and_lose_number_and_count() -> None:
    table = find(
        [
            HEADER,
            ["一、住房保障（12户）"],
            ["（一）危房"],
            ROW,
            ["（二）入住：3户"],
            [2, "乙镇", "未入住", "劝导", ""],
            ["二、饮水安全（共2个问题）", "", "", "", 2],
            [3, "丙镇", "水质差", "换管", ""],
        ]
    )
    assert why(table) == {2: "section", 3: "section", 5: "section", 7: "section"}
    assert table.sections == {4: ("住房保障", "危房"), 6: ("住房保障", "入住"), 8: ("饮水安全",)}


def test_a_section_may_have_its_number_in_a_cell_of_its_own() -> None:
    table = find(
        [HEADER, ["一", "资产方面", "", "", ""], ROW, ["二", "财务方面"], [2, "乙镇", "漏", "补", ""]]
    )
    assert table.sections == {3: ("资产方面",), 5: ("财务方面",)}


def test_a_plain_heading_without_a_number_is_a_section_too() -> None:
    table = find([HEADER, ["大石镇（2个）"], ROW, ["麻城镇"], [2, "乙镇", "漏", "补", ""]], "A2:E2 A4:E4")
    assert table.sections == {3: ("大石镇",), 5: ("麻城镇",)}


def test_a_description_that_begins_with_an_outline_number_is_no_section() -> None:
    table = find([["问题", "进展", "整改措施"], ["一、关于管网不完善的问题", "已经完成", "新建8公里"]])
    assert table.data == (2,)


def test_a_repeated_header_and_rows_of_column_numbers_are_skipped_as_header() -> None:
    table = find(
        [HEADER, [1, 2, 3, 4, 5], ROW, HEADER, ["栏次", "1", "2", "3", "4"], [2, "乙镇", "开裂", "加固", ""]]
    )
    assert table.data == (3, 6)
    assert why(table) == {2: "header", 4: "header", 5: "header"}


def test_letters_and_numbers_under_a_header_count_its_columns() -> None:
    table = find([HEADER, ["甲", "乙", "1", "2", "3"], ROW])
    assert why(table) == {2: "header"}


def test_a_header_of_two_levels_without_merges_is_put_together() -> None:
    table = find(
        [
            ["序号", "基本情况", "", "", "责任落实", "", "备注"],
            ["", "乡镇", "村", "户主", "责任单位", "责任人", ""],
            [1, "甲镇", "乙村", "张某", "住建局", "李某", ""],
        ]
    )
    assert table.header_rows == (1, 2)
    assert [column.path for column in table.columns] == [
        ("序号",), ("基本情况", "乡镇"), ("基本情况", "村"), ("基本情况", "户主"),
        ("责任落实", "责任单位"), ("责任落实", "责任人"), ("备注",),
    ]  # fmt: skip


def test_a_header_of_three_levels_keeps_every_level() -> None:
    table = find(
        [
            ["序号", "整改任务", "", "责任分工", "", "备注"],
            ["", "目标", "整改时限", "责任单位", "", ""],
            ["", "", "", "牵头", "配合", ""],
            [1, "建成", "6月底前", "住建局", "水务局", ""],
        ],
        "A1:A3 B1:C1 B2:B3 C2:C3 D1:E1 D2:E2 F1:F3",
    )
    assert table.header_rows == (1, 2, 3)
    assert table.columns[3].path == ("责任分工", "责任单位", "牵头")
    assert table.data == (4,)


def test_line_breaks_and_spaces_inside_a_name_are_removed() -> None:
    table = find([["序号", "户  主", "整改\n时限", "存在问题"], [1, "张某", "6月", "漏雨"]])
    assert [column.path for column in table.columns] == [("序号",), ("户主",), ("整改时限",), ("存在问题",)]


def test_a_table_may_begin_in_a_later_column_with_remarks_beside_it() -> None:
    rows = [
        ["", "", "隐患清单"],
        ["", "", "序号", "乡镇", "存在问题", "", "填表说明："],
        ["", "", 1, "甲镇", "塌方", "", "1.如实填写"],
        ["", "", 2, "乙镇", "滑坡"],
    ]
    table = find(rows)
    assert [column.letter for column in table.columns] == ["C", "D", "E"]
    assert table.title == "隐患清单"


def test_of_two_tables_side_by_side_the_one_with_more_columns_is_read() -> None:
    table = find(
        [
            ["序号", "乡镇", "存在问题", "责任人", "", "序号", "单位"],
            [1, "甲镇", "漏雨", "张某", "", 1, "县住建局"],
            [2, "乙镇", "开裂", "李某", "", 2, "县水务局"],
        ]
    )
    assert [column.letter for column in table.columns] == ["A", "B", "C", "D"]


def test_of_two_tables_one_below_the_other_the_longer_is_read_and_the_other_noted() -> None:
    table = find(
        [
            ["单位", "数量", "备注"],
            ["甲镇", 3, ""],
            [],
            ["序号", "村", "户主", "存在问题", "整改措施"],
            [1, "乙村", "张某", "漏雨", "修"],
            [2, "丙村", "李某", "开裂", "加固"],
        ]
    )
    assert table.header_rows == (4,)
    assert table.data == (5, 6)
    assert table.other_tables == (1,)


def test_vertical_merges_are_unfolded_and_remembered_as_shadows() -> None:
    table = find([HEADER, ROW, [2, "", "开裂", "加固", ""], [3, "", "塌", "修", ""]], "B2:B4")
    assert [table.unfolded.rows[row - 1][1] for row in table.data] == ["甲镇"] * 3
    assert table.unfolded.is_shadow(3, 2)
    assert not table.unfolded.is_shadow(2, 2)
    assert table.unfolded.spans == {2: {2: 4}}


def test_a_merge_far_beyond_the_sheet_costs_nothing() -> None:
    table = find([HEADER, ROW, ["", "", "续", "修", ""]], "A2:A1048576 B2:XFD1048576")
    assert table.unfolded.rows[2][0] == 1


def test_a_person_may_say_which_rows_are_the_header() -> None:
    rows = [["甲", "乙", "丙"], ["名称", "何事", "何时"], ["张三", "漏雨", date(2018, 6, 1)]]
    table = find(rows, header_rows=(2,))
    assert [column.path for column in table.columns] == [("名称",), ("何事",), ("何时",)]
    assert table.data == (3,)


def test_a_column_without_a_name_is_listed_where_it_holds_something() -> None:
    table = find([["序号", "", "存在问题", "备注"], [1, "甲镇", "漏雨", ""], [2, "乙镇", "开裂", ""]])
    assert [(column.letter, column.path) for column in table.columns][1] == ("B", ())


def test_a_cover_and_an_empty_sheet_hold_no_table() -> None:
    assert find_table(sheet([["某县整改工作领导小组"], [], ["二〇一八年五月"]]), NAMES.__contains__) is None
    assert find_table(sheet([]), NAMES.__contains__) is None


def test_numbers_in_notes_after_the_table_are_no_sections() -> None:
    table = find([HEADER, ROW, ["注："], ["1.本表一式三份"], ["2.逐级上报"], ["2018年5月20日"]])
    assert why(table) == {3: "note", 4: "note", 5: "note", 6: "footer"}
