"""Digests: who is told what, when, why, and never twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.models import Alert, Delivery, Digest, Scan, Telling
from alerts.queries.seats import empty_seats, without_leader
from alerts.rules.ladder import Level
from alerts.rules.sending import ChannelKind, DeliveryState
from alerts.services.digests import make_digests
from alerts.services.wires.mail import DUMMY
from projects.models import Campaign
from rectify.lib import clock
from tests import factories
from tests.alerts.telling import alert, mail_way, sit, way
from townships.models import Unit, User
from townships.rules.roles import Duty
from townships.services import calendar

pytestmark = pytest.mark.usefixtures("morning", "db")
THURSDAY = "2018-06-07T08:30:00+08:00"


@pytest.fixture(autouse=True)
def no_mail_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = DUMMY


@pytest.fixture
def campaign() -> Campaign:
    return factories.campaign(factories.county())


@pytest.fixture
def bureau(campaign: Campaign) -> Unit:
    return Unit.objects.get(code="D-A")


@pytest.fixture
def head(bureau: Unit) -> User:
    user = factories.user("unit_head", bureau, "head")
    sit(user, bureau)
    return user


@pytest.fixture
def leader(bureau: Unit, campaign: Campaign) -> User:
    user = factories.user("leader", campaign.unit, "leader")
    sit(user, bureau, Duty.LEADER_IN_CHARGE)
    return user


def told(user: User) -> int:
    return Telling.objects.filter(user=user).count()


def test_an_overdue_issue_is_told_to_its_bureau_and_to_the_leader_in_charge(
    campaign: Campaign, bureau: Unit, head: User, leader: User
) -> None:
    """W-038: not to the department alone."""
    alert(campaign, bureau, item_id=1)
    alert(campaign, bureau, Duty.LEADER_IN_CHARGE, item_id=1)
    made = make_digests()
    assert (made.daily, made.told) == (2, 2)
    assert (told(head), told(leader)) == (1, 1)


def test_a_second_run_and_a_second_minute_tell_nothing_again(
    campaign: Campaign, bureau: Unit, head: User, morning: time_machine.Traveller
) -> None:
    alert(campaign, bureau)
    make_digests()
    assert make_digests().told == 0
    morning.move_to(THURSDAY)
    assert make_digests().told == 0
    assert Digest.objects.count() == 1


def test_a_digest_counts_its_rungs_and_what_is_backlog(campaign: Campaign, bureau: Unit, head: User) -> None:
    alert(campaign, bureau, level=Level.SUPERVISION)
    alert(campaign, bureau, level=Level.REMINDER, is_backlog=True)
    alert(campaign, bureau, level=Level.REMINDER, is_backlog=True, is_urgent=True)
    make_digests()
    assert Digest.objects.get().counts == {"total": 3, "supervision": 1, "reminder": 2, "backlog": 2}


@pytest.mark.parametrize(
    "moment",
    ["2018-06-06T00:30:00+08:00", "2018-06-06T07:59:00+08:00", "2018-06-06T08:29:00+08:00",
     "2018-06-06T20:00:00+08:00", "2018-06-09T09:00:00+08:00", "2018-06-18T09:00:00+08:00"],
)  # fmt: skip
def test_no_digest_is_made_at_night_before_half_past_eight_on_a_saturday_or_on_a_holiday(
    campaign: Campaign, bureau: Unit, head: User, morning: time_machine.Traveller, moment: str
) -> None:
    """18 June 2018 is 端午节, a Monday."""
    calendar.seed([2018])
    alert(campaign, bureau)
    morning.move_to(moment)
    assert make_digests().told == 0


def test_a_saturday_that_is_worked_has_its_digest(
    campaign: Campaign, bureau: Unit, head: User, morning: time_machine.Traveller
) -> None:
    """29 September 2018, a Saturday, is worked for 国庆."""
    calendar.seed([2018])
    alert(campaign, bureau)
    morning.move_to("2018-09-29T08:30:00+08:00")
    assert make_digests().told == 1


def test_an_urgent_rung_is_told_at_once_and_not_again_in_the_morning(
    campaign: Campaign, bureau: Unit, head: User, morning: time_machine.Traveller
) -> None:
    morning.move_to("2018-06-06T14:00:00+08:00")
    alert(campaign, bureau, is_urgent=True, made_at=clock.now())
    alert(campaign, bureau, made_at=clock.now())
    assert (make_digests().urgent, told(head)) == (1, 1)
    alert(campaign, bureau, is_urgent=True, made_at=clock.now())
    assert make_digests().urgent == 1
    assert list(Digest.objects.order_by("pk").values_list("kind", "sequence")) == [
        ("urgent", 1),
        ("urgent", 2),
    ]
    morning.move_to(THURSDAY)
    assert (make_digests().daily, told(head)) == (1, 3)


def test_an_urgent_rung_of_the_evening_waits_until_eight_of_the_next_workday(
    campaign: Campaign, bureau: Unit, head: User, morning: time_machine.Traveller
) -> None:
    morning.move_to("2018-06-08T20:10:00+08:00")
    alert(campaign, bureau, is_urgent=True, made_at=clock.now())
    for moment in ("2018-06-08T23:00:00+08:00", "2018-06-09T09:00:00+08:00", "2018-06-11T07:59:00+08:00"):
        morning.move_to(moment)
        assert make_digests().told == 0
    morning.move_to("2018-06-11T08:00:00+08:00")
    assert make_digests().urgent == 1


def test_a_backlog_is_told_in_one_digest_however_urgent(
    campaign: Campaign, bureau: Unit, head: User, morning: time_machine.Traveller
) -> None:
    morning.move_to("2018-06-06T14:00:00+08:00")
    for _ in range(30):
        alert(campaign, bureau, is_urgent=True, is_backlog=True, made_at=clock.now())
    assert make_digests().told == 0
    morning.move_to(THURSDAY)
    make_digests()
    assert [one.counts["total"] for one in Digest.objects.all()] == [30]


def test_a_digest_waits_for_a_scan_that_runs_but_not_for_one_that_was_killed(
    campaign: Campaign, bureau: Unit, head: User, morning: time_machine.Traveller
) -> None:
    alert(campaign, bureau)
    Scan.objects.create(on=clock.today(), started_at=clock.now() - timedelta(minutes=10))
    assert make_digests().told == 0
    morning.shift(timedelta(hours=1))
    assert make_digests().told == 1


def test_what_a_later_scan_finds_waits_for_tomorrow(
    campaign: Campaign, bureau: Unit, head: User, morning: time_machine.Traveller
) -> None:
    morning.move_to("2018-06-06T10:10:00+08:00")
    alert(campaign, bureau, made_at=clock.now())
    assert make_digests().told == 0
    morning.move_to(THURSDAY)
    assert make_digests().told == 1


def test_after_an_outage_over_the_morning_the_first_scan_is_told_the_same_day(
    campaign: Campaign, bureau: Unit, head: User, morning: time_machine.Traveller
) -> None:
    morning.move_to("2018-06-06T15:00:00+08:00")
    now = clock.now()
    alert(campaign, bureau, made_at=now)
    Scan.objects.create(on=now.date(), started_at=now, finished_at=now)
    assert make_digests().told == 1


def test_a_seat_with_nobody_keeps_its_alert_shows_it_to_the_office_and_tells_whoever_sits_down(
    campaign: Campaign, bureau: Unit, morning: time_machine.Traveller
) -> None:
    sit(None, bureau)
    alert(campaign, bureau)
    assert make_digests().told == 0
    (unit,) = empty_seats(campaign.unit.path)
    assert (unit.unit, unit.counts) == ("某县住建局", {Duty.HEAD: 1})
    new = factories.user("unit_head", bureau, "new")
    sit(new, bureau)
    assert empty_seats(campaign.unit.path) == []
    assert make_digests().told == 1
    assert told(new) == 1


def test_somebody_deactivated_is_told_nothing_and_leaves_an_empty_seat(
    campaign: Campaign, bureau: Unit, head: User
) -> None:
    User.objects.filter(pk=head.pk).update(is_active=False)
    alert(campaign, bureau)
    assert make_digests().told == 0
    assert [unit.total for unit in empty_seats(campaign.unit.path)] == [1]


def test_somebody_who_left_the_seat_is_told_nothing_more_and_who_follows_everything_open(
    campaign: Campaign, bureau: Unit, head: User, morning: time_machine.Traveller
) -> None:
    alert(campaign, bureau)
    make_digests()
    head.seats.all().delete()
    follower = factories.user("unit_head", bureau, "follower")
    sit(follower, bureau)
    alert(campaign, bureau)
    make_digests()
    assert (told(head), told(follower)) == (1, 2)


def test_voided_and_handled_alerts_are_not_told(campaign: Campaign, bureau: Unit, head: User) -> None:
    alert(campaign, bureau, voided_at=clock.now(), void_cause="已办结")
    alert(campaign, bureau, handled_at=clock.now(), handled_by=head)
    assert make_digests().told == 0


def test_neither_another_unit_nor_another_duty_is_told(campaign: Campaign, bureau: Unit, head: User) -> None:
    neighbour = factories.user("unit_head", Unit.objects.get(code="D-B"), "neighbour")
    sit(neighbour, Unit.objects.get(code="D-B"))
    clerk = factories.user("cadre", bureau, "clerk")
    sit(clerk, bureau, Duty.STAFF)
    alert(campaign, bureau)
    make_digests()
    assert (told(head), told(neighbour), told(clerk)) == (1, 0, 0)


def test_units_nobody_is_in_charge_of_are_named(campaign: Campaign, bureau: Unit, leader: User) -> None:
    """W-038: a missing leader is a fault of the set-up, shown."""
    names = {unit.name for unit in without_leader(campaign.unit.path)}
    assert names == {"某县财政局", "甲镇", "乙镇", "丙乡"}


def test_the_office_is_told_in_the_morning_what_did_not_arrive(
    campaign: Campaign, bureau: Unit, head: User, morning: time_machine.Traveller
) -> None:
    office = factories.user("office", campaign.unit, "office")
    group = way(ChannelKind.WECOM, "http://127.0.0.1:9/robot", bureau)
    now = clock.real_now()
    for state in (DeliveryState.UNCERTAIN, DeliveryState.GIVEN_UP):
        Delivery.objects.create(
            channel=group, for_on=date(2018, 6, 4 + (state is DeliveryState.GIVEN_UP)), counts={"total": 1},
            state=state.value, made_at=now, due_at=now, failure="对方回答 HTTP 500",
        )  # fmt: skip
    alert(campaign, bureau, Duty.STAFF)
    make_digests()
    assert Digest.objects.get(user=office).counts == {"trouble": 3}
    assert make_digests().daily == 0


def test_the_office_of_another_county_is_told_nothing_of_it(campaign: Campaign, bureau: Unit) -> None:
    other = factories.unit("880100", "乙县", "county")
    stranger = factories.user("office", other, "stranger")
    alert(campaign, bureau, Duty.STAFF)
    make_digests()
    assert not Digest.objects.filter(user=stranger).exists()


def test_a_group_is_told_once_a_day_how_much_its_unit_was_told(
    campaign: Campaign, bureau: Unit, head: User, leader: User
) -> None:
    group = way(ChannelKind.FEISHU, "http://127.0.0.1:9/robot", bureau)
    for duty in (Duty.HEAD, Duty.LEADER_IN_CHARGE):
        alert(campaign, bureau, duty, level=Level.SUPERVISION)
    alert(campaign, Unit.objects.get(code="D-B"))
    assert make_digests().groups == 1
    assert make_digests().groups == 0
    note = Delivery.objects.get(channel=group)
    assert note.counts == {"total": 2, "supervision": 2}


def test_five_thousand_alerts_to_two_hundred_people_are_two_hundred_digests_at_a_price_that_follows_people(
    campaign: Campaign, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail_way()
    units = [
        factories.unit(f"D-{number}", f"{number}局", "department", campaign.unit) for number in range(100)
    ]
    for unit in units:
        for duty in (Duty.HEAD, Duty.STAFF):
            user = factories.user("cadre", unit)
            User.objects.filter(pk=user.pk).update(email=f"{user.pk}@county.example")
            sit(user, unit, duty)
    made_at = datetime(2018, 6, 5, 6, tzinfo=clock.BEIJING)
    first = alert(campaign, units[0])
    fields = {
        field.attname: getattr(first, field.attname)
        for field in Alert._meta.concrete_fields
        if not field.primary_key
    }
    Alert.objects.bulk_create(
        [
            Alert(**fields | {"unit_id": units[number % 100].pk, "item_id": 10_000 + number, "made_at": made_at,
                              "duty": (Duty.HEAD, Duty.STAFF)[number // 100 % 2].value})
            for number in range(4_999)
        ]
    )  # fmt: skip
    with CaptureQueriesContext(
        connection,
    ) as asked:
        made = make_digests()
    assert (made.daily, made.told) == (200, 5_000)
    assert Delivery.objects.count() == 200
    assert len(asked) < 200 * 12
