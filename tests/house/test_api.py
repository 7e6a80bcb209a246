"""The ground of the API: who gets in, how refusals read, what the description says, where its page loads from."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from tests import factories as make
from townships.models import User
from townships.rules.roles import Role
from townships.services import accounts, tokens

pytestmark = pytest.mark.django_db
MEMBERS = {"type", "title", "status", "code", "detail"}


@pytest.fixture
def token() -> dict[str, str]:
    """The header of a client that sees the county."""
    county = make.county()
    made = tokens.grant(name="市平台", role=Role.API_CLIENT, unit=county, by=accounts.system_user())
    return {"Authorization": f"Token {made.token}"}


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert set(told) >= MEMBERS
    assert (told["status"], told["code"]) == (status, code)
    assert re.search("[一-鿿]", told["detail"])
    assert re.search("[一-鿿]", told["title"])
    return told


def test_without_a_token_nothing_is_told(client: Client) -> None:
    make.user("office", make.county())
    for address in ("/api/v1/issues/", "/api/v1/issues/WT1/", "/api/v1/schema/", "/api/v1/issues/?cursor=x"):
        answer = client.get(address)
        problem(answer, 401, "not_authenticated")
        assert answer["WWW-Authenticate"] == "Token"


def test_an_empty_house_sends_no_program_to_its_set_up(client: Client) -> None:
    problem(client.get("/api/v1/issues/"), 401, "not_authenticated")


def test_a_session_that_fell_asleep_is_told_so_and_not_sent_to_log_in(client: Client) -> None:
    client.force_login(make.user("office", make.county()))
    assert client.get("/api/v1/issues/").status_code == 200
    session = client.session
    session["seen_at"] = 1
    session.save()
    problem(client.get("/api/v1/issues/"), 401, "not_authenticated")


def test_an_initial_password_opens_nothing(client: Client) -> None:
    user = make.user("office", make.county())
    User.objects.update(must_change_password=True)
    client.force_login(user)
    problem(client.get("/api/v1/issues/"), 403, "initial_password")


def test_who_lacks_the_right_is_told_who_has_it(client: Client) -> None:
    client.force_login(make.user("sysadmin", make.county()))
    told = problem(client.get("/api/v1/issues/"), 403, "permission_denied")
    assert "系统管理员不能查看问题" in told["detail"]


def test_refusals_are_problems_with_a_stable_code(client: Client, token: dict[str, str]) -> None:
    problem(client.get("/api/v1/issues/WT404/", headers=token), 404, "not_found")
    problem(client.get("/api/v1/nothing/", headers=token), 404, "not_found")
    problem(client.get("/api/v1/issues/?format=xml", headers=token), 404, "not_found")
    problem(client.post("/api/v1/issues/", headers=token), 405, "method_not_allowed")
    problem(client.options("/api/v1/issues/", headers=token), 405, "method_not_allowed")
    problem(client.get("/api/v1/issues/", headers={**token, "Accept": "image/png"}), 406, "not_acceptable")


def test_a_fault_is_a_problem_too(token: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("13890261234")

    monkeypatch.setattr("issues.api.issues.choices", fails)
    answer = Client(raise_request_exception=False).get("/api/v1/issues/", headers=token)
    told = problem(answer, 500, "internal_server_error")
    assert "13890261234" not in json.dumps(told)


def test_a_session_writes_only_with_the_token_of_its_forms() -> None:
    """REST framework asks sessions for the CSRF token: another site cannot write in somebody's name."""
    user = make.user("office", make.county())
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    assert browser.get("/api/v1/issues/").status_code == 200
    problem(browser.post("/api/v1/issues/"), 403, "csrf")


def test_the_description_is_whole_and_without_a_warning() -> None:
    GENERATOR_STATS.reset()
    schema = SchemaGenerator().get_schema(public=True)
    assert not GENERATOR_STATS, GENERATOR_STATS.emit_summary()
    validate_schema(schema)
    for path, methods in schema["paths"].items():
        for method, described in methods.items():
            assert described["summary"], path
            assert {"401", "403", "404", "405", "406"} <= set(described["responses"]), (path, method)
            assert described["security"] == [{"token": []}, {"session": []}], path


@pytest.mark.parametrize(("query", "start"), [("?format=json", b'"openapi": "3.'), ("", b"openapi: 3.")])
def test_the_description_is_served_as_json_and_yaml(
    client: Client, token: dict[str, str], query: str, start: bytes
) -> None:
    answer = client.get(f"/api/v1/schema/{query}", headers=token)
    assert answer.status_code == 200
    assert answer.content.lstrip(b"{ \n").startswith(start)
    assert b"/api/v1/issues/{number}/" in answer.content


def test_the_page_of_the_description_loads_local_files_alone(client: Client) -> None:
    assert client.get("/api/v1/docs/")["Location"].startswith("/accounts/login/")
    client.force_login(make.user("office", make.county()))
    html = client.get("/api/v1/docs/").content.decode()
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=", html)
    loaded = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert not [address for address in loaded if not address.startswith("/")]
    files = [address.removeprefix("/static/") for address in loaded if address.startswith("/static/")]
    assert len(files) == 3
    assert all(finders.find(file) for file in files)
    (script,) = (address for address in loaded if address.startswith("/api/v1/docs/"))
    told = client.get(script)
    assert told["Content-Type"].startswith("application/javascript")
    assert '"validatorUrl": null' in told.content.decode()
    assert "://" not in told.content.decode()
