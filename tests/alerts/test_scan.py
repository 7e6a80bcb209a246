"""The scan by example: who is told of what, once; the scars of the peers (issue 5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from alerts.models import Alert, LightChange, Scan
from alerts.services.scan import scan
from issues.models import Extension, Issue, IssueList, Share
from issues.services.deadlines import change_deadline
from projects.models import Campaign
from tests import factories
from townships.models import Seat, Unit, User
from townships.rules.roles import Duty

DUE = date(2018, 6, 10)


@dataclass
class World:
    """甲镇, 乙镇, 住建局 and 财政局, each with somebody in every seat; a list to put issues on."""

    county: Unit
    campaign: Campaign
    listed: IssueList
    by: User

    def unit(self, code: str) -> Unit:
        return Unit.objects.get(code=code)

    def issue(self, due_on: date | None = DUE, *units: str, **fields: Any) -> Issue:
        town = fields.pop("township", self.unit(f"{factories.COUNTY}101"))
        dated = {"deadline_class": "dated", "due_on": due_on} if due_on else {}
        made = factories.issue(
            self.listed, self.by, township=town, **{"found_on": date(2018, 6, 1), **dated, **fields}
        )
        factories.responsible(made, *(self.unit(code) for code in units))
        return made


@pytest.fixture
def world(db: None) -> World:
    return build()


def build() -> World:
    county = factories.county()
    campaign = factories.campaign(county)
    for unit in Unit.objects.exclude(level="village").exclude(pk=county.pk):
        for duty in (Duty.STAFF, Duty.HEAD, Duty.LEADER_IN_CHARGE):
            Seat.objects.create(unit=unit, duty=duty.value, user=factories.user("cadre", unit))
    office = factories.user("office", county)
    Seat.objects.create(unit=county, duty=Duty.SUPERVISION.value, user=office)
    return World(county, campaign, factories.issue_list(campaign), office)


def told(subject: str = "due") -> list[tuple[str, str, int, int]]:
    """(unit, duty, height, step) of the subject's alerts that stand."""
    rows = Alert.objects.filter(subject=subject, voided_at=None).order_by("pk")
    return sorted(rows.values_list("unit__short_name", "duty", "height", "step"))


def test_one_overdue_issue_of_a_bureau_warns_its_head_and_its_leader_once_each(world: World) -> None:
    """W-038."""
    world.issue(DUE, "D-A")
    outcome = scan(on=DUE + timedelta(days=1))
    assert told() == [("住建局", "head", 3, 0), ("住建局", "leader_in_charge", 3, 0)]
    assert outcome.created == {"督办": 2}
    assert outcome.recipients() == 2
    assert scan(on=DUE + timedelta(days=1)).created == {}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-21, []),
        (-20, [("staff", 1, 0)]),
        (-10, [("leader_in_charge", 2, 0), ("staff", 2, 0)]),
        (0, [("leader_in_charge", 2, 1), ("staff", 2, 1)]),
        (7, [("head", 4, 0), ("leader_in_charge", 4, 0), ("supervision", 4, 0)]),
        (15, [("head", 5, 0), ("leader_in_charge", 5, 0), ("supervision", 5, 0)]),
        (30, [("head", 6, 0), ("leader_in_charge", 6, 0), ("supervision", 6, 0)]),
        (40, [("head", 6, 1), ("leader_in_charge", 6, 1), ("supervision", 6, 1)]),
    ],
)
def test_the_default_rungs_stand_where_the_rule_says(
    world: World, days: int, expected: list[tuple[str, int, int]]
) -> None:
    """W-082: −20, −10, +1, +7, +15, +30; 40 days overdue is still reminded weekly."""
    world.issue(DUE, "D-A", found_on=date(2018, 1, 1))
    scan(on=DUE + timedelta(days=days))
    assert [(duty, height, step) for _, duty, height, step in told()] == expected


def test_who_answers_is_told_and_nobody_else(world: World) -> None:
    """Unit X has done its share: silent; unit Y was never told of its own: told; no unit: the township."""
    issue = world.issue(DUE, "D-A", "D-B")
    for code, state in (("D-A", "done"), ("D-B", "accepted")):
        Share.objects.create(
            issue=issue, unit=world.unit(code), role="responsible", state=state, since="2018-06-01T00:00Z"
        )
    world.issue(DUE)
    scan(on=DUE + timedelta(days=1))
    assert {unit for unit, *_ in told()} == {"财政局", "甲镇"}


def test_a_null_or_unconfirmed_deadline_never_reads_as_today(world: World) -> None:
    world.issue(None, "D-A")
    world.issue(None, "D-A", deadline_class="undetermined")
    world.issue(DUE, "D-A", deadline_confirmed=False)
    issue = world.issue(DUE, "D-A")
    Issue.objects.filter(pk=issue.pk).update(deadline_class="immediate", due_on=None)
    for days in (0, 1, 60):
        scan(on=DUE + timedelta(days=days))
    assert told() == []


def test_three_missed_days_over_a_deadline_are_caught_up_by_the_newest_rung(world: World) -> None:
    world.issue(DUE, "D-A", found_on=date(2018, 1, 1))
    scan(on=DUE - timedelta(days=1))
    scan(on=DUE + timedelta(days=2))
    assert told() == [
        ("住建局", "head", 3, 0),
        ("住建局", "leader_in_charge", 2, 1),
        ("住建局", "leader_in_charge", 3, 0),
        ("住建局", "staff", 2, 1),
    ]
    late = Alert.objects.get(subject="due", height=3, duty="head")
    assert (late.planned_on, late.made_on, late.is_backlog) == (
        DUE + timedelta(days=1),
        DUE + timedelta(days=2),
        False,
    )


def test_switching_on_over_a_backlog_makes_the_newest_rung_alone_and_marks_it(world: World) -> None:
    for days in (0, 10, 100):
        world.issue(DUE - timedelta(days=days), "D-A", found_on=date(2018, 1, 1))
    scan(on=DUE + timedelta(days=1))
    assert sorted(Alert.objects.filter(subject="due").values_list("height", "is_backlog")) == [
        (3, False), (3, False), (4, True), (4, True), (4, True), (6, True), (6, True), (6, True),
    ]  # fmt: skip


def test_the_clock_moved_back_makes_nothing(world: World) -> None:
    world.issue(DUE, "D-A")
    world.issue(DUE + timedelta(days=3), "D-A")
    scan(on=DUE + timedelta(days=1))
    before = Alert.objects.count()
    assert scan(on=DUE).created == {}
    assert Alert.objects.count() == before and Scan.objects.count() == 1


def test_a_scan_of_a_day_to_come_counts_and_a_preview_writes_nothing(world: World) -> None:
    world.issue(DUE, "D-A")
    preview = scan(on=DUE + timedelta(days=7), preview=True)
    assert preview.created == {"通报": 3} | (
        {"提醒": preview.created["提醒"]} if "提醒" in preview.created else {}
    )
    assert not Alert.objects.exists() and not Scan.objects.exists()
    assert scan(on=DUE + timedelta(days=7)).created == preview.created


def test_an_extension_granted_voids_the_old_rungs_and_arms_the_new(world: World) -> None:
    issue = world.issue(DUE, "D-A")
    scan(on=DUE - timedelta(days=5))
    later = DUE + timedelta(days=30)
    Extension.objects.create(
        issue=issue, original_due_on=DUE, wanted_on=later, granted_on=later, reason="雨季", progress="过半",
        state="granted", asked_by=world.by, asked_at="2018-06-05T00:00Z", decided_by=world.by,
        decided_at="2018-06-06T00:00Z",
    )  # fmt: skip
    Issue.objects.filter(pk=issue.pk).update(due_on=later)
    scan(on=DUE + timedelta(days=1))
    assert told() == []
    assert set(Alert.objects.filter(subject="due").values_list("void_cause", flat=True)) == {"延期已批准"}
    scan(on=later - timedelta(days=20))
    assert told() == [("住建局", "staff", 1, 0)]


def test_a_plain_save_again_changes_nothing(world: World) -> None:
    issue = world.issue(DUE, "D-A")
    scan(on=DUE + timedelta(days=1))
    before = list(Alert.objects.values())
    issue.save()
    assert scan(on=DUE + timedelta(days=1)).created == {}
    assert list(Alert.objects.values()) == before


def test_a_pending_extension_stops_the_next_rung(world: World) -> None:
    issue = world.issue(DUE, "D-A")
    scan(on=DUE - timedelta(days=9))
    Extension.objects.create(
        issue=issue, original_due_on=DUE, wanted_on=DUE + timedelta(days=9), reason="雨季", progress="过半",
        asked_by=world.by, asked_at="2018-06-05T00:00Z",
    )  # fmt: skip
    scan(on=DUE + timedelta(days=1))
    assert {height for _, _, height, _ in told()} == {2}
    issue.extensions.update(state="declined")
    scan(on=DUE + timedelta(days=1))
    assert {height for _, _, height, _ in told()} == {2, 3}


def test_what_is_done_is_voided_with_its_cause(world: World) -> None:
    from issues.services import ledger

    issue = world.issue(DUE, "D-A")
    scan(on=DUE + timedelta(days=1))
    ledger.post(
        item_id=issue.pk,
        moves=[ledger.Move("claimed", Decimal(1), date(2018, 6, 2), None)],
        by=world.by,
        cause="report",
    )
    scan(on=DUE + timedelta(days=2))
    assert told() == []
    assert set(Alert.objects.filter(subject="due").values_list("void_cause", flat=True)) == {"已整改完成"}


def test_an_item_that_nobody_answers_for_is_reported_and_the_rest_goes_on(world: World) -> None:
    lost = world.issue(DUE, township=None)
    world.issue(DUE, "D-A")
    outcome = scan(on=DUE + timedelta(days=1))
    assert outcome.skipped == [
        {"number": lost.number, "why": "整改期限：没有责任单位，也没有所在乡镇，无人可告知"}
    ]
    assert len(told()) == 2


Act = Callable[[], None]


def test_a_light_that_turns_is_written_with_its_cause(world: World) -> None:
    issue = world.issue(DUE, "D-A")
    for days in (-30, -5, -4, 1):
        scan(on=DUE + timedelta(days=days))
    later = DUE + timedelta(days=60)
    change_deadline(
        issue,
        deadline_class="dated",
        due_on=later,
        in_force_from=date(2018, 6, 2),
        by=world.by,
        cause="extension",
    )
    scan(on=DUE + timedelta(days=2))
    changes = LightChange.objects.filter(subject="due", item_id=issue.pk).order_by("pk")
    assert list(changes.values_list("before", "after", "cause", "is_latest")) == [
        ("", "10天内到期", "时间推移", False),
        ("10天内到期", "逾期", "时间推移", False),
        ("逾期", "正常", "延期已批准", True),
    ]
