"""Tokens: granted to a client, hashed, counted in days, dead with the account."""

import io
import json
from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from knox.models import AuthToken

from rectify.lib import clock
from tests.townships.conftest import Person
from townships.models import Event, Seat, Unit, User
from townships.rules.roles import Role
from townships.services import accounts, tokens

ADDRESS = "/api/v1/issues/"


def grant(name: str = "市平台", role: Role = Role.API_CLIENT, unit: str = "990100", **more: int) -> str:
    at = Unit.objects.get(code=unit)
    return tokens.grant(name=name, role=role, unit=at, by=accounts.system_user(), **more).token


def asked(token: str, address: str = ADDRESS) -> int:
    return Client().get(address, headers={"Authorization": f"Token {token}"}).status_code


def test_a_client_is_an_account_without_password_and_seat(county: Unit) -> None:
    token = grant(role=Role.OFFICE, unit="D02")
    client = User.objects.get(username="市平台")
    assert (client.role, client.unit.code, client.must_change_password) == ("office", "D02", False)
    assert not client.has_usable_password()
    assert not Seat.objects.filter(user=client).exists()
    assert asked(token) == 200
    told = [event.summary for event in Event.objects.filter(subject_id=client.pk, subject_type="user")]
    assert told == ["建立接口用户 市平台（整改办／督查室，甲县督查室）", "为 市平台 发放接口令牌，有效365天"]


def test_a_token_is_kept_nowhere_in_clear(county: Unit) -> None:
    token = grant()
    kept = AuthToken.objects.get()
    assert token not in (kept.digest, kept.token_key)
    assert token not in str(list(Event.objects.values_list("facts", "summary")))


def test_the_same_client_may_have_several_tokens(county: Unit) -> None:
    first, second = grant(), grant()
    assert first != second
    assert [asked(first), asked(second)] == [200, 200]
    assert User.objects.filter(username="市平台").count() == 1


@pytest.mark.parametrize(
    ("role", "unit"), [(Role.OFFICE, "990100"), (Role.API_CLIENT, "D01"), (Role.CADRE, "990100101")]
)
def test_another_role_or_unit_of_the_same_name_is_refused(county: Unit, role: Role, unit: str) -> None:
    grant()
    with pytest.raises(accounts.AccountError, match="角色或单位与所给的不同"):
        grant(role=role, unit=unit)
    assert AuthToken.objects.count() == 1


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_days_outside_ten_years_are_refused(county: Unit, days: int) -> None:
    with pytest.raises(accounts.AccountError, match="有效天数"):
        grant(days=days)
    assert not User.objects.filter(username="市平台").exists()


def test_a_name_is_checked_as_any_accounts_is(county: Unit) -> None:
    for name in ("", "有 空格", "x" * 61):
        with pytest.raises(accounts.AccountError):
            grant(name=name)
    with pytest.raises(accounts.AccountError, match="内置账号"):
        grant(name="system", role=Role.OFFICE)


def test_a_token_dies_on_its_day_by_the_real_clock(county: Unit, settings: object) -> None:
    token = grant(days=7)
    settings.RECTIFY_TODAY = clock.today().replace(year=2018)  # type: ignore[attr-defined]
    assert asked(token) == 200
    with time_machine.travel(clock.real_now() + timedelta(days=6, hours=23), tick=False):
        assert asked(token) == 200
    with time_machine.travel(clock.real_now() + timedelta(days=7, minutes=1), tick=False):
        assert asked(token) == 401


def test_a_token_dies_with_its_account(county: Unit, person: Person) -> None:
    token = grant()
    client = User.objects.get(username="市平台")
    accounts.deactivate(client, by=person(Role.SYSADMIN))
    assert asked(token) == 401
    with pytest.raises(accounts.AccountError, match="已停用"):
        grant()


@pytest.mark.parametrize(
    "header", ["Token", "Token x", "Token a b", "Token é", "Token " + "9" * 5000, "Basic eA=="]
)
def test_a_wrong_token_is_told_in_chinese_and_never_a_fault(county: Unit, header: str) -> None:
    answer = Client().get(ADDRESS, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Token"
    assert "令牌" in answer.json()["detail"]


def test_the_command_prints_the_token_once(county: Unit, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_token", "市平台", "--role", "leader", "--unit", "990100", "--days", "30", "--json")
    printed = json.loads(capsys.readouterr().out)
    assert (printed["name"], printed["role"], printed["unit"]) == ("市平台", "leader", "990100")
    assert asked(printed["token"]) == 200
    out = io.StringIO()
    call_command("create_token", "另一平台", "--unit", "990100", stdout=out)
    assert "令牌（只显示这一次，" in out.getvalue()
    assert User.objects.get(username="另一平台").role == "api_client"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("x", "--unit", "nowhere"), "没有代码为 nowhere 的单位"),
        (("x", "--unit", "990100", "--days", "0"), "有效天数"),
        (("x", "--unit", "990100", "--role", "king"), "king"),
        (("x",), "--unit"),
    ],
)
def test_the_command_refuses_in_words(county: Unit, given: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("create_token", *given)
