"""The scars of the peers: at once, killed by one broken row, ten thousand at first, calendars, clocks, rules."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection, connections

from alerts.models import Alert, RuleSet, Rung, Scan
from alerts.queries.sources import SOURCES
from alerts.rules.ladder import Subject
from alerts.services.scan import scan, scan_if_due
from issues.models import IssueEntry, Share
from issues.models.issues import Issue
from rectify.lib.bulk import insert, take_ids
from tests.alerts.test_scan import DUE, World, build, told, world
from townships.models import CalendarDay, CalendarYear, Unit

__all__ = ["world"]


def backlog(world: World, count: int) -> None:
    """``count`` issues of 住建局, overdue since last year, written as an import writes them."""
    names = (
        "id", "campaign_id", "list_id", "number", "state", "counted_in", "found_on", "township_id",
        "deadline_class", "due_on", "deadline_confirmed", "found",
    )  # fmt: skip
    like = world.issue(DUE)
    ids = take_ids(Issue, count)
    defaults = {
        field.attname: getattr(like, field.attname)
        for field in Issue._meta.concrete_fields
        if field.attname not in (*names, "version")
    }
    rows = (
        (
            pk, world.campaign.pk, world.listed.pk, f"BL{pk:08d}", "registered", "个", date(2017, 6, 1),
            like.township_id, "dated", date(2017, 12, 31), True, Decimal(1), 1, *defaults.values(),
        )
        for pk in ids
    )  # fmt: skip
    Issue.objects.filter(pk=like.pk).update(state="withdrawn")
    insert(Issue, (*names, "version", *defaults), rows)


def test_ten_thousand_overdue_at_the_first_switch_on_are_told_once_as_backlog(world: World) -> None:
    backlog(world, 10_000)
    outcome = scan(on=DUE)
    due = Alert.objects.filter(subject="due")
    assert due.count() == 30_000 and not due.filter(is_backlog=False).exists()
    assert not due.exclude(height=6).exists()
    assert scan(on=DUE).created == {}
    assert outcome.skipped == []


@pytest.mark.django_db(transaction=True)
def test_two_scans_at_once_tell_everything_once() -> None:
    """On either engine threads with connections of their own; on SQLite they are real writers of one file."""
    world = build()
    backlog(world, 300)
    outcomes: list[int] = []
    together = threading.Barrier(4)

    def run(day: date) -> None:
        try:
            together.wait()
            outcomes.append(sum(scan(on=day).created.values()))
        finally:
            connections.close_all()

    days = (DUE, DUE, DUE, DUE + timedelta(days=1))
    threads = [threading.Thread(target=run, args=(day,)) for day in days]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 4 and sum(outcomes) == Alert.objects.count()
    seats = Alert.objects.filter(subject="due").values_list("item_id", "unit", "duty")
    assert len(seats) >= 900 and len(set(seats)) * 2 >= len(seats)
    newest_first = Alert.objects.filter(subject="due", planned_on=DUE + timedelta(days=1))
    for newer in newest_first:
        older = Alert.objects.filter(
            item_id=newer.item_id, unit=newer.unit, duty=newer.duty, subject="due", step__lt=newer.step
        )
        assert all(one.pk < newer.pk for one in older)


def breaks_on(pk: int) -> None:
    """From now on the database refuses every alert of one item."""
    table = Alert._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE FUNCTION broken() RETURNS trigger AS $$ BEGIN IF NEW.item_id = {pk} THEN "
                "RAISE EXCEPTION 'broken item'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql"
            )
            cursor.execute(
                f"CREATE TRIGGER broken BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION broken()"
            )
        else:
            cursor.execute(
                f"CREATE TRIGGER broken BEFORE INSERT ON {table} WHEN NEW.item_id = {pk} "
                "BEGIN SELECT RAISE(ABORT, 'broken item'); END"
            )


def test_one_broken_item_is_reported_and_stops_nobody_else(world: World) -> None:
    issues = [world.issue(DUE, "D-A") for _ in range(9)]
    broken = issues[5]
    breaks_on(broken.pk)
    outcome = scan(on=DUE + timedelta(days=1))
    assert {one["number"] for one in outcome.skipped} == {broken.number}
    assert any("broken item" in one["why"] for one in outcome.skipped)
    assert Alert.objects.filter(subject="due").values("item_id").distinct().count() == 8
    assert Scan.objects.get().skipped == outcome.skipped


def test_a_source_that_fails_is_reported_and_the_other_subjects_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> Any:
        raise ValueError("这个来源坏了")

    source = SOURCES[Subject.STALLED]
    monkeypatch.setitem(SOURCES, Subject.STALLED, type(source)(Subject.STALLED, fails))
    world.issue(DUE, "D-A")
    outcome = scan(on=DUE + timedelta(days=1))
    assert outcome.skipped == [{"number": "停滞", "why": "这类期限未能扫描：这个来源坏了"}]
    assert len(told()) == 2


def given(world: World, on: date) -> None:
    issue = world.issue(None, "D-A", state="awaiting_signature", found_on=date(2018, 1, 1))
    since = datetime.combine(on, datetime.min.time(), UTC) + timedelta(hours=2)
    Share.objects.create(
        issue=issue, unit=world.unit("D-A"), role="responsible", state="awaiting", since=since
    )


def test_working_days_over_a_national_holiday_with_a_working_saturday(world: World) -> None:
    """Given out on 30 September 2018, to be signed for within three working days across 国庆: 8, 9, 10 October
    (29 and 30 September are worked); a list of holidays loaded later moves the day."""
    CalendarYear.objects.create(year=2018, document="国办发明电〔2017〕12号")
    for day in range(1, 8):
        CalendarDay.objects.create(day=date(2018, 10, day), is_workday=False, name="国庆节")
    for day in (29, 30):
        CalendarDay.objects.create(day=date(2018, 9, day), is_workday=True, name="调休上班")
    given(world, date(2018, 9, 30))
    scan(on=date(2018, 10, 10))
    assert told("unsigned") == []
    scan(on=date(2018, 10, 11))
    assert told("unsigned") == [("住建局", "staff", 1, 0)]
    assert Alert.objects.get(subject="unsigned").anchor_on == date(2018, 10, 10)


def test_a_year_without_official_holidays_counts_weekends_alone_and_moves_when_they_come(
    world: World,
) -> None:
    given(world, date(2031, 9, 30))  # a Tuesday
    scan(on=date(2031, 10, 4))
    assert Alert.objects.get(subject="unsigned").anchor_on == date(2031, 10, 3)
    CalendarYear.objects.create(year=2031, document="国办发明电〔2030〕9号")
    for day in range(1, 8):
        CalendarDay.objects.create(day=date(2031, 10, day), is_workday=False, name="国庆节")
    scan(on=date(2031, 10, 5))
    assert Alert.objects.get(subject="unsigned").voided_at is not None
    scan(on=date(2031, 10, 11))
    assert told("unsigned") == [("住建局", "staff", 1, 0)]


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2018, 6, 10, 15, 59, tzinfo=UTC), {2}),  # 23:59 in Beijing, still the due day
        (datetime(2018, 6, 10, 16, 30, tzinfo=UTC), {3}),  # 00:30 of the day after
        (datetime(2018, 6, 10, 23, 59, tzinfo=UTC), {3}),  # 07:59 of the day after; still the 10th in UTC
    ],
)
def test_the_day_is_beijings(world: World, instant: datetime, expected: set[int]) -> None:
    world.issue(DUE, "D-A")
    with time_machine.travel(instant, tick=False):
        scan_if_due()
    assert {height for _, _, height, _ in told()} == expected


def test_the_timetable_scans_once_a_day_then_hourly_and_not_behind_a_day_to_come(world: World) -> None:
    with time_machine.travel(datetime(2018, 6, 10, 1, 0, tzinfo=UTC), tick=False) as clock:
        assert scan_if_due() is not None
        clock.shift(timedelta(minutes=59))
        assert scan_if_due() is None
        clock.shift(timedelta(minutes=2))
        assert scan_if_due() is not None
        scan(on=date(2018, 6, 12))
        clock.shift(timedelta(hours=30))
        assert scan_if_due() is None


def test_rules_edited_in_the_middle_of_a_scan_are_heard_the_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a scan has read it keeps; nothing is told by half of each."""
    world.issue(DUE, "D-A")
    source = SOURCES[Subject.DUE]

    def edit(campaign: int, on: date) -> Any:
        rules = RuleSet.objects.create(
            campaign=world.campaign, from_on=on, name="新", made_by=world.by, made_at="2018-06-01T00:00Z"
        )
        Rung.objects.create(
            rules=rules, subject="due", height=2, days=1, colour="red", word="红色预警", duties=["staff"]
        )
        assert source.items is not None
        return source.items(campaign, on)

    monkeypatch.setitem(SOURCES, Subject.DUE, replace(source, items=edit))
    scan(on=DUE + timedelta(days=1))
    assert {height for _, _, height, _ in told()} == {3}
    monkeypatch.setitem(SOURCES, Subject.DUE, source)
    scan(on=DUE + timedelta(days=8))
    assert told() == [("住建局", "head", 3, 0), ("住建局", "leader_in_charge", 3, 0)], (
        "a lower rung is never told"
    )


def test_meetings_and_papers_are_no_movement(world: World) -> None:
    """W-020, W-027: only what the ledger moved counts."""
    still = world.issue(None, "D-A", found_on=date(2018, 5, 1), deadline_class="undetermined")
    moving = world.issue(
        None,
        "D-B",
        found_on=date(2018, 5, 1),
        deadline_class="undetermined",
        quantity=5,
        claims=[(1, date(2018, 5, 30))],
    )
    Issue.objects.filter(pk=still.pk).update(progress="召开会议、转发文件", last_word_on=date(2018, 6, 9))
    scan(on=date(2018, 6, 10))
    assert told("stalled") == [
        ("住建局", "head", 2, 1), ("住建局", "leader_in_charge", 2, 1), ("住建局", "staff", 2, 1),
    ]  # fmt: skip
    assert IssueEntry.objects.filter(item=moving, stage="claimed").exists()


def test_a_merged_unit_is_told_through_the_one_that_took_it_over(world: World) -> None:
    world.issue(DUE, "D-A")
    Unit.objects.filter(code="D-A").update(closed_on=date(2018, 6, 1), successor=world.unit("D-B"))
    scan(on=DUE + timedelta(days=1))
    assert {unit for unit, *_ in told()} == {"财政局"}
    scan(on=DUE + timedelta(days=2))
    assert len(told()) == 2, "and stays told"
