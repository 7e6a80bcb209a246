"""Rows of projects, leads and funds: every field of the contract's tables."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from issues.rules.report import SheetReport
from tests.issues.sheet_building import names, one, read

PROJECT = "序号 项目名称 乡镇 建设内容 总投资（万元）"
ROW: list[Any] = [1, "某公路", "大石镇", "3公里", 80]


def works(
    header: str = "", *cells: Any, title: str = "某县2018年公路项目调度表", **options: Any
) -> SheetReport:
    """A small project sheet with more columns, as of 2018-05-20."""
    above = [[title], ["截至2018年5月20日"]]
    return read([*above, names(f"{PROJECT} {header}"), [*ROW, *cells]], name="公路", **options)


def work(header: str = "", *cells: Any, **options: Any) -> dict[str, Any]:
    return one(works(header, *cells, **options))


def test_a_project_has_name_place_content_and_money() -> None:
    found = work(
        "责任部门 责任领导 责任人 形象进度 存在问题 备注", "县交通局", "甲", "乙", "路基", "征地难", "急"
    )
    assert found == {
        "number": "1", "name": "某公路", "township": "大石镇", "content": "3公里", "investment": "80",
        "department": "叙永县交通运输局", "leader": "甲", "person": "乙", "progress": "路基", "problem": "征地难",
        "note": "急", "programme": "公路", "quantity": "1", "counted_in": "个", "arranged_on": "2018-01-01",
        "allotted": True, "allotted_on": "2018-01-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("word", "started"),
    [
        ("未开工", False), ("未动工", False), ("未启动", False), ("否", False), ("前期工作", False), ("已开工", True),
        ("在建", True), ("已完工", True), ("是", True), ("", None),
    ],
)  # fmt: skip
def test_words_say_whether_works_have_begun(word: str, started: bool | None) -> None:
    assert work("是否开工", word).get("started") is started


def test_a_date_of_start_says_so_too() -> None:
    found = work("是否开工 开工时间", "", "2018/4/29")
    assert (found["started"], found["started_on"]) == (True, "2018-04-29")


def test_what_is_finished_has_begun_and_is_completed() -> None:
    found = work("是否开工", "已完工")
    assert (found["started"], found["completed"]) == (True, True)
    assert "completed" not in work("是否开工", "是")
    assert work("是否开工 完工时间", "是", "2018-05-01")["completed"] is True


def test_one_name_under_two_parents_is_planned_and_actual() -> None:
    header = [
        ["序号", "项目名称", "建设内容", "计划", "", "实际", "", "备注"],
        ["", "", "", "开工时间", "完工时间", "开工时间", "完工时间", ""],
    ]
    merges = "A1:A2 B1:B2 C1:C2 D1:E1 F1:G1 H1:H2"
    report = read([*header, [1, "某路", "3公里", "4月份", "7月底", "2018-04-20", "", ""]], merges)
    assert [column.field for column in report.columns[3:7]] == [
        "planned_start", "planned_finish", "started_on", "completed_on",
    ]  # fmt: skip
    (row,) = report.rows
    assert row.fields["planned_start"].due_on == date(2018, 4, 30)
    assert row.fields["started_on"] == date(2018, 4, 20)


def test_arranged_is_new_year_of_the_title_and_never_after_a_dated_step() -> None:
    assert work("开工时间", "2018-03-01")["arranged_on"] == "2018-01-01"
    assert work("开工时间", "2017-11-05")["arranged_on"] == "2017-11-05"
    assert work(title="某县2017年公路项目调度表")["arranged_on"] == "2017-01-01"
    assert work("安排时间", "2018-02-03")["arranged_on"] == "2018-02-03"


def test_without_a_column_every_row_is_allotted_when_arranged() -> None:
    found = work("开工时间", "2018-03-01")
    assert (found["allotted"], found["allotted_on"]) == (True, "2018-01-01")


@pytest.mark.parametrize(
    ("allotted", "allotted_on", "started_on", "expected"),
    [
        ("已下达", "2018-04-13", "2018-04-29", "2018-04-13"),
        ("是", "", "2018-04-29", "2018-04-29"),
        ("是", "", "", "2018-05-20"),
        ("否", "", "", None),
        ("", "2018-04-13", "", "2018-04-13"),
        ("", "", "", None),
    ],
)
def test_allotted_but_undated_is_the_start_else_as_of(
    allotted: str, allotted_on: str, started_on: str, expected: str | None
) -> None:
    found = work("是否下达 下达时间 开工时间", allotted, allotted_on, started_on)
    assert found["allotted"] is (expected is not None)
    assert found.get("allotted_on") == expected


def test_the_programme_is_the_sheet_s_name_with_the_column_s_kinds() -> None:
    assert work("项目类别", "通村路")["programme"] == "公路 / 通村路"
    assert work("专项名称", "交通专项")["programme"] == "公路 / 交通专项"
    assert "programme" not in work("建设性质", "新建") or work("建设性质", "新建")["programme"] == "公路"


def test_quantities_of_works_are_counted_and_compared() -> None:
    found = work("户数（户） 已开工户数 已完工户数", 11, 11, 3)
    assert (found["quantity"], found["counted_in"]) == ("11", "户")
    assert (found["started_quantity"], found["completed_quantity"], found["started"]) == ("11", "3", True)
    report = works("户数（户） 已开工户数", 11, 12)
    assert [(error.row, error.field) for error in report.errors] == [(4, "started_quantity")]


def test_money_of_works_in_yuan_and_hundred_millions() -> None:
    rows = [["单位：亿元"], names("序号 项目名称 建设内容 总投资"), [1, "某路", "3公里", "1.2"]]
    assert one(read(rows))["investment"] == "12000"
    assert work("完工时间", "")["investment"] == "80"


def test_an_unknown_department_is_an_error() -> None:
    report = works("责任部门", "县路桥局")
    assert [(error.row, error.column, error.field) for error in report.errors] == [(4, "F", "department")]


LEAD = "序号 线索来源 报送单位 报送时间 问题类型 涉及乡镇 涉及村 线索内容 是否有效 承办单位 办理时限 办理情况 备注"


def lead(*cells: Any, **options: Any) -> dict[str, Any]:
    return one(read([["线索汇总表"], names(LEAD), list(cells)], **options))


def test_a_lead_has_every_field_of_its_table() -> None:
    found = lead(
        1,
        "信访",
        "县扶贫局",
        "2018年4月14日",
        "资金",
        "大石镇",
        "三门村",
        "补助不符",
        "有效",
        "县纪委",
        "6月底",
        "已查实",
        "急",
    )
    assert found["reported_by"] == "叙永县扶贫和移民工作局"
    assert found["responsible_units"] == ["叙永县纪委监委"]
    assert (found["reported_on"], found["valid"], found["source"]) == ("2018-04-14", True, "信访")
    assert (found["township"], found["village"], found["category"]) == ("大石镇", "三门村", "资金")
    assert found["deadline"]["due_on"] == "2018-06-30"
    assert (found["description"], found["progress"], found["note"]) == ("补助不符", "已查实", "急")
    assert "quantity" not in found


@pytest.mark.parametrize(("word", "valid"), [("有效", True), ("无效", False), ("核查中", None), ("", None)])
def test_a_lead_is_valid_invalid_or_still_open(word: str, valid: bool | None) -> None:
    found = lead(1, "信访", "马岭镇", "2018.4.9", "作风", "马岭镇", "", "不入户", word, "", "", "", "")
    assert found.get("valid") is valid


def test_a_lead_s_deadline_counts_from_its_own_day_unless_told() -> None:
    cells = (1, "信访", "马岭镇", "2018-04-09", "作风", "马岭镇", "", "不入户", "有效", "", "15天", "", "")
    assert lead(*cells, ref_date=None)["deadline"]["due_on"] == "2018-04-24"
    assert lead(*cells)["deadline"]["due_on"] == "2018-06-04"


def test_funds_are_compared_and_never_refused_for_their_difference() -> None:
    header = names("序号 乡镇 搬迁人数（人） 应下达资金（万元） 实际下达（万元） 超出（万元） 备注")
    rows = [
        [1, "观兴镇", 903, Decimal("5147.1"), Decimal("6936.2"), Decimal("1789.1"), ""],
        [2, "兴隆镇", 573, Decimal("3266.1"), Decimal("3140.1"), "—", "未下达"],
        [3, "大石镇", 10, 57, 57, 0, ""],
        [4, "麻城镇", 10, 57, 60, 2, ""],
        [5, "正东镇", 10, 57, 50, -7, ""],
    ]
    report = read([["资金核对表"], header, *rows])
    assert report.kind == "funds"
    assert not report.errors
    assert [row.fields.get("over_amount") for row in report.rows] == [Decimal("1789.1"), None, 0, 2, None]
    assert [warning.row for warning in report.warnings] == [6, 7]
    assert report.rows[0].to_json()["fields"] == {
        "number": "1", "township": "观兴镇", "people": "903", "due_amount": "5147.1", "funded_amount": "6936.2",
        "over_amount": "1789.1",
    }  # fmt: skip
