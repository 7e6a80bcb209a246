"""The wires with real servers that misbehave: taken, refused, or nobody knows. Never a second try by itself."""

from __future__ import annotations

import time
from typing import Any

import pytest

from alerts.rules.messages import Request
from alerts.services.wires import http, mail
from alerts.services.wires.outcome import NotSent, Unclear
from tests.alerts.receivers import Receiver


@pytest.fixture(autouse=True)
def listed(settings: Any) -> None:
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]


def post(web: Receiver, path: str = "/hook?key=1", seconds: float = 0.5) -> tuple[int, bytes]:
    return http.post(
        Request(f"{web.url}{path}", b'{"a": 1}', {"Content-Type": "application/json"}), seconds=seconds
    )


def test_a_post_arrives_once_with_its_whole_address(web: Receiver) -> None:
    status, body = post(web)
    assert (status, body) == (200, b'{"errcode": 0, "code": 0}')
    assert [(got.path, got.body) for got in web.got] == [("/hook?key=1", b'{"a": 1}')]


def test_an_answer_given_twice_is_read_once(web: Receiver) -> None:
    web.acts = ["twice"]
    assert post(web)[0] == 200
    assert len(web.got) == 1


@pytest.mark.parametrize(("act", "status"), [("broken", 500), ("missing", 404), ("elsewhere", 302)])
def test_a_refusal_is_brought_back_and_no_redirect_followed(web: Receiver, act: str, status: int) -> None:
    web.acts = [act]
    assert post(web)[0] == status
    assert len(web.got) == 1


@pytest.mark.parametrize("act", ["hang_up", "hang_up_midway", "garbage"])
def test_an_answer_cut_off_leaves_nobody_knowing(web: Receiver, act: str) -> None:
    web.acts = [act]
    with pytest.raises(Unclear, match="没有收到完整的回答"):
        post(web)
    assert len(web.got) == 1


def test_an_answer_that_drips_is_cut_after_its_time(web: Receiver) -> None:
    web.acts = ["drip"]
    began = time.monotonic()
    with pytest.raises(Unclear):
        post(web, seconds=0.4)
    assert time.monotonic() - began < 2


def test_a_port_nobody_listens_on_has_taken_nothing(free_port: int) -> None:
    with pytest.raises(NotSent, match="连接不上") as refused:
        http.post(Request(f"http://127.0.0.1:{free_port}/", b""))
    assert not refused.value.is_final


@pytest.mark.parametrize("listed", [[], ["10.1.2.3"], ["127.0.0.1:1"], ["127.0.0.1.evil.cn"]])
def test_an_address_that_is_not_listed_is_never_called(
    web: Receiver, settings: Any, listed: list[str]
) -> None:
    settings.OUTBOUND_ALLOW = listed
    with pytest.raises(NotSent, match="OUTBOUND_ALLOW"):
        post(web)
    assert web.got == []


@pytest.mark.parametrize(
    "url",
    ["ftp://127.0.0.1/", "http://user@127.0.0.1/", "http:///x", "file:///etc/passwd", "http://127.0.0.1:99999/",
     "http://127.0.0.1/a b", "http://127.0.0.1/\r\nHost: x", "县政府"],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(NotSent):
        http.host_of(url)


def test_the_environment_s_proxy_is_not_used(web: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post(web)[0] == 200


def send(seconds: float = 0.5) -> None:
    mail.post(
        to="zhang@county.example",
        subject="整改督办：6月6日预警3条",
        text="请登录",
        key="k-1",
        seconds=seconds,
    )


def test_a_mail_arrives_with_its_own_id(post_office: Receiver) -> None:
    send()
    (got,) = post_office.mails
    assert got["Subject"] == "整改督办：6月6日预警3条"
    assert (got["From"], got["To"]) == ("rectify@county.example", "zhang@county.example")
    assert got["Message-ID"] == "<k-1@rectify>"
    assert got.get_content().strip() == "请登录"


@pytest.mark.parametrize(
    ("act", "is_final"),
    [
        ("closed", True),
        ("no_such_box", True),
        ("box_busy", False),
        ("no_data", False),
        ("refused_content", True),
    ],
)
def test_a_mail_server_that_refuses_has_taken_nothing(
    post_office: Receiver, act: str, is_final: bool
) -> None:
    post_office.acts = [act]
    with pytest.raises(NotSent) as refused:
        send()
    assert refused.value.is_final is is_final
    assert post_office.mails == []
    assert "county.example" not in str(refused.value)


@pytest.mark.parametrize("act", ["hang_up_after", "silent", "hang_up_in_data"])
def test_a_mail_server_that_falls_silent_leaves_nobody_knowing(post_office: Receiver, act: str) -> None:
    post_office.acts = [act]
    with pytest.raises(Unclear):
        send()


def test_without_a_mail_server_nothing_is_tried(settings: Any) -> None:
    settings.EMAIL_BACKEND = mail.DUMMY
    with pytest.raises(NotSent, match="EMAIL_URL"):
        send()
