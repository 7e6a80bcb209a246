"""Deadlines, dates of events and dates in titles, as county offices write them."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectify.lib.cn_dates import (
    Deadline,
    DeadlineClass,
    as_json,
    dates_in_title,
    parse_date,
    parse_deadline,
    year_in_title,
    years_in_title,
)
from rectify.lib.workdays import Workdays

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
REF = date(2018, 5, 20)
CHINA = Workdays.from_holidays(range(2015, 2027))


def read(value: object, ref_date: date = REF) -> Deadline | None:
    return parse_deadline(value, ref_date=ref_date, workdays=CHINA)


def in_short(value: object, ref_date: date = REF) -> str:
    """A deadline as one line: class, due date, then long, confirm and done where they hold."""
    deadline = read(value, ref_date)
    if deadline is None:
        return "blank"
    words = [deadline.kind.value, str(deadline.due_on or "")]
    words += ["long"] if deadline.long else []
    words += ["confirm"] if deadline.confidence == "confirm" else []
    words += ["done"] if deadline.means_done else []
    return " ".join(word for word in words if word)


def sample_rows() -> list[dict[str, str]]:
    with (SAMPLES / "deadline_forms.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", sample_rows(), ids=lambda row: f"{row['raw']}@{row['ref_date']}")
def test_every_written_form_of_the_sample_is_read(row: dict[str, str]) -> None:
    deadline = read(row["raw"], date.fromisoformat(row["ref_date"]))
    if not row["raw"]:
        assert deadline is None  # a blank cell has no deadline object and counts as undetermined
        return
    assert deadline is not None
    due_on = deadline.due_on.isoformat() if deadline.due_on else ""
    assert (deadline.kind.value, due_on, str(deadline.long).lower(), deadline.confidence.value) == (
        row["class"], row["due_on"], row["long"], row["confidence"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Ruling 10.
        ("十月底前", "dated 2018-10-31"),
        ("三季度末前", "dated 2018-09-30"),
        ("明年3月底前", "dated 2019-03-31"),
        ("一个月内", "dated 2018-06-20 confirm"),
        ("7月上旬前", "dated 2018-07-10 confirm"),
        ("9月26日下午18:00前", "dated 2018-09-26"),
        ("按期整改到位", "undetermined confirm"),
        ("限期完成", "undetermined confirm"),
        # Marks, widths, numerals, times.
        ("2018年6月30日18:00前", "dated 2018-06-30"),
        ("2018-06-30 00:00:00", "dated 2018-06-30"),
        ("2018-06-30T08:00:00", "dated 2018-06-30"),
        ("6月30号", "dated 2018-06-30"),
        ("6月30日 前", "dated 2018-06-30"),
        ("2018 年 6 月 30 日", "dated 2018-06-30"),
        ("2018。6。30", "dated 2018-06-30"),
        ("2018、6、30", "dated 2018-06-30"),
        ("2018年6.30", "dated 2018-06-30"),
        ("2018年6月30", "dated 2018-06-30"),
        ("2018年六月三十前", "dated 2018-06-30"),
        ("二〇一八年", "dated 2018-12-31"),
        ("18年6月底", "dated 2018-06-30"),
        ("18.6.30", "dated 2018-06-30 confirm"),
        ("6/30", "dated 2018-06-30"),
        ("2018/06", "dated 2018-06-30"),
        ("2018年6月30日（星期六）", "dated 2018-06-30"),
        ("敘永縣：六月底前", "dated 2018-06-30"),
        ("長期堅持", "long long"),
        # Periods.
        ("2018年第三季度", "dated 2018-09-30"),
        ("2018年三季度前", "dated 2018-09-30 confirm"),
        ("2018年上半年前", "dated 2018-06-30 confirm"),
        ("下半年", "dated 2018-12-31"),
        ("6月中旬至7月上旬", "dated 2018-07-10 confirm"),
        ("2018.6-2018.9", "dated 2018-09-30 confirm"),
        ("6月1日至30日", "dated 2018-06-30 confirm"),
        ("7-9月", "dated 2018-09-30 confirm"),
        ("2018年10月至3月", "dated 2019-03-31 confirm"),
        ("6.1-6.30", "dated 2018-06-30 confirm"),
        ("6月初", "dated 2018-06-10 confirm"),
        ("明年年初", "dated 2019-01-31 confirm"),
        # Several dates.
        ("6月底前完成50%，年底前全部完成", "dated 2018-12-31 confirm"),
        ("3月底完成……4月验收", "dated 2018-04-30 confirm"),
        ("1.6月底前完成设计；2.9月底前完工", "dated 2018-09-30 confirm"),
        ("原定6月底，提前至5月底", "dated 2018-05-31 confirm"),
        ("6月底前（6月30日前）", "dated 2018-06-30"),
        # Counted from a day.
        ("三个工作日内", "dated 2018-05-23 confirm"),
        ("48小时内", "dated 2018-05-22 confirm"),
        ("半个月内", "dated 2018-06-04 confirm"),
        ("一个半月", "dated 2018-07-05 confirm"),
        ("1-2个月内", "dated 2018-07-20 confirm"),
        ("一年内", "dated 2019-05-20 confirm"),
        ("百日内", "dated 2018-08-28 confirm"),
        ("三月内", "dated 2018-08-20 confirm"),
        ("接到通知后3日内", "dated 2018-05-23 confirm"),
        ("自2018年5月1日起3个月内", "dated 2018-08-01 confirm"),
        ("验收后15天内", "undetermined confirm"),
        ("9999999999个工作日内", "undetermined confirm"),
        # Relative to the day.
        ("今日14:00", "dated 2018-05-20 confirm"),
        ("明日", "dated 2018-05-21 confirm"),
        ("本周五前", "dated 2018-05-18 confirm"),
        ("周五前", "dated 2018-05-25 confirm"),
        ("月底前", "dated 2018-05-31 confirm"),
        ("季度末", "dated 2018-06-30 confirm"),
        ("下个月10日前", "dated 2018-06-10 confirm"),
        ("15日前", "dated 2018-06-15 confirm"),
        # Events are no dates.
        ("春节前", "undetermined confirm"),
        ("2018年汛期前", "undetermined confirm"),
        ("年前", "undetermined confirm"),
        ("农历六月底", "undetermined confirm"),
        ("按川办发〔2018〕9号文件要求", "undetermined confirm"),
        # Immediate, long, repeated.
        ("立整立改", "immediate"),
        ("边查边改", "immediate"),
        ("即改", "immediate"),
        ("立行立改，3个月内完成", "immediate 2018-08-20 confirm"),
        ("立即启动，6月底前完成", "dated 2018-06-30"),
        ("长期整改", "long long"),
        ("2018年6月30日至长期", "dated 2018-06-30 long confirm"),
        ("每季度末", "long long confirm"),
        ("每年6月底前", "long long confirm"),
        ("持续到年底", "dated 2018-12-31"),
        # State words in a deadline cell.
        ("2018年6月30日（已完成）", "dated 2018-06-30 done"),
        ("已于2018年5月6日完成", "dated 2018-05-06 confirm done"),
        ("已完成50%", "undetermined confirm"),
        ("已整改到位", "undetermined confirm done"),
        ("基本完成", "undetermined confirm"),
        ("未完成", "undetermined confirm"),
        # Hedges.
        ("约6月底", "dated 2018-06-30 confirm"),
        ("拟于6月底完成", "dated 2018-06-30 confirm"),
        ("2018年6月30日左右", "dated 2018-06-30 confirm"),
        # Nonsense.
        ("2月30日", "undetermined confirm"),
        ("13月底", "undetermined confirm"),
        ("〇〇〇", "undetermined confirm"),
        ("", "blank"),
        (" \n　", "blank"),
    ],
)  # fmt: skip
def test_deadlines_are_read_as_offices_write_them(text: str, expected: str) -> None:
    assert in_short(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2018, 6, 30), "dated 2018-06-30"),
        (datetime(2018, 6, 30, 18, 0), "dated 2018-06-30"),
        (15, "dated 2018-06-04 confirm"),
        (366, "dated 2019-05-21 confirm"),
        (367, "undetermined confirm"),
        (0, "undetermined confirm"),
        (-5, "undetermined confirm"),
        (43281, "dated 2018-06-30 confirm"),
        (43281.75, "dated 2018-06-30 confirm"),
        (20180630, "dated 2018-06-30"),
        (201806, "dated 2018-06-30 confirm"),
        (2018, "dated 2018-12-31 confirm"),
        (Decimal("6.25"), "dated 2018-06-25 confirm"),
        (Decimal("6.3"), "undetermined confirm"),  # typed as 6.3 or as 6.30
        (Decimal("2018.06"), "dated 2018-06-30 confirm"),
        (Decimal("2018.1"), "undetermined confirm"),  # January or October
        (float("nan"), "undetermined confirm"),
        (True, "undetermined confirm"),
        (None, "blank"),
    ],
)
def test_numbers_and_dates_of_a_spreadsheet_are_read(value: object, expected: str) -> None:
    assert in_short(value) == expected


def test_a_date_that_shows_no_day_stands_for_the_end_of_its_month() -> None:
    deadline = parse_deadline(date(2018, 6, 1), ref_date=REF, workdays=CHINA, month_only=True)
    assert deadline is not None
    assert deadline.due_on == date(2018, 6, 30)


def test_a_day_that_does_not_exist_says_so_for_the_warning() -> None:
    deadline = read("2018年6月31日")
    assert deadline is not None
    assert deadline.problem == "没有这一天：2018年6月31日"


@pytest.mark.parametrize(
    "value",
    [
        date(9999, 12, 31), date(1900, 1, 1), "9999年12月31日前", "9999-12-31", "3018年6月30日", "2118年6月30日",
        "218年6月30日", "20118年6月30日", "1918年6月30日",
    ],
)  # fmt: skip
def test_a_year_that_no_matter_lies_in_is_said_and_nothing_is_read_from_the_rest(value: object) -> None:
    deadline = parse_deadline(value, ref_date=REF, workdays=CHINA)
    assert deadline is not None
    assert (deadline.kind, deadline.due_on) == (DeadlineClass.UNDETERMINED, None)
    assert deadline.problem == f"年份不对：{value}"


def test_the_deadline_object_leaves_absent_dates_out() -> None:
    dated, open_ended = read("2018年底前，并长期坚持"), read("待定")
    assert dated is not None
    assert open_ended is not None
    assert as_json(dated) == {
        "raw": "2018年底前，并长期坚持", "class": "dated", "due_on": "2018-12-31", "long": True,
        "confidence": "certain",
    }  # fmt: skip
    assert as_json(open_ended) == {
        "raw": "待定", "class": "undetermined", "long": False, "confidence": "confirm",
    }  # fmt: skip


@given(
    st.one_of(
        st.text(max_size=60), st.text("0123456789年月日前底末.-/至个工作内每（）立行长期二〇十", max_size=24)
    )
)
def test_no_text_is_ever_an_error(text: str) -> None:
    for ref_date in (REF, date(2020, 2, 29), date(2018, 12, 31)):
        deadline = read(text, ref_date)
        assert deadline is None or (
            deadline.raw == text and (deadline.kind == "dated") <= bool(deadline.due_on)
        )
        parse_date(text, ref_date=ref_date, past=True)
    dates_in_title(text, year=2018)
    years_in_title(text)


@given(st.one_of(st.integers(), st.decimals(), st.floats(), st.dates(), st.datetimes(), st.booleans()))
def test_no_value_is_ever_an_error(value: object) -> None:
    read(value)
    parse_date(value, ref_date=REF, past=True)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_written_in_full_is_certain(day: date) -> None:
    for text in (
        f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day}", f"{day:%Y%m%d}", f"{day.year}年{day.month:02}月{day.day:02}日前",
    ):  # fmt: skip
        deadline = read(text)
        assert deadline is not None
        assert (deadline.due_on, deadline.confidence.value) == (day, "certain")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("4月2日", date(2018, 4, 2)),
        ("4月2日已拆除复垦", date(2018, 4, 2)),
        ("2018.4.2", date(2018, 4, 2)),
        ("2018/5/13", date(2018, 5, 13)),
        ("20180402", date(2018, 4, 2)),
        ("2018年3月", date(2018, 3, 31)),
        ("3月底", date(2018, 3, 31)),
        ("12月", date(2017, 12, 31)),
        ("5月21日", date(2017, 5, 21)),
        ("5月", date(2018, 5, 20)),
        ("2017年底", date(2017, 12, 31)),
        ("2018年4月8日完成，6月验收", date(2018, 4, 8)),
        ("43192", date(2018, 4, 2)),
        (43192, date(2018, 4, 2)),
        (datetime(2018, 4, 2, 9, 30), date(2018, 4, 2)),
    ],
)
def test_a_past_event_takes_the_latest_year_not_after_the_reference_date(
    value: object, expected: date
) -> None:
    parsed = parse_date(value, ref_date=REF, past=True)
    assert parsed is not None
    assert parsed.on == expected


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("2018年2月30日", "没有这一天：2018年2月30日"),
        ("已完成", "日期无法识别：已完成"),
        ("15", "日期无法识别：15"),
        ("9999-12-31", "日期无法识别：9999-12-31"),
        ("1018年5月2日", "日期无法识别：1018年5月2日"),
    ],
)
def test_a_date_that_cannot_be_read_says_why(value: str, problem: str) -> None:
    parsed = parse_date(value, ref_date=REF, past=True)
    assert parsed is not None
    assert (parsed.on, parsed.problem) == (None, problem)


def test_a_blank_cell_is_no_date() -> None:
    assert parse_date(None, ref_date=REF) is None
    assert parse_date("  ", ref_date=REF) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("截至2018年5月20日        单位：户", [("as_of", "2018-05-20")]),
        ("截至2018年05月20日", [("as_of", "2018-05-20")]),
        ("截止2022年10月", [("as_of", "2022-10-31")]),
        ("（截至20180520）", [("as_of", "2018-05-20")]),
        ("5月20日统计还有问题873个", [("as_of", "2018-05-20")]),
        ("统计时间：2018-05-20", [("as_of", "2018-05-20")]),
        ("问题基数统计时间：2017年12月31日        单位：户", [("base", "2017-12-31")]),
        ("资金使用问题台账（2017年11月核查）", [("check", "2017-11-30")]),
        ("反馈单位：县委第三巡察组  反馈日期：2018年4月28日", [("feedback", "2018-04-28")]),
        ("填报人：李某某   填报日期：2018年5月21日", [("filed", "2018-05-21")]),
        ("单位：… 日期：2018.5.20", [("plain", "2018-05-20")]),
        ("截至2018年5月20日，基数为2017年12月31日", [("as_of", "2018-05-20"), ("base", "2017-12-31")]),
        ("叙永县2018年乡“三有”项目推进情况调度表", []),
        ("截至2018年6月31日", []),
    ],
)
def test_dates_of_titles_and_notes_say_what_they_are_the_date_of(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert [(dated.tag.value, dated.on.isoformat()) for dated in dates_in_title(text, year=2018)] == expected


def test_the_years_of_a_title_are_found_and_document_numbers_are_none() -> None:
    assert years_in_title("叙永县2016—2017年易地扶贫搬迁问题整改台账") == (2016, 2017)
    assert year_in_title("叙永县2018年农村危房改造未动工情况台账") == 2018
    assert year_in_title("川办发〔2018〕9号文件问题清单") is None
    assert year_in_title("二〇一八年项目调度表") == 2018
