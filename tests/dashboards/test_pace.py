"""第N天共100天, days to the goal, and progress against time elapsed (W-032, W-047)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.rules.pace import Days, Goal, Phase, in_order, pace

START, END = date(2018, 5, 31), date(2018, 9, 7)
GOAL = Goal(date(2018, 9, 30), Decimal(100), "清零目标")


def on(day: date, *goals: Goal, start: date | None = START, end: date | None = END) -> Days:
    return Days(start, end, day, goals)


def test_the_speech_s_day_is_day_1_of_100_and_122_days_before_the_goal() -> None:
    """W-032: on 2018-05-31, 122 days to 09-30; 100 days end on 09-07."""
    days = on(START, GOAL)
    assert (days.number, days.length, days.where) == (1, 100, "第1天，共100天")
    assert days.until_goal == "距9月30日清零目标还有122天"
    assert days.until_end == "距结束还有99天"


@pytest.mark.parametrize(
    ("day", "phase", "where", "until_end", "elapsed"),
    [
        (START - timedelta(days=3), Phase.BEFORE, "2018年5月31日开始，还有3天", "距结束还有102天", 0),
        (START, Phase.RUNNING, "第1天，共100天", "距结束还有99天", 1),
        (END, Phase.RUNNING, "第100天，共100天", "今天结束", 100),
        (END + timedelta(days=12), Phase.AFTER, "2018年9月7日已结束，过了12天", "", 100),
    ],
)
def test_before_during_and_after(day: date, phase: Phase, where: str, until_end: str, elapsed: int) -> None:
    days = on(day)
    assert (days.phase, days.where, days.until_end, days.elapsed) == (phase, where, until_end, elapsed)


def test_standing_work_has_no_end_and_no_share_of_time() -> None:
    days = on(START + timedelta(days=299), end=None)
    assert (days.phase, days.where, days.until_end) == (Phase.STANDING, "第300天，常年工作", "")
    assert days.elapsed is None
    assert days.planned is None
    assert on(START, start=None, end=None).where == "常年工作"
    assert on(START, start=None).where == ""
    assert on(START, start=None).until_end == "距结束还有99天"


def test_without_a_goal_the_year_s_end_is_what_is_left() -> None:
    assert on(date(2018, 12, 30)).until_goal == "距年底还有1天"


def test_a_goal_on_its_day_and_after_it() -> None:
    assert on(GOAL.on, GOAL).until_goal == "今天是9月30日清零目标"
    assert on(GOAL.on + timedelta(days=2), GOAL).until_goal == "9月30日清零目标已过2天"


def test_between_goals_the_plan_grows_with_the_days() -> None:
    goals = (Goal(date(2018, 6, 30), Decimal(60)), GOAL)
    assert on(START - timedelta(days=1), *goals).planned == 0
    assert on(date(2018, 6, 30), *goals).planned == 60
    assert on(date(2018, 8, 15), *goals).planned == 80
    assert on(date(2018, 12, 1), *goals).planned == 100
    assert on(date(2018, 6, 1), *goals, start=None).planned is None


def test_half_the_time_and_a_third_done_is_behind() -> None:
    """W-047: at 50% of time, done 29.9% → 滞后."""
    found = pace(Decimal(372), Decimal(1245), Decimal(50))
    assert found is not None
    assert found.words == "完成29.9%，序时进度50.0%，滞后20.1个百分点"


def test_pace_says_ahead_and_level_and_nothing_without_a_plan() -> None:
    ahead, level = pace(Decimal(6), Decimal(10), Decimal(50)), pace(Decimal(5), Decimal(10), Decimal(50))
    assert ahead is not None
    assert level is not None
    assert (ahead.word, ahead.ahead) == ("超前", 10)
    assert level.words == "完成50.0%，序时进度50.0%，持平"
    assert pace(Decimal(1), Decimal(10), None) is None
    assert pace(Decimal(0), Decimal(0), Decimal(10)) is None


def test_goals_ask_for_more_as_days_go_by() -> None:
    assert in_order([GOAL, Goal(date(2018, 6, 30), Decimal(60))])
    assert not in_order([GOAL, Goal(date(2018, 12, 31), Decimal(100))])


@given(
    day=st.dates(START - timedelta(days=20), END + timedelta(days=60)),
    later=st.integers(0, 40),
    shares=st.lists(st.integers(1, 100), max_size=4, unique=True),
)
def test_the_plan_never_goes_back_and_stays_within_its_bounds(
    day: date, later: int, shares: list[int]
) -> None:
    goals = [Goal(START + timedelta(days=20 * at), Decimal(one)) for at, one in enumerate(sorted(shares), 1)]
    first, second = on(day, *goals).planned, on(day + timedelta(days=later), *goals).planned
    assert first is not None
    assert second is not None
    assert 0 <= first <= second <= 100
