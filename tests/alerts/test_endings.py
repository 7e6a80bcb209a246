"""How warnings end and come back: with the true reason, whatever the rules have become, and never for good."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from alerts.models import Alert, LightChange, RuleSet, Rung
from alerts.queries.lights import changed
from alerts.queries.stretch import STANDING, forget, judge
from alerts.rules.ladder import Subject
from alerts.rules.presets import default_rungs
from alerts.rules.rungs import RungSpec
from alerts.services.scan import EVERYTHING, scan
from issues.models import Issue, Pause
from rectify.lib import clock
from tests.alerts.test_scan import DUE, World, world
from tests.alerts.test_stretch import asked

__all__ = ["world"]
pytestmark = pytest.mark.django_db
ON = date(2018, 6, 20)
FALLS_DUE = date(2018, 7, 1)


def after(days: int) -> date:
    return DUE + timedelta(days=days)


def rules(world: World, on: date, *, without: Callable[[RungSpec], bool]) -> None:
    """The default rungs but some, in force from ``on``."""
    made = RuleSet.objects.create(
        campaign=world.campaign, from_on=on, name="新规则", made_by=world.by, made_at=clock.now()
    )
    for rung in default_rungs():
        if not without(rung):
            Rung.objects.create(
                rules=made, subject=rung.subject.value, height=rung.height, days=rung.days, points=rung.points,
                colour=rung.colour.value, word=rung.word, duties=[duty.value for duty in rung.duties],
                repeats=list(rung.repeats), is_urgent=rung.is_urgent,
            )  # fmt: skip


def behind(world: World) -> Issue:
    """Nothing done of it, far behind on ``ON``."""
    return world.issue(FALLS_DUE, "D-A", found_on=date(2018, 1, 1), quantity=4)


def open_alerts(subject: Subject) -> Any:
    return Alert.objects.open().filter(subject=subject.value)


def causes(subject: Subject) -> Collection[str]:
    """Why those that were voided were."""
    voided = Alert.objects.filter(subject=subject.value, voided_at__isnull=False)
    return set(voided.values_list("void_cause", flat=True))


def last_light(issue: Issue, subject: Subject) -> tuple[str, str]:
    """The word and the cause of the last change."""
    turns = LightChange.objects.filter(item_id=issue.pk, subject=subject.value).order_by("pk")
    return turns.values_list("after", "cause").last() or ("", "")


def test_a_subject_that_the_rules_drop_ends_with_its_issue(world: World) -> None:
    issue = world.issue(DUE, "D-A")
    scan(on=after(1))
    rules(world, after(2), without=lambda rung: rung.subject is Subject.DUE)
    scan(on=after(2))
    assert open_alerts(Subject.DUE).exists(), "the date has passed and nothing is done"
    assert last_light(issue, Subject.DUE) == ("正常", "规则变更")
    Issue.objects.filter(pk=issue.pk).update(state="closed")
    scan(on=after(3))
    assert not open_alerts(Subject.DUE).exists()
    assert causes(Subject.DUE) == {"已销号"}


def test_a_rung_of_points_that_the_rules_drop_ends_with_its_issue(world: World) -> None:
    issue = behind(world)
    scan(on=ON)
    assert open_alerts(Subject.BEHIND).filter(height=3).exists()
    rules(
        world,
        ON + timedelta(days=1),
        without=lambda rung: rung.subject is Subject.BEHIND and rung.height == 3,
    )
    Issue.objects.filter(pk=issue.pk).update(state="closed")
    scan(on=ON + timedelta(days=1))
    assert not open_alerts(Subject.BEHIND).exists()


def test_what_falls_due_has_not_caught_up(world: World) -> None:
    issue = behind(world)
    scan(on=ON)
    scan(on=FALLS_DUE + timedelta(days=1))
    assert causes(Subject.BEHIND) == {"期限已到"}
    assert last_light(issue, Subject.BEHIND) == ("正常", "期限已到")


def test_what_stands_still_by_a_pause_has_not_moved(world: World, on_day: Callable[[str], None]) -> None:
    issue = behind(world)
    on_day("2018-06-20")
    scan(on=ON)
    Pause.objects.create(
        issue=issue, from_on=ON, until_on=date(2018, 6, 30), planned_until_on=date(2018, 6, 30),
        due_on=FALLS_DUE, reason="汛期", document="文", paused_by=world.by, paused_at=clock.now(),
    )  # fmt: skip
    on_day("2018-06-21")
    scan(on=date(2018, 6, 21))
    assert causes(Subject.STALLED) == causes(Subject.BEHIND) == {"已暂停计时"}
    assert last_light(issue, Subject.BEHIND) == ("正常", "已暂停计时")


def test_what_passed_into_other_hands_has_not_moved(world: World) -> None:
    issue = behind(world)
    scan(on=ON)
    Issue.objects.filter(pk=issue.pk).update(state="long_term", due_on=date(2018, 12, 31))
    scan(on=ON + timedelta(days=1))
    assert causes(Subject.STALLED) == {"已转入其他环节"}


def test_what_comes_back_is_to_be_handled_again_at_once_and_not_told_anew(world: World) -> None:
    issue = world.issue(DUE, "D-A")
    scan(on=after(1))
    first = set(open_alerts(Subject.DUE).values_list("pk", flat=True))
    Issue.objects.filter(pk=issue.pk).update(state="closed")
    scan(on=after(2))
    assert not open_alerts(Subject.DUE).exists()
    Issue.objects.filter(pk=issue.pk).update(state="registered")
    outcome = scan(on=after(3))
    assert set(open_alerts(Subject.DUE).values_list("pk", flat=True)) == first
    assert (outcome.created, outcome.returned) == ({}, len(first))
    assert scan(on=after(3)).returned == 0


def test_new_rules_turn_a_light_only_where_time_alone_did_not(world: World) -> None:
    waits, passed = world.issue(DUE, "D-A"), world.issue(after(-13), "D-A")
    scan(on=after(-5))
    assert last_light(passed, Subject.DUE)[0] == "逾期7天以上"
    rules(world, after(-4), without=lambda rung: rung.subject is Subject.DUE and rung.height == 4)
    scan(on=after(-4))
    assert last_light(passed, Subject.DUE) == ("逾期", "规则变更")
    scan(on=after(1))
    assert last_light(waits, Subject.DUE) == ("逾期", "时间推移")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="what SQLite makes of a join")
def test_lights_are_compared_by_an_index_on_sqlite(world: World) -> None:
    world.issue(DUE, "D-A")
    wanted = asked(world, Subject.DUE)
    judge(wanted, EVERYTHING)
    found = changed(wanted, EVERYTHING)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {found.sql}", found.params)
        plan = [row[3] for row in cursor.fetchall()]
    forget(STANDING)
    scans = [line for line in plan if line.startswith("SCAN")]
    assert scans == ["SCAN now"], plan  # everything else is searched by an index
