"""The working-day calendar: official days, 调休, counting, provisional years."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectify.lib.workdays import DayKind, Workdays

CHINA = Workdays.from_holidays(range(2015, 2029))
DAYS = st.dates(date(2015, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("day", "is_workday"),
    [
        (date(2018, 2, 11), True),  # Sunday, worked for the Spring Festival
        (date(2018, 2, 24), True),
        (date(2018, 2, 15), False),
        (date(2018, 2, 21), False),
        (date(2018, 6, 18), False),  # 端午节
        (date(2018, 9, 29), True),
        (date(2018, 9, 30), True),
        (date(2018, 10, 1), False),
        (date(2018, 5, 19), False),  # a plain Saturday
        (date(2018, 5, 21), True),
    ],
)
def test_the_national_calendar_knows_holidays_and_the_days_worked_for_them(
    day: date, is_workday: bool
) -> None:
    assert CHINA.is_workday(day) is is_workday


@pytest.mark.parametrize(
    ("anchor", "count", "expected"),
    [
        (date(2018, 5, 20), 30, date(2018, 7, 2)),
        (date(2018, 2, 1), 30, date(2018, 3, 20)),
        (date(2018, 9, 20), 10, date(2018, 10, 10)),
        (date(2018, 5, 20), 1, date(2018, 5, 21)),
        (date(2018, 5, 20), 0, date(2018, 5, 20)),
        (date(2018, 5, 21), -1, date(2018, 5, 18)),
    ],
)
def test_the_working_day_after_the_anchor_is_day_one(anchor: date, count: int, expected: date) -> None:
    assert CHINA.add(anchor, count) == expected


@given(DAYS, st.integers(1, 60))
def test_counting_forward_and_counting_between_agree(anchor: date, count: int) -> None:
    end = CHINA.add(anchor, count)
    assert CHINA.is_workday(end)
    assert CHINA.between(anchor, end) == count
    assert CHINA.between(end, anchor) == -count


def test_a_year_without_an_official_list_is_provisional_and_no_error() -> None:
    assert not CHINA.is_provisional(date(2018, 1, 1), date(2026, 12, 31))
    assert CHINA.is_provisional(date(2026, 12, 1), date(2027, 1, 5))
    assert CHINA.add(date(2035, 6, 1), 5) > date(2035, 6, 1)


def test_days_not_listed_follow_the_weekend_rule_and_listed_ones_their_document() -> None:
    flood = DayKind(True, "防汛上班", "县府办〔2018〕12号")
    county = Workdays({date(2018, 7, 7): flood}, frozenset({2018}))
    assert county.is_workday(date(2018, 7, 7))
    assert county.kind(date(2018, 7, 7)).document == "县府办〔2018〕12号"
    assert not county.is_workday(date(2018, 7, 8))
    assert not county.is_provisional(date(2018, 7, 1), date(2018, 7, 31))
