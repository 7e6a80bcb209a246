"""Channels: listed by 系统管理员 alone, sealed, off by default, tried out; and what the office decides."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from alerts.models import Channel, Delivery
from alerts.rules import messages
from alerts.rules.messages import Note, TemplateBroken, check_template
from alerts.rules.sending import ChannelKind, DeliveryState
from alerts.services import channels
from alerts.services.channels import ChannelRefused, Listing
from alerts.services.sending import send_waiting
from alerts.services.wires.mail import DUMMY
from rectify.lib import clock, sealing
from tests import factories
from tests.alerts.receivers import Receiver
from tests.alerts.telling import SMS_BODY, alert, sit, way
from townships.models import Event, Unit, User
from townships.rules.roles import Duty

pytestmark = pytest.mark.usefixtures("morning", "db")
NOTE = Note(
    date(2018, 6, 6), {"total": 3, "supervision": 1, "warning": 2, "backlog": 2}, "http://10.0.0.8/", "k-1"
)
AT = 1_528_245_000


@pytest.fixture(autouse=True)
def doors(settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.OUTBOUND_ALLOW = DUMMY, ["127.0.0.1"]


@pytest.fixture
def county() -> Unit:
    return factories.county()


@pytest.fixture
def admin(county: Unit) -> User:
    user = factories.user("sysadmin", county, "admin")
    User.objects.filter(pk=user.pk).update(email="admin@county.example", phone="13900000000")
    user.refresh_from_db()
    return user


@pytest.fixture
def office(county: Unit) -> User:
    return factories.user("office", county, "office")


@pytest.fixture
def browser() -> Callable[[User], Client]:
    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


def listing(url: str, kind: ChannelKind = ChannelKind.WECOM, **more: Any) -> Listing:
    return Listing(kind=kind, name="工作群", address=url, link="http://10.0.0.8/", **more)


# --- forms on the wire ---------------------------------------------------------------------------------------
def test_the_sentence_says_counts_a_date_and_a_link() -> None:
    assert messages.sentence(NOTE) == (
        "整改督办：2018年6月6日有预警3条（督办1条、预警2条），其中存量2条。请登录查看：http://10.0.0.8/"
    )
    trouble = Note(NOTE.for_on, {"trouble": 2}, "", "k")
    assert messages.sentence(trouble) == "整改督办：2018年6月6日有2项送达问题待处理。请登录系统查看。"
    assert messages.title(NOTE) == "整改督办：6月6日预警3条"


def test_the_json_of_a_program_is_signed_over_time_and_body() -> None:
    made = messages.request(ChannelKind.WEBHOOK, note=NOTE, url="http://x/", secret="s", at=AT)
    content = json.loads(made.body)
    assert content["counts"] == dict(NOTE.counts)
    assert (content["event"], content["date"], content["key"]) == ("alerts.daily", "2018-06-06", "k-1")
    expected = hmac.new(b"s", f"{AT}.".encode() + made.body, hashlib.sha256).hexdigest()
    assert made.headers["Rectify-Signature"] == f"sha256={expected}"
    assert made.headers["Rectify-Timestamp"] == str(AT)


def test_the_robots_take_their_own_forms() -> None:
    """企业微信 msgtype/content; 钉钉 signs in the address; 飞书 in the body."""
    wecom = json.loads(
        messages.request(ChannelKind.WECOM, note=NOTE, url="http://x/?key=1", secret="", at=AT).body
    )
    assert wecom == {"msgtype": "text", "text": {"content": messages.sentence(NOTE)}}
    ding = messages.request(
        ChannelKind.DINGTALK, note=NOTE, url="http://x/?access_token=1", secret="SEC1", at=AT
    )
    query = parse_qs(urlsplit(ding.url).query)
    signed = hmac.new(b"SEC1", f"{AT * 1000}\nSEC1".encode(), hashlib.sha256).digest()
    assert (query["timestamp"], query["sign"]) == ([str(AT * 1000)], [base64.b64encode(signed).decode()])
    feishu = json.loads(
        messages.request(ChannelKind.FEISHU, note=NOTE, url="http://x/", secret="k", at=AT).body
    )
    signed = hmac.new(f"{AT}\nk".encode(), b"", hashlib.sha256).digest()
    assert feishu["sign"] == base64.b64encode(signed).decode()
    assert (feishu["timestamp"], feishu["msg_type"]) == (str(AT), "text")


def test_an_sms_template_is_filled_as_json_as_a_form_and_in_the_address() -> None:
    given = {"note": NOTE, "secret": 'a"b&', "phone": "13800000000"}
    made = messages.sms_request(url="http://x/s?to={phone}&k={secret}", body=SMS_BODY, **given)
    assert made.url == "http://x/s?to=13800000000&k=a%22b%26"
    assert json.loads(made.body)["password"] == 'a"b&'
    form = messages.sms_request(url="http://x/s", body="to={phone}&text={text}&pw={secret}", **given)
    assert parse_qs(form.body.decode())["pw"] == ['a"b&']


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('{"to": "{phone}", "text": "{txt}"}', "{txt}"),
        ('{"to": "{phone}"}', "缺少“{text}”"),
        ('{"to": "{phone}", "text": "{text}"', "不是正确的 JSON"),
        ("to={mobile}&text={text}", "{mobile}"),
    ],
)
def test_a_broken_template_is_refused_with_its_field(body: str, says: str) -> None:
    with pytest.raises(TemplateBroken, match=says.replace("{", r"\{").replace("}", r"\}")):
        check_template("http://x/", body)


# --- listing, sealing ----------------------------------------------------------------------------------------
def test_a_channel_is_listed_off_and_its_address_and_key_are_sealed(
    admin: User, county: Unit, web: Receiver
) -> None:
    url = f"{web.url}/robot?key=the-robots-own-key"
    made = channels.add(listing(url, unit=county, secret="SEC-abc"), by=admin).channel
    made.refresh_from_db()
    assert not made.is_enabled
    stored = json.dumps(list(Channel.objects.values()), default=str)
    assert "the-robots-own-key" not in stored
    assert "SEC-abc" not in stored
    assert (sealing.unseal(made.address), sealing.unseal(made.secret)) == (url, "SEC-abc")
    assert "the-robots-own-key" not in json.dumps(
        list(Event.objects.values()), default=str, ensure_ascii=False
    )
    with pytest.raises(ChannelRefused, match="已经列过"):
        channels.add(listing(url, unit=county), by=admin)


def test_a_seal_that_was_changed_or_made_under_another_key_does_not_open(settings: Any) -> None:
    sealed = sealing.seal("密钥")
    assert sealing.unseal(sealed) == "密钥"
    assert sealed != sealing.seal("密钥")
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(sealed[:-6] + "AAAA" + sealed[-2:])
    with pytest.raises(sealing.SealBroken):
        sealing.unseal("not a seal")
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(sealed)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert sealing.unseal(sealed) == "密钥"


def test_an_address_that_is_not_allowed_is_neither_listed_nor_switched_on(
    admin: User, county: Unit, web: Receiver, settings: Any
) -> None:
    made = channels.add(listing(f"{web.url}/a", unit=county), by=admin).channel
    settings.OUTBOUND_ALLOW = []
    with pytest.raises(ChannelRefused, match="OUTBOUND_ALLOW"):
        channels.add(listing(f"{web.url}/b", unit=county), by=admin)
    with pytest.raises(ChannelRefused, match="OUTBOUND_ALLOW"):
        channels.switch(made.pk, is_enabled=True, by=admin)
    with pytest.raises(ChannelRefused, match="OUTBOUND_ALLOW"):
        channels.send_test(made.pk, by=admin)
    assert web.got == []


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "要选一个单位"),
        ({"kind": ChannelKind.EMAIL}, "EMAIL_URL"),
        ({"kind": ChannelKind.SMS, "body": "to={phone}"}, "缺少"),
        ({"kind": ChannelKind.SMS, "body": SMS_BODY, "unit": True}, "不选单位"),
        ({"unit": True, "link": "javascript:alert(1)"}, "登录网址"),
        ({"unit": True, "address": "ftp://127.0.0.1/"}, "http://"),
    ],
)
def test_what_cannot_work_is_refused_when_it_is_listed(
    admin: User, county: Unit, web: Receiver, more: dict[str, Any], says: str
) -> None:
    given = {
        "kind": ChannelKind.WECOM,
        "name": "群",
        "address": f"{web.url}/a",
        "link": "http://10.0.0.8/",
        **more,
    }
    if given.get("unit"):
        given["unit"] = county
    with pytest.raises(ChannelRefused, match=says):
        channels.add(Listing(**given), by=admin)


def test_nobody_but_the_administrator_lists_or_switches(office: User, county: Unit, web: Receiver) -> None:
    for act in (
        lambda: channels.add(listing(f"{web.url}/a", unit=county), by=office),
        lambda: channels.switch(1, is_enabled=True, by=office),
        lambda: channels.send_test(1, by=office),
        lambda: channels.remove(1, by=office),
    ):
        with pytest.raises(ChannelRefused, match="系统管理员"):
            act()


def test_a_test_goes_out_at_night_with_no_figure_in_it(
    admin: User, county: Unit, web: Receiver, morning: Any
) -> None:
    morning.move_to("2018-06-06T23:00:00+08:00")
    made = channels.add(listing(f"{web.url}/robot?key=1", unit=county), by=admin).channel
    channels.send_test(made.pk, by=admin)
    assert web.got[0].json["text"] == {
        "content": "整改督办：这是一条测试消息，收到即表示已接通。请登录查看：http://10.0.0.8/"
    }
    web.acts = ["broken"]
    with pytest.raises(ChannelRefused, match="HTTP 500"):
        channels.send_test(made.pk, by=admin)


def test_a_test_of_mail_goes_to_oneself(admin: User, post_office: Receiver) -> None:
    channels.send_test(channels.mail_channel().pk, by=admin)
    assert [mail["To"] for mail in post_office.mails] == ["admin@county.example"]


def test_what_waits_for_a_channel_that_is_switched_off_is_not_sent(
    admin: User, county: Unit, web: Receiver
) -> None:
    robot = way(ChannelKind.WECOM, f"{web.url}/robot", county)
    now = clock.real_now()
    Delivery.objects.create(
        channel=robot, for_on=date(2018, 6, 6), counts={"total": 1}, made_at=now, due_at=now
    )
    channels.switch(robot.pk, is_enabled=False, by=admin)
    assert send_waiting() == {}
    channels.switch(robot.pk, is_enabled=True, by=admin)
    assert send_waiting() == {}
    assert Delivery.objects.get().state == "cancelled"


# --- pages ---------------------------------------------------------------------------------------------------
def test_the_pages_list_try_out_and_never_show_address_or_key(
    admin: User, county: Unit, web: Receiver, browser: Callable[[User], Client]
) -> None:
    client = browser(admin)
    given = {"kind": "webhook", "name": "数据平台", "unit": county.pk, "address": f"{web.url}/in?token=hidden-part",
             "link": "http://10.0.0.8/"}  # fmt: skip
    answer = client.post("/alerts/channels/add/", given)
    made = Channel.objects.get(kind="webhook")
    secret = sealing.unseal(made.secret)
    assert secret in answer.content.decode()
    assert client.post(f"/alerts/channels/{made.pk}/on/").status_code == 302
    assert client.post(f"/alerts/channels/{made.pk}/test/").status_code == 302
    for path in ("/alerts/channels/", f"/alerts/channels/{made.pk}/"):
        page = client.get(path).content.decode()
        assert "数据平台" in page
        assert "hidden-part" not in page
        assert secret not in page
    assert len(web.got) == 1
    assert client.post("/alerts/channels/add/", given).status_code == 422
    assert client.post(f"/alerts/channels/{made.pk}/remove/")["Location"] == "/alerts/channels/"


def test_an_uncertain_message_is_decided_by_a_person_once(
    office: User, county: Unit, web: Receiver, browser: Callable[[User], Client]
) -> None:
    robot = way(ChannelKind.WEBHOOK, f"{web.url}/hook", county)
    now = clock.real_now()
    rows = [
        Delivery.objects.create(
            channel=robot, for_on=date(2018, 6, day), counts={"total": 2}, made_at=now, due_at=now,
            state=DeliveryState.UNCERTAIN.value, failure="发送时中断", attempts=1, leased_by="dead",
        )
        for day in (4, 5)
    ]  # fmt: skip
    client = browser(office)
    page = client.get("/alerts/deliveries/").content.decode()
    assert "不能确定是否送达 2" in page
    client.post(f"/alerts/deliveries/{rows[0].pk}/arrived/")
    client.post(f"/alerts/deliveries/{rows[1].pk}/resend/")
    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["sent", "waiting"]
    assert send_waiting() == {"sent": 1}
    client.post(f"/alerts/deliveries/{rows[1].pk}/resend/")
    assert send_waiting() == {}
    assert len(web.got) == 1
    assert web.got[0].headers["rectify-delivery"] == str(rows[1].key)
    assert Event.objects.filter(action="decide_delivery").count() == 2


def test_the_office_of_another_county_decides_nothing_here(
    county: Unit, web: Receiver, browser: Callable[[User], Client]
) -> None:
    robot = way(ChannelKind.WEBHOOK, f"{web.url}/hook", county)
    now = clock.real_now()
    row = Delivery.objects.create(channel=robot, for_on=date(2018, 6, 4), counts={"total": 1}, made_at=now,
                                  due_at=now, state=DeliveryState.UNCERTAIN.value, failure="发送时中断")  # fmt: skip
    stranger = factories.user("office", factories.unit("880100", "乙县", "county"), "stranger")
    client = browser(stranger)
    assert "发送时中断" not in client.get("/alerts/deliveries/").content.decode()
    client.post(f"/alerts/deliveries/{row.pk}/arrived/")
    row.refresh_from_db()
    assert row.state == "uncertain"


def test_the_preview_says_who_is_told_how_much_by_which_way_and_writes_nothing(
    office: User, county: Unit, browser: Callable[[User], Client]
) -> None:
    from alerts.models import Alert, Digest

    campaign, unit = factories.campaign(county), Unit.objects.get(code="D-A")
    head = factories.user("unit_head", unit, "王局长")
    sit(head, unit)
    for _ in range(3):
        alert(campaign, unit)
    alert(campaign, Unit.objects.get(code="D-B"), Duty.STAFF)
    page = browser(office).get("/alerts/preview/").content.decode()
    assert "2018年6月7日" in page
    assert "1人，3条" in page
    assert "住建局主要负责人" in page
    assert "另有1条送到没有人的岗位" in page
    assert (Digest.objects.count(), Alert.objects.count()) == (0, 4)
