"""Whatever stands in a sheet, reading it ends with a report."""

import json
from datetime import date, datetime, time
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from issues.rules.reading import read_sheet
from rectify.lib.sheets.types import Merge, Sheet
from tests.issues.sheet_building import context

NAMES = (
    *(
        "序号",
        "乡镇",
        "村",
        "户主",
        "问题类别",
        "存在问题",
        "整改措施",
        "责任单位",
        "整改时限",
        "是否完成",
        "完成时间",
    ),
    *(
        "数量（户）",
        "已整改户数",
        "未整改户数",
        "问题金额（元）",
        "项目名称",
        "建设内容",
        "总投资",
        "开工时间",
        "是否开工",
    ),
    *(
        "计划",
        "实际",
        "线索内容",
        "是否有效",
        "报送时间",
        "应下达资金",
        "实际下达",
        "超出",
        "备注",
        "长期坚持",
        "合计",
    ),
    *(
        "一、住房（3户）",
        "（二）饮水",
        "注：",
        "填报人：张某",
        "截至2018年5月20日",
        "单位：元",
        "地点",
        "发现时间",
    ),
)
TEXTS = (
    *(
        "大石镇",
        "大石乡",
        "某某镇",
        "三门村",
        "县财政局、县水务局",
        "县住建局/张某",
        "各乡镇",
        "大石镇三门村一社",
        "小计",
    ),
    *(
        "6月底前",
        "立行立改",
        "3个月内",
        "2018年6月31日",
        "若干",
        "-3",
        "3户",
        "50%",
        "是",
        "否",
        "基本完成",
        "√",
        "/",
        " ",
    ),
    *("1.修缮；2.加固", "=1+1", "\x00\x07", "😀" * 50, "一" * 3000, "13800001111", "１２", "二〇一八年五月"),
)
values = st.one_of(
    st.none(),
    st.sampled_from(NAMES),
    st.sampled_from(TEXTS),
    st.text(max_size=20),
    st.integers(-5, 10**15),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9),
    st.booleans(),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
    st.times(),
)
bodies = st.lists(st.lists(values, max_size=12), max_size=14)
headers = st.lists(
    st.lists(st.sampled_from(NAMES), min_size=2, max_size=12, unique=True), min_size=1, max_size=2
)
merges = st.lists(
    st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(0, 5), st.integers(0, 5)).map(
        lambda at: Merge(at[0], at[1], at[0] + at[2], at[1] + at[3])
    ),
    max_size=8,
)


def trimmed(rows: list[list[object]]) -> list[list[object]]:
    """Rows as the reader hands them over: none ends with an empty cell, the last one holds something."""
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


@given(header=headers, body=bodies, merged=merges, titled=st.booleans())
def test_any_sheet_gives_a_report_that_is_json(
    header: list[list[str]], body: list[list[object]], merged: list[Merge], titled: bool
) -> None:
    above: list[list[object]] = [["某县问题整改台账"], ["截至2018年5月20日", "单位：元"]] if titled else []
    rows = trimmed([*above, *map(list, header), *map(list, body)])
    report = read_sheet(Sheet("表", rows, tuple(merged)), context())  # type: ignore[arg-type]
    shown = json.loads(json.dumps(report.to_json(), ensure_ascii=False))
    assert shown["kind"] in ("issues", "projects", "leads", "funds", "skipped")
    wrong = {error.row for error in report.errors}
    assert not wrong & {number for row in report.rows for number in row.rows}
    listed = [number for row in report.rows for number in row.rows]
    assert len(listed) == len(set(listed))


def test_times_and_fractions_are_kept_as_text() -> None:
    rows = [["序号", "存在问题", "备注"], [1, time(18, 30), Decimal("0.50")]]
    (row,) = read_sheet(Sheet("表", rows), context()).rows  # type: ignore[arg-type]
    assert (row.fields["description"], row.fields["note"]) == ("18:30:00", "0.5")
