"""Any two days compared: what moved between them, per unit; what it says, whom it refuses, what it costs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from dashboards.rules.tallies import TallyError, TallyQuery
from dashboards.services.comparisons import compare
from issues.models import Issue
from issues.services import ledger
from projects.models import Campaign
from tests import factories as make
from townships.models import Unit, User

pytestmark = pytest.mark.django_db
OnDay = Callable[[str], None]
MAY = "?from=2018-04-30&to=2018-05-31"


@pytest.fixture
def gj(on_day: OnDay) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


def may(gj: Campaign, office: User) -> Issue:
    """In May 甲镇 claims 5 of 20, of which 2 are taken back and 3 confirmed, 1 is removed, 4 are new; it closes
    one. 乙镇 does nothing about its 7."""
    listed = make.issue_list(gj)
    busy = make.issue(
        listed, office, quantity=20, township=at("990001101"), claims=[(5, date(2018, 5, 2))],
        removals=[(1, date(2018, 5, 3))], closed_on=date(2018, 5, 30),
    )  # fmt: skip
    found = [("claimed", -2), ("confirmed", 3)]
    moves = [ledger.Move(stage, Decimal(part), date(2018, 5, 10)) for stage, part in found]
    ledger.post(item_id=busy.pk, moves=moves, by=office, cause="verification")
    make.issue(listed, office, quantity=4, township=at("990001101"), found_on=date(2018, 5, 20))
    make.issue(listed, office, quantity=7, township=at("990001102"))
    return busy


def told(client: Client, user: User, query: str) -> dict[str, Any]:
    client.force_login(user)
    answer = client.get(f"/dashboard/compare/data/{query}")
    assert answer.status_code == 200, answer.content.decode()
    return dict(answer.json())


def test_what_moved_stands_between_what_stood_and_what_stands(
    client: Client, gj: Campaign, office: User
) -> None:
    may(gj, office)
    block = told(client, office, MAY)["blocks"][0]
    names = ("opening", "new", "done", "cut", "confirmed", "removed", "closed", "closing")
    figures = {row["township"]: [row[name] for name in names] for row in block["rows"]}
    assert figures == {
        "甲镇": ["20", "4", "5", "2", "3", "1", "1", "20"],
        "乙镇": ["7", "0", "0", "0", "0", "0", "0", "7"],
    }
    assert [block["total"][name] for name in names] == ["27", "4", "5", "2", "3", "1", "1", "27"]


def test_the_sentence_says_what_moved_and_where_nothing_did(
    client: Client, gj: Campaign, office: User
) -> None:
    may(gj, office)
    sentence = told(client, office, MAY)["blocks"][0]["sentence"]
    assert sentence == (
        "2018年4月30日至2018年5月31日，百日攻坚按户统计，新增4户，上报完成5户，核减2户，核实整改3户，调出1户，"
        "销号1件；未整改期初期末都是27户。期初有未整改、期间没有上报完成的：乙镇。"
    )
    confirmed = told(client, office, f"{MAY}&basis=confirmed")["blocks"][0]["sentence"]
    assert "按核实数，未整改期初期末都是27户" in confirmed


def test_left_that_nobody_spoke_of_is_said_w086(client: Client, gj: Campaign, office: User) -> None:
    make.issue(make.issue_list(gj), office, quantity=3, is_stated=False, found_on=date(2018, 5, 1))
    sentence = told(client, office, MAY)["blocks"][0]["sentence"]
    assert "未整改（含未报情况）由0户变为3户，增加3户" in sentence


def test_1245_are_873_after_372_were_put_right_w018(client: Client, gj: Campaign, office: User) -> None:
    make.issue(
        make.issue_list(gj), office, quantity=1245, counted_in="个", found_on=date(2017, 12, 31),
        claims=[(372, date(2018, 5, 20))],
    )  # fmt: skip
    total = told(client, office, "?from=2017-12-31&to=2018-05-20")["blocks"][0]["total"]
    assert (total["opening"], total["done"], total["closing"]) == ("1245", "372", "873")


def test_claimed_stands_beside_confirmed_w019(client: Client, gj: Campaign, office: User) -> None:
    make.issue(
        make.issue_list(gj), office, quantity=100, claims=[(100, date(2018, 5, 2))],
        confirmations=[(60, date(2018, 5, 9))],
    )  # fmt: skip
    total = told(client, office, f"{MAY}&basis=confirmed")["blocks"][0]["total"]
    assert (total["done"], total["confirmed"], total["closing"]) == ("100", "60", "40")


def test_by_unit_an_issue_of_several_counts_once_under_its_lead_w048(
    client: Client, gj: Campaign, office: User
) -> None:
    lead = at("D-A")
    issue = make.issue(
        make.issue_list(gj), office, quantity=3, unit=lead, lead_unit=lead, found_on=date(2018, 5, 2)
    )
    make.responsible(issue, at("990001101"), at("990001102"))
    make.responsible(issue, lead, role="lead")
    block = told(client, office, f"{MAY}&by=unit")["blocks"][0]
    assert [(row["unit_code"], row["new"]) for row in block["rows"]] == [("D-A", "3")]


def test_works_and_money_move_apart(client: Client, gj: Campaign, office: User) -> None:
    road = make.programme(gj, "P1", "道路")
    make.project(
        road, office, arranged=9, allotted=6, arranged_on=date(2018, 3, 1), started=[(2, date(2018, 5, 9))],
        completed=[(1, date(2018, 5, 20))], township=at("990001101"),
    )  # fmt: skip
    make.fund(road, office, due="10", funded="8.5", on=date(2018, 5, 20), township=at("990001102"))
    works, money = told(client, office, f"{MAY}&of=projects&by=programme")["blocks"]
    assert {name: works["total"][name] for name in ("opening", "allotted", "started", "completed", "closing")} == {
        "opening": "6", "allotted": "0", "started": "2", "completed": "1", "closing": "4",
    }  # fmt: skip
    assert (money["total"]["unpaid"], money["total"]["funded"], money["total"]["unpaid_now"]) == (
        "0",
        "8.5",
        "8.5",
    )
    assert "opening" not in money["total"], "money is never added to works"


def test_a_merged_township_stands_under_its_successor_on_both_days(
    client: Client, gj: Campaign, office: User
) -> None:
    may(gj, office)
    Unit.objects.filter(code="990001102").update(closed_on=date(2018, 5, 15), successor=at("990001101"))
    block = told(client, office, MAY)["blocks"][0]
    assert [(row["township"], row["opening"], row["closing"]) for row in block["rows"]] == [
        ("甲镇", "27", "27")
    ]


def test_without_days_the_last_week_is_compared(gj: Campaign, office: User) -> None:
    shown = compare(TallyQuery(), None, office)
    assert (shown.period.start, shown.period.end) == (date(2018, 5, 30), date(2018, 6, 6))


def test_the_page_offers_periods_dimensions_and_its_sheet(client: Client, gj: Campaign, office: User) -> None:
    may(gj, office)
    client.force_login(office)
    text = unescape(client.get(f"/dashboard/compare/{MAY}").content.decode())
    for word in (
        "近7天",
        "近30天",
        "责任单位",
        "下载对比表",
        "期初未整改＋新增－上报完成＋核减－调出＝期末未整改",
    ):
        assert word in text
    assert "期间从 2018-05-01 起，到 2018-05-31 止" in text
    assert "此前无记录，期初按 0 计" in client.get("/dashboard/compare/?from=2017-01-01").content.decode()


def test_every_figure_has_its_definition_w049(client: Client, gj: Campaign, office: User) -> None:
    may(gj, office)
    home = make.category(gj, "C1", "住房", department=at("D-A"))
    make.issue(gj.lists.get(), office, quantity=2, township=at("990001101"), category=home)
    road = make.programme(gj, "P1", "道路")
    make.project(road, office, arranged=2, township=at("990001101"))
    make.fund(road, office, due="10", funded="8.5", township=at("990001101"))
    client.force_login(office)
    defined = set(re.findall(r'<tr id="([^"]+)"', client.get("/dashboard/definitions/").content.decode()))
    pages = (
        f"compare/{MAY}", "compare/?of=projects&from=2018-01-01", "matrix/", "matrix/?of=projects&measure=over",
        "townships/990001101/", "departments/D-A/", "programmes/P1/",
    )  # fmt: skip
    for path in pages:
        text = client.get(f"/dashboard/{path}").content.decode()
        asked = set(re.findall(r'href="/dashboard/definitions/#([^"]+)"', text))
        assert asked and asked <= defined, path


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("?from=2018-06-06&to=2018-06-06", "应早于截止日"),
        ("?from=2018-06-07", "应早于截止日"),
        ("?to=2018-06-07", "晚于今天"),
        ("?from=yesterday", "不是日期"),
        ("?by=source", "只能按其中一项"),
        ("?by=township,category", "只能按其中一项"),
        ("?of=leads", "统计对象"),
    ],
)
def test_two_days_that_make_no_sense_are_refused_in_words(
    client: Client, gj: Campaign, office: User, query: str, reason: str
) -> None:
    client.force_login(office)
    page = client.get(f"/dashboard/compare/{query}")
    assert page.status_code == 400 and reason in page.content.decode()
    data = client.get(f"/dashboard/compare/data/{query}")
    assert data.status_code == 400 and reason in data.json()["detail"]


def test_a_cadre_compares_what_is_the_own_unit_s(client: Client, gj: Campaign, office: User) -> None:
    may(gj, office)
    block = told(client, make.user("cadre", at("990001102")), MAY)["blocks"][0]
    assert [row["township"] for row in block["rows"]] == ["乙镇"]
    assert block["sentence"].startswith("2018年4月30日至2018年5月31日，本单位范围内，百日攻坚")


def test_its_cost_does_not_depend_on_rows_and_unchanged_it_is_304(
    client: Client, gj: Campaign, office: User, django_assert_max_num_queries: Any
) -> None:
    may(gj, office)
    client.force_login(office)
    client.get(f"/dashboard/compare/{MAY}")
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(40) as asked:
            client.get(f"/dashboard/compare/{MAY}")
        counts.append(len(asked))
        make.issue(gj.lists.get(), office, quantity=3, township=at("990001103"), found_on=date(2018, 5, 5))
    assert counts[0] == counts[1]
    answer = client.get(f"/dashboard/compare/{MAY}")
    again = client.get(f"/dashboard/compare/{MAY}", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_day_that_is_not_before_the_other_is_refused_below_the_page(gj: Campaign, office: User) -> None:
    with pytest.raises(TallyError, match="应早于截止日"):
        compare(TallyQuery(as_of=date(2018, 5, 1)), date(2018, 5, 1), office)
