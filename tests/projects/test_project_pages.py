"""The list of projects and the page of one: every figure's list has exactly its projects."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from issues.models import Import, ImportSheet, PendingRow
from projects.models import Campaign, Project
from projects.queries.projects import filtered, totals
from projects.rules.filters import MEASURES, ProjectFilter
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from tests import factories as make
from townships.models import Unit, User

pytestmark = pytest.mark.django_db
EAST, WEST = "990001101", "990001102"
TODAY = date(2018, 6, 6)
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


def page(client: Client, user: User, address: str, status: int = 200) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:600]
    return unescape(answer.content.decode())


def words(html: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", html))


def numbers(office: User, **params: str) -> set[str]:
    wanted = ProjectFilter.from_params(params, today=TODAY)
    return set(filtered(Project.objects.visible_to(office), wanted).values_list("number", flat=True))


def test_every_measure_finds_the_projects_where_it_is_above_zero(gj: Campaign, office: User) -> None:
    works = make.programme(gj, "P1", "饮水")
    waiting = make.project(works, office, allotted=0)
    given = make.project(works, office)
    begun = make.project(works, office, arranged=3, started=[(2, date(2018, 4, 1))])
    done = make.project(works, office, started=[(1, date(2018, 4, 1))], completed=[(1, date(2018, 5, 1))])
    everything = {one.number for one in (waiting, given, begun, done)}
    expected = {
        "items": everything,
        "arranged": everything,
        "allotted": everything - {waiting.number},
        "not_allotted": {waiting.number},
        "started": {begun.number, done.number},
        "not_started": {given.number, begun.number},
        "completed": {done.number},
    }
    for measure in MEASURES:
        assert numbers(office, measure=measure) == expected.get(measure, set()), measure
    assert numbers(office, measure="not_started", as_of="2018-03-31") == {
        given.number,
        begun.number,
        done.number,
    }


def test_a_programme_takes_its_branch_unless_asked_for_itself(gj: Campaign, office: User) -> None:
    top = make.programme(gj, "P1", "专项")
    below = make.programme(gj, "P2", "产业", parent=top)
    mine, deeper = make.project(top, office), make.project(below, office)
    assert numbers(office, programme="P1") == {mine.number, deeper.number}
    assert numbers(office, programme="P1!") == {mine.number}
    with pytest.raises(FilterRefused, match="没有代码为“P9”的专项"):
        numbers(office, programme="P9")


def test_places_and_departments_narrow(gj: Campaign, office: User) -> None:
    works = make.programme(gj, "P1", "饮水")
    here = make.project(works, office, township=at(EAST), department=at("D-A"))
    there = make.project(works, office, township=at(WEST))
    assert numbers(office, township=EAST) == {here.number}
    assert numbers(office, department="D-A") == numbers(office, unit="D-A") == {here.number}
    assert numbers(office, department="-") == {there.number}
    assert numbers(office, counted_in="户") == set()


def test_totals_add_up_by_what_is_counted(gj: Campaign, office: User) -> None:
    works = make.programme(gj, "P1", "危改")
    make.project(works, office, arranged=186, counted_in="户", started=[(56, date(2018, 4, 1))])
    make.project(works, office)
    wanted = ProjectFilter()
    found = {one.counted_in: one for one in totals(filtered(Project.objects.visible_to(office), wanted))}
    assert found["户"].sums["not_started"] == 130
    assert found["户"].word == "户"
    assert found["个"].sums["arranged"] == 1


def test_the_list_prints_figures_and_rows_left_out(client: Client, gj: Campaign, office: User) -> None:
    works = make.programme(gj, "P1", "饮水")
    make.project(works, office, started=[(1, date(2018, 4, 1))])
    make.project(works, office)
    source = Import.objects.create(
        campaign=gj, file_name="调度表.xlsx", stored_as="x", sha256="0" * 64, size=1, status="done",
        uploaded_by=office, uploaded_at=clock.now(),
    )  # fmt: skip
    sheet = ImportSheet.objects.create(source=source, position=0, name="表一", kind="projects")
    PendingRow.objects.create(sheet=sheet, campaign=gj, kind="projects", row=9)
    read = words(page(client, office, "/projects/"))
    assert "共2项，另有1行未入库" in read
    assert "安排2个，下达2，未下达0，开工1，未动工1，完工0" in read


@pytest.mark.parametrize(
    "sort",
    ["ledger", "programme", "place", "arranged", "allotted", "started", "investment", "finish", "department"],
)
def test_every_column_sorts_both_ways(client: Client, gj: Campaign, office: User, sort: str) -> None:
    works = make.programme(gj, "P1", "饮水")
    for quantity in (3, 1, 2):
        make.project(works, office, arranged=quantity)
    up = re.findall(r'href="/projects/(XM\d+)/"', page(client, office, f"/projects/?sort={sort}"))
    down = re.findall(r'href="/projects/(XM\d+)/"', page(client, office, f"/projects/?sort=-{sort}"))
    assert len(up) == len(down) == 3
    if sort in ("arranged", "allotted"):
        assert up == down[::-1]


def test_nonsense_in_the_address_answers_with_a_page(client: Client, gj: Campaign, office: User) -> None:
    html = page(client, office, "/projects/?as_of=2018-06-07&measure=x&list=L1&campaign=gj2018", status=400)
    assert "晚于今天" in html
    assert "没有“list”这个筛选条件" in html
    assert "没有代号为“nowhere”的工作" in page(client, office, "/projects/?campaign=nowhere", status=400)


def test_the_page_of_a_project_tells_facts_history_and_origin(
    client: Client, gj: Campaign, office: User
) -> None:
    works = make.programme(gj, "P1", "饮水")
    source = Import.objects.create(
        campaign=gj, file_name="调度表.xlsx", stored_as="x", sha256="0" * 64, size=1, status="done",
        uploaded_by=office, uploaded_at=clock.now(),
    )  # fmt: skip
    sheet = ImportSheet.objects.create(
        source=source, position=0, name="表一", kind="projects",
        columns=[{"letter": "A", "path": ["项目", "名称"], "field": "name"}],
    )  # fmt: skip
    made = make.project(
        works, office, name="一村供水工程", started=[(1, date(2018, 3, 30))], township=at(EAST),
        finish_raw="7月底", finish_due_on=date(2018, 7, 31), person="江某 13890261234",
        progress="完成工程量50%", sheet_key=sheet.pk, row=8, cells={"A": "一村供水工程"},
    )  # fmt: skip
    read = words(page(client, office, f"/projects/{made.number}/"))
    for said in (
        "一村供水工程", "2018年3月30日，台账称开工1个", "2018年7月31日，台账原文“7月底”", "完成工程量50%",
        "《调度表.xlsx》，表“表一”，第8行", "项目/名称",
    ):  # fmt: skip
        assert said in read
    assert "138****1234" in read
    assert "13890261234" not in read


def test_outside_the_scope_a_project_is_not_there(client: Client, gj: Campaign, office: User) -> None:
    made = make.project(make.programme(gj, "P1", "饮水"), office, township=at(EAST))
    page(client, make.user("cadre", at(WEST)), f"/projects/{made.number}/", status=404)
    assert made.number not in page(client, make.user("cadre", at(WEST)), "/projects/")
    assert made.number in page(client, make.user("cadre", at(EAST)), "/projects/")
    page(client, make.user("sysadmin", gj.unit), "/projects/", status=403)


def test_queries_do_not_grow_with_the_rows(client: Client, gj: Campaign, office: User) -> None:
    works = make.programme(gj, "P1", "饮水")

    def asked() -> int:
        client.force_login(office)
        client.get("/projects/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/projects/")
        return len(queries)

    make.project(works, office)
    few = asked()
    for code in (EAST, WEST) * 8:
        make.project(works, office, township=at(code), department=at("D-A"))
    assert asked() == few <= 20
