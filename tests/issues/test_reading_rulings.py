"""The import contract ruling by ruling."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from issues.rules.report import SheetReport
from rectify.lib.sheets.types import Sheet
from tests.issues.sheet_building import context, fields, one, read, read_sheet, sheet, table

ISSUE = "序号 乡镇 存在问题"
LEDGER = "序号 乡镇 存在问题 整改措施 责任单位 整改时限 是否完成"
PLAIN: list[Any] = [1, "大石镇", "屋面漏雨", "修缮", "县住建局", "6月底", "否"]


def with_column(name: str, value: Any, **options: Any) -> dict[str, Any]:
    """The row of a small ledger with one more column."""
    return one(table(f"{ISSUE} {name}", [1, "大石镇", "屋面漏雨", value], **options))


def problems(report: SheetReport) -> list[tuple[int, str, str | None]]:
    return [(error.row, error.column, error.field) for error in report.errors]


# Ruling 1


MERGED = [
    ["序号", "存在问题", "整改措施", "责任人", "整改时限", "备注"],
    [1, "资金滞留", "清理账户", "甲", "5月底前", "急"],
    ["", "", "拨付到户", "乙", "6月底前", ""],
    ["", "", "建立台账", "甲", "", ""],
    [2, "公示不全", "补充公示", "丙", "6月底前", ""],
]


def test_1_rows_under_one_merged_number_and_description_are_one_issue() -> None:
    report = read(MERGED, "A2:A4 B2:B4")
    first, second = report.to_json()["rows"]
    assert (first["row"], first["rows"]) == (2, [2, 3, 4])
    assert first["fields"]["actions"] == ["清理账户", "拨付到户", "建立台账"]
    assert first["fields"]["person"] == "甲"
    assert first["extra"] == {"责任人": "乙"}
    assert first["fields"]["deadline"]["due_on"] == "2018-06-30"
    assert first["fields"]["deadline"]["confidence"] == "confirm"
    assert "rows" not in second
    assert second["fields"]["number"] == "2"


def test_1_a_merged_number_over_different_descriptions_is_several_issues() -> None:
    rows = [["序号", "存在问题", "整改措施"], [1, "漏雨", "修"], ["", "开裂", "加固"]]
    report = read(rows, "A2:A3")
    assert [row.fields["number"] for row in report.rows] == ["1", "1"]


def test_1_one_description_merged_over_many_townships_stays_many_issues() -> None:
    rows = [["序号", "乡镇", "存在问题", "户数"], [1, "大石镇", "未划拨", 3], [2, "麻城镇", "", 5]]
    report = read(rows, "C2:C3")
    assert [row.fields["description"] for row in report.rows] == ["未划拨", "未划拨"]


def test_1_in_a_text_file_rows_that_only_add_measures_belong_to_the_issue_above() -> None:
    report = read([row[:5] for row in MERGED])
    assert [row.rows for row in report.rows] == [(2, 3, 4), (5,)]
    assert report.rows[0].fields["actions"] == ["清理账户", "拨付到户", "建立台账"]


# Ruling 2


def test_2_two_text_columns_of_one_field_are_joined_in_column_order() -> None:
    report = table("序号 存在问题 整改完成标准 整改要求", [1, "漏雨", "不漏", "尽快修"])
    assert fields(report)["整改要求"] == fields(report)["整改完成标准"] == "goal"
    assert one(report)["goal"] == "不漏；尽快修"


def test_2_of_a_one_valued_field_the_first_filled_column_wins_and_the_other_is_kept() -> None:
    report = table("序号 存在问题 责任领导 分管领导", [1, "漏雨", "甲", "乙"], [2, "开裂", "", "丙"])
    first, second = report.rows
    assert (first.fields["leader"], first.extra) == ("甲", {"分管领导": "乙"})
    assert (second.fields["leader"], second.extra) == ("丙", {})


def test_2_whether_it_is_finished_beats_whether_it_is_signed_off() -> None:
    report = table("序号 存在问题 是否销号 是否完成", [1, "漏雨", "否", "是"], [2, "开裂", "是", ""])
    first, second = report.rows
    assert (first.fields["done"], first.extra) == (True, {"是否销号": "否"})
    assert second.fields["done"] is True


# Ruling 3


@pytest.mark.parametrize(
    ("word", "done"),
    [
        ("已完成", True), ("完成整改", True), ("已整改", True), ("整改到位", True), ("已销号", True),
        ("完成交账销号", True), ("未完成", False), ("未整改", False), ("整改中", False), ("推进中", False),
        ("尚未启动", False), ("未达到序时进度", False), ("达到序时进度", None), ("基本完成", False),
        ("阶段性完成", False), ("部分完成", False), ("正在整改", False), ("未销号", False),
    ],
)  # fmt: skip
def test_3_clear_state_words_say_whether_it_is_done(word: str, done: bool | None) -> None:
    found = with_column("整改状态", word)
    assert found["state_text"] == word
    assert found.get("done") is done


def test_3_a_column_of_its_own_beats_the_state_word() -> None:
    report = table(f"{ISSUE} 整改状态 是否完成", [1, "大石镇", "漏雨", "已完成", "否"])
    assert one(report)["done"] is False


# Ruling 4


def test_4_a_column_of_its_own_says_that_it_lasts() -> None:
    report = table(f"{ISSUE} 整改时限 长期坚持", [1, "大石镇", "漏雨", "2018年6月底前", "是"])
    told = {"class": "dated", "due_on": "2018-06-30", "long": True, "confidence": "certain"}
    assert one(report)["deadline"] == {"raw": "2018年6月底前", **told}


def test_4_a_column_of_its_own_may_say_that_it_does_not_last() -> None:
    report = table(f"{ISSUE} 整改时限 是否长期坚持", [1, "大石镇", "漏雨", "立行立改，长期坚持", "否"])
    assert one(report)["deadline"]["long"] is False


def test_4_a_measure_s_own_date_is_not_the_issue_s_deadline() -> None:
    report = table(
        "序号 存在问题 整改措施 对应的完成时间 整改时限",
        [1, "漏雨", "1.勘察；2.修缮", "5月10日前；6月10日前", "6月底前"],
    )
    assert fields(report)["对应的完成时间"] is None
    (row,) = report.rows
    assert row.fields["deadline"].due_on == date(2018, 6, 30)
    assert row.extra == {"对应的完成时间": "5月10日前；6月10日前"}


def test_4_dates_of_measures_that_can_be_told_apart_belong_to_them() -> None:
    rows = [
        ["序号", "存在问题", "整改措施", "对应的完成时间", "整改时限"],
        [1, "资金滞留", "清理", "5月10日", "6月底前"],
        ["", "", "拨付", "6月10日", ""],
    ]
    (row,) = read(rows, "A2:A3 B2:B3 E2:E3").rows
    assert [deadline.due_on for deadline in row.fields["action_deadlines"]] == [
        date(2018, 5, 10),
        date(2018, 6, 10),
    ]
    assert row.fields["deadline"].confidence == "certain"


# Ruling 5


@pytest.mark.parametrize(
    ("note", "name", "value", "amount"),
    [
        ("", "问题金额", 12, "12"),
        ("单位：元", "问题金额", 31000, "3.1"),
        ("金额单位：元", "问题金额（万元）", 3, "3"),
        ("单位：元", "问题金额（亿元）", "1.5", "15000"),
        ("单位：元", "问题金额（万元）", "31000元", "3.1"),
        ("", "涉及金额（元）", "3,250,000.00", "325"),
        ("", "贷款金额（万元）", "2万元", "2"),
        ("单位：户、万元", "问题金额", "8.2", "8.2"),
    ],
)
def test_5_the_unit_of_money_comes_from_cell_then_header_then_note(
    note: str, name: str, value: Any, amount: str
) -> None:
    above = [["台账"], [f"填报单位：县住建局        {note}"]] if note else []
    assert one(read([*above, ["序号", "存在问题", name], [1, "漏雨", value]]))["amount"] == amount


def test_5_money_counted_takes_the_same_units() -> None:
    rows = [["单位：元"], ["序号", "乡镇", "存在问题", "应拨付", "已拨付", "未拨付"]]
    found = one(read([*rows, [1, "大石镇", "未拨付", 602000, 602000, 0]]))
    assert (found["quantity"], found["counted_in"], found["done_quantity"]) == ("60.2", "万元", "60.2")
    assert found["done"] is True


# Ruling 6


def test_6_hidden_rows_and_columns_are_read() -> None:
    hidden = Sheet("表", [["序号", "存在问题"], [1, "漏雨"]], hidden=True)
    assert len(read_sheet(hidden, context()).rows) == 1


def test_6_repeated_headers_and_column_numbers_are_header_and_notes_are_told_from_signatures() -> None:
    report = read(
        [
            LEDGER.split(),
            [1, 2, 3, 4, 5, 6, 7],
            PLAIN,
            LEDGER.split(),
            ["栏次", "1", "2", "3", "4", "5", "6"],
            [2, *PLAIN[1:]],
            ["注：按月更新"],
            ["填报人：张某"],
            ["说明：据实填报    审核人：李某"],
        ]
    )
    assert [row.row for row in report.rows] == [3, 6]
    assert [(skipped.row, skipped.why) for skipped in report.skipped] == [
        (2, "header"), (4, "header"), (5, "header"), (7, "note"), (8, "footer"), (9, "footer"),
    ]  # fmt: skip


# Ruling 7


def test_7_without_a_quantity_column_the_quantity_is_one_item_and_reported() -> None:
    found = one(table(ISSUE, [1, "大石镇", "漏雨"]))
    assert (found["quantity"], found["counted_in"]) == ("1", "个")


@pytest.mark.parametrize(
    ("name", "value", "counted"),
    [
        ("数量（户）", 3, ("3", "户")),
        ("数量（户）", "183个", ("183", "个")),
        ("户数", 5, ("5", "户")),
        ("涉及户数", "12户", ("12", "户")),
        ("数量", 4, ("4", "个")),
        ("数量", "1,245 户", ("1245", "户")),
        ("问题数", 2, ("2", "个")),
        ("应拨付（万元）", Decimal("60.11"), ("60.11", "万元")),
        ("数量（处）", "", ("1", "处")),
    ],
)
def test_what_is_counted_comes_from_cell_then_parentheses_then_the_header_s_word(
    name: str, value: Any, counted: tuple[str, str]
) -> None:
    found = with_column(name, value)
    assert (found["quantity"], found["counted_in"]) == counted


# Ruling 8


def test_8_behind_a_slash_stands_the_person_where_it_is_no_unit() -> None:
    found = with_column("责任部门/责任人", "县财政局/李某某")
    assert found["responsible_units"] == ["叙永县财政局"]
    assert found["person"] == "李某某"


def test_8_a_bracketed_unit_supports() -> None:
    found = with_column("责任单位", "扶贫办、住建局（配合：财政局）")
    assert found["responsible_units"] == ["叙永县扶贫和移民工作局", "叙永县住房和城乡规划建设局"]
    assert found["support_units"] == ["叙永县财政局"]


def test_8_every_township_and_every_department_are_expanded() -> None:
    found = with_column("责任单位", "各乡镇、县直各部门")
    townships = [name for name in found["responsible_units"] if name.endswith(("镇", "乡"))]
    assert len(townships) == 25
    assert "叙永县财政局" in found["responsible_units"]
    assert "国网叙永县供电公司" not in found["responsible_units"]


def test_8_townships_are_those_valid_on_the_reference_date() -> None:
    found = with_column("责任单位", "各乡镇", ref_date=date(2021, 1, 1))
    assert len(found["responsible_units"]) == 23


# Ruling 9


def test_9_a_section_row_with_sums_is_still_a_section() -> None:
    header = ["序号", "村", "存在问题", "户数"]
    report = read(
        [
            header,
            ["一、住房（2户）", "", "", 2],
            [1, "", "漏雨", 2],
            ["（一）饮水", "", "", 1],
            [2, "", "浑浊", 1],
        ]
    )
    assert [row.fields["category"] for row in report.rows] == ["住房", "住房 / 饮水"]
    assert [row.fields["description"] for row in report.rows] == ["漏雨", "浑浊"]


def test_9_beside_a_category_column_a_heading_is_the_section() -> None:
    report = read([["序号", "类别", "存在问题"], ["一、住房（1户）"], [1, "危房", "漏雨"]])
    found = one(report)
    assert (found["category"], found["section"]) == ("危房", "住房")


def test_9_in_a_project_sheet_a_heading_belongs_to_the_programme() -> None:
    header = ["序号", "项目名称", "建设内容", "总投资（万元）"]
    report = read([header, ["一、交通", "", "", 80], [1, "某路", "3公里", 80]], name="重点项目")
    assert one(report)["programme"] == "重点项目 / 交通"


def test_9_beside_a_column_of_kinds_of_projects_it_does_not() -> None:
    header = ["序号", "项目类别", "项目名称", "建设内容"]
    report = read([header, ["一、交通"], [1, "公路", "某路", "3公里"]], name="重点项目")
    assert one(report)["programme"] == "重点项目 / 公路"


def test_9_a_sheet_without_a_name_of_its_own_takes_the_title_for_its_programme() -> None:
    rows = [["某县2018年公路项目调度表"], ["序号", "项目名称", "建设内容"], [1, "某路", "3公里"]]
    assert one(read(rows, name="Sheet1"))["programme"] == "某县2018年公路项目调度表"


# Ruling 10


@pytest.mark.parametrize(
    ("written", "due_on"),
    [
        ("十月底前", "2018-10-31"), ("三季度末前", "2018-09-30"), ("明年3月底前", "2019-03-31"),
        ("一个月内", "2018-06-20"), ("7月上旬前", "2018-07-10"), ("9月26日下午18:00前", "2018-09-26"),
        (15, "2018-06-04"), (date(2018, 6, 30), "2018-06-30"), ("按期整改到位", None), ("限期完成", None),
    ],
)  # fmt: skip
def test_10_further_forms_of_deadlines_are_read(written: Any, due_on: str | None) -> None:
    found = with_column("整改时限", written)["deadline"]
    assert found.get("due_on") == due_on
    assert found["class"] == ("dated" if due_on else "undetermined")


def test_10_a_blank_deadline_gives_no_object() -> None:
    assert "deadline" not in with_column("整改时限", "")


def test_10_a_past_event_without_a_year_is_the_latest_not_after_the_reference_date() -> None:
    report = table(
        f"{ISSUE} 完成时间 是否完成",
        [1, "大石镇", "漏", "4月2日", "是"],
        [2, "大石镇", "裂", "11月2日", "是"],
    )
    assert [row.fields["done_on"] for row in report.rows] == [date(2018, 4, 2), date(2017, 11, 2)]


def test_a_deadline_that_says_done_makes_it_done_unless_something_says_otherwise() -> None:
    assert with_column("整改时限", "已完成")["done"] is True
    report = table(f"{ISSUE} 整改时限 是否完成", [1, "大石镇", "漏雨", "已完成", "否"])
    assert one(report)["done"] is False


# Ruling 11


def test_11_a_row_with_an_error_is_in_errors_only() -> None:
    report = table(f"{ISSUE} 数量（户）", [1, "大石镇", "漏雨", "若干"], [2, "麻城镇", "开裂", 3])
    assert [row.row for row in report.rows] == [3]
    assert report.to_json()["errors"] == [
        {"row": 2, "column": "D", "field": "quantity", "value": "若干", "message": "数量无法识别：若干"}
    ]


# Ruling 12


def test_12_headers_units_booleans_and_deadlines_are_folded_and_texts_are_not() -> None:
    report = table(
        "序號 鄉鎮 存在問題 責任單位 整改時限 是否完成",
        [1, "大石鎮", "屋頂漏雨（３處）", "縣財政局", "６月３０日前", "否"],
    )
    found = one(report)
    assert found["township"] == "大石镇"
    assert found["responsible_units"] == ["叙永县财政局"]
    assert found["deadline"]["due_on"] == "2018-06-30"
    assert found["description"] == "屋頂漏雨（３處）"


# Ruling 13


def test_13_units_are_reported_by_their_official_names_and_former_ones_warn() -> None:
    report = table(f"{ISSUE} 责任单位", [1, "大石乡", "漏雨", "县水务局、水利局"])
    found = one(report)
    assert found["township"] == "大石镇"
    assert found["responsible_units"] == ["叙永县水务局"]
    assert [(warning.row, warning.column, warning.value) for warning in report.warnings] == [
        (2, "B", "大石乡")
    ]
    assert report.warnings[0].message == "按旧名识别为大石镇"


def test_13_a_merged_cell_warns_once_at_its_top_row() -> None:
    report = read([ISSUE.split(), [1, "大石乡", "漏雨"], [2, "", "开裂"], [3, "", "塌"]], "B2:B4")
    assert [warning.row for warning in report.warnings] == [2]
    assert [row.fields["township"] for row in report.rows] == ["大石镇"] * 3


def test_13_an_unknown_unit_is_an_error_that_offers_the_nearest_names() -> None:
    report = table(f"{ISSUE} 责任单位", [1, "大石镇", "漏雨", "县财正局"], [2, "大石镇", "裂", "县财正局"])
    assert not report.rows
    assert "叙永县财政局" in report.errors[0].message
    (decision,) = report.decisions
    assert (decision.about, decision.text, decision.rows) == ("unit", "县财正局", 2)
    assert "叙永县财政局" in decision.nearest


def test_13_an_unknown_unit_in_a_merged_cell_keeps_every_row_out() -> None:
    report = read([ISSUE.split(), [1, "某某镇", "漏雨"], [2, "", "开裂"]], "B2:B3")
    assert problems(report) == [(2, "B", "township"), (3, "B", "township")]


# Ruling 15


@pytest.mark.parametrize("value", [-3, "-3户", "3.5户", "几户", "50%"])
def test_15_negative_and_impossible_quantities_are_errors(value: Any) -> None:
    report = table(f"{ISSUE} 数量（户）", [1, "大石镇", "漏雨", value])
    assert problems(report) == [(2, "D", "quantity")]


def test_15_more_done_than_there_is_is_an_error() -> None:
    report = table(f"{ISSUE} 户数 已整改户数", [1, "大石镇", "漏雨", 3, 5])
    assert problems(report) == [(2, "E", "done_quantity")]


def test_15_a_day_that_does_not_exist_is_a_warning_and_undetermined() -> None:
    report = table(f"{ISSUE} 整改时限 完成时间", [1, "大石镇", "漏雨", "2018年6月31日", "2018年2月30日"])
    found = one(report)
    assert found["deadline"]["class"] == "undetermined"
    assert "done_on" not in found
    assert [warning.column for warning in report.warnings] == ["D", "E"]


def test_15_a_cut_text_warns() -> None:
    told = sheet([ISSUE.split(), [1, "大石镇", "漏" * 32767]], cut=((2, 3),))
    report = read_sheet(told, context())
    assert [(warning.row, warning.column) for warning in report.warnings] == [(2, "C")]


# Cells that a spreadsheet shows otherwise than it stores them


def test_numbers_and_dates_are_read_as_the_sheet_shows_them() -> None:
    told = sheet(
        [["序号", "乡镇", "存在问题", "数量", "整改时限"], [1, "大石镇", "漏雨", 12, date(2018, 6, 1)]],
        formats={(2, 4): '0"户"', (2, 5): 'yyyy"年"m"月"'},
    )
    found = one(read_sheet(told, context()))
    assert (found["quantity"], found["counted_in"]) == ("12", "户")
    assert found["deadline"]["due_on"] == "2018-06-30"


def test_a_formula_without_a_result_keeps_its_row_out_where_a_number_should_stand() -> None:
    told = sheet([[*ISSUE.split(), "数量", "备注"], [1, "大石镇", "漏雨", "", ""]], uncached=((2, 4), (2, 5)))
    report = read_sheet(told, context())
    assert problems(report) == [(2, "D", "quantity")]
    assert [warning.column for warning in report.warnings] == ["E"]


# Done or not


def test_equal_quantities_make_it_done_and_less_leaves_it_open() -> None:
    report = table(f"{ISSUE} 户数 已整改户数", [1, "大石镇", "漏雨", 3, 3], [2, "大石镇", "裂", 3, 1])
    assert [row.fields.get("done") for row in report.rows] == [True, None]


def test_what_is_left_is_only_compared() -> None:
    report = table(
        f"{ISSUE} 户数 已整改户数 未整改户数", [1, "大石镇", "漏雨", 5, 2, 3], [2, "大石镇", "裂", 5, 2, 2]
    )
    assert len(report.rows) == 2
    assert [(warning.row, warning.column) for warning in report.warnings] == [(3, "F")]


def test_a_blank_says_nothing() -> None:
    assert "done" not in with_column("是否完成", "")


# The dates of a sheet


def dated(*above: str, rows: list[list[Any]] | None = None, **options: Any) -> SheetReport:
    header = ["序号", "存在问题", "整改时限", "是否完成", "完成时间"]
    return read([*([text] for text in above), header, *(rows or [[1, "漏雨", "10天", "否", ""]])], **options)


def test_the_reference_date_is_the_option_else_the_feedback_else_as_of_else_today() -> None:
    above = ("某台账", "反馈日期：2018年4月28日    截至2018年5月20日")
    due = [
        dated(*above).rows[0].fields["deadline"].due_on,
        dated(*above, ref_date=None).rows[0].fields["deadline"].due_on,
        dated("某台账", "截至2018年5月10日", ref_date=None).rows[0].fields["deadline"].due_on,
        dated("某台账", ref_date=None).rows[0].fields["deadline"].due_on,
    ]
    assert due == [date(2018, 5, 30), date(2018, 5, 8), date(2018, 5, 20), date(2018, 6, 16)]


def test_a_row_s_own_feedback_date_comes_before_the_sheet_s() -> None:
    rows = [
        ["反馈日期：2018年4月28日"],
        ["序号", "反馈日期", "存在问题", "整改时限"],
        [1, "2018-03-01", "漏雨", "10天"],
    ]
    assert one(read(rows, ref_date=None))["deadline"]["due_on"] == "2018-03-11"
    assert one(read(rows))["deadline"]["due_on"] == "2018-05-30"


@pytest.mark.parametrize(
    ("above", "found_on"),
    [
        (("台账（2017年11月核查）", "截至2018年5月20日"), date(2017, 11, 30)),
        (("台账", "问题基数统计时间：2017年12月31日     截至2018年5月20日"), date(2017, 12, 31)),
        (("台账", "反馈日期：2018年4月28日     截至2018年5月20日"), date(2018, 4, 28)),
        (("台账", "截至2018年5月20日"), date(2018, 5, 20)),
    ],
)
def test_issues_were_found_on_the_day_of_base_check_or_feedback_else_as_of(
    above: tuple[str, ...], found_on: date
) -> None:
    assert dated(*above).found_on == found_on


def test_the_option_found_on_beats_the_sheet() -> None:
    assert dated("台账（2017年11月核查）", found_on=date(2018, 1, 1)).found_on == date(2018, 1, 1)


def test_the_sheet_s_day_goes_back_to_its_earliest_step_with_one_warning() -> None:
    rows = [[1, "漏", "", "是", "2017-10-02"], [2, "裂", "", "是", "2017-09-01"], [3, "塌", "", "否", ""]]
    report = dated("台账（2017年11月核查）", rows=rows)
    assert report.found_on == date(2017, 9, 1)
    (warning,) = report.warnings
    assert (warning.row, warning.column) == (4, "E")


def test_a_column_says_when_each_issue_was_found() -> None:
    report = table("序号 发现时间 存在问题 完成时间", [1, "2018-03-01", "漏雨", "2018-04-01"])
    assert one(report)["found_on"] == "2018-03-01"
    assert not report.warnings


# Decisions


def test_a_decided_unit_is_read_and_one_outside_the_county_is_kept_as_text() -> None:
    rows = ([1, "大石镇", "漏雨", "老扶贫办公室"], [2, "大石镇", "裂", "邻县交通局"])
    decisions = {"units": {"老扶贫办公室": "D08", "邻县交通局": None}}
    report = table(f"{ISSUE} 责任单位", *rows, decisions=decisions)
    assert [row.fields["responsible_units"] for row in report.rows] == [
        ["叙永县扶贫和移民工作局"],
        ["邻县交通局"],
    ]


def test_a_deadline_to_confirm_is_asked_once_per_form_and_certain_once_decided() -> None:
    rows = [[number, "大石镇", f"问题{number}", "3个月内"] for number in range(1, 4)]
    report = table(f"{ISSUE} 整改时限", *rows)
    (decision,) = report.decisions
    assert (decision.about, decision.text, decision.rows, decision.first_row) == ("deadline", "3个月内", 3, 2)
    told = {"deadlines": {"3个月内": {"class": "dated", "due_on": "2018-07-31"}}}
    decided = table(f"{ISSUE} 整改时限", *rows, decisions=told)
    assert not decided.decisions
    assert {row.fields["deadline"].due_on for row in decided.rows} == {date(2018, 7, 31)}
    assert {row.fields["deadline"].confidence for row in decided.rows} == {"certain"}


def test_a_corrected_column_is_read_as_decided_and_as_remembered() -> None:
    rows = [["序号", "何事", "何地"], [1, "漏雨", "大石镇"]]
    corrected = {"B": "description", "C": "township"}
    told = {"sheets": {"Sheet1": {"kind": "issues", "columns": corrected}}}
    report = read(rows, decisions=told)
    assert one(report)["description"] == "漏雨"
    again = read(
        rows, remembered={report.layout: corrected}, decisions={"sheets": {"Sheet1": {"kind": "issues"}}}
    )
    assert one(again)["township"] == "大石镇"


def test_a_column_may_be_read_as_nothing() -> None:
    told = {"sheets": {"Sheet1": {"columns": {"D": None}}}}
    report = table(f"{ISSUE} 数量", [1, "大石镇", "漏雨", "若干"], decisions=told)
    assert not report.errors
    assert report.rows[0].extra == {"数量": "若干"}


def test_a_cell_mended_in_place_mends_its_row() -> None:
    told = {"sheets": {"Sheet1": {"rows": {"2": {"quantity": "3户", "township": "麻城镇"}}}}}
    report = table(f"{ISSUE} 数量", [1, "某某镇", "漏雨", "若干"], decisions=told)
    found = one(report)
    assert (found["quantity"], found["counted_in"], found["township"]) == ("3", "户", "麻城镇")


def test_header_rows_may_be_decided() -> None:
    rows = [["何事", "何地"], ["存在问题", "乡镇"], ["漏雨", "大石镇"]]
    report = read(rows, decisions={"sheets": {"Sheet1": {"header_rows": [2]}}})
    assert report.header_rows == (2,)


# Personal values


def test_personal_values_are_masked_in_the_report_and_clear_in_the_rows() -> None:
    report = table(
        "序号 户主 存在问题 联系电话 身份证号 备注",
        [
            1,
            "张三丰",
            "13800001111反映漏雨",
            "13800001111",
            "510524198001011234",
            "银行卡6222021234567890123",
        ],
    )
    (row,) = report.rows
    assert row.fields["household"] == "张三丰"
    shown = row.to_json()
    assert shown["fields"]["household"] == "张**"
    assert shown["fields"]["description"] == "138****1111反映漏雨"
    assert shown["extra"] == {"联系电话": "138****1111", "身份证号": "510524********1234"}
    assert "6222021234567890123" not in shown["fields"]["note"]


# What no field takes is kept


def test_what_no_field_takes_is_kept_with_the_row_and_with_its_cells() -> None:
    report = table("序号 存在问题 完成率 完成率 天气", [1, "漏雨", "75%", "80%", "晴"])
    (row,) = report.rows
    assert row.extra == {"完成率": "75%", "完成率（D列）": "80%", "天气": "晴"}
    assert row.cells == {"A": "1", "B": "漏雨", "C": "75%", "D": "80%", "E": "晴"}
    assert report.cells_of(2) == row.cells


def test_rows_that_say_the_same_of_the_same_place_are_shown_as_suspects() -> None:
    header = "序号 乡镇 户主 存在问题"
    report = table(
        header, [1, "大石镇", "张某", "漏"], [2, "大石镇", "张某", "漏"], [3, "大石镇", "李某", "漏"]
    )
    assert report.suspects == [[2, 3]]
