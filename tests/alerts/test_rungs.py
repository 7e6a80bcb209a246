"""Rungs and steps: the presets are rules, reminders thin out and never stop, SQL says the same as Python."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from alerts.models import Alert
from alerts.queries import statements
from alerts.queries.days import DayNumber, number_of
from alerts.queries.rule_effects import effects
from alerts.rules.ladder import LADDER, Colour, Subject
from alerts.rules.lights import CALM, light_of
from alerts.rules.presets import default_rungs, presets
from alerts.rules.rungs import WEEK, RungSpec, next_planned, problems, reached, standing
from alerts.rules.schedule import WHOLE, behind, planned_by_nodes, planned_by_time
from alerts.services.scan import scan
from issues.models import Issue, Milestone
from rectify.lib.lights import light
from tests.alerts.test_scan import DUE, World, build, world
from townships.rules.roles import Duty

__all__ = ["world"]
ANCHOR = date(2018, 6, 1)
RUNGS_DUE = tuple(rung for rung in default_rungs() if rung.subject is Subject.DUE)


def rung(height: int, days: int, repeats: tuple[int, ...] = (), points: int | None = None) -> RungSpec:
    return RungSpec(
        Subject.BEHIND if points else Subject.DUE,
        LADDER[height - 1],
        days,
        Colour.RED,
        "红",
        (Duty.STAFF,),
        repeats,
        points,
    )


@st.composite
def ladders(draw: Any) -> tuple[RungSpec, ...]:
    heights = sorted(draw(st.sets(st.integers(1, 6), min_size=1)))
    days = sorted(draw(st.sets(st.integers(-60, 60), min_size=len(heights), max_size=len(heights))))
    gaps = st.lists(st.integers(1, WEEK), max_size=4).map(lambda found: tuple(sorted(found)))
    return tuple(rung(height, day, draw(gaps)) for height, day in zip(heights, days, strict=True))


@pytest.mark.parametrize("code", ["default", "jiangjin", "yinchuan"])
def test_every_preset_is_a_rule(code: str) -> None:
    assert problems(presets()[code].rungs) == []
    assert {rung.subject for rung in presets()[code].rungs} == set(Subject) - {Subject.NUDGED}


def test_the_first_light_of_overdue_is_the_first_day_after_the_date() -> None:
    """Overdue is the same everywhere: rectify.lib.lights and the rung of 督办."""
    for days in range(-40, 60):
        day = ANCHOR + timedelta(days=days)
        now = reached(RUNGS_DUE, ANCHOR, day)
        assert (light(ANCHOR, day).level == "overdue") == (now is not None and now.height >= 3)
        assert (light_of(RUNGS_DUE, ANCHOR, day) == CALM) == (days < -20)


def test_no_anchor_stands_nowhere() -> None:
    assert standing(RUNGS_DUE, None, ANCHOR) is None


@given(ladders(), st.integers(0, 500))
def test_planned_days_thin_out_to_a_week_and_never_stop(rungs: tuple[RungSpec, ...], days: int) -> None:
    """On any day after the first rung the newest planned day lies at most a week back, and another follows."""
    day = ANCHOR + timedelta(days=rungs[0].days + days)
    now = standing(rungs, ANCHOR, day)
    assert now is not None and 0 <= (day - now.planned_on).days < WEEK
    following = next_planned(rungs, ANCHOR, day)
    assert following is not None and day < following.planned_on <= day + timedelta(days=WEEK)
    assert (following.rung.height, following.step) > (now.rung.height, now.step)


@given(ladders())
def test_gaps_within_a_rung_never_shrink(rungs: tuple[RungSpec, ...]) -> None:
    top = rungs[-1]
    told = sorted(
        {standing((top,), ANCHOR, ANCHOR + timedelta(days=top.days + day)).planned_on for day in range(90)}
    )  # type: ignore[union-attr]
    gaps = [(later - earlier).days for earlier, later in pairwise(told)]
    assert gaps == sorted(gaps) and set(gaps[len(top.repeats) :]) == {WEEK}


@pytest.mark.parametrize(
    ("rungs", "said"),
    [
        ([rung(1, 0), rung(1, 3)], "整改期限：同一梯级只能设一次。"),
        ([rung(1, 3), rung(2, 3)], "整改期限：梯级越高，天数或百分点应越大。"),
        ([rung(1, 0, (5, 3))], "整改期限·提醒：再提醒的间隔应越来越长，最长7天，此后每周一次。"),
        ([rung(1, 400)], "整改期限·提醒：天数须在366天以内。"),
        ([rung(2, 0, points=30), rung(3, 0, points=10)], "滞后序时进度：梯级越高，天数或百分点应越大。"),
    ],
)
def test_rungs_that_do_not_climb_are_refused(rungs: list[RungSpec], said: str) -> None:
    assert said in problems(rungs)


class TheDatabaseAgrees(TestCase):
    """One random ladder and day at a time, asked of both."""

    @given(ladders(), st.integers(-80, 400))
    def test_sql_stands_on_the_same_rung_at_the_same_step(
        self, rungs: tuple[RungSpec, ...], days: int
    ) -> None:
        day = ANCHOR + timedelta(days=days)
        sql = (
            f"SELECT height, {statements.step_sql(rungs)}, {statements.ago_sql(rungs)} FROM ("
            f"SELECT elapsed, {statements.height_sql(rungs)} AS height FROM ("
            f"SELECT %s AS elapsed, 0 AS behind) AS one) AS two"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [days])
            height, step, ago = cursor.fetchone()
        now = standing(rungs, ANCHOR, day)
        expected = (
            (None, None, None) if now is None else (now.rung.height, now.step, (day - now.planned_on).days)
        )
        assert (height, step, ago) == expected

    @given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
    def test_days_are_counted_alike(self, day: date) -> None:
        with connection.cursor() as cursor:
            kind = "date" if connection.vendor == "postgresql" else "text"
            cursor.execute(f"SELECT {statements.number_sql(f'CAST(%s AS {kind})')}", [statements.on(day)])
            assert cursor.fetchone()[0] == number_of(day)


def told_twice() -> list[Any]:
    key = ("item_kind", "item_id", "subject", "anchor_on", "height", "step", "unit", "duty")
    rows = list(Alert.objects.values_list(*key))
    return [row for row in rows if rows.count(row) > 1]


class WhateverTheDays(TestCase):
    county: World

    @classmethod
    def setUpTestData(cls) -> None:
        cls.county = build()

    @settings(max_examples=6)
    @given(
        st.lists(st.tuples(st.integers(-25, 60), st.sampled_from(["", "move", "back", "done"])), max_size=4)
    )
    def test_after_any_days_and_changes_each_is_told_once_and_never_down_the_ladder(
        self, acts: list[tuple[int, str]]
    ) -> None:
        """Each (item, deadline, anchor, rung, step, seat) once; what comes later never stands lower."""
        issue = self.county.issue(DUE, "D-A", found_on=date(2018, 1, 1))
        for days, act in acts:
            if act in ("move", "back"):
                Issue.objects.filter(pk=issue.pk).update(
                    due_on=DUE + timedelta(days=20 if act == "move" else 0)
                )
            if act == "done":
                Issue.objects.filter(pk=issue.pk).update(state="closed")
            scan(on=DUE + timedelta(days=days))
        assert told_twice() == []
        for subject in ("due", "stalled"):
            for duty in Duty:
                rows = Alert.objects.filter(subject=subject, duty=duty.value).order_by("pk")
                by_anchor: dict[date, list[tuple[int, int]]] = {}
                for anchor, height, step in rows.values_list("anchor_on", "height", "step"):
                    by_anchor.setdefault(anchor, []).append((height, step))
                assert all(found == sorted(found) for found in by_anchor.values())


def test_progress_behind_plan_is_reckoned_alike_by_python_and_the_database(world: World) -> None:
    """序时进度: by nodes where the plan has them, else by the time gone; in hundredths of a point."""
    from alerts.queries.issue_sources import behind_items

    on, due = date(2018, 6, 21), date(2018, 7, 1)
    by_time = world.issue(due, "D-A", quantity=10, claims=[(1, date(2018, 6, 2))])
    by_node = world.issue(due, "D-A", quantity=Decimal("7.5"), claims=[(2, date(2018, 6, 2))])
    for position, (day, quantity) in enumerate([(date(2018, 6, 10), 4), (date(2018, 6, 20), 6), (due, 7)]):
        Milestone.objects.create(issue=by_node, position=position, on=day, quantity=quantity, text="")
    found = dict(behind_items(world.campaign.pk, on).values_list("item_key", "behind"))
    assert (
        found[by_time.pk]
        == behind(planned_by_time(date(2018, 6, 1), due, on), Decimal(1), Decimal(10))
        == 5666
    )
    nodes = [(node.on, node.quantity) for node in by_node.milestones.all()]
    whole = Decimal("7.5")
    assert found[by_node.pk] == behind(planned_by_nodes(nodes, whole, on), Decimal(2), whole) == 8000 - 2666
    assert planned_by_time(due, due, on) == WHOLE
    scan(on=on)
    assert set(Alert.objects.filter(subject="behind").values_list("item_id", "height")) == {
        (by_time.pk, 3),
        (by_node.pk, 3),
    }


def test_a_dry_run_counts_what_would_move_and_writes_nothing(world: World) -> None:
    for days in (0, 5, 30):
        world.issue(DUE + timedelta(days=days), "D-A")
    later = tuple(rung(height, days) for height, days in ((1, -5), (3, 0)))
    others = tuple(one for one in default_rungs() if one.subject is not Subject.DUE)
    found = effects(world.campaign.pk, default_rungs(), (*others, *later), DUE)
    assert [effect.sentence for effect in found] == [
        "整改期限：1件由“预警”变为“督办”",
        "整改期限：1件由“预警”变为“提醒”",
    ]
    assert DayNumber is not None and not Alert.objects.exists()
