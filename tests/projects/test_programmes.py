"""专项 by hand: a tree that moves, is ordered, closed and deleted, and never into nonsense."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects.models import Campaign, Programme
from projects.queries.choices import choices
from projects.rules.programmes import Wanted
from projects.services import programmes
from projects.services.programmes import ProgrammeRefused
from tests import factories as make
from tests.issues.ledgers import bring
from townships.models import Event, Unit, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(on_day: Callable[[str], None]) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county())


@pytest.fixture
def office(campaign: Campaign) -> User:
    return make.user("office", campaign.unit)


def wanted(one: Programme, **changes: object) -> Wanted:
    given = {
        "name": one.name,
        "parent": one.parent_id,
        "department": one.department_id,
        "has_allotment": one.has_allotment,
        "allot_due_on": one.allot_due_on,
    }
    return Wanted(**{**given, **changes})  # type: ignore[arg-type]


def order(campaign: Campaign) -> list[str]:
    return [one.full_name for one in choices().programmes.values() if one.campaign == campaign.pk]


def test_a_programme_is_made_last_among_its_siblings_and_moved_one_place(
    campaign: Campaign, office: User
) -> None:
    top = programmes.add(campaign, Wanted("产业"), by=office)
    water = programmes.add(campaign, Wanted("水利"), by=office)
    tea = programmes.add(campaign, Wanted("茶园", parent=top.pk), by=office)
    assert (top.code, tea.path) == ("P001", "P001/P003/")
    assert order(campaign) == ["产业", "产业 / 茶园", "水利"]
    programmes.order(water.pk, step=-1, by=office)
    programmes.order(water.pk, step=-1, by=office)  # it is the first already
    assert order(campaign) == ["水利", "产业", "产业 / 茶园"]
    assert Event.objects.filter(subject_type="programme").count() == 4


def test_a_branch_moves_with_its_names_and_a_ledger_of_old_finds_it(campaign: Campaign, office: User) -> None:
    top = programmes.add(campaign, Wanted("产业"), by=office)
    tea = programmes.add(campaign, Wanted("茶园", parent=top.pk), by=office)
    other = programmes.add(campaign, Wanted("特色"), by=office)
    assert programmes.change(top.pk, wanted(top, name="富民", parent=other.pk), by=office)
    tea.refresh_from_db()
    assert (tea.full_name, tea.path) == ("特色 / 富民 / 茶园", "P003/P001/P002/")
    assert tea.former_names == ["产业 / 茶园"]
    sheet = "调度表,,,\n序号,乡镇,项目类别,项目名称\n1,甲镇,茶园,甲镇茶园\n"
    assert bring(sheet.encode(), campaign=campaign, by=office, name="产业.csv").written
    assert (
        [one.programme.pk for one in tea.campaign.projects.all()] if hasattr(campaign, "projects") else True
    )
    assert Programme.objects.filter(campaign=campaign).count() == 3, "none was made anew"
    assert programmes.change(tea.pk, wanted(tea), by=office) is False


def test_nonsense_is_refused_in_words(campaign: Campaign, office: User) -> None:
    top = programmes.add(campaign, Wanted("产业"), by=office)
    tea = programmes.add(campaign, Wanted("茶园", parent=top.pk), by=office)
    make.project(tea, office, allotted=0)
    refusals = [
        (
            lambda: programmes.change(top.pk, wanted(top, parent=tea.pk), by=office),
            "不能移到自己或自己的下级",
        ),
        (
            lambda: programmes.change(top.pk, wanted(top, parent=top.pk), by=office),
            "不能移到自己或自己的下级",
        ),
        (lambda: programmes.add(campaign, Wanted("产业"), by=office), "已有名为“产业”的专项"),
        (lambda: programmes.add(campaign, Wanted("a/b"), by=office), "不能含“/”"),
        (lambda: programmes.add(campaign, Wanted(" "), by=office), "不能为空"),
        (lambda: programmes.delete(top.pk, by=office), "下还有1个下级专项"),
        (lambda: programmes.delete(tea.pk, by=office), "下有1个项目，不能删除"),
        (lambda: programmes.close(top.pk, on=date(2018, 6, 6), by=office), "下面还有没关闭的专项：茶园"),
        (lambda: programmes.close(tea.pk, on=date(2018, 6, 7), by=office), "晚于今天"),
        (lambda: programmes.reopen(tea.pk, by=office), "没有关闭"),
        (
            lambda: programmes.change(tea.pk, wanted(tea, has_allotment=False), by=office),
            "下有1个项目还没有全部下达",
        ),
        (lambda: programmes.add(campaign, Wanted("x"), by=make.user("cadre", campaign.unit)), "不能管理项目"),
    ]
    for act, words in refusals:
        with pytest.raises(ProgrammeRefused, match=words):
            act()
    assert Event.objects.filter(subject_type="programme").count() == 2


def test_a_closed_one_takes_nothing_new_until_it_is_opened_again(campaign: Campaign, office: User) -> None:
    top = programmes.add(campaign, Wanted("产业"), by=office)
    tea = programmes.add(campaign, Wanted("茶园", parent=top.pk), by=office)
    programmes.close(tea.pk, on=date(2018, 6, 1), by=office)
    programmes.close(top.pk, on=date(2018, 6, 1), by=office)
    with pytest.raises(ProgrammeRefused, match="已关闭，不能在下面新增"):
        programmes.add(campaign, Wanted("果园", parent=top.pk), by=office)
    with pytest.raises(ProgrammeRefused, match="请先恢复上级"):
        programmes.reopen(tea.pk, by=office)
    programmes.reopen(top.pk, by=office)
    programmes.delete(tea.pk, by=office)
    assert order(campaign) == ["产业"]


def test_the_page_counts_whole_branches_and_every_number_has_its_list(
    client: Client, campaign: Campaign, office: User
) -> None:
    top = make.programme(campaign, "P1", "产业")
    tea = make.programme(campaign, "P2", "茶园", parent=top)
    make.project(tea, office, allotted=0)
    make.project(top, office, started=[(1, date(2018, 4, 1))])
    client.force_login(office)
    html = unescape(client.get("/projects/programmes/").content.decode())
    for query, count in (("", 2), ("&measure=not_allotted", 1), ("&measure=not_started", 0)):
        address = f"/projects/?campaign=gj2018&programme=P1{query}"
        assert f'href="{address}">{count}</a>' in html
        shown = unescape(client.get(address).content.decode())
        assert (f"共 <strong>{count}</strong> 项" in shown) is bool(count)
    assert "新增专项" in html
    client.force_login(make.user("cadre", Unit.objects.get(name="甲镇")))
    assert "新增专项" not in client.get("/projects/programmes/").content.decode()


def test_a_form_adds_and_changes_and_keeps_what_was_typed_when_refused(
    client: Client, campaign: Campaign, office: User
) -> None:
    client.force_login(office)
    given = {"name": "水利", "department": "住建局", "has_allotment": "on", "allot_due_on": "2018-03-31"}
    assert client.post("/projects/programmes/add/", given).status_code == 302
    made = Programme.objects.get(name="水利")
    assert (made.department, made.allot_due_on) == (Unit.objects.get(code="D-A"), date(2018, 3, 31))
    again = client.post("/projects/programmes/add/", given)
    assert again.status_code == 422
    assert "这一级已有名为“水利”的专项。" in again.content.decode()
    address = f"/projects/programmes/{made.code}/"
    assert client.post(address, {**given, "name": "饮水"}).status_code == 302
    assert client.post(f"{address}delete/").status_code == 302
    assert not Programme.objects.filter(campaign=campaign).exists()
    assert client.get(address).status_code == 404


def test_queries_of_the_page_do_not_grow_with_the_tree(
    client: Client, campaign: Campaign, office: User
) -> None:
    def asked() -> int:
        client.force_login(office)
        client.get("/projects/programmes/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/projects/programmes/")
        return len(queries)

    make.project(make.programme(campaign, "P1", "水利"), office)
    few = asked()
    for number in range(2, 12):
        make.project(make.programme(campaign, f"P{number}", f"专项{number}"), office)
    assert asked() == few <= 16
