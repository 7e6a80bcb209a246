"""Tallies over REST: the command's object, in the caller's scope; refusals in Chinese; 304."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboards.rules.asking import query_from
from dashboards.services.tallies import tally
from projects.models import Campaign
from rectify.lib import clock
from tests import factories as make
from tests.callers import Caller, check_described
from townships.models import Unit, User
from townships.rules.roles import Role
from townships.services import revisions

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/tallies/"
EAST, WEST = "990001101", "990001102"
TODAY = date(2018, 6, 6)


@pytest.fixture
def gj(on_day: Callable[[str], None]) -> Campaign:
    on_day(TODAY.isoformat())
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


@pytest.fixture
def platform(gj: Campaign) -> Caller:
    """A client that sees the county."""
    return Caller(Role.API_CLIENT, gj.unit, ADDRESS)


@pytest.fixture
def ledgers(gj: Campaign, office: User) -> None:
    """Issues and works that differ in every dimension, with money and days."""
    lists = [make.issue_list(gj), make.issue_list(gj, "L2", "饮水")]
    top = make.category(gj, "C1", "住房", department=at("D-B"))
    kinds = [top, make.category(gj, "C2", "未拆旧", top), None]
    for number in range(9):
        town = at((EAST, WEST, "990001103")[number % 3])
        issue = make.issue(
            lists[number % 2], office, quantity=2 + number, counted_in=("户", "个")[number % 2],
            category=kinds[number % 3], township=None if number == 8 else town, unit=at("D-A"),
            amount="12.5" if number % 4 == 0 else None, source=("审计", "")[number % 2],
            deadline_class=("long", "dated", "undetermined")[number % 3],
            due_on=date(2018, 5, 1) if number % 3 == 1 else None, is_stated=number % 4 > 0,
            claims=[(1, date(2018, 4, 20))], confirmations=[(1, date(2018, 5, 20))] if number % 2 else [],
        )  # fmt: skip
        make.responsible(issue, at("D-A"))
    special = make.programme(gj, "P1", "专项项目", department=at("D-B"))
    water = make.programme(gj, "P2", "饮水", special)
    for number in range(6):
        make.project(
            (special, water)[number % 2], office, arranged=3 + number, counted_in=("个", "户")[number // 3],
            allotted=2 + number, township=at((EAST, WEST)[number % 2]), department=at("D-A"),
            started=[(1, date(2018, 3, 1)), (1, date(2018, 5, 25))],
        )  # fmt: skip
    make.fund(water, office, due="100", funded="130.5", township=at(EAST))


QUESTIONS: list[dict[str, str]] = [
    {},
    {"by": "category"},
    {"by": "category,township", "basis": "confirmed"},
    {"by": "unit,list", "as_of": "2018-05-01"},
    {"by": "village"},
    {"by": "lead_unit"},
    {"by": "department", "list": "L2"},
    {"by": "source", "township": "甲镇"},
    {"by": "deadline_class", "category": "住房"},
    {"as_of": "2017-01-01"},
    {"by": "township", "counted_in": "户", "unit": "D-A"},
    {"known_at": "2018-01-01T00:00:00"},
    {"by": "category", "category": "-"},
    {"of": "projects"},
    {"of": "projects", "by": "programme"},
    {"of": "projects", "by": "township,programme", "as_of": "2018-05-24"},
    {"of": "projects", "by": "department", "programme": "P1"},
    {"of": "projects", "by": "unit", "township": EAST},
    {"of": "projects", "programme": "P1!", "basis": "confirmed"},
    {"of": "projects", "known_at": "2018-01-01T00:00:00"},
]


def commanded(**asked: str) -> dict[str, Any]:
    out = StringIO()
    options = [f"--{name.replace('_', '-')}={value}" for name, value in asked.items()]
    call_command("tally", "--json", *options, stdout=out)
    return dict(json.loads(out.getvalue()))


def written(answer: dict[str, Any]) -> str:
    """All but the moment it was made, byte for byte."""
    return json.dumps({**answer, "generated_at": ""}, ensure_ascii=False)


def test_the_answer_is_the_command_s_byte_for_byte(platform: Caller, ledgers: None) -> None:
    rows = 0
    for asked in QUESTIONS:
        told = platform.read(**asked)
        assert written(told) == written(commanded(**asked)), asked
        check_described("Tally", told)
        rows += sum(len(block["rows"]) for block in told["blocks"])
    assert rows > 40


@pytest.mark.parametrize(
    ("role", "unit"),
    [("cadre", EAST), ("unit_head", WEST), ("department_staff", "D-B"), ("leader", "990001")],
)
def test_everybody_is_told_what_their_board_says(ledgers: None, role: str, unit: str) -> None:
    user = make.user(role, at(unit))
    caller = Caller(Role(role), at(unit), ADDRESS)
    for asked in QUESTIONS:
        expected = tally(query_from(asked, today=TODAY), user)
        told = caller.read(**asked)
        assert written(told) == written(json.loads(json.dumps(expected))), asked


def test_a_client_at_a_township_is_told_what_somebody_there_is_told(ledgers: None) -> None:
    program, person = Caller(Role.API_CLIENT, at(EAST), ADDRESS), Caller(Role.CADRE, at(EAST), ADDRESS)
    for asked in ({"by": "category"}, {"of": "projects", "by": "programme"}):
        told = program.read(**asked)
        assert told["blocks"]
        assert written(told) == written(person.read(**asked))
        assert told["sentence"].startswith("截至2018年6月6日，本单位范围内，")


def test_filters_are_echoed_and_every_row_opens_its_list(platform: Caller, ledgers: None) -> None:
    told = platform.read(by="township", category="住房", list="L1")
    assert told["filters"] == {
        "category": "住房", "category_code": "C1", "list": "某县房屋安全问题台账", "list_code": "L1",
    }  # fmt: skip
    for row in (*told["blocks"][0]["rows"], told["blocks"][0]["total"]):
        assert row["proof"].startswith("/issues/?campaign=gj2018&")
        assert {"numerator", "denominator", "percent"} == set(row["rates"]["claimed_rate"])
    assert {row["township_code"] for row in told["blocks"][0]["rows"]} <= {EAST, WEST, "990001103", None}
    money = platform.read(of="projects")["blocks"][-1]
    assert money["total"]["proof"].startswith("/dashboard/funds/?")


def test_who_reported_is_masked_and_the_row_still_opens_its_list(
    platform: Caller, gj: Campaign, office: User
) -> None:
    listed = make.issue_list(gj)
    for _ in range(2):
        make.issue(listed, office, source="市民13890261234来电")
    make.issue(listed, office, source="审计")
    for asked in ({"by": "source"}, {"by": "source", "source": "市民13890261234来电"}):
        told = platform.read(**asked)
        assert "13890261234" not in json.dumps(told, ensure_ascii=False)
        row = next(row for row in told["blocks"][0]["rows"] if row["source"] != "审计")
        assert (row["source"], row["source_code"], row["items"]) == (*["市民138****1234来电"] * 2, 2)
        assert len(platform.read(f"/api/v1{row['proof']}")["results"]) == 2
    assert platform.read(source="市民138****1234来电")["blocks"][0]["total"]["items"] == 2


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("campaign=nothing", "没有代号为“nothing”的工作"),
        ("as_of=2018-06-07", "晚于今天"),
        ("as_of=x", "不是日期"),
        ("known_at=x", "不是时间"),
        ("by=colour", "不能按“colour”统计"),
        ("by=category,category", "只能写一次"),
        ("by=category&by=township", "by 给了 2 次"),
        ("of=funds", "统计对象只能是"),
        ("basis=guessed", "口径只能是"),
        ("colour=red", "没有“colour”这个统计条件"),
        ("township=nowhere", "nowhere"),
        ("list=none", "没有名为“none”的清单"),
        ("programme=P1", "不能按“programme”筛选"),
        ("page_size=5", "没有“page_size”这个统计条件"),
        ("source=%00", "不能识别的字符"),
    ],
)
def test_what_cannot_be_is_refused_in_chinese(platform: Caller, ledgers: None, query: str, said: str) -> None:
    answer = platform.get(f"{ADDRESS}?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert said in told["detail"]
    assert told["code"] in ("tally_refused", "parameter")
    check_described("Problem", told)


def test_of_several_campaigns_one_is_named(gj: Campaign, office: User, platform: Caller) -> None:
    make.campaign(gj.unit, code="two", name="第二项")
    answer = platform.get()
    assert (answer.status_code, answer.json()["code"]) == (400, "tally_refused")
    assert "请用 campaign 指明：" in answer.json()["detail"]
    assert platform.read(campaign="two")["campaign"] == "two"


def test_who_sees_no_board_is_refused(gj: Campaign) -> None:
    for role in (Role.INSPECTOR, Role.AUDITOR, Role.SYSADMIN):
        answer = Caller(role, gj.unit, ADDRESS).get()
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_a_day_before_the_first_entry_has_no_figure(platform: Caller, ledgers: None) -> None:
    told = platform.read(as_of="2017-01-01")
    assert (told["blocks"], told["sentence"]) == ([], "此前无记录。")
    assert told["first_entry"] == "2018-01-10"


def test_an_unchanged_tally_answers_304_until_something_in_scope_changes(
    platform: Caller, ledgers: None
) -> None:
    first = platform.get(f"{ADDRESS}?by=township")
    assert platform.get(f"{ADDRESS}?by=township", **{"If-None-Match": first["ETag"]}).status_code == 304
    assert platform.get(f"{ADDRESS}?by=category", **{"If-None-Match": first["ETag"]}).status_code == 200
    revisions.bump([at(EAST).pk])
    assert platform.get(f"{ADDRESS}?by=township", **{"If-None-Match": first["ETag"]}).status_code == 200


def test_what_was_learned_later_was_not_known_then(platform: Caller, ledgers: None) -> None:
    before = (clock.now() - timedelta(days=1)).isoformat()
    assert platform.read(known_at=before)["blocks"] == []


@pytest.mark.parametrize(
    "query", ["by=category,township", "of=projects&by=programme,township&as_of=2018-05-01"]
)
def test_queries_do_not_grow_with_the_rows(platform: Caller, ledgers: None, office: User, query: str) -> None:
    def asked() -> int:
        platform.get(f"{ADDRESS}?{query}")
        with CaptureQueriesContext(connection) as queries:
            platform.get(f"{ADDRESS}?{query}")
        return len(queries)

    few = asked()
    campaign = Campaign.objects.get()
    programme = campaign.programmes.get(code="P1")
    for number in range(15):
        make.issue(campaign.lists.get(code="L1"), office, township=at((EAST, WEST)[number % 2]))
        make.project(programme, office, township=at((EAST, WEST)[number % 2]))
    assert asked() == few <= 20
