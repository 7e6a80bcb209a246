"""Reports sent by other systems: acknowledged once, refused with a status and a code that programs can tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from issues.models import Issue, Report
from issues.rules.stages import State
from tests.issues.life.conftest import World
from townships.models import User
from townships.rules.roles import Role
from townships.services import accounts, tokens

ADDRESS = "/api/v1/reports/"
PHONE = "13890261234"
Send = Callable[..., Any]


def caller(user: User) -> Client:
    """A program that acts for the user's unit, with a token."""
    unit = user.unit
    assert unit is not None
    made = tokens.grant(
        name=f"{user.username}-api", role=Role(user.role), unit=unit, by=accounts.system_user()
    )
    return Client(headers={"Authorization": f"Token {made.token}"})


@pytest.fixture
def send(world: World) -> Send:
    """Send a report for 甲镇 (or ``by``): 3 on the day before, unless said otherwise."""

    def sent(issue: Issue, by: Client | None = None, /, **given: object) -> Any:
        body = {
            "issue": issue.number, "client_id": str(uuid4()), "quantity": "3", "happened_on": "2018-06-05",
            "narrative": "已搬入新房", **given,
        }  # fmt: skip
        return (by or town).post(ADDRESS, body, content_type="application/json")

    town = caller(world.cadre)
    return sent


def told(answer: Any, status: int, code: str) -> str:
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    return str(answer.json()["detail"])


def test_a_report_is_acknowledged_with_a_receipt(world: World, send: Send) -> None:
    issue = world.issue()
    answer = send(issue)
    assert answer.status_code == 201
    report = Report.objects.get()
    assert answer.json() == {"receipt": report.receipt}
    assert (report.quantity, report.unit, report.narrative) == (3, world.township, "已搬入新房")
    issue.refresh_from_db()
    assert (issue.claimed, issue.left) == (3, 7)


def test_the_same_again_has_the_same_receipt_whatever_happened_since(world: World, send: Send) -> None:
    issue, client_id = world.issue(), str(uuid4())
    first = send(issue, client_id=client_id, quantity="10")
    Issue.objects.filter(pk=issue.pk).update(state=State.CLOSED)
    again = send(issue, client_id=client_id, quantity=10.0)
    assert (again.status_code, again.json()) == (200, first.json())
    User.objects.filter(username="cadre-api").update(role="unit_head")  # may not report any more
    assert send(issue, client_id=client_id, quantity="10").status_code == 200
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"quantity": "4"},
        {"quantity": "99"},
        {"quantity": "若干"},
        {"quantity": None},
        {"happened_on": "2019-01-01"},
        {"happened_on": "yesterday"},
        {"narrative": "别的"},
        {"issue": "WT-NONE"},
        {"issue": "x" * 100},
        {"colour": "red"},
    ],
)
def test_the_same_client_id_with_other_content_is_a_conflict_before_any_other_guard(
    world: World, send: Send, other: dict[str, object]
) -> None:
    issue, client_id = world.issue(), str(uuid4())
    receipt = send(issue, client_id=client_id).json()["receipt"]
    assert receipt in told(send(issue, client_id=client_id, **other), 409, "client_id_reused")
    assert Report.objects.count() == 1


def test_a_client_id_is_the_callers_own(world: World, send: Send) -> None:
    issue, client_id = world.issue(units=[world.township, world.other]), str(uuid4())
    assert send(issue, client_id=client_id).status_code == 201
    assert send(issue, caller(world.neighbour), client_id=client_id, quantity="1").status_code == 201


def test_more_than_is_left_or_a_date_out_of_order_is_unprocessable(world: World, send: Send) -> None:
    issue = world.issue()
    assert "只剩10户未整改" in told(send(issue, quantity="11"), 422, "too_much")
    assert "晚于今天" in told(send(issue, happened_on="2018-06-07"), 422, "date_out_of_order")
    assert "早于" in told(send(issue, happened_on="2017-01-01"), 422, "date_out_of_order")
    told(send(issue, quantity="-1"), 422, "invalid")
    told(send(issue, quantity="0", narrative=""), 422, "words_needed")
    assert not Report.objects.exists()


def test_an_issue_out_of_scope_or_of_nobody_is_not_there(world: World, send: Send) -> None:
    elsewhere = world.issue(units=[world.other], township=world.other)
    assert told(send(elsewhere), 404, "not_found") == told(send(elsewhere, issue="WT-NONE"), 404, "not_found")


def test_who_may_not_report_is_refused_with_the_reason(world: World, send: Send) -> None:
    issue = world.issue()
    told(send(issue, caller(world.leader)), 403, "not_allowed")
    platform = User(username="platform", role="api_client", unit=world.county)
    told(send(issue, caller(platform)), 403, "not_allowed")
    Issue.objects.filter(pk=issue.pk).update(state=State.CLOSED)
    told(send(issue), 422, "not_allowed")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"client_id": "no uuid"}, "client_id"),
        ({"client_id": None}, "client_id"),
        ({"quantity": "1e400"}, "quantity"),
        ({"quantity": "NaN"}, "quantity"),
        ({"quantity": "0.1234567"}, "quantity"),
        ({"quantity": True}, "quantity"),
        ({"happened_on": "2018-02-30"}, "happened_on"),
        ({"happened_on": "2018-06-05T10:00"}, "happened_on"),
        ({"narrative": ["x"]}, "narrative"),
        ({"narrative": "\ud800"}, "narrative"),
        ({"issue": {"number": 1}}, "issue"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_read_is_refused_field_by_field(
    world: World, send: Send, given: dict[str, object], field: str
) -> None:
    answer = send(world.issue(), **given)
    told(answer, 400, "invalid")
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "parse_error"),
        (b"\xff", "application/json", 400, "parse_error"),
        (b"[" * 100_000, "application/json", 400, "parse_error"),
        (b"[]", "application/json", 400, "invalid"),
        (b'"x"', "application/json", 400, "invalid"),
        (b"", "application/json", 400, "invalid"),
        (b" " * 3_000_000, "application/json", 413, "too_large"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    ],
    ids=["cut", "binary", "deep", "list", "text", "nothing", "large", "form"],
)
def test_a_body_that_is_none_is_refused(world: World, body: bytes, kind: str, status: int, code: str) -> None:
    told(caller(world.cadre).post(ADDRESS, body, content_type=kind), status, code)


def test_an_identity_or_phone_number_in_the_words_is_masked_when_read(world: World, send: Send) -> None:
    issue = world.issue()
    assert send(issue, narrative=f"联系{PHONE}").status_code == 201
    for address in ("/api/v1/issues/", f"/api/v1/issues/{issue.number}/"):
        assert PHONE not in caller(world.cadre).get(address).content.decode()
