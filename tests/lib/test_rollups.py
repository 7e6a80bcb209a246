"""Roll-ups: additive, rolled forward over missed days, any day answered as balance minus deltas."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.models import IssueBalance, IssueDay, IssueMonth, IssueRoll
from issues.queries.sums import ROLLUP
from rectify.lib.measures import Steps
from rectify.lib.rollups import BEFORE_ALL

KEY = (1, 2, 3, 0, "户")
FIRST = date(2018, 1, 1)
NOWHERE: dict[str, None] = {}


def step(**measures: int) -> tuple[int, ...]:
    return tuple(measures.get(name, 0) for name in ROLLUP.measures)


def write(steps: Steps, key: tuple[Any, ...] = KEY, times: int = 1) -> None:
    deltas = ROLLUP.deltas()
    deltas.add(key, steps, times)
    ROLLUP.apply(deltas)


def found(as_of: date, today: date) -> int:
    rows = ROLLUP.sums(as_of=as_of, today=today, by=(), where=NOWHERE)
    return int(sum(row["items"] for row in rows))


@pytest.mark.django_db
def test_a_balance_takes_what_lies_behind_and_the_rest_when_its_day_comes() -> None:
    ROLLUP.roll_to(date(2018, 5, 1))
    write({date(2018, 4, 1): step(items=1), date(2018, 5, 3): step(items=10)})
    assert IssueBalance.objects.get().items == 1
    assert found(date(2018, 5, 1), date(2018, 5, 1)) == 1
    assert found(date(2018, 5, 2), date(2018, 5, 6)) == 1
    assert found(date(2018, 5, 3), date(2018, 5, 6)) == 11
    assert IssueBalance.objects.get().items == 11
    assert IssueRoll.objects.get().rolled_to == date(2018, 5, 6)


@pytest.mark.django_db
def test_rolling_again_or_back_changes_nothing() -> None:
    write({date(2018, 5, 3): step(items=10)})
    for today in (date(2018, 5, 6), date(2018, 5, 6), date(2018, 5, 1), date(2018, 5, 6)):
        assert ROLLUP.roll_to(today) == date(2018, 5, 6)
        assert IssueBalance.objects.get().items == 10
    assert found(date(2018, 5, 1), date(2018, 5, 1)) == 0


@pytest.mark.django_db
def test_nothing_is_served_for_a_day_after_today() -> None:
    assert ROLLUP.rolled_to() == BEFORE_ALL
    with pytest.raises(ValueError, match="after today"):
        ROLLUP.sums(as_of=date(2018, 5, 2), today=date(2018, 5, 1), by=(), where=NOWHERE)


@pytest.mark.django_db
def test_what_is_taken_back_leaves_zeros_that_no_figure_shows() -> None:
    ROLLUP.roll_to(date(2018, 5, 6))
    steps = {date(2018, 5, 3): step(items=1, found=5), date(2018, 6, 3): step(overdue_claimed=5)}
    write(steps)
    write(steps, times=-1)
    for model in (IssueBalance, IssueDay, IssueMonth):
        assert not any(row.items or row.found or row.overdue_claimed for row in model.objects.all())
    assert ROLLUP.sums(as_of=date(2018, 5, 6), today=date(2018, 5, 6), by=("list_key",), where=NOWHERE) == []


@pytest.mark.django_db
def test_rows_group_and_narrow_by_key_and_none_stands_for_no_key() -> None:
    day = date(2018, 5, 3)
    for key in (KEY, (1, 2, 4, 7, "户"), (1, 9, 3, 7, "个"), (2, 2, 3, 7, "户")):
        write({day: step(items=1)}, key)
    where: dict[str, Any] = {"campaign_key": [1], "list_key": [2, 9], "category_key": None}
    rows = ROLLUP.sums(as_of=day, today=day, by=("township_key", "list_key"), where=where)
    assert [(row.key, row.counted_in) for row in rows] == [((None, 2), "户"), ((7, 2), "户"), ((7, 9), "个")]
    assert ROLLUP.sums(as_of=day, today=day, by=(), where={"list_key": []}) == []


@pytest.mark.django_db
@given(
    days=st.lists(st.integers(0, 200), max_size=6),
    as_of=st.integers(0, 200),
    rolls=st.lists(st.integers(0, 200), max_size=3),
)
def test_any_day_is_the_sum_of_what_changed_up_to_it(days: list[int], as_of: int, rolls: list[int]) -> None:
    for model in (IssueBalance, IssueDay, IssueMonth, IssueRoll):
        model.objects.all().delete()  # type: ignore[attr-defined]
    for position, day in enumerate(days):
        write({FIRST + timedelta(days=day): step(items=1)})
        if position < len(rolls):
            ROLLUP.roll_to(FIRST + timedelta(days=rolls[position]))
    asked = FIRST + timedelta(days=as_of)
    today = FIRST + timedelta(days=max([as_of, *rolls]))
    assert found(asked, today) == sum(day <= as_of for day in days)
    assert found(asked, asked) == sum(day <= as_of for day in days)


@pytest.mark.django_db
def test_many_cells_at_once_add_up_like_few() -> None:
    ROLLUP.roll_to(FIRST)
    deltas = ROLLUP.deltas()
    for category in range(1_100):
        deltas.add((1, 2, category, 0, "户\\\t"), {FIRST: step(items=2, found=5)})
    ROLLUP.apply(deltas)
    ROLLUP.apply(deltas)
    rows = ROLLUP.sums(as_of=FIRST, today=FIRST, by=("category_key",), where=NOWHERE)
    assert len(rows) == 1_100
    assert {(row.counted_in, row["items"]) for row in rows} == {("户\\\t", 4)}


@pytest.mark.django_db
def test_a_figure_costs_one_query_whatever_the_day(django_assert_num_queries: Any) -> None:
    write({FIRST: step(items=1)})
    ROLLUP.roll_to(date(2018, 6, 6))
    for as_of in (date(2018, 6, 6), date(2018, 1, 15)):
        with django_assert_num_queries(1):
            ROLLUP.sums(as_of=as_of, today=date(2018, 6, 6), by=("list_key",), where={"campaign_key": [1]})
