"""Lists and categories over REST: what codes stand for, in the caller's sight."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.models import ListTemplate, Part
from issues.services import lists
from issues.services.lists import ListFacts
from projects.models import Campaign
from tests import factories as make
from tests.callers import Caller, check_described
from townships.models import Unit, User
from townships.rules.roles import Role

pytestmark = pytest.mark.django_db
EAST, WEST = "990001101", "990001102"
PHONE = "13890261234"
LISTS, CATEGORIES = "/api/v1/lists/", "/api/v1/categories/"


@pytest.fixture
def gj(on_day: Callable[[str], None]) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


@pytest.fixture
def platform(gj: Campaign) -> Caller:
    return Caller(Role.API_CLIENT, gj.unit, LISTS)


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


def codes(caller: Caller, **asked: str) -> list[str]:
    return [record["code"] for record in caller.all(**asked, page_size=1)]


def test_a_list_is_told_with_its_source_and_its_days(platform: Caller, gj: Campaign) -> None:
    template = ListTemplate.objects.create(code="own", name="本县模板")
    made = make.issue_list(
        gj, source=f"市民{PHONE}", source_doc="县发〔2018〕9号", as_of_on=date(2018, 5, 20),
        lock_on=date(2018, 6, 2), template=template,
    )  # fmt: skip
    assert platform.all() == [
        {
            "campaign": "gj2018", "code": "L1", "title": "某县房屋安全问题台账", "short_name": "房屋安全",
            "source": "市民138****1234", "source_doc": "县发〔2018〕9号", "as_of_on": "2018-05-20",
            "found_on": None, "immediate_days": 15, "lock_on": "2018-06-02", "locked_at": None,
            "template": "本县模板", "template_code": "own", "url": f"/lists/{made.pk}/",
        }
    ]  # fmt: skip
    check_described("IssueListPage", platform.read())


def test_a_category_is_told_with_its_department_and_its_standard(platform: Caller, gj: Campaign) -> None:
    top = make.category(gj, "C1", "住房", department=at("D-B"))
    make.category(gj, "C2", "漏雨", top, standard=f"不漏，电话{PHONE}", standard_on=date(2018, 6, 1))
    first, second = platform.read(CATEGORIES)["results"]
    assert (first["code"], first["parent_code"], first["department"], first["department_code"]) == (
        "C1", None, "某县财政局", "D-B",
    )  # fmt: skip
    assert second == {
        "campaign": "gj2018", "code": "C2", "name": "漏雨", "full_name": "住房 / 漏雨", "parent_code": "C1",
        "department": None, "department_code": None, "standard": "不漏，电话138****1234",
        "standard_on": "2018-06-01", "url": "/issues/?campaign=gj2018&category=C2",
    }  # fmt: skip
    check_described("CategoryPage", platform.read(CATEGORIES))


def test_a_list_is_seen_by_who_sees_one_of_its_issues_or_owes_it_a_part(
    platform: Caller, gj: Campaign, office: User
) -> None:
    houses, water, roads = (make.issue_list(gj, f"L{number}", f"清单{number}") for number in (1, 2, 3))
    make.issue(houses, office, township=at(EAST))
    make.issue(roads, office, township=at(WEST))
    Part.objects.create(list=water, unit=at(EAST))
    assert codes(platform) == ["L1", "L2", "L3"]
    assert codes(Caller(Role.CADRE, at(EAST), LISTS)) == ["L1", "L2"]
    assert codes(Caller(Role.API_CLIENT, at(EAST), LISTS)) == ["L1", "L2"]
    assert codes(Caller(Role.API_CLIENT, at(WEST), LISTS)) == ["L3"]


def test_of_others_campaigns_nothing_is_told(gj: Campaign) -> None:
    make.issue_list(gj)
    make.category(gj, "C1", "住房")
    other = make.unit("880001", "邻县", "county")
    stranger = Caller(Role.API_CLIENT, other, LISTS)
    assert stranger.all() == []
    assert stranger.read(CATEGORIES)["results"] == []
    assert stranger.get(f"{LISTS}?campaign=gj2018").status_code == 400


def test_one_campaign_is_asked_for(platform: Caller, gj: Campaign) -> None:
    second = make.campaign(gj.unit, code="two", name="第二项")
    for campaign in (gj, second):
        make.issue_list(campaign)
        make.category(campaign, "C1", "住房")
    for address in (LISTS, CATEGORIES):
        assert len(platform.read(address)["results"]) == 2
        (told,) = platform.read(address, campaign="two")["results"]
        assert told["campaign"] == "two"


@pytest.mark.parametrize("address", [LISTS, CATEGORIES])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", "没有“colour”这个筛选条件"),
        ("campaign=nothing", "没有代号为“nothing”的工作"),
        ("page_size=0", "page_size 应是"),
        ("cursor=x", "cursor 无法识别"),
    ],
)
def test_nonsense_is_refused_in_chinese(platform: Caller, address: str, query: str, said: str) -> None:
    answer = platform.get(f"{address}?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert said in answer.json()["detail"]


def test_they_answer_304_until_a_list_changes(platform: Caller, gj: Campaign, office: User) -> None:
    made = make.issue_list(gj)
    for address in (LISTS, CATEGORIES):
        first = platform.get(address)
        assert platform.get(address, **{"If-None-Match": first["ETag"]}).status_code == 304
        lists.change(made, ListFacts(short_name=f"改{address[-4:-1]}"), by=office)
        assert platform.get(address, **{"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("role", [Role.API_CLIENT, Role.CADRE])
def test_queries_do_not_grow_with_the_rows(gj: Campaign, office: User, role: Role) -> None:
    caller = Caller(role, gj.unit if role is Role.API_CLIENT else at(EAST), LISTS)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            caller.read()
            caller.read(CATEGORIES)
        return len(queries)

    few = asked()
    for number in range(9):
        make.issue(make.issue_list(gj, f"L{number}", f"清单{number}"), office, township=at(EAST))
        make.category(gj, f"C{number}", f"类{number}")
    assert asked() == few <= 20
