"""Projects and campaigns over REST: what a program reads, of what scope, and what leaves a tombstone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects.models import Campaign, Programme, Project
from projects.services import ledger
from rectify.lib import clock
from tests import factories as make
from tests.callers import Caller, check_described
from townships.models import Unit, User
from townships.rules.roles import Role
from townships.services import revisions

pytestmark = pytest.mark.django_db
EAST, WEST = "990001101", "990001102"
PHONE = "13890261234"
ADDRESS = "/api/v1/projects/"


@pytest.fixture
def gj(on_day: Callable[[str], None]) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county(), start_on=date(2018, 6, 1))


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


@pytest.fixture
def platform(gj: Campaign) -> Caller:
    """A client that sees the county."""
    return Caller(Role.API_CLIENT, gj.unit, ADDRESS)


@pytest.fixture
def works(gj: Campaign) -> Programme:
    return make.programme(gj, "P2", "饮水", make.programme(gj, "P1", "专项项目", department=at("D-B")))


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


def numbers(records: list[dict[str, object]]) -> list[object]:
    return [record["number"] for record in records]


# --- what is told -------------------------------------------------------------------------------------------


def test_a_project_is_told_with_codes_beside_names_and_decimals_as_text(
    platform: Caller, works: Programme, office: User
) -> None:
    project = make.project(
        works, office, arranged="12.50", counted_in="公里", allotted="10", started=[("4", date(2018, 3, 1))],
        completed=[("1.25", date(2018, 5, 1))], name="东线供水", township=at(EAST), village=at(f"{EAST}001"),
        department=at("D-A"), investment="3058.470", start_raw="3月底", start_due_on=date(2018, 3, 31),
        start_class="dated", finish_due_on=date(2018, 6, 1), finish_class="dated", finish_raw="6月1日",
    )  # fmt: skip
    nothing = ledger.Move("funded", 0 * project.arranged, date(2018, 4, 1), project.arranged)
    ledger.post(project, moves=[nothing], by=office, cause="report")
    (told,) = platform.all()
    expected = {
        "number": project.number, "name": "东线供水", "campaign": "gj2018", "programme": "专项项目 / 饮水",
        "programme_code": "P2", "township": "甲镇", "township_code": EAST, "village": "甲一村",
        "village_code": f"{EAST}001", "department": "某县住建局", "department_code": "D-A",
        "counted_in": "公里", "arranged": "12.5", "allotted": "10", "not_allotted": "2.5", "started": "4",
        "not_started": "6", "completed": "1.25", "accepted": "0", "due": "0", "funded": "12.5", "paid": "0",
        "over": "0", "investment": "3058.47", "light": "overdue", "light_label": "逾期5天",
        "url": f"/projects/{project.number}/",
        "start_deadline": {
            "raw": "3月底", "class": "dated", "due_on": "2018-03-31", "confidence": "certain",
        },
    }  # fmt: skip
    assert {name: told[name] for name in expected} == expected


def test_one_project_has_its_texts_and_every_line_of_its_ledger(
    platform: Caller, works: Programme, office: User
) -> None:
    made = make.project(works, office, content="管网", progress="在建", started=[(1, date(2018, 3, 1))])
    told = platform.read(f"{ADDRESS}{made.number}/")
    assert (told["content"], told["progress"]) == ("管网", "在建")
    assert [(entry["stage"], entry["quantity"], entry["happened_on"]) for entry in told["entries"]] == [
        ("arranged", "1", "2018-01-01"), ("allotted", "1", "2018-01-01"), ("started", "1", "2018-03-01"),
    ]  # fmt: skip


def test_as_of_a_day_figures_are_those_of_that_day(platform: Caller, works: Programme, office: User) -> None:
    make.project(works, office, started=[(1, date(2018, 5, 1))])
    (then,) = platform.all(as_of="2018-04-30")
    assert (then["started"], then["not_started"]) == ("0", "1")
    assert platform.all(as_of="2017-12-31") == []


def test_answers_are_as_the_description_says(platform: Caller, works: Programme, office: User) -> None:
    full = make.project(works, office, township=at(EAST), department=at("D-A"), investment="5")
    make.project(works, office, department_text="某公司")
    gone = make.project(works, office)
    ledger.withdraw_items(Project, [gone.pk], by=office)
    check_described("ProjectPage", platform.read(updated_since="2018-01-01"))
    check_described("ProjectDetail", platform.read(f"{ADDRESS}{full.number}/"))
    check_described("CampaignPage", platform.read("/api/v1/campaigns/"))
    check_described("CampaignDetail", platform.read("/api/v1/campaigns/gj2018/"))
    check_described("Problem", platform.get(f"{ADDRESS}?colour=red").json())


def test_the_description_says_what_updated_since_does_not_tell(client: Client, office: User) -> None:
    """What moved out of the token's scope leaves no tombstone there: without a comparison of the whole, it
    would stay with the other program for ever."""
    client.force_login(office)
    told = client.get("/api/v1/schema/?format=json").json()
    for address in (ADDRESS, "/api/v1/issues/"):
        asked = told["paths"][address]["get"]["parameters"]
        (said,) = (one["description"] for one in asked if one["name"] == "updated_since")
        assert "移出本令牌范围的，既不再列出，也不作为已撤回给出" in said
        assert "请每天不带 updated_since 完整读取一次" in said


def test_a_campaign_has_its_days_and_its_programmes(platform: Caller, works: Programme) -> None:
    (listed,) = platform.read("/api/v1/campaigns/")["results"]
    told = platform.read("/api/v1/campaigns/gj2018/")
    assert {name: told[name] for name in listed} == listed
    assert (told["name"], told["unit_code"], told["start_on"]) == ("百日攻坚", "990001", "2018-06-01")
    assert told["programmes"] == [
        {
            "programme": "专项项目", "programme_code": "P1", "parent_code": None, "department": "某县财政局",
            "department_code": "D-B",
        },
        {
            "programme": "专项项目 / 饮水", "programme_code": "P2", "parent_code": "P1", "department": None,
            "department_code": None,
        },
    ]  # fmt: skip


# --- whom ---------------------------------------------------------------------------------------------------


def test_a_client_sees_its_scope_alone(gj: Campaign, works: Programme, office: User) -> None:
    east = make.project(works, office, township=at(EAST))
    west = make.project(works, office, township=at(WEST), department=at("D-A"))
    assert numbers(Caller(Role.API_CLIENT, at(EAST), ADDRESS).all()) == [east.number]
    assert numbers(Caller(Role.API_CLIENT, at("D-A"), ADDRESS).all()) == [west.number]
    assert Caller(Role.CADRE, at(EAST), ADDRESS).get(f"{ADDRESS}{west.number}/").status_code == 404
    other = make.unit("880001", "邻县", "county")
    make.programme(make.campaign(other, code="other"), "P9", "别处")
    stranger = Caller(Role.API_CLIENT, other, ADDRESS)
    assert stranger.all() == []
    assert [one["code"] for one in stranger.read("/api/v1/campaigns/")["results"]] == ["other"]
    assert stranger.get("/api/v1/campaigns/gj2018/").status_code == 404
    for query in ("campaign=gj2018", "programme=P1"):
        assert stranger.get(f"{ADDRESS}?{query}").status_code == 400


@pytest.mark.parametrize("role", [Role.API_CLIENT, Role.CADRE])
def test_no_person_leaves_by_this_door(gj: Campaign, works: Programme, office: User, role: Role) -> None:
    written = f"电话{PHONE}"
    made = make.project(
        works, office, township=at(EAST), name=written, content=written, progress=written, problem=written,
        note=written, leader="欧阳修文", person="欧阳修文", place=written, department_text=written,
        start_raw=written, finish_raw=written, ledger_number=PHONE, sheet_title=written,
        extra={"联系方式": PHONE}, cells={"A": written},
    )  # fmt: skip
    caller = Caller(role, at(EAST) if role is Role.CADRE else gj.unit, ADDRESS)
    for address in (ADDRESS, f"{ADDRESS}{made.number}/"):
        answer = caller.get(address).content.decode()
        assert PHONE not in answer
        assert "欧阳" not in answer
        assert "138****1234" in answer


# --- filters ------------------------------------------------------------------------------------------------

FILTERS = [
    {}, {"township": EAST}, {"township": "-"}, {"village": f"{EAST}001"}, {"unit": "D-A"},
    {"department": "D-A!"}, {"programme": "P1"}, {"programme": "P1!"}, {"counted_in": "户"},
    {"measure": "not_started"}, {"measure": "started", "as_of": "2018-04-15"}, {"measure": "not_allotted"},
    {"measure": "completed"}, {"q": "渠道"}, {"campaign": "gj2018", "township": WEST}, {"as_of": "2018-03-01"},
]  # fmt: skip


@pytest.fixture
def many(gj: Campaign, works: Programme, office: User) -> list[Project]:
    """A dozen projects that differ in every dimension."""
    top = Programme.objects.get(code="P1")
    made = []
    for number in range(12):
        town = at((EAST, WEST)[number % 2]) if number % 5 else None
        made.append(
            make.project(
                (top, works)[number % 2], office, arranged=3, allotted=number % 4, township=town,
                village=at(f"{EAST}001") if number % 3 == 0 else None, counted_in=("户", "个")[number % 2],
                department=at("D-A") if number % 4 == 1 else None, search_text="渠道" if number % 6 == 0 else "",
                started=[(1, date(2018, 4, 1 + number))] if number % 4 else [],
                completed=[(1, date(2018, 5, 20))] if number % 4 == 3 else [],
            )
        )  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("role", "unit"), [("office", "990001"), ("cadre", EAST), ("department_staff", "D-B")]
)
def test_the_filters_find_what_the_page_finds(
    client: Client, many: list[Project], role: str, unit: str
) -> None:
    client.force_login(make.user(role, at(unit)))
    caller = Caller(Role(role), at(unit), ADDRESS)
    on_page, told = {}, {}
    for params in FILTERS:
        query = urlencode(params)
        html = unescape(client.get(f"/projects/?{query}").content.decode())
        on_page[query] = sorted(set(re.findall(r'href="/projects/(XM[0-9-]+)/"', html)))
        told[query] = sorted(numbers(caller.all(**params, page_size=5)))
    assert told == on_page
    assert len({tuple(found) for found in told.values()}) > 4


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", "没有“colour”这个筛选条件"),
        ("township=nowhere", "没有代码为“nowhere”的单位"),
        ("campaign=nothing", "没有代号为“nothing”的工作"),
        ("programme=nothing", "没有代码为“nothing”的专项"),
        ("as_of=2018-06-07", "晚于今天"),
        ("measure=left", "没有“left”这一项"),
        ("sort=number", "接口不用 sort"),
        ("page=2", "接口不用 page"),
        ("page_size=501", "page_size 应是"),
        ("cursor=x", "cursor 无法识别"),
        ("updated_since=x", "不是时间"),
        ("updated_since=2018-06-01&as_of=2018-06-01", "不能与 as_of"),
        ("township=990001101&township=990001102", "township 给了 2 次"),
        ("q=%00", "不能识别的字符"),
    ],
)
def test_nonsense_is_refused_in_chinese(platform: Caller, query: str, said: str) -> None:
    answer = platform.get(f"{ADDRESS}?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert said in answer.json()["detail"]


def test_campaigns_take_no_filter(platform: Caller) -> None:
    answer = platform.get("/api/v1/campaigns/?code=gj2018")
    assert (answer.status_code, answer.json()["code"]) == (400, "filter")


@pytest.mark.parametrize("number", ["XM%00", "x" * 300, "%F0%9F%92%A9"])
def test_a_number_that_is_none_is_not_found(platform: Caller, number: str) -> None:
    assert platform.get(f"{ADDRESS}{number}/").status_code == 404
    assert platform.get(f"/api/v1/campaigns/{number}/").status_code == 404


# --- changes ------------------------------------------------------------------------------------------------


def test_changes_come_in_their_order_and_what_was_taken_back_leaves_a_tombstone(
    platform: Caller, many: list[Project], office: User
) -> None:
    Project.objects.update(
        updated_at=clock.now() - timedelta(days=1)
    )  # as one import writes them: one instant
    since = (clock.now() - timedelta(days=2)).isoformat()
    gone, changed = many[4], many[7]
    ledger.withdraw_items(Project, [gone.pk], by=office)
    moved = ledger.Move("arranged", changed.arranged, date(2018, 6, 5))
    ledger.post(changed, moves=[moved], by=office, cause="correction")
    told = platform.all(updated_since=since, page_size=5)
    assert numbers(told)[-2:] == [gone.number, changed.number]
    assert set(numbers(told)) == {project.number for project in many}
    assert [record["updated_at"] for record in told] == sorted(record["updated_at"] for record in told)
    (stone,) = [record for record in told if record.get("deleted")]
    assert (stone["number"], set(stone)) == (gone.number, {"number", "deleted", "updated_at"})
    assert gone.number not in numbers(platform.all())
    assert platform.get(f"{ADDRESS}{gone.number}/").status_code == 404
    west = Caller(Role.CADRE, at(WEST), ADDRESS).all(updated_since=since)
    assert gone.number not in numbers(west)
    assert gone.number not in numbers(platform.all(updated_since=since, township=WEST))
    recent = platform.all(updated_since=(clock.now() - timedelta(hours=1)).isoformat())
    assert numbers(recent) == [gone.number, changed.number]


# --- what it costs ------------------------------------------------------------------------------------------


def test_an_unchanged_list_answers_304_until_something_changes(
    platform: Caller, works: Programme, office: User
) -> None:
    made = make.project(works, office, township=at(EAST))
    for address in (ADDRESS, f"{ADDRESS}{made.number}/", "/api/v1/campaigns/", "/api/v1/campaigns/gj2018/"):
        first = platform.get(address)
        unchanged = platform.get(address, **{"If-None-Match": first["ETag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        revisions.bump([made.township_id])
        assert platform.get(address, **{"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    "address", [ADDRESS, f"{ADDRESS}?updated_since=2018-01-01", f"{ADDRESS}?as_of=2018-05-01"]
)
def test_queries_do_not_grow_with_the_rows(
    platform: Caller, works: Programme, office: User, address: str
) -> None:
    def asked() -> int:
        platform.get(address)
        with CaptureQueriesContext(connection) as queries:
            platform.get(address)
        return len(queries)

    make.project(works, office, township=at(EAST), department=at("D-A"))
    few = asked()
    for _ in range(15):
        make.project(works, office, township=at(WEST), village=at(f"{WEST}001"))
    assert asked() == few <= 20
