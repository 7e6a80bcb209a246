"""The matrix of townships and kinds: what it shows, how it is sorted, whom it refuses, what it costs."""

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

from dashboards.rules.matrix import MOST_COLUMNS, Sorting
from projects.models import Campaign
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


def some(gj: Campaign, office: User) -> None:
    """甲镇 has 5 and 1, 乙镇 2 and 6, 丙乡 1 and none; one household in 甲镇 is late."""
    listed = make.issue_list(gj)
    kinds = [make.category(gj, "C1", "住房"), make.category(gj, "C2", "用水")]
    for code, *counts in (("990001101", 5, 1), ("990001102", 2, 6), ("990001103", 1, 0)):
        for kind, count in zip(kinds, counts, strict=True):
            if count:
                make.issue(listed, office, quantity=count, township=at(code), category=kind)
    make.issue(
        listed, office, quantity=1, township=at("990001101"), category=kinds[0], deadline_class="dated",
        due_on=date(2018, 5, 1),
    )  # fmt: skip


def page(client: Client, user: User, query: str = "") -> str:
    client.force_login(user)
    answer = client.get(f"/dashboard/matrix/{query}")
    assert answer.status_code == 200, answer.content.decode()[:400]
    return unescape(answer.content.decode())


def rows(text: str) -> dict[str, list[str]]:
    """Name of a row → its cells, in the page's order."""
    found = {}
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", text, re.S):
        name = re.search(r'<th scope="row"[^>]*>(.*?)</th>', row, re.S)
        if name:
            cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
            found[re.sub(r"<[^>]+>", "", name[1])] = [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]
    return found


def test_the_grid_of_townships_has_totals_on_both_sides_and_the_worst_of_each_column_w012_w046(
    client: Client, gj: Campaign, office: User
) -> None:
    some(gj, office)
    told = rows(page(client, office))
    assert told == {
        "甲镇": ["7", "6", "1"],
        "乙镇": ["8", "2", "6"],
        "丙乡": ["1", "1", ""],
        "合计": ["16", "9", "7"],
        "其中最多": ["乙镇8", "甲镇6", "乙镇6"],
    }


def test_the_sentence_names_the_worst_with_its_share(client: Client, gj: Campaign, office: User) -> None:
    some(gj, office)
    text = page(client, office, "?measure=total")
    said = "应整改共16个，其中乙镇最多，8个，占50.0%；按类别看，住房最多，9个，占56.3%。"
    assert f"截至2018年6月6日，百日攻坚按户统计{said}" in text
    assert "其中甲镇最多" not in page(client, office, "?measure=overdue"), (
        "where only one has any, it is no worst"
    )


def test_those_that_tie_are_named_together(client: Client, gj: Campaign, office: User) -> None:
    some(gj, office)
    make.issue(gj.lists.get(), office, township=at("990001101"), category=gj.categories.get(code="C2"))
    assert rows(page(client, office))["其中最多"][0] == "甲镇、乙镇各8"


@pytest.mark.parametrize(
    ("sort", "order", "said"),
    [
        ("", ["甲镇", "乙镇", "丙乡"], "ascending"),
        ("-name", ["丙乡", "乙镇", "甲镇"], "descending"),
        ("-total", ["乙镇", "甲镇", "丙乡"], "descending"),
        ("total", ["丙乡", "甲镇", "乙镇"], "ascending"),
        ("-C1", ["甲镇", "乙镇", "丙乡"], "descending"),
        ("C2", ["丙乡", "甲镇", "乙镇"], "ascending"),
        ("-nothing", ["甲镇", "乙镇", "丙乡"], ""),
    ],
)
def test_it_is_sorted_by_any_column_without_a_script(
    client: Client, gj: Campaign, office: User, sort: str, order: list[str], said: str
) -> None:
    some(gj, office)
    text = page(client, office, f"?sort={sort}")
    assert [name for name in rows(text) if name not in ("合计", "其中最多")] == order
    assert re.findall(r'aria-sort="(\w+)"', text) == ([said] if said else [])
    assert "sort=-total" in text or sort == "-total"


def test_a_second_click_turns_the_order() -> None:
    assert Sorting.of("-total").next("total") == "total"
    assert Sorting.of("total").next("total") == "-total"
    assert Sorting.of("").next("C1") == "-C1"


def test_the_measure_and_both_bases_can_be_switched(client: Client, gj: Campaign, office: User) -> None:
    some(gj, office)
    make.issue(
        gj.lists.get(), office, quantity=4, township=at("990001103"), category=gj.categories.get(code="C1"),
        claims=[(3, date(2018, 3, 1))], confirmations=[(1, date(2018, 4, 1))],
    )  # fmt: skip
    seen = {
        (measure, basis): rows(page(client, office, f"?measure={measure}&basis={basis}"))["丙乡"][0]
        for measure in ("done", "left", "unverified")
        for basis in ("claimed", "confirmed")
    }
    assert list(seen.values()) == ["3", "1", "2", "4", "2", "2"]
    assert rows(page(client, office, "?measure=overdue"))["合计"][0] == "1"


def test_works_are_told_by_programme_and_money_apart(client: Client, gj: Campaign, office: User) -> None:
    road, moving = make.programme(gj, "P1", "道路"), make.programme(gj, "P2", "搬迁资金")
    make.project(
        road, office, arranged=5, allotted=4, started=[(1, date(2018, 3, 1))], township=at("990001101")
    )
    make.project(road, office, arranged=2, township=at("990001102"))
    make.fund(moving, office, due="100", funded="150.5", township=at("990001102"))
    works = page(client, office, "?of=projects")
    assert rows(works)["合计"] == ["5", "5"]
    assert "（万元）" not in works
    money = page(client, office, "?of=projects&measure=over")
    assert rows(money)["乙镇"] == ["50.50", "50.50"]
    assert "甲镇" not in rows(money)


def test_many_kinds_are_gathered_under_the_tops_of_their_tree_which_open(
    client: Client, gj: Campaign, office: User
) -> None:
    listed, top = make.issue_list(gj), make.category(gj, "A", "房屋")
    for number in range(MOST_COLUMNS + 1):
        kind = make.category(gj, f"A{number:02d}", f"房屋{number}", top)
        make.issue(listed, office, township=at("990001101"), category=kind)
    make.issue(listed, office, quantity=2, township=at("990001102"), category=make.category(gj, "B", "用水"))
    text = page(client, office)
    assert rows(text)["合计"] == ["15", "13", "2"]
    assert "展开房屋的下级" in text and "展开用水的下级" not in text
    inside = page(client, office, "?category=A")
    assert rows(inside)["合计"] == ["13", *["1"] * 13]
    assert "去掉类别：房屋" in inside


def test_heat_has_five_steps_of_one_hue_by_share_of_the_column(
    client: Client, gj: Campaign, office: User
) -> None:
    listed, kind = make.issue_list(gj), make.category(gj, "C1", "住房")
    for code, count in (("990001101", 79), ("990001102", 1), ("990001103", 8)):
        make.issue(listed, office, quantity=count, township=at(code), category=kind)
    make.issue(listed, office, quantity=12, category=kind)  # without a township: compared with none
    text = page(client, office)
    told = [
        re.findall(r"cell heat-(\d)", row)
        for row in re.findall(r"<tbody>(.*?)</tbody>", text, re.S)[0].split("</tr>")
    ]
    assert [row[-1] for row in told if row] == ["5", "1", "3", "0"]


def test_a_cadre_s_matrix_is_narrower(client: Client, gj: Campaign, office: User) -> None:
    some(gj, office)
    told = rows(page(client, make.user("cadre", at("990001101"))))
    assert told == {"甲镇": ["7", "6", "1"], "合计": ["7", "6", "1"]}


@pytest.mark.parametrize(
    "query", ["measure=happiness", "as_of=2018-06-07", "basis=felt", "campaign=zz", "of=leads"]
)
def test_nonsense_is_refused_in_words(client: Client, gj: Campaign, office: User, query: str) -> None:
    client.force_login(office)
    answer = client.get(f"/dashboard/matrix/?{query}")
    assert answer.status_code == 400
    assert "没有改动任何数据" in answer.content.decode()


def test_the_sheet_keeps_order_and_figures(client: Client, gj: Campaign, office: User) -> None:
    some(gj, office)
    client.force_login(office)
    answer = client.get("/dashboard/matrix/sheet/?sort=-total")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert ["乙镇", 8, 2, 6] in values
    assert [row[0] for row in values if row[0] in ("甲镇", "乙镇", "丙乡")] == ["乙镇", "甲镇", "丙乡"]
    assert any(str(row[0]).startswith("其中最多　住房：甲镇6；用水：乙镇6") for row in values)


def test_its_cost_does_not_depend_on_rows_and_unchanged_it_is_304(
    client: Client, gj: Campaign, office: User, django_assert_max_num_queries: Any
) -> None:
    some(gj, office)
    page(client, office)
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(40) as asked:
            answer = client.get("/dashboard/matrix/")
        counts.append(len(asked))
        make.issue(gj.lists.get(), office, quantity=3, township=at("990001102"))
    assert counts[0] == counts[1]
    answer = client.get("/dashboard/matrix/")
    assert client.get("/dashboard/matrix/", headers={"If-None-Match": answer["ETag"]}).status_code == 304
