"""Pages of one township, one department, one programme: what they show, who does not find them, what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from issues.models import Issue
from projects.models import Campaign, Programme
from tests import factories as make
from townships.models import Unit, User

pytestmark = pytest.mark.django_db
OnDay = Callable[[str], None]
TOWN, DEPARTMENT = "/dashboard/townships/990001101/", "/dashboard/departments/D-A/"


@pytest.fixture
def gj(on_day: OnDay) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


def homes(gj: Campaign, office: User) -> None:
    """住房 is 住建局's: 甲镇 5 in one village, 3 in the other, 2 without; 乙镇 7. 用水 is nobody's: 甲镇 4."""
    listed = make.issue_list(gj)
    home = make.category(gj, "C1", "住房", department=at("D-A"))
    town = at("990001101")
    for village, count in (("990001101001", 5), ("990001101002", 3), ("", 2)):
        place = at(village) if village else None
        make.issue(
            listed,
            office,
            quantity=count,
            township=town,
            village=place,
            category=home,
            last_word_on=date(2018, 6, 1),
        )
    make.issue(
        listed, office, quantity=7, township=at("990001102"), category=home, claims=[(4, date(2018, 5, 1))],
        confirmations=[(1, date(2018, 5, 3))],
    )  # fmt: skip
    make.issue(listed, office, quantity=4, township=town, category=make.category(gj, "C2", "用水"))
    make.issue(
        listed, office, quantity=6, category=gj.categories.get(code="C2"), unit=at("D-A"), lead_unit=at("D-A")
    )


def page(client: Client, user: User, address: str, status: int = 200) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return unescape(answer.content.decode())


def table(text: str, table_id: str) -> dict[str, list[str]]:
    """Name of a row → its cells, of the table with that id."""
    inside = re.search(rf'<table[^>]*id="{table_id}"[^>]*>(.*?)</table>', text, re.S)
    assert inside is not None, re.findall(r'<table[^>]*id="([^"]+)"', text)
    found = {}
    for row in re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", inside[1], re.S):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        name, *figures = [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]
        found[name.replace(" 未更新", "")] = figures
    return found


def test_the_villages_of_a_township_sum_to_it_and_the_townships_to_the_county_w109(
    client: Client, gj: Campaign, office: User
) -> None:
    homes(gj, office)
    told = table(page(client, office, TOWN), "issues-户-village")
    assert {name: row[0] for name, row in told.items()} == {
        "甲一村": "5", "甲二村": "3", "未写明村（社区）": "6", "合计": "14",
    }  # fmt: skip
    county = client.get("/dashboard/data/?by=township").json()["blocks"][0]
    towns = {row["township"]: Decimal(row["total"]) for row in county["rows"]}
    assert towns["甲镇"] == 14
    assert sum(towns.values()) == Decimal(county["total"]["total"]) == 27


def test_a_department_sees_all_townships_of_its_categories_and_nothing_else_w022(
    client: Client, gj: Campaign, office: User
) -> None:
    homes(gj, office)
    staff = make.user("department_staff", at("D-A"))
    text = page(client, staff, DEPARTMENT)
    told = table(text, "field-户-township")
    baseline, claimed, confirmed, left, silent, last = 0, 1, 2, 3, -2, -1
    assert set(told) == {"甲镇", "乙镇", "合计"}
    second = told["乙镇"]
    assert [second[column] for column in (baseline, claimed, confirmed, left)] == ["7", "4", "1", "3"]
    assert (second[silent], second[last]) == ("1", "2018-05-01")
    assert (told["甲镇"][silent], told["甲镇"][last]) == ("0", "2018-06-01")
    assert told["合计"][baseline] == "17", "of the other category nothing"


def test_what_a_department_answers_for_itself_stands_apart_w048(
    client: Client, gj: Campaign, office: User
) -> None:
    homes(gj, office)
    text = page(client, office, DEPARTMENT)
    assert table(text, "own-户-category")["合计"][0] == "6"
    assert table(text, "field-户-township")["合计"][0] == "17"
    assert "分开列，不相加" in text


def test_on_an_earlier_day_nothing_is_said_of_last_words(client: Client, gj: Campaign, office: User) -> None:
    homes(gj, office)
    assert "15天没有进展" in page(client, office, TOWN)
    assert "15天没有进展" not in page(client, office, f"{TOWN}?as_of=2018-05-20")


def test_where_nobody_ever_spoke_it_says_so(client: Client, gj: Campaign, office: User) -> None:
    make.issue(make.issue_list(gj), office, quantity=2, township=at("990001101"), is_stated=False)
    text = page(client, office, TOWN)
    assert table(text, "issues-户-category")["未写明类别"][-1] == "未更新"


def test_the_start_rate_has_one_digit_and_its_base_w123(client: Client, gj: Campaign, office: User) -> None:
    water = make.programme(gj, "P1", "集中供水")
    make.project(water, office, arranged=790, started=[(743, date(2018, 4, 10))], township=at("990001101"))
    text = page(client, office, "/dashboard/programmes/P1/")
    assert table(text, "works-个-township")["合计"][-1] == "94.1%"
    assert 'title="743÷790"' in text


def test_a_programme_s_page_tells_those_below_it_what_is_late_and_who_leads(
    client: Client, gj: Campaign, office: User
) -> None:
    top = make.programme(gj, "P1", "专项", department=at("D-A"))
    below = make.programme(gj, "P2", "道路", top)
    make.project(
        top, office, arranged=3, township=at("990001101"), start_due_on=date(2018, 3, 31),
        start_class="dated",
    )  # fmt: skip
    make.project(below, office, arranged=4, township=at("990001102"), started=[(4, date(2018, 5, 1))])
    text = page(client, office, "/dashboard/programmes/P1/")
    assert {name: row[0] for name, row in table(text, "works-个-programme").items()} == {
        "专项": "3", "专项 / 道路": "4", "合计": "7",
    }  # fmt: skip
    assert "逾期未动工" in text and 'href="/dashboard/departments/D-A/' in text
    late = re.search(r'href="(/projects/\?[^"]*late=started[^"]*)">1<', text)
    assert late is not None and "共 <strong>1</strong> 项" in page(client, office, late[1])
    assert "牵头的专项" in page(client, office, DEPARTMENT)


def test_money_has_no_villages(client: Client, gj: Campaign, office: User) -> None:
    make.fund(make.programme(gj, "P1", "资金"), office, due="10", funded="12.5", township=at("990001101"))
    text = page(client, office, TOWN)
    assert table(text, "projects-万元-programme")["合计"] == ["10.00", "12.50", "2.50"]
    assert "projects-万元-village" not in text


def test_an_issue_and_the_work_that_solves_it_are_told_once(
    client: Client, gj: Campaign, office: User
) -> None:
    homes(gj, office)
    road = make.project(make.programme(gj, "P1", "道路"), office, name="甲镇通村路", township=at("990001101"))
    Issue.objects.filter(township=at("990001101"), category__code="C1").update(project=road)
    text = page(client, office, TOWN)
    pair = re.search(r"甲镇通村路</a></th>(.*?)</tr>", text, re.S)
    assert pair is not None and re.sub(r"<[^>]+>", " ", pair[1]).split() == ["已下达未动工", "3", "10", "户"]
    assert text.count(f"/projects/{road.number}/") == 1
    neighbour = make.user("cadre", at("990001102"))
    assert "甲镇通村路" not in page(client, neighbour, "/dashboard/townships/990001102/")


def test_the_work_that_solves_issues_is_told_of_today_alone_and_by_the_basis_of_the_page(
    client: Client, gj: Campaign, office: User
) -> None:
    """What an issue names as its work has no past: beside the figures of another day it would stand wrong."""
    solved = make.issue(
        make.issue_list(gj), office, quantity=7, township=at("990001101"), claims=[(4, date(2018, 5, 1))],
        confirmations=[(1, date(2018, 5, 3))],
    )  # fmt: skip
    road = make.project(make.programme(gj, "P1", "道路"), office, name="甲镇通村路", township=at("990001101"))
    Issue.objects.filter(pk=solved.pk).update(project=road)

    def left(query: str) -> str | None:
        found = re.search(
            r'甲镇通村路</a></th>.*?<td class="num">(\d+)<span class="unit">户',
            page(client, office, TOWN + query),
        )
        return found and found[1]

    assert (left(""), left("?as_of=2018-06-06"), left("?basis=confirmed")) == ("3", "3", "6")
    assert left("?as_of=2018-06-05") is None
    assert left("?known_at=2018-06-06T23:59") is None


# --- who does not find it -----------------------------------------------------------------------------------
def test_a_unit_out_of_scope_does_not_exist(client: Client, gj: Campaign, office: User) -> None:
    homes(gj, office)
    Programme.objects.filter(campaign=gj).delete()
    make.project(make.programme(gj, "P1", "道路"), office, township=at("990001102"))
    cadre = make.user("cadre", at("990001101"))
    assert "本单位范围内" in page(client, cadre, TOWN)
    for address in (
        "/dashboard/townships/990001102/",
        "/dashboard/programmes/P1/",
        "/dashboard/departments/D-B/",
    ):
        page(client, cadre, address, 404)
        page(client, cadre, f"{address}sheet/", 404)


def test_a_unit_of_another_kind_or_of_none_does_not_exist(client: Client, gj: Campaign, office: User) -> None:
    for address in (
        "/dashboard/townships/D-A/", "/dashboard/townships/990001101001/", "/dashboard/departments/990001101/",
        "/dashboard/townships/nowhere/", "/dashboard/units/nowhere/", "/dashboard/programmes/P9/",
    ):  # fmt: skip
        page(client, office, address, 404)


def test_any_unit_has_a_way_to_its_page_and_a_merged_one_to_its_successor_s(
    client: Client, gj: Campaign, office: User
) -> None:
    client.force_login(office)
    assert (
        client.get("/dashboard/units/D-A/?as_of=2018-05-01")["Location"] == f"{DEPARTMENT}?as_of=2018-05-01"
    )
    assert client.get("/dashboard/units/990001101/")["Location"] == TOWN
    Unit.objects.filter(code="990001102").update(closed_on=date(2018, 3, 1), successor=at("990001101"))
    assert client.get("/dashboard/townships/990001102/")["Location"] == TOWN
    assert client.get("/dashboard/townships/990001102/?as_of=2018-02-01").status_code == 200


def test_a_day_after_today_is_refused_in_words(client: Client, gj: Campaign, office: User) -> None:
    for address in (TOWN, DEPARTMENT, f"{TOWN}sheet/"):
        assert "晚于今天" in page(client, office, f"{address}?as_of=2018-06-07", 400)


def test_their_cost_does_not_depend_on_rows_and_unchanged_they_are_304(
    client: Client, gj: Campaign, office: User, django_assert_max_num_queries: Any
) -> None:
    homes(gj, office)
    works = make.programme(gj, "P1", "道路")
    make.project(works, office, arranged=2, township=at("990001101"), department=at("D-A"))
    for address in (TOWN, DEPARTMENT, "/dashboard/programmes/P1/"):
        page(client, office, address)
        counts = []
        for _ in range(2):
            with django_assert_max_num_queries(70) as asked:
                answer = client.get(address)
            counts.append(len(asked))
            make.issue(
                gj.lists.get(),
                office,
                quantity=3,
                township=at("990001101"),
                category=gj.categories.get(code="C1"),
            )
            make.project(works, office, arranged=2, township=at("990001101"), department=at("D-A"))
        assert counts[0] == counts[1], address
        answer = client.get(address)
        assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
