"""Header layouts of ledgers in real use (tests/samples/layouts.json), each column's field said outright."""

import json
from typing import Any

import pytest

from issues.rules.report import SheetReport
from tests.issues.sheet_building import REPOSITORY, context, read_sheet, sheet

LAYOUTS: dict[str, dict[str, Any]] = {
    layout["name"]: layout
    for layout in json.loads((REPOSITORY / "tests" / "samples" / "layouts.json").read_text())["layouts"]
}

#: The fields of the columns in order; "-" is none. Skipped sheets are in SKIPPED.
FIELDS = {
    "审计·往期责任清单": "number - responsible_units source - category description responsible_units description amount - "
    "- - goal deadline goal actions - leader leader - - - done",
    "审计·往期问题清单": "number - responsible_units source - category category category category description "
    "responsible_units description amount - done",
    "高校·审计发现问题整改情况表": "source_doc source - - description description amount - - - actions deadline "
    "responsible_units person note",
    "高校·审计整改情况推进表": "state_text - progress deadline actions progress -",
    "审计项目整改验收单": "number - source description - actions person deadline -",
    "财务稽核·问题导出表": "description - - done - person deadline -",
    "内控评价·问题整改台账": "- - description description category - - lead_unit - actions - person - actions deadline "
    "progress state_text",
    "环保督察·交账销号验收进度表": "category description deadline state_text - - - - -",
    "央督/市督问题工作台列表": "- description responsible_units description actions number state_text - - deadline",
    "督察“回头看”整改进展清单（逐条段落式）": "description state_text actions",
    "问题线索整改月报台账": "number - category - description description responsible_units deadline progress - actions "
    "done lead_unit",
    "区级河道治理任务分解表": "number programme name content planned_finish leader leader leader - leader - - - - - - "
    "progress - -",
    "违建/点位核查整改台账（字段节选）": "- - - - actions deadline progress - - done - - - - source - responsible_units - note",
}
SKIPPED = {
    "巡察整改概况统计表": "统计表",
    "纪检巡察·整改措施数统计宽表（节选）": "统计表",
    "督察信访件·各部门进展统计": "统计表",
    "环保督察·责任名单导入模板": "没有问题",
}


def report_of(name: str) -> SheetReport:
    layout = LAYOUTS[name]
    rows = layout["header_rows"] + layout["example_rows"]
    return read_sheet(sheet(rows, " ".join(layout["merges"]), name=name), context())


def test_every_layout_is_told_about() -> None:
    assert FIELDS.keys() | SKIPPED.keys() == LAYOUTS.keys()


@pytest.mark.parametrize("name", FIELDS)
def test_each_column_of_a_layout_is_read_as_its_field(name: str) -> None:
    report = report_of(name)
    assert report.kind == ("projects" if "河道" in name else "issues")
    assert [column.field or "-" for column in report.columns] == FIELDS[name].split()


@pytest.mark.parametrize("name", SKIPPED)
def test_statistics_and_rosters_are_skipped_with_a_reason(name: str) -> None:
    report = report_of(name)
    assert report.kind == "skipped"
    assert SKIPPED[name] in report.why
    assert report.header_rows == (1,)
    assert not report.rows


@pytest.mark.parametrize("name", LAYOUTS)
def test_header_rows_and_paths_are_those_of_the_layout(name: str) -> None:
    layout, report = LAYOUTS[name], report_of(name)
    above = layout["rows_above_header"]
    assert list(report.header_rows) == list(range(above + 1, above + layout["header_levels"] + 1))
    assert report.first_data_row == layout["first_data_row"]
    assert [column.name.replace(" ", "") for column in report.columns] == [
        path.replace(" ", "") for path in layout["leaf_paths"]
    ]


def test_the_audit_s_measures_keep_their_own_dates_beside_the_demanded_one() -> None:
    report = report_of("审计·往期责任清单")
    assert str(report.as_of) == "2022-10-31"
    assert {error.value for error in report.errors} == {"B镇"}
    (row,) = report.rows
    assert row.fields["responsible_units"] == ["叙永县水务局"]
    assert row.fields["done"] is True


def test_three_columns_of_one_name_are_told_apart() -> None:
    report = report_of("巡察整改概况统计表")
    assert [column.name for column in report.columns].count("完成率") == 3


def test_what_recheckers_and_supervisors_say_is_no_state() -> None:
    (row,) = report_of("央督/市督问题工作台列表").rows
    assert row.fields["state_text"] == "已完成"
    assert row.fields["done"] is True
    assert row.fields["deadline"].long is True
    assert row.extra["督导状态"] == "未督导"


def test_words_of_conclusion_say_whether_it_is_done() -> None:
    first, second = report_of("督察“回头看”整改进展清单（逐条段落式）").rows
    assert first.fields["done"] is True
    assert "done" not in second.fields
    assert second.fields["actions"] == ["完成管网8公里", "剩余2公里年底前完成"]
