"""The board, its data, its sheet and the desk: what they show, whom they refuse, what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from issues.models import ImportSheet, PendingRow
from projects.models import Campaign
from rectify.lib import clock
from tests import factories as make
from townships.models import Unit, User

pytestmark = pytest.mark.django_db
OnDay = Callable[[str], None]


@pytest.fixture
def gj(on_day: OnDay) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


def some_issues(gj: Campaign, office: User, rows: int = 2) -> None:
    listed = gj.lists.first() or make.issue_list(gj)
    kinds = list(gj.categories.order_by("code")) or [
        make.category(gj, "C1", "未拆除"),
        make.category(gj, "C2", "超面积"),
    ]
    for position in range(rows):
        for place in ("990001101", "990001102"):
            make.issue(
                listed, office, quantity=position + 3, township=at(place), category=kinds[position % 2],
                claims=[(1, date(2018, 3, 1))], deadline_class="dated", due_on=date(2018, 5, 31),
            )  # fmt: skip


def page(client: Client, user: User, address: str) -> Any:
    client.force_login(user)
    return client.get(address)


def test_the_board_shows_totals_sentence_worst_and_matrix(client: Client, gj: Campaign, office: User) -> None:
    some_issues(gj, office)
    answer = page(client, office, "/dashboard/?as_of=2018-05-20")
    text = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert "截至2018年5月20日，百日攻坚共存在问题14个，上报整改4个，还有10个" in text
    assert "甲镇2户，占50.0%" not in text
    assert text.count('class="num cell heat-') == 4
    assert "township=990001101&category=C1" in text


def test_every_number_on_the_board_opens_its_list(client: Client, gj: Campaign, office: User) -> None:
    some_issues(gj, office)
    text = unescape(page(client, office, "/dashboard/").content.decode())
    addresses = set(re.findall(r'href="(/issues/\?[^"]+)"', text))
    assert len(addresses) > 20
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_a_place_of_which_nobody_said_anything_is_told_so(client: Client, gj: Campaign, office: User) -> None:
    some_issues(gj, office)
    listed = gj.lists.get()
    make.issue(listed, office, quantity=4, township=at("990001103"), is_stated=False)
    make.issue(listed, office, quantity=4, township=at("990001102"), is_stated=False)  # others there spoke
    text = unescape(page(client, office, "/dashboard/").content.decode())
    told = re.findall(r'data-open>(\w+)</a> <span class="small faint unsaid">未更新</span>', text)
    assert told == ["未写明类别", "丙乡"]
    assert "这一行的0不是整改结果" in text
    spoken = {"claims": [(1, date(2018, 6, 1))], "is_stated": False}
    make.issue(listed, office, quantity=1, township=at("990001103"), **spoken)
    assert "未更新" not in unescape(page(client, office, "/dashboard/").content.decode())
    before = unescape(page(client, office, "/dashboard/?as_of=2018-05-20").content.decode())
    assert "丙乡</a> <span" in before, "on that day nobody had said anything yet"


def test_a_day_after_today_is_refused_in_words(client: Client, gj: Campaign, office: User) -> None:
    answer = page(client, office, "/dashboard/?as_of=2018-06-07")
    assert answer.status_code == 400
    assert "晚于今天" in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    ["as_of=yesterday", "basis=felt", "list=nothing", "colour=red", "of=leads", "campaign=zz", "as_of=%00"],
)
def test_nonsense_in_the_address_is_a_page_that_says_so(
    client: Client, gj: Campaign, office: User, query: str
) -> None:
    assert page(client, office, f"/dashboard/?{query}").status_code == 400
    refused = client.get(f"/dashboard/data/?{query}")
    assert refused.status_code == 400
    assert refused.json()["detail"]


def test_the_data_are_the_command_s_object(client: Client, gj: Campaign, office: User) -> None:
    some_issues(gj, office)
    told = page(client, office, "/dashboard/data/?by=category&as_of=2018-05-20").json()
    assert (told["by"], told["as_of"]) == (["category"], "2018-05-20")
    assert [row["left"] for row in told["blocks"][0]["rows"]] == ["4", "6"]


def test_the_sheet_holds_the_page_s_figures(client: Client, gj: Campaign, office: User) -> None:
    some_issues(gj, office)
    Campaign.objects.update(is_demo=True)
    answer = page(client, office, "/dashboard/sheet/?as_of=2018-05-20")
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    kinds, places = book.worksheets
    rows = [[cell.value for cell in row] for row in kinds.iter_rows()]
    assert rows[0][0] == "百日攻坚问题整改情况汇总表"
    assert "截至2018年5月20日" in rows[1][0]
    assert rows[3][:5] == ["未拆除", 6, 2, 0, 4]
    assert rows[5][:5] == ["合计", 14, 4, 0, 10]
    assert any("演示数据，纯属虚构" in str(row[0]) and office.name in str(row[0]) for row in rows[6:])
    assert places.max_row > 5


def test_a_cadre_s_board_is_narrower(client: Client, gj: Campaign, office: User) -> None:
    some_issues(gj, office)
    cadre = make.user("cadre", at("990001101"))
    text = page(client, cadre, "/dashboard/").content.decode()
    assert "本单位范围内，百日攻坚共存在问题7个" in text
    assert "乙镇" not in re.sub(r"<select.*?</select>", "", text, flags=re.S)


@pytest.mark.parametrize("role", ["sysadmin", "auditor", "discipline"])
def test_who_has_no_figures_is_refused(client: Client, gj: Campaign, office: User, role: str) -> None:
    user = make.user(role, gj.unit)
    for address in ("/dashboard/", "/dashboard/data/", "/dashboard/sheet/", "/dashboard/funds/"):
        assert page(client, user, address).status_code == 403
    assert page(client, user, "/").status_code == 200


def test_without_a_login_nothing_is_shown(client: Client, gj: Campaign) -> None:
    for address in ("/", "/dashboard/", "/dashboard/data/", "/dashboard/sheet/", "/dashboard/definitions/"):
        assert client.get(address).status_code == 302


def test_the_number_of_queries_does_not_depend_on_rows(
    client: Client, gj: Campaign, office: User, django_assert_max_num_queries: Any
) -> None:
    some_issues(gj, office, rows=1)
    counts = []
    for rows in (0, 6):
        some_issues(gj, office, rows=rows)
        page(client, office, "/dashboard/")
        with django_assert_max_num_queries(60) as context:
            assert client.get("/dashboard/").status_code == 200
        counts.append(len(context))
    assert counts[0] == counts[1]


def test_an_unchanged_board_answers_304(client: Client, gj: Campaign, office: User) -> None:
    some_issues(gj, office)
    page(client, office, "/dashboard/")
    first = client.get("/dashboard/")
    again = client.get("/dashboard/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    some_issues(gj, office, rows=1)
    assert client.get("/dashboard/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_every_figure_links_to_its_definition(client: Client, gj: Campaign, office: User) -> None:
    some_issues(gj, office)
    text = page(client, office, "/dashboard/").content.decode()
    defined = set(re.findall(r'<tr id="([^"]+)"', client.get("/dashboard/definitions/").content.decode()))
    asked = set(re.findall(r'href="/dashboard/definitions/#([^"]+)"', text))
    assert asked
    assert asked <= defined


def test_funds_stand_behind_the_money(client: Client, gj: Campaign, office: User) -> None:
    moving = make.programme(gj, "P1", "搬迁资金")
    for code, due, funded in (("990001101", "100", "250.5"), ("990001102", "200", "150")):
        make.fund(moving, office, due=due, funded=funded, township=at(code))
    text = unescape(page(client, office, "/dashboard/?of=projects").content.decode())
    address = re.search(r'href="(/dashboard/funds/[^"]+measure=over)"', text)
    assert address is not None
    listed = client.get(address[1]).content.decode()
    assert "共 <strong>1</strong> 项" in listed
    assert "150.50" in listed


def test_the_desk_says_what_waits(client: Client, gj: Campaign, office: User) -> None:
    some_issues(gj, office)
    text = unescape(page(client, office, "/").content.decode())
    assert "要留意的" in text
    assert "measure=overdue" in text
    assert "共存在问题14个" in text


def test_an_empty_county_says_what_to_do_next(client: Client, gj: Campaign, office: User) -> None:
    assert "导入台账" in page(client, office, "/").content.decode()
    assert "还没有数字" in page(client, office, "/dashboard/").content.decode()


def test_rows_left_out_are_linked_for_who_may_mend_them(client: Client, gj: Campaign, office: User) -> None:
    some_issues(gj, office)
    listed = gj.lists.get()
    source = gj.imports.create(
        file_name="台账.xlsx",
        stored_as="x",
        sha256="0" * 64,
        size=1,
        uploaded_by=office,
        uploaded_at=clock.now(),
    )
    sheet = ImportSheet.objects.create(source=source, position=0, name="台账", kind="issues", list=listed)
    PendingRow.objects.create(sheet=sheet, campaign=gj, list=listed, kind="issues", row=7)
    for address in ("/dashboard/", "/"):
        assert 'href="/import/pending/"' in page(client, office, address).content.decode()
    leader = make.user("leader", gj.unit)
    text = page(client, leader, "/dashboard/").content.decode()
    assert "另有 1 行未入库" in text
    assert "/import/pending/" not in text
