"""A client that a generator makes from the API's description alone reads every address, each field by name."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from alerts.rules.letters import LetterKind
from alerts.rules.rounds import Matter, Period, Rhythm
from alerts.services import rounds
from alerts.services.letters import drafting, editing, signing
from alerts.services.scan import scan
from issues.models import Action, Issue
from issues.services import ledger as issue_ledger
from projects.models import Campaign, Project
from projects.services import ledger as project_ledger
from tests import factories as make
from tests.dashboards.bulletins import a_signed_bulletin
from townships.models import Seat, Unit, User
from townships.rules.roles import Role
from townships.services import accounts, tokens

pytestmark = pytest.mark.django_db
EAST = "990001101"
NAME = "generated_client"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    described: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return described


@pytest.fixture(scope="module")
def generated(schema: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder that holds the generated package, importable; nothing is fetched for it."""
    home = tmp_path_factory.mktemp("client")
    (home / "openapi.json").write_text(json.dumps(schema), encoding="utf-8")
    (home / "config.json").write_text('{"post_hooks": []}', encoding="utf-8")
    made = subprocess.run(
        [
            sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning",
            "--path", "openapi.json", "--config", "config.json", "--output-path", NAME,
        ],
        cwd=home, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(home))
    yield home
    sys.path.remove(str(home))
    for name in [name for name in sys.modules if name.split(".")[0] == NAME]:
        del sys.modules[name]


def without_a_socket(request: httpx.Request) -> httpx.Response:
    """What the house answers to a request of the generated client."""
    assert request.method == "GET"
    address = request.url.raw_path.decode()
    answer = Client().get(address, headers=dict(request.headers))
    return httpx.Response(answer.status_code, headers=dict(answer.headers), content=answer.content)


@pytest.fixture
def client(generated: Path) -> Any:
    """The generated client with the token of another system; it talks to the house without a socket."""
    made = tokens.grant(
        name="市平台", role=Role.API_CLIENT, unit=Unit.objects.get(code="990001"), by=accounts.system_user()
    )
    package = importlib.import_module(NAME)
    return package.AuthenticatedClient(
        base_url="http://testserver", token=made.token, prefix="Token", raise_on_unexpected_status=True,
        httpx_args={"transport": httpx.MockTransport(without_a_socket)},
    )  # fmt: skip


@pytest.fixture(autouse=True)
def world(on_day: Callable[[str], None]) -> dict[str, str]:
    """One of everything; what the addresses name."""
    on_day("2018-06-06")
    gj = make.campaign(make.county())
    office = make.user("office", gj.unit)
    town = Unit.objects.get(code=EAST)
    kind = make.category(gj, "C1", "住房", standard="不漏", standard_on=date(2018, 6, 1))
    listed = make.issue_list(gj)
    issue = make.issue(
        listed, office, quantity=5, claims=[(2, date(2018, 5, 1))], township=town, category=kind,
        amount="3058.47", deadline_class="dated", due_on=date(2018, 6, 1),
    )  # fmt: skip
    Action.objects.create(issue=issue, position=0, text="逐户督促", due_on=date(2018, 6, 30))
    works = make.programme(gj, "P1", "饮水")
    project = make.project(works, office, arranged=3, started=[(1, date(2018, 5, 1))], township=town)
    make.fund(works, office, due="100", funded="130.5", township=town)
    issue_ledger.withdraw_items([make.issue(listed, office).pk], by=office)
    project_ledger.withdraw_items(Project, [make.project(works, office).pk], by=office)
    leader = make.user("leader", gj.unit)
    post_letter(issue, office, leader)
    make_alert_and_round(gj, town, office)
    bulletin = a_signed_bulletin(gj, office, leader)
    return {
        "bulletin": str(bulletin.pk),
        "issue": issue.number,
        "project": project.number,
        "unit": EAST,
        "campaign": gj.code,
    }


def post_letter(issue: Issue, office: User, leader: User) -> None:
    """A signed letter about the issue."""
    wish = drafting.Wish(LetterKind.SUPERVISION, [issue.number])
    (letter,) = drafting.draft(issue.campaign, wish, by=office).letters
    editing.submit(letter.pk, by=office)
    signing.sign(letter.pk, by=leader)


def make_alert_and_round(campaign: Campaign, town: Unit, office: User) -> None:
    """What the scan finds of the overdue issue, and a collection asked of the townships."""
    Seat.objects.create(unit=town, duty="head", user=make.user("unit_head", town))
    scan(on=date(2018, 6, 6))
    rounds.ask(
        campaign, title="线索收集", rhythm=Rhythm.ONCE, matter=Matter.LEADS, levels=["township"],
        ground="县委办〔2018〕9号", approver="县委副书记", period=Period(date(2018, 6, 1), date(2018, 9, 1)),
        due_days=0, grace_days=0, door_days=0, by=office,
    )  # fmt: skip


def operation(schema: dict[str, Any], name: str) -> ModuleType:
    """The module that the generator made of an operation: api.<tag>.<operation>."""
    (tag,) = [
        described["tags"][0]
        for methods in schema["paths"].values()
        for described in methods.values()
        if described["operationId"] == name
    ]
    return importlib.import_module(f"{NAME}.api.{tag}.{name}")


def reading(schema: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Every operation that reads: its name, and what its address names."""
    return [
        (
            methods["get"]["operationId"],
            [one["name"] for one in methods["get"].get("parameters", []) if one["in"] == "path"],
        )
        for methods in schema["paths"].values()
        if "get" in methods
    ]


def unnamed(value: Any) -> list[str]:
    """Fields that came but that the description does not name, at any depth. A mapping names its own."""
    if isinstance(value, list):
        return [name for one in value for name in unnamed(one)]
    if not hasattr(type(value), "__attrs_attrs__"):
        return []
    own = [one.name for one in type(value).__attrs_attrs__]
    extra = list(value.additional_properties) if len(own) > 1 else []
    return extra + [name for one in own for name in unnamed(getattr(value, one))]


def test_every_address_is_read_and_every_field_has_its_name(
    schema: dict[str, Any], client: Any, world: dict[str, str]
) -> None:
    names = reading(schema)
    assert {"tallies", "units", "campaigns", "lists", "categories", "projects", "issues"} <= {
        name for name, _ in names
    }
    for name, named in names:
        module = operation(schema, name)
        answer = module.sync_detailed(**dict.fromkeys(named, world.get(name, "")), client=client)
        assert answer.status_code == 200, name
        assert answer.parsed is not None, name
        assert unnamed(answer.parsed) == [], name
        assert answer.parsed.to_dict() == json.loads(answer.content), name
        if hasattr(answer.parsed, "results"):
            assert answer.parsed.results, name


def test_tallies_are_read_as_figures_with_their_rates(schema: dict[str, Any], client: Any) -> None:
    module = operation(schema, "tallies")
    issues = module.sync(client=client, by="category,township", as_of=date(2018, 5, 20))
    (row,) = issues.blocks[0].rows
    assert (row.category, row.category_code, row.township_code) == ("住房", "C1", EAST)
    assert (row.total, row.done, row.left, row.amount) == ("5", "2", "3", "3058.47")
    assert (row.rates.claimed_rate.numerator, row.rates.claimed_rate.denominator) == ("2", "5")
    kinds = importlib.import_module(f"{NAME}.models")
    works = module.sync(client=client, of=kinds.TalliesOf.PROJECTS, by="programme", township="甲镇")
    plain, money = works.blocks
    assert (plain.rows[0].not_started, plain.rows[0].worst.not_started) == ("2", "2")
    assert (money.rows[0].over, money.rows[0].worst.codes) == ("30.5", [EAST])
    assert works.filters.to_dict() == {"township": "甲镇", "township_code": EAST}


def test_pages_are_followed_and_tombstones_told_apart(schema: dict[str, Any], client: Any) -> None:
    module = operation(schema, "units")
    first = module.sync(client=client, page_size=7)
    cursor = httpx.URL(first.next_).params["cursor"]
    second = module.sync(client=client, page_size=7, cursor=cursor)
    assert second.next_ is None
    assert len({unit.code for unit in (*first.results, *second.results)}) == 12
    kinds = importlib.import_module(f"{NAME}.models")
    since = datetime.fromisoformat("2018-01-01T00:00:00+08:00")
    changed = operation(schema, "projects").sync(client=client, updated_since=since)
    assert [isinstance(one, kinds.Tombstone) for one in changed.results] == [False, True]


def test_a_refusal_is_read_as_a_problem(schema: dict[str, Any], client: Any) -> None:
    kinds = importlib.import_module(f"{NAME}.models")
    answer = operation(schema, "tallies").sync_detailed(client=client, campaign="nothing")
    assert answer.status_code == 400
    assert isinstance(answer.parsed, kinds.Problem)
    assert "没有代号为“nothing”的工作" in answer.parsed.detail
