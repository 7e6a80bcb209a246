"""变更 of a project (W-015): asked for, decided by a meeting, recorded by somebody else; nothing before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from projects.models import Campaign, Project, ProjectChange
from projects.queries import sums
from projects.rules.changes import ChangeKind
from projects.services import changes, ledger
from projects.services.changes import ChangeRefused
from tests import factories as make
from townships.models import Event, Unit, User

pytestmark = pytest.mark.django_db
EAST, WEST = "990001101", "990001102"
MET = date(2018, 5, 30)
MEETING = {"decision": "approve", "meeting": "领导小组2018年第5次会议", "met_on": "2018-05-30"}


@pytest.fixture
def campaign(on_day: Callable[[str], None]) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county())


@pytest.fixture
def office(campaign: Campaign) -> User:
    return make.user("office", campaign.unit)


@pytest.fixture
def leader(campaign: Campaign) -> User:
    return make.user("leader", campaign.unit)


@pytest.fixture
def cadre(campaign: Campaign) -> User:
    return make.user("cadre", at(EAST))


@pytest.fixture
def road(campaign: Campaign, office: User) -> Project:
    """5 公里 at 甲镇, all allotted, 2 started on 2018-03-01; 100 万元."""
    return make.project(
        make.programme(campaign, "P1", "道路"), office, arranged=5, counted_in="公里", name="甲镇至一村道路",
        started=[(2, date(2018, 3, 1))], township=at(EAST), department=at("D-A"), content="硬化5公里",
        investment=Decimal(100),
    )  # fmt: skip


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


def get(client: Client, user: User, address: str, status: int = 200) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:800]
    return unescape(answer.content.decode())


def post(client: Client, user: User, address: str, given: dict[str, Any], status: int = 302) -> str:
    client.force_login(user)
    answer = client.post(address, given)
    assert answer.status_code == status, answer.content.decode()[:800]
    return unescape(answer.content.decode())


def asked(road: Project, by: User, kind: str = "content", **wanted: Any) -> ProjectChange:
    """A request for ``wanted``; the other fields of its kind as they are."""
    road.refresh_from_db()
    now = changes.values_of(road, ChangeKind(kind))
    return changes.ask(road, ChangeKind(kind), wanted={**now, **wanted}, reason="群众要求", by=by)


def approved(change: ProjectChange, by: User, met_on: date = MET) -> None:
    changes.approve(change.pk, meeting="第5次会议", met_on=met_on, words="同意", by=by)


def figures(road: Project) -> tuple[Decimal, Decimal, Decimal, Decimal | None]:
    road.refresh_from_db()
    return road.arranged, road.allotted, road.due, road.investment


def test_w015_an_approved_change_shows_both_values_and_the_meeting(
    client: Client, road: Project, cadre: User, leader: User
) -> None:
    address, before = f"/projects/{road.number}/change/", road.version
    given = {
        "content": "硬化6公里",
        "arranged": "6",
        "investment": "120",
        "due": "30",
        "reason": "多通一个组",
    }
    post(client, cadre, f"{address}?kind=content", given)
    change = ProjectChange.objects.get()
    assert figures(road) == (5, 5, 0, 100)
    assert (road.content, road.version) == ("硬化5公里", before + 1)
    waiting = get(client, leader, f"/projects/{road.number}/")
    assert "等领导小组决定" in waiting
    assert f"{address}{change.pk}/" in waiting
    post(client, leader, f"{address}{change.pk}/", MEETING)
    assert figures(road) == (6, 5, 30, 120)
    assert road.content == "硬化6公里"
    read = get(client, cadre, f"/projects/{road.number}/")
    for said in (
        "5公里",
        "6公里",
        "100万元",
        "120万元",
        "硬化5公里",
        "硬化6公里",
        "领导小组2018年第5次会议",
        "2018年5月30日",
    ):
        assert said in read, said
    assert "2018年5月30日，变更：安排增加1公里" in read
    moved = road.entries.filter(cause="change", cause_id=change.pk)
    assert {(entry.stage, entry.happened_on) for entry in moved} == {("arranged", MET), ("due", MET)}
    (works,) = (row for row in sums.rolled(road.campaign_id, as_of=MET) if row.counted_in == "公里")
    assert (works["arranged"], works["allotted"]) == (6, 5)
    assert set(Event.objects.filter(subject_type="project").values_list("action", flat=True)) == {
        "ask_project_change",
        "decide_project_change",
    }


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_w015_no_address_changes_an_amount_without_a_decision(
    client: Client, road: Project, office: User, method: str
) -> None:
    client.force_login(office)
    given = '{"arranged": "9", "allotted": "9", "due": "9", "investment": "900", "content": "别的"}'
    for address in (
        f"/projects/{road.number}/",
        "/projects/",
        f"/api/v1/projects/{road.number}/",
        "/api/v1/projects/",
    ):
        answer = getattr(client, method)(address, given, content_type="application/json")
        assert answer.status_code in (403, 405), address
    assert figures(road) == (5, 5, 0, 100)
    assert road.content == "硬化5公里"


def test_w015_declined_the_values_stay_and_it_may_be_asked_again(
    client: Client, road: Project, cadre: User, office: User
) -> None:
    change = asked(road, cadre, arranged=Decimal(6))
    address = f"/projects/{road.number}/change/"
    assert "已有一份变更申请" in get(client, cadre, address, 409)
    post(client, office, f"{address}{change.pk}/", {"decision": "decline", "words": "资金没有落实"})
    assert figures(road) == (5, 5, 0, 100)
    assert "资金没有落实" in get(client, cadre, f"/projects/{road.number}/")
    get(client, cadre, address)
    with pytest.raises(ChangeRefused, match="已经有了决定"):
        approved(change, office)


def test_who_asked_records_no_decision_and_a_unit_decides_nothing(
    client: Client, road: Project, office: User, cadre: User
) -> None:
    change = asked(road, office, arranged=Decimal(6))
    address = f"/projects/{road.number}/change/{change.pk}/"
    assert "决定须由申请人以外的人登记" in get(client, office, address)
    assert "决定须由申请人以外的人登记" in post(client, office, address, MEETING, 409)
    assert "可由整改办／督查室、县领导办理" in post(client, cadre, address, MEETING, 403)
    with pytest.raises(ChangeRefused, match="填报员不能登记项目变更的决定"):
        approved(change, cadre)
    assert figures(road) == (5, 5, 0, 100)
    other = make.user("office", office.unit)
    post(client, other, address, MEETING)
    assert figures(road)[0] == 6


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({}, 422, "有1处需要改正"),
        ({**MEETING, "meeting": ""}, 422, "须写明领导小组会议"),
        ({**MEETING, "met_on": ""}, 422, "须写明会议日期"),
        ({**MEETING, "met_on": "2018-06-07"}, 409, "晚于今天"),
        ({**MEETING, "met_on": "2017-12-31"}, 409, "早于项目的安排日期"),
        ({"decision": "decline", "words": " "}, 422, "须写明理由"),
    ],
)
def test_a_decision_without_its_meeting_is_refused_in_words(
    client: Client, road: Project, cadre: User, leader: User, given: dict[str, str], status: int, words: str
) -> None:
    change = asked(road, cadre, arranged=Decimal(6))
    assert words in post(client, leader, f"/projects/{road.number}/change/{change.pk}/", given, status)
    change.refresh_from_db()
    assert change.state == "pending"
    assert figures(road) == (5, 5, 0, 100)


def test_what_is_arranged_no_longer_is_allotted_no_longer(road: Project, cadre: User, office: User) -> None:
    approved(asked(road, cadre, arranged=Decimal(3)), office)
    assert figures(road)[:2] == (3, 3)


def test_works_begun_are_not_arranged_away(client: Client, road: Project, cadre: User, office: User) -> None:
    change = asked(road, cadre, arranged=Decimal(1), investment=Decimal(20))
    page = post(client, office, f"/projects/{road.number}/change/{change.pk}/", MEETING, 409)
    assert "开工超过下达，差1" in page
    assert "领导小组2018年第5次会议" in page
    change.refresh_from_db()
    assert (change.state, change.decided_by) == ("pending", None)
    assert figures(road) == (5, 5, 0, 100)


def test_a_new_place_moves_the_figures_of_all_days(
    client: Client, road: Project, cadre: User, leader: User
) -> None:
    address = f"/projects/{road.number}/change/"
    village = at(f"{WEST}001")
    post(client, cadre, f"{address}?kind=place", {"unit": village.code, "place": "河对岸", "reason": "滑坡"})
    assert Project.objects.get().township == at(EAST)
    post(client, leader, f"{address}{ProjectChange.objects.get().pk}/", MEETING)
    road.refresh_from_db()
    assert (road.township, road.village, road.place) == (at(WEST), village, "河对岸")
    (row,) = sums.rolled(road.campaign_id, as_of=date(2018, 1, 31), by=("township",))
    assert row["arranged"] == 5
    assert at(WEST).pk in row.key
    read = get(client, make.user("cadre", at(WEST)), f"/projects/{road.number}/")
    assert "没有写明" in read
    assert road.number in get(client, leader, "/projects/?q=河对岸")


def test_a_value_that_moved_meanwhile_is_asked_for_anew(road: Project, cadre: User, office: User) -> None:
    change = asked(road, cadre, arranged=Decimal(6))
    ledger.post(road, moves=[ledger.Move("arranged", Decimal(1), MET)], by=office, cause="import", cause_id=7)
    with pytest.raises(ChangeRefused, match="安排数量已经变了"):
        approved(change, office)
    changes.decline(change.pk, words="重新提出", by=office)
    assert figures(road)[0] == 6


def test_what_a_later_file_moved_without_a_decision_stays_visible(
    client: Client, road: Project, office: User
) -> None:
    ledger.post(road, moves=[ledger.Move("arranged", Decimal(1), MET)], by=office, cause="import", cause_id=7)
    assert "台账导入安排增加1公里，没有领导小组的决定" in get(client, office, f"/projects/{road.number}/")
    ledger.post(
        road, moves=[ledger.Move("arranged", Decimal(-1), MET)], by=office, cause="withdrawal", cause_id=7
    )
    assert "没有领导小组的决定" not in get(client, office, f"/projects/{road.number}/")


@pytest.mark.parametrize(
    ("kind", "given", "status", "words"),
    [
        ("money", {"investment": "100", "due": "0", "reason": "无"}, 409, "没有要变更的"),
        ("money", {"investment": "-1", "due": "0", "reason": "无"}, 422, "有1处需要改正"),
        ("money", {"investment": "1e999999", "due": "x", "reason": ""}, 422, "有3处需要改正"),
        ("money", {"investment": "9", "due": "0", "reason": "无", "version": "99"}, 409, "有了新的内容"),
        ("standard", {"standard": "", "due": "0", "reason": "无"}, 422, "有1处需要改正"),
        ("place", {"unit": "天上", "reason": "无"}, 422, "有1处需要改正"),
        ("place", {"unit": "D-A", "reason": "无"}, 422, "不是乡镇"),
        ("amount", {}, 400, "没有“amount”这类变更"),
    ],
)
def test_a_bad_request_is_refused_and_what_was_typed_kept(
    client: Client, road: Project, cadre: User, kind: str, given: dict[str, str], status: int, words: str
) -> None:
    page = post(client, cadre, f"/projects/{road.number}/change/?kind={kind}", given, status)
    assert words in page
    assert all(f'value="{given[name]}"' in page for name in ("investment", "unit") if given.get(name))
    assert not ProjectChange.objects.exists()


def test_a_text_shown_masked_and_left_alone_stays_whole(
    client: Client, road: Project, cadre: User, office: User
) -> None:
    words = "硬化5公里\n联系人13890261234"
    Project.objects.filter(pk=road.pk).update(content=words)
    address = f"/projects/{road.number}/change/?kind=content"
    page = get(client, cadre, address)
    assert "138****1234" in page
    assert "13890261234" not in page
    given = {
        "content": "硬化5公里\r\n联系人138****1234",
        "arranged": "6",
        "investment": "100",
        "due": "0",
        "reason": "无",
    }
    post(client, cadre, address, given)
    change = ProjectChange.objects.get()
    assert change.after == {"arranged": "6"}
    approved(change, office)
    road.refresh_from_db()
    assert road.content == words


def test_a_unit_that_does_not_answer_cannot_ask(client: Client, road: Project) -> None:
    get(client, make.user("cadre", at(WEST)), f"/projects/{road.number}/change/", 404)
    get(client, make.user("unit_head", at(EAST)), f"/projects/{road.number}/change/", 403)
    get(client, make.user("department_staff", at("D-A")), f"/projects/{road.number}/change/?kind=standard")
    get(client, make.user("leader", road.campaign.unit), f"/projects/{road.number}/change/{10**30}/", 404)
