"""The outbox: claimed once, sent once, tried again later and later, given up, or left to a person."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import close_old_connections, connection

from alerts.models import Channel, Choice, Delivery
from alerts.rules.ladder import Level
from alerts.rules.sending import ChannelKind
from alerts.services import outbox
from alerts.services.digests import make_digests
from alerts.services.sending import send_waiting
from alerts.services.wires import http
from alerts.services.wires.mail import DUMMY
from projects.models import Campaign
from rectify.lib import clock
from tests import factories
from tests.alerts.receivers import Receiver, keys_of_mails, keys_of_posts
from tests.alerts.telling import alert, mail_way, sit, way
from townships.models import Unit, User
from townships.rules.roles import Duty

pytestmark = pytest.mark.usefixtures("morning", "db")


@pytest.fixture(autouse=True)
def no_mail_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = DUMMY


@pytest.fixture
def county() -> Unit:
    return factories.county()


@pytest.fixture
def campaign(county: Unit) -> Campaign:
    return factories.campaign(county)


@pytest.fixture
def head(county: Unit, campaign: Campaign) -> User:
    """The head of 住建局, with a mail address, a phone and one alert."""
    unit = Unit.objects.get(code="D-A")
    user = factories.user("unit_head", unit, "head")
    User.objects.filter(pk=user.pk).update(email="head@county.example", phone="13800000000")
    sit(user, unit)
    alert(campaign, unit)
    user.refresh_from_db()
    return user


@pytest.fixture
def gateway(web: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Channel:
    """An SMS gateway on loopback, listed and switched on."""
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    monkeypatch.setitem(http.post.__kwdefaults__, "seconds", 0.5)
    return way(ChannelKind.SMS, f"{web.url}/sms")


def state_of() -> tuple[str, int]:
    one = Delivery.objects.get()
    return one.state, one.attempts


def made(channel: Channel, **fields: Any) -> Delivery:
    now = clock.real_now()
    return Delivery.objects.create(
        channel=channel,
        **{"for_on": clock.today(), "counts": {"total": 1}, "made_at": now, "due_at": now, **fields},
    )


def test_a_digest_goes_out_by_every_way_its_person_has(
    head: User, gateway: Channel, web: Receiver, post_office: Receiver
) -> None:
    mail_way()
    make_digests()
    assert send_waiting() == {"sent": 2}
    assert send_waiting() == {}
    keys = sorted(str(one.key) for one in Delivery.objects.filter(state="sent"))
    assert sorted(keys_of_mails(post_office) + keys_of_posts(web)) == keys
    assert web.got[0].json == {
        "mobile": "13800000000",
        "content": "整改督办：2018年6月6日有预警1条（预警1条）。请登录查看：http://10.0.0.8/",
        "key": keys_of_posts(web)[0],
        "password": "s3cret-of-the-channel",
    }


@pytest.mark.parametrize("act", ["broken", "busy", "refused_inside"])
def test_a_failure_is_tried_again_after_one_five_fifteen_sixty_and_a_hundred_and_eighty_minutes(
    county: Unit, web: Receiver, gateway: Channel, act: str, morning: time_machine.Traveller
) -> None:
    """Spread by a fifth; after the last the row is given up and stands in the office's summary."""
    robot = way(ChannelKind.WECOM, f"{web.url}/robot?key=1", county)
    made(robot)
    web.acts = [act]
    for tries, minutes in enumerate((1, 5, 15, 60, 180), start=1):
        assert send_waiting() == {"waiting": 1}
        one = Delivery.objects.get()
        assert (one.state, one.attempts) == ("waiting", tries)
        wait = one.due_at - clock.real_now()
        assert (
            timedelta(minutes=0.8 * minutes) - timedelta(seconds=5) < wait < timedelta(minutes=1.2 * minutes)
        )
        assert send_waiting() == {}, "not before its time"
        morning.move_to(one.due_at + timedelta(seconds=1))
    assert send_waiting() == {"given_up": 1}
    assert state_of() == ("given_up", 6)
    assert len(web.got) == 6
    assert len({got.headers.get("rectify-delivery") for got in web.got}) == 1


@pytest.mark.parametrize("act", ["missing", "elsewhere"])
def test_what_another_try_cannot_change_is_given_up_at_once(
    county: Unit, web: Receiver, gateway: Channel, act: str
) -> None:
    made(way(ChannelKind.WEBHOOK, f"{web.url}/hook", county))
    web.acts = [act]
    assert send_waiting() == {"given_up": 1}
    assert len(web.got) == 1


@pytest.mark.parametrize("act", ["hang_up", "hang_up_midway", "drip", "garbage"])
def test_an_answer_cut_off_is_listed_and_never_sent_again_by_itself(
    county: Unit, web: Receiver, gateway: Channel, act: str, morning: time_machine.Traveller
) -> None:
    made(way(ChannelKind.WEBHOOK, f"{web.url}/hook", county))
    web.acts = [act, "ok"]
    assert send_waiting() == {"uncertain": 1}
    morning.shift(timedelta(hours=5))
    assert send_waiting() == {}
    assert state_of() == ("uncertain", 1)
    assert len(web.got) == 1


def test_four_workers_send_sixty_messages_once_each(
    transactional_db: None, post_office: Receiver, web: Receiver, settings: Any
) -> None:
    county = factories.county()
    campaign, unit = factories.campaign(county), Unit.objects.get(code="D-A")
    mail_way()
    for number in range(60):
        user = factories.user("cadre", unit, f"cadre{number}")
        User.objects.filter(pk=user.pk).update(email=f"{number}@county.example")
        sit(user, unit, Duty.STAFF)
    alert(campaign, unit, Duty.STAFF)
    outcomes: list[Any] = []

    def work() -> None:
        try:
            close_old_connections()
            outcomes.append(make_digests().daily)
            outcomes.append(send_waiting())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(outcomes) == 8
    send_waiting()
    assert sum(one for one in outcomes if isinstance(one, int)) == 60
    assert Counter(Delivery.objects.values_list("state", flat=True)) == {"sent": 60}
    keys = keys_of_mails(post_office)
    assert len(keys) == len(set(keys)) == 60


def test_a_lease_that_ran_out_before_sending_gives_the_row_back(
    county: Unit, gateway: Channel, web: Receiver, morning: time_machine.Traveller
) -> None:
    one = made(way(ChannelKind.WEBHOOK, f"{web.url}/hook", county))
    assert outbox.claim("dead worker", is_open=True) == one
    assert outbox.claim("another", is_open=True) is None
    assert send_waiting() == {}
    morning.shift(outbox.LEASE + timedelta(seconds=1))
    assert send_waiting() == {"sent": 1}
    assert len(web.got) == 1


def test_a_lease_that_ran_out_while_sending_leaves_the_row_to_a_person(
    county: Unit, gateway: Channel, web: Receiver, morning: time_machine.Traveller
) -> None:
    one = made(way(ChannelKind.WEBHOOK, f"{web.url}/hook", county))
    claimed = outbox.claim("dead worker", is_open=True)
    assert claimed is not None
    assert outbox.begin(claimed, "dead worker")
    morning.shift(outbox.LEASE + timedelta(seconds=1))
    assert send_waiting() == {"uncertain": 1}
    one.refresh_from_db()
    assert one.failure == outbox.INTERRUPTED
    assert web.got == []


def test_a_worker_that_was_only_slow_still_says_what_became_of_it(
    county: Unit, gateway: Channel, web: Receiver, morning: time_machine.Traveller
) -> None:
    made(way(ChannelKind.WEBHOOK, f"{web.url}/hook", county))
    claimed = outbox.claim("slow worker", is_open=True)
    assert claimed is not None
    assert outbox.begin(claimed, "slow worker")
    morning.shift(outbox.LEASE + timedelta(seconds=1))
    outbox.release_expired()
    assert outbox.sent(claimed, "slow worker")
    assert state_of() == ("sent", 1)


def test_a_worker_whose_lease_is_gone_does_not_begin(
    county: Unit, gateway: Channel, web: Receiver, morning: time_machine.Traveller
) -> None:
    made(way(ChannelKind.WEBHOOK, f"{web.url}/hook", county))
    claimed = outbox.claim("slow worker", is_open=True)
    assert claimed is not None
    morning.shift(outbox.LEASE + timedelta(seconds=1))
    assert not outbox.begin(claimed, "slow worker")
    outbox.release_expired()
    assert not outbox.begin(claimed, "slow worker")
    assert send_waiting() == {"sent": 1}


def test_an_address_takes_twenty_messages_a_minute(
    county: Unit, gateway: Channel, web: Receiver, morning: time_machine.Traveller
) -> None:
    robot = way(ChannelKind.FEISHU, f"{web.url}/robot", county)
    for day in range(1, 26):
        made(robot, for_on=clock.today().replace(day=day))
    assert send_waiting() == {"sent": 20, "waiting": 5}
    assert send_waiting() == {}
    morning.shift(timedelta(seconds=61))
    assert send_waiting() == {"sent": 5}
    assert len(web.got) == 25


@pytest.mark.parametrize("moment", ["2018-06-06T20:00:00+08:00", "2018-06-07T07:59:00+08:00", "2018-06-09T10:00:00+08:00",
                                    "2018-06-18T10:00:00+08:00"])  # fmt: skip
def test_nothing_leaves_at_night_on_a_saturday_or_on_a_holiday_but_what_a_person_sends(
    county: Unit, gateway: Channel, web: Receiver, morning: time_machine.Traveller, moment: str
) -> None:
    """18 June 2018 is 端午节, a Monday."""
    from townships.services import calendar

    calendar.seed([2018])
    hook = way(ChannelKind.WEBHOOK, f"{web.url}/hook", county)
    made(hook)
    morning.move_to(moment)
    assert send_waiting() == {}
    Delivery.objects.update(is_by_hand=True)
    assert send_waiting() == {"sent": 1}


def test_a_clock_set_back_a_day_delays_nothing_and_sends_nothing_twice(
    head: User, gateway: Channel, web: Receiver, morning: time_machine.Traveller
) -> None:
    make_digests()
    morning.shift(timedelta(days=-1))
    assert make_digests().told == 0
    assert send_waiting() == {"sent": 1}
    morning.shift(timedelta(days=1))
    assert make_digests().told == 0
    assert send_waiting() == {}
    assert len(web.got) == 1


def test_somebody_deactivated_between_digest_and_sending_is_not_told(
    head: User, gateway: Channel, web: Receiver
) -> None:
    make_digests()
    User.objects.filter(pk=head.pk).update(is_active=False)
    assert send_waiting() == {"cancelled": 1}
    assert Delivery.objects.get().failure == "人员已停用"
    assert web.got == []


def test_somebody_whose_alerts_were_handled_meanwhile_is_not_told(
    head: User, gateway: Channel, web: Receiver
) -> None:
    from alerts.models import Alert

    make_digests()
    Alert.objects.update(handled_at=clock.now(), handled_by=head)
    assert send_waiting() == {"cancelled": 1}
    assert web.got == []


def test_who_chose_not_to_be_called_gets_no_message_and_keeps_the_inbox(
    head: User, gateway: Channel, web: Receiver
) -> None:
    Choice.objects.create(user=head, by_sms=False)
    assert make_digests().told == 1
    assert Delivery.objects.count() == 0


def test_a_template_with_a_broken_field_is_listed_and_stops_nobody_else(
    head: User, gateway: Channel, web: Receiver, post_office: Receiver
) -> None:
    mail_way()
    Channel.objects.filter(pk=gateway.pk).update(body='{"mobile": "{phone}", "text": "{txt}"}')
    make_digests()
    assert send_waiting() == {"given_up": 1, "sent": 1}
    assert "{txt}" in Delivery.objects.get(state="given_up").failure
    assert web.got == []


def test_a_key_that_does_not_open_any_more_is_listed(
    head: User, gateway: Channel, web: Receiver, settings: Any
) -> None:
    make_digests()
    settings.SECRET_KEY = "another-key-0123456789-abcdefghijklmnopqrstuvwxyz"
    assert send_waiting() == {"given_up": 1}
    assert "SECRET_KEY" in Delivery.objects.get().failure


def test_no_name_and_no_text_ever_stands_in_a_message(
    head: User, campaign: Campaign, gateway: Channel, web: Receiver, post_office: Receiver, county: Unit
) -> None:
    """Design, section 8: counts, a date and a link. Every form that leaves is searched."""
    mail_way()
    for kind in (ChannelKind.WEBHOOK, ChannelKind.WECOM, ChannelKind.DINGTALK, ChannelKind.FEISHU):
        way(kind, f"{web.url}/{kind.value}?key=1", county)
    alert(
        campaign,
        Unit.objects.get(code="D-A"),
        level=Level.SUPERVISION,
        number="WT2018-777777",
        word="逾期红灯",
    )
    make_digests()
    assert send_waiting() == {"sent": 6}
    left = [got.body.decode() for got in web.got] + [
        str(mail["Subject"]) + mail.get_content() for mail in post_office.mails
    ]
    assert len(left) == 6
    assert all("预警2条" in text or '"total": 2' in text for text in left)
    for text in left:
        for word in ("head", "住建局", "某县", "百日攻坚", "WT2018", "逾期", "分管", "负责人"):
            assert word not in text.replace("head@county.example", ""), text
