"""What a scan judges once, from items and who is named, is what the rows of the sources say one by one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from alerts.models import Alert, LightChange, RuleSet, Rung
from alerts.queries.asked import Asked, Span
from alerts.queries.sources import SOURCES
from alerts.queries.stretch import STANDING, forget, judge
from alerts.rules.ladder import Subject
from alerts.rules.lights import CALM
from alerts.rules.presets import default_rungs
from alerts.services.scan import EVERYTHING, SPAN, scan
from issues.models import Issue, Pause, Share
from rectify.lib import clock
from tests.alerts.test_scan import DUE, World, told, world
from townships.models import Seat, Unit
from townships.rules.roles import Duty

__all__ = ["world"]
ON = date(2018, 6, 20)


def asked(world: World, subject: Subject, **more: Any) -> Asked:
    fields: dict[str, Any] = {
        "source": SOURCES[subject],
        "rungs": tuple(rung for rung in default_rungs() if rung.subject is subject),
        "campaign_id": world.campaign.pk,
        "campaign_unit": world.county.pk,
        "rules_id": None,
        "on": ON,
        "made_at": clock.now(),
        "offices": (world.county.pk,),
        "successors": {},
        "unseen_before": ON,
        "is_new": True,
    }
    return Asked(**(fields | more))


def judged(wanted: Asked, span: Span = EVERYTHING) -> list[tuple[Any, ...]]:
    """item_key, seat_key, anchor_day as text, nth of what stands."""
    judge(wanted, span)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT item_key, seat_key, CAST(anchor_day AS text), nth FROM {STANDING}")
        found = list(cursor.fetchall())
    forget(STANDING)
    return found


def shared(issue: Issue, unit: Unit, state: str) -> None:
    Share.objects.create(issue=issue, unit=unit, role="responsible", state=state, since="2018-06-01T00:00Z")


def county_of_cases(world: World) -> None:
    """Items of every kind that the two could take differently."""
    village = Unit.objects.filter(level="village").first()
    assert village is not None and village.parent is not None
    old = {"found_on": date(2018, 1, 1)}
    world.issue(DUE, **old)
    world.issue(DUE, "D-A", "D-B", **old)
    world.issue(DUE, township=None, **old)
    world.issue(DUE, village.code, **old)
    world.issue(DUE, village.code, village.parent.code, **old)
    world.issue(ON + timedelta(days=300), "D-A", **old)
    half, done = world.issue(DUE, "D-A", "D-B", **old), world.issue(DUE, "D-A", **old)
    shared(half, world.unit("D-A"), "done")
    shared(half, world.unit("D-B"), "accepted")
    shared(done, world.unit("D-A"), "done")
    paused = world.issue(DUE, "D-A", **old)
    Pause.objects.create(
        issue=paused, from_on=date(2018, 6, 1), until_on=date(2099, 1, 1),
        planned_until_on=date(2099, 1, 1), due_on=DUE, reason="汛期", document="", paused_by=world.by,
        paused_at="2018-06-01T00:00Z",
    )  # fmt: skip
    world.issue(DUE, "D-A", quantity=5, claims=[(1, date(2018, 2, 1)), (1, date(2018, 6, 1))], **old)
    world.issue(DUE, "D-B", quantity=5, claims=[(1, ON)], **old)
    world.issue(DUE, "D-B", found_on=ON)
    Issue.objects.filter(pk=world.issue(DUE, **old).pk).update(next_review_on=ON, state="long_term")


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("subject", [Subject.DUE, Subject.REVIEW, Subject.STALLED, Subject.BEHIND])
def test_items_and_who_is_named_say_the_same_as_rows(world: World, subject: Subject, merged: bool) -> None:
    county_of_cases(world)
    source = SOURCES[subject]
    merges = {world.unit("D-A").pk: world.unit("D-B").pk} if merged else {}
    lowest = min(rung.days for rung in asked(world, subject).rungs)
    least = 1_000 if source.has_points else None
    expected = set()
    for rows in source.rows(world.campaign.pk, ON):
        for row in rows:
            unit = merges.get(row["unit_key"], row["unit_key"])
            is_behind = least is None or row["behind"] >= least
            if unit and is_behind and row["anchor_day"] <= ON - timedelta(days=lowest):
                expected.add((row["item_key"], unit, row["anchor_day"].isoformat()))
    found = judged(asked(world, subject, successors=merges))
    seats = [row[:3] for row in found if row[1] is not None]
    assert expected and sorted(seats) == sorted(expected), "each seat of an item once"
    firsts = [row for row in found if row[3] == 1]
    assert {row[0] for row in firsts} == {row[0] for row in found}
    assert len(firsts) == len({row[0] for row in found}), "one row stands for the item"
    for key in {row[0] for row in seats}:
        assert all(row[1] is not None for row in firsts if row[0] == key)


def test_a_stretch_knows_its_own_items_alone(world: World) -> None:
    first, second = world.issue(DUE, "D-A"), world.issue(DUE, "D-A")
    assert {row[0] for row in judged(asked(world, Subject.DUE), Span(0, first.pk))} == {first.pk}
    assert {row[0] for row in judged(asked(world, Subject.DUE), Span(second.pk, second.pk))} == {second.pk}


def test_two_units_that_share_a_seat_and_the_office_are_told_once(world: World) -> None:
    """Merged units become one seat, 督查室 watches over all of them: each is told once."""
    world.issue(DUE, "D-A", "D-B")
    Unit.objects.filter(code="D-A").update(closed_on=date(2018, 6, 1), successor=world.unit("D-B"))
    scan(on=DUE + timedelta(days=7))
    assert [(unit, duty) for unit, duty, *_ in told()] == [
        (world.county.short_name, "supervision"),
        ("财政局", "head"),
        ("财政局", "leader_in_charge"),
    ]


def test_a_light_burns_for_what_nobody_is_told_of(world: World) -> None:
    """The light is the item's; who has done his share, or is not there, is told nothing of it."""
    lost, done = world.issue(DUE, township=None), world.issue(DUE, "D-A")
    shared(done, world.unit("D-A"), "done")
    scan(on=DUE + timedelta(days=1))
    assert told() == []
    lit = LightChange.objects.filter(subject="due", is_latest=True)
    assert set(lit.values_list("item_id", flat=True)) == {lost.pk, done.pk}


def test_alerts_stay_when_rules_change_and_go_when_their_unit_does(world: World) -> None:
    """What stands on no rung by today's rules is open all the same; whose unit answers no more is over."""
    kept, moved = world.issue(DUE, "D-A"), world.issue(DUE, "D-A")
    scan(on=DUE - timedelta(days=9))
    rules = RuleSet.objects.create(
        campaign=world.campaign, from_on=DUE - timedelta(days=8), name="新", made_by=world.by,
        made_at="2018-06-01T00:00Z",
    )  # fmt: skip
    Rung.objects.create(
        rules=rules, subject="due", height=3, days=1, colour="red", word="逾期", duties=["head"]
    )
    moved.units.update(unit=world.unit("D-B"))
    scan(on=DUE - timedelta(days=8))
    open_ = Alert.objects.filter(subject="due", voided_at=None)
    assert set(open_.values_list("item_id", flat=True)) == {kept.pk}
    gone = Alert.objects.filter(subject="due", item_id=moved.pk)
    assert set(gone.values_list("void_cause", flat=True)) == {"不再由这个单位办理"}
    calm = LightChange.objects.filter(subject="due", is_latest=True)
    assert set(calm.values_list("after", flat=True)) == {"正常"}


def test_nobody_sits_in_a_village_so_its_township_is_told(world: World) -> None:
    village = Unit.objects.filter(level="village").first()
    assert village is not None and village.parent is not None
    world.issue(DUE, village.code)
    scan(on=DUE + timedelta(days=1))
    assert {unit for unit, *_ in told()} == {village.parent.short_name}
    Seat.objects.create(unit=village, duty=Duty.HEAD.value, user=world.by)
    scan(on=DUE + timedelta(days=2))
    assert village.short_name in {unit for unit, *_ in told()}


def test_each_stretch_calms_its_own_lights_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SPAN, connection.vendor, 1)
    issues = [world.issue(DUE, "D-A") for _ in range(4)]
    scan(on=ON)
    lit = LightChange.objects.filter(subject="due")
    assert lit.count() == len(issues)
    assert (scan(on=ON).voided, lit.count()) == (0, len(issues))
    Issue.objects.filter(pk=issues[1].pk).update(due_on=ON + timedelta(days=300))
    scan(on=ON)
    calm = lit.filter(is_latest=True, after=CALM.word)
    assert list(calm.values_list("item_id", flat=True)) == [issues[1].pk]
    assert lit.count() == len(issues) + 1
