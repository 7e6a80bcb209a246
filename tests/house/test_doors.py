"""What every request passes: proxies, idle sessions, error pages, static files, headers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from rectify import middleware, staticfinders, views
from townships.models import User


def through(request: HttpRequest) -> HttpRequest:
    """The request as the view sees it behind `trusted_proxy`."""
    seen: list[HttpRequest] = []
    middleware.trusted_proxy(lambda got: seen.append(got) or HttpResponse())(request)
    return seen[0]


def request_from(address: str, **headers: str) -> HttpRequest:
    return RequestFactory().get("/", REMOTE_ADDR=address, **headers)


def test_a_trusted_proxy_tells_the_clients_address_and_scheme(settings: Any) -> None:
    settings.TRUSTED_PROXY = ["10.0.0.1", "10.0.0.2"]
    headers = {"HTTP_X_FORWARDED_FOR": "1.1.1.1, 192.168.3.4, 10.0.0.2", "HTTP_X_FORWARDED_PROTO": "https"}
    seen = through(request_from("10.0.0.1", **headers))
    assert seen.META["REMOTE_ADDR"] == "192.168.3.4"
    assert seen.is_secure()


def test_nobody_else_may_claim_another_address(settings: Any) -> None:
    settings.TRUSTED_PROXY = ["10.0.0.1"]
    headers = {"HTTP_X_FORWARDED_FOR": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"}
    seen = through(request_from("192.168.3.4", **headers))
    assert seen.META["REMOTE_ADDR"] == "192.168.3.4"
    assert not seen.is_secure()
    assert "HTTP_X_FORWARDED_FOR" not in seen.META


START = datetime(2018, 6, 6, 1, 0, tzinfo=UTC)


@pytest.fixture
def officer(client: Client, db: None) -> Client:
    """A browser in which somebody logged in at START."""
    with time_machine.travel(START, tick=False):
        client.force_login(User.objects.create(username="zb1", name="张三", role="office"))
    return client


def visit(browser: Client, *, minutes: float, **headers: str) -> int | None:
    """Ask for a page so many minutes after START; returns when the session says it was last used."""
    with time_machine.travel(START + timedelta(minutes=minutes), tick=False):
        browser.get("/healthz", headers=headers)
        session = browser.session
        return session[middleware.SEEN] if SESSION_KEY in session else None


def test_a_session_ends_after_thirty_idle_minutes(officer: Client) -> None:
    assert visit(officer, minutes=0)
    assert not visit(officer, minutes=30.5)


def test_a_session_in_use_goes_on_and_is_written_once_a_minute(officer: Client) -> None:
    assert visit(officer, minutes=0) == visit(officer, minutes=0.5) == START.timestamp()
    assert all(visit(officer, minutes=minutes) for minutes in (20, 40, 60))


def test_a_page_that_asks_by_itself_keeps_nobody_logged_in(officer: Client) -> None:
    visit(officer, minutes=0)
    assert all(visit(officer, minutes=minutes, **{"X-Background": "1"}) for minutes in range(1, 30))
    assert not visit(officer, minutes=30.5, **{"X-Background": "1"})


@pytest.mark.parametrize(
    ("page", "status", "word"),
    [
        (lambda request: views.bad_request(request, ValueError()), 400, "没有作任何改动"),
        (
            lambda request: views.forbidden(request, PermissionDenied("只有督查室可以锁定清单。")),
            403,
            "只有督查室",
        ),
        (lambda request: views.forbidden(request, PermissionDenied()), 403, "您的岗位没有这项权限"),
        (lambda request: views.not_found(request, ValueError()), 404, "没有这个页面"),
        (views.server_error, 500, "没有丢失"),
        (views.csrf_failure, 403, "没有保存"),
    ],
)
def test_errors_say_what_happened_and_what_to_do(page: Any, status: int, word: str) -> None:
    response = page(RequestFactory().get("/"))
    assert response.status_code == status
    text = response.content.decode()
    assert word in text
    assert "请" in text


def test_healthz_needs_no_login(client: Client, db: None) -> None:
    assert client.get("/healthz").content == b"ok"


def test_nothing_is_loaded_from_elsewhere(client: Client, db: None) -> None:
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "http" not in policy


def test_only_the_listed_files_of_packages_are_served() -> None:
    for name in staticfinders.SERVED:
        found = finders.find(staticfinders.PREFIX + name)
        assert found is not None and Path(found).stat().st_size > 0
    assert finders.find("vendor/bootstrap/package.json") is None
    assert finders.find("vendor/../package.json") is None
