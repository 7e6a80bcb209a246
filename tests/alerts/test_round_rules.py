"""Periods, the three dates of a round, and how a unit stands in it (W-088)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.rounds import (
    Dates,
    Filed,
    Matter,
    Period,
    Rhythm,
    Standing,
    asking_refusal,
    dates_of,
    period_of,
    periods,
    standing,
    zero_refusal,
)
from rectify.lib.workdays import Workdays

DATES = Dates(date(2018, 6, 11), date(2018, 6, 12), date(2018, 6, 15))
CALENDAR = Workdays.from_holidays([2018])


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_the_three_tenths_of_may_end_on_the_10th_the_20th_and_the_31st() -> None:
    """W-088: 旬 of May 2018: 05-01..10, 11..20, 21..31."""
    whole = Period(day("2018-05-01"), day("2018-05-31"))
    found = periods(Rhythm.TEN_DAYS, whole, day("2018-06-02"))
    assert [one.label for one in found] == ["5月1日—10日", "5月11日—20日", "5月21日—31日"]


def test_weeks_run_from_monday_to_sunday_and_are_cut_to_what_is_covered() -> None:
    found = periods(Rhythm.WEEKLY, Period(day("2018-06-01"), day("2018-06-12")), day("2018-12-31"))
    assert [(one.first.isoformat(), one.last.isoformat()) for one in found] == [
        ("2018-06-01", "2018-06-03"),
        ("2018-06-04", "2018-06-10"),
        ("2018-06-11", "2018-06-12"),
    ]


def test_a_period_that_has_not_begun_is_not_there() -> None:
    assert periods(Rhythm.MONTHLY, Period(day("2018-06-01"), day("2018-12-31")), day("2018-05-31")) == []
    assert (
        periods(Rhythm.ONCE, Period(day("2018-06-01"), day("2018-06-20")), day("2018-06-01"))[0].last.day
        == 20
    )


@given(
    rhythm=st.sampled_from([Rhythm.WEEKLY, Rhythm.TEN_DAYS, Rhythm.MONTHLY]),
    first=st.dates(date(2017, 1, 1), date(2030, 12, 31)),
    length=st.integers(0, 120),
)
def test_periods_cover_every_day_once(rhythm: Rhythm, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = periods(rhythm, Period(first, last), last)
    assert found[0].first == first
    assert found[-1].last == last
    for one, following in pairwise(found):
        assert following.first == one.last + timedelta(days=1)
        assert period_of(rhythm, one.last) != period_of(rhythm, following.first)


def test_the_three_dates_are_counted_in_working_days() -> None:
    """The week ending Sunday 17 June 2018 is followed by 端午 (18 June): Tuesday is the first working day."""
    found = dates_of(Period(day("2018-06-11"), day("2018-06-17")), due=1, grace=1, door=2, add=CALENDAR.add)
    assert found == Dates(day("2018-06-19"), day("2018-06-20"), day("2018-06-22"))


@pytest.mark.parametrize(
    ("filed", "today", "expected"),
    [
        (Filed(answered_on=date(2018, 6, 8)), "2018-06-08", Standing.FILED),
        (Filed(answered_on=date(2018, 6, 12)), "2018-06-30", Standing.FILED),
        (Filed(answered_on=date(2018, 6, 13)), "2018-06-30", Standing.LATE),
        (Filed(answered_on=date(2018, 6, 8), is_zero=True), "2018-06-30", Standing.ZERO),
        (Filed(answered_on=date(2018, 6, 16)), "2018-06-30", Standing.SILENT),
        (Filed(answered_on=date(2018, 6, 16), late_until=date(2018, 6, 20)), "2018-06-30", Standing.LATE),
        (Filed(), "2018-06-12", Standing.AWAITED),
        (Filed(), "2018-06-13", Standing.SILENT),
        (Filed(is_due=False), "2018-06-30", Standing.EXEMPT),
        (Filed(is_due=False, answered_on=date(2018, 6, 8)), "2018-06-30", Standing.FILED),
    ],
    ids=str,
)
def test_how_a_unit_stands(filed: Filed, today: str, expected: Standing) -> None:
    assert standing(filed, DATES, day(today)) == expected


@given(
    answered=st.none() | st.dates(date(2018, 6, 1), date(2018, 6, 30)),
    is_due=st.booleans(),
    today=st.dates(date(2018, 6, 16), date(2018, 7, 30)),
)
def test_once_the_door_is_closed_a_standing_does_not_change(
    answered: date | None, is_due: bool, today: date
) -> None:
    filed = Filed(answered_on=answered, is_due=is_due)
    assert standing(filed, DATES, today) == standing(filed, DATES, DATES.closes_on + timedelta(days=1))


@pytest.mark.parametrize(
    ("ground", "approver", "days", "said"),
    [
        ("", "县委副书记", (0, 1, 3), "请写明依据"),
        ("叙委办〔2018〕9号", " ", (0, 1, 3), "请写明批准人"),
        ("叙委办〔2018〕9号", "县委副书记", (0, -1, 3), "不能小于零"),
    ],
)
def test_no_round_without_a_ground_and_an_approver(
    ground: str, approver: str, days: tuple[int, int, int], said: str
) -> None:
    whole = Period(day("2018-06-01"), day("2018-09-08"))
    assert said in asking_refusal(ground, approver, whole, days)


def test_no_round_ends_before_it_begins() -> None:
    backwards = Period(day("2018-06-02"), day("2018-06-01"))
    assert asking_refusal("文件", "某某", backwards, (0, 1, 3)) == "结束日期早于开始日期。"
    assert asking_refusal("文件", "某某", Period(day("2018-06-01"), day("2018-06-01")), (0, 1, 3)) == ""


def test_nothing_is_an_answer_only_where_something_is_collected() -> None:
    today = DATES.closes_on
    assert "免报" in zero_refusal(Matter.PROGRESS, "已排查，没有", DATES, None, today)
    assert "一句话" in zero_refusal(Matter.LEADS, "无", DATES, None, today)
    assert zero_refusal(Matter.LEADS, "已排查，没有", DATES, None, today) == ""
    later = today + timedelta(days=1)
    assert "6月15日关门" in zero_refusal(Matter.LEADS, "已排查，没有", DATES, None, later)
    assert zero_refusal(Matter.LEADS, "已排查，没有", DATES, later, later) == ""
