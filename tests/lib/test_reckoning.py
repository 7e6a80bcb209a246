"""How a deadline was counted, and where it goes when the calendar changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rectify.lib.cn_dates.reckoning import Reckoning, Stretch, counted, reckon, recounted
from rectify.lib.workdays import DayKind, Workdays

CALENDAR = Workdays.from_holidays([2018, 2019])
TO_2018 = replace(CALENDAR, official_years=frozenset({2018}))


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_over_the_national_holiday_with_two_saturdays_made_up() -> None:
    """28 September 2018 + 5 working days: Saturday 29 and Sunday 30 September worked, 1–7 October off."""
    found = reckon("5个工作日内", [day("2018-09-28")], day("2018-10-10"), CALENDAR)
    assert found == Reckoning(
        day("2018-09-28"),
        day("2018-10-10"),
        5,
        (Stretch("国庆节", day("2018-10-01"), day("2018-10-07")),),
        (Stretch("调休上班", day("2018-09-29"), day("2018-09-30")),),
        False,
    )


def test_the_first_anchor_that_gives_the_day_is_told() -> None:
    anchors = [day("2018-06-01"), day("2018-06-04")]
    found = reckon("10个工作日内", anchors, day("2018-06-19"), CALENDAR)
    assert found is not None
    assert (found.anchor, found.workdays) == (day("2018-06-04"), 10)
    assert [one.name for one in found.skipped] == ["周末", "端午节"]


def test_a_text_that_names_its_day_counts_from_none() -> None:
    assert reckon("2018年9月30日前", [day("2018-06-01")], day("2018-09-30"), CALENDAR) is None
    assert reckon("10个工作日内", [day("2018-06-01")], day("2018-12-31"), CALENDAR) is None


def test_months_count_from_their_anchor_without_working_days() -> None:
    found = reckon("三个月内", [day("2018-06-01")], day("2018-09-01"), CALENDAR)
    assert found == Reckoning(day("2018-06-01"), day("2018-09-01"))


def test_a_year_without_an_official_list_is_provisional() -> None:
    assert counted(day("2018-12-25"), 10, TO_2018).is_provisional
    assert not counted(day("2018-12-03"), 10, TO_2018).is_provisional


def test_a_day_that_is_given_off_moves_what_counted_it() -> None:
    off = Workdays({**CALENDAR.days, day("2018-06-06"): DayKind(False, "防汛停工")}, CALENDAR.official_years)
    anchors, due_on = [day("2018-06-04")], day("2018-06-11")
    assert recounted("5个工作日内", anchors, due_on, CALENDAR, off) == day("2018-06-12")
    assert recounted("2018年6月11日", anchors, due_on, CALENDAR, off) == due_on
    assert recounted("三个月内", anchors, day("2018-09-04"), CALENDAR, off) == day("2018-09-04")


@given(anchor=st.dates(date(2018, 1, 1), date(2019, 10, 1)), count=st.integers(1, 40))
def test_every_day_on_the_way_is_counted_or_passed_over(anchor: date, count: int) -> None:
    found = counted(anchor, count, CALENDAR)
    passed = sum(one.days for one in found.skipped)
    assert (found.due_on - anchor).days == count + passed
    assert found.due_on == CALENDAR.add(anchor, count)
    for one in found.skipped:
        days = (one.first + timedelta(days=offset) for offset in range(one.days))
        assert not any(CALENDAR.is_workday(each) for each in days)
