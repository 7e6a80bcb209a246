"""Issues over REST: what a program reads, of what scope, and that nothing is missed while it pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from issues.models import Action, Issue, IssueList, PastDeadline
from issues.services import ledger, moves
from projects.models import Campaign
from rectify.lib import clock
from tests import factories as make
from tests.callers import Caller, check_described
from townships.models import Unit, User
from townships.rules.roles import Role
from townships.services import revisions

pytestmark = pytest.mark.django_db
EAST, WEST = "990001101", "990001102"
PHONE, IDENTITY = "13890261234", "510524196503021234"
ADDRESS = "/api/v1/issues/"


@pytest.fixture
def gj(on_day: Callable[[str], None]) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


@pytest.fixture
def listed(gj: Campaign) -> IssueList:
    return make.issue_list(gj)


@pytest.fixture
def platform(gj: Campaign) -> Caller:
    """A client that sees the county."""
    return Caller(Role.API_CLIENT, gj.unit)


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


def numbers(records: list[dict[str, Any]]) -> list[str]:
    return [record["number"] for record in records]


# --- what is told -------------------------------------------------------------------------------------------


def test_an_issue_is_told_with_codes_beside_names_and_decimals_as_text(
    platform: Caller, gj: Campaign, listed: IssueList, office: User
) -> None:
    kind = make.category(gj, "C11", "未拆旧", make.category(gj, "C1", "住房"))
    issue = make.issue(
        listed, office, quantity="183", found_on=date(2017, 12, 31), claims=[("42", date(2018, 5, 20))],
        confirmations=[("40.5", date(2018, 5, 21))], removals=[("3", date(2018, 5, 1))], amount="3058.470",
        category=kind, township=at(EAST), village=at(f"{EAST}001"), place="三社", unit=at("D-A"),
        lead_unit=at("D-A"), deadline_class="dated", due_on=date(2018, 6, 1), deadline_raw="5月底",
        description="旧房未拆", state="rectifying",
    )  # fmt: skip
    make.responsible(issue, at(EAST), at(WEST))
    make.responsible(issue, at("D-A"), role="lead")
    issue.units.create(unit=None, name="市国土局", role="support")
    (told,) = platform.read()["results"]
    expected = {
        "number": issue.number, "campaign": "gj2018", "list": "L1", "list_title": "某县房屋安全问题台账",
        "category": "住房 / 未拆旧", "category_code": "C11", "township": "甲镇", "township_code": EAST,
        "village": "甲一村", "village_code": f"{EAST}001", "place": "三社", "unit": "某县住建局",
        "unit_code": "D-A", "lead_unit": "某县住建局", "lead_unit_code": "D-A", "counted_in": "户",
        "quantity": "183", "removed": "3", "claimed": "42", "confirmed": "40.5", "left": "138",
        "amount": "3058.47", "state": "rectifying", "state_label": "整改中", "light": "overdue",
        "light_label": "逾期5天", "found_on": "2017-12-31", "last_word_on": "2018-05-20", "closed_on": None,
        "description": "旧房未拆", "url": f"/issues/{issue.number}/",
        "deadline": {
            "raw": "5月底", "class": "dated", "due_on": "2018-06-01", "long": False, "confidence": "certain",
        },
        "responsible_units": [
            {"unit": "某县住建局", "unit_code": "D-A", "role": "lead"},
            {"unit": "甲镇", "unit_code": EAST, "role": "responsible"},
            {"unit": "乙镇", "unit_code": WEST, "role": "responsible"},
            {"unit": "市国土局", "unit_code": None, "role": "support"},
        ],
    }  # fmt: skip
    assert {name: told[name] for name in expected} == expected
    assert platform.read(basis="confirmed")["results"][0]["left"] == "139.5"


def test_one_issue_has_its_texts_actions_and_former_deadlines(
    platform: Caller, listed: IssueList, office: User
) -> None:
    issue = make.issue(listed, office, goal="全部拆除", progress="已拆2户")
    Action.objects.create(issue=issue, position=0, text="逐户督促", due_on=date(2018, 6, 30))
    PastDeadline.objects.create(
        issue=issue, from_on=date(2018, 1, 10), until_on=date(2018, 6, 1), raw="5月10日", deadline_class="dated",
        due_on=date(2018, 5, 10), confirmed=True, changed_at=clock.now(), changed_by=office, cause="correction",
    )  # fmt: skip
    told = platform.read(f"{ADDRESS}{issue.number}/")
    assert (told["number"], told["goal"], told["progress"]) == (issue.number, "全部拆除", "已拆2户")
    assert told["actions"] == [{"text": "逐户督促", "due_on": "2018-06-30", "done_on": None}]
    (past,) = told["past_deadlines"]
    assert (past["raw"], past["due_on"], past["until_on"]) == ("5月10日", "2018-05-10", "2018-06-01")


def test_as_of_a_day_figures_and_deadlines_are_those_of_that_day(
    platform: Caller, listed: IssueList, office: User
) -> None:
    issue = make.issue(
        listed, office, quantity=5, claims=[(2, date(2018, 6, 1))], deadline_class="dated",
        due_on=date(2018, 7, 31),
    )  # fmt: skip
    PastDeadline.objects.create(
        issue=issue, from_on=date(2018, 1, 10), until_on=date(2018, 6, 1), raw="5月10日", deadline_class="dated",
        due_on=date(2018, 5, 10), confirmed=True, changed_at=clock.now(), changed_by=office, cause="correction",
    )  # fmt: skip
    (then,) = platform.read(as_of="2018-05-20")["results"]
    assert (then["claimed"], then["left"], then["light_label"]) == ("0", "5", "逾期10天")
    assert then["deadline"]["due_on"] == "2018-05-10"
    (now,) = platform.read()["results"]
    assert (now["claimed"], now["left"], now["light"]) == ("2", "3", "fine")


def test_answers_are_as_the_description_says(platform: Caller, gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    make.issue(listed, office)
    done = make.issue(listed, office, claims=[(1, date(2018, 5, 1))], township=at(EAST))
    Action.objects.create(issue=done, position=0, text="x")
    gone = make.issue(listed, office)
    ledger.withdraw_items([gone.pk], by=office)

    check_described("IssuePage", platform.read(updated_since="2018-01-01"))
    check_described("IssueDetail", platform.read(f"{ADDRESS}{done.number}/"))
    check_described("Problem", platform.get(f"{ADDRESS}?colour=red").json())


# --- whom -----------------------------------------------------------------------------------------------------


def test_a_client_sees_its_scope_alone(gj: Campaign, listed: IssueList, office: User) -> None:
    east = make.issue(listed, office, township=at(EAST))
    west = make.issue(listed, office, township=at(WEST))
    caller = Caller(Role.CADRE, at(EAST))
    assert numbers(caller.all()) == [east.number]
    assert caller.get(f"{ADDRESS}{west.number}/").status_code == 404
    assert numbers(Caller(Role.API_CLIENT, at(WEST)).all()) == [west.number]
    stranger = Caller(Role.API_CLIENT, make.unit("880100", "乙县", "county"))
    assert stranger.all() == []
    assert stranger.get(f"{ADDRESS}?campaign=gj2018").status_code == 400
    assert stranger.get(f"{ADDRESS}?list=L1").status_code == 400
    assert stranger.get(f"{ADDRESS}{east.number}/").status_code == 404


@pytest.mark.parametrize("role", [Role.API_CLIENT, Role.OFFICE, Role.CADRE])
def test_no_person_leaves_by_this_door(gj: Campaign, listed: IssueList, office: User, role: Role) -> None:
    written = f"电话{PHONE}，身份证{IDENTITY}"
    kind = make.category(gj, "C1", "住房")
    issue = make.issue(
        listed, office, description=written, note=written, progress=written, place=written, goal=written,
        household=f"欧阳修文{PHONE}", person=written, leader=written, source=written, source_doc=written,
        state_text=written, deadline_raw=written, section=written, recognised=written, category=kind,
        ledger_number=PHONE, township=at(EAST), extra={"联系方式": PHONE}, cells={"A": written},
    )  # fmt: skip
    issue.units.create(unit=None, name=f"某公司{PHONE}", role="support")
    Action.objects.create(issue=issue, position=0, text=written, person=PHONE)
    PastDeadline.objects.create(
        issue=issue, from_on=date(2018, 1, 10), until_on=date(2018, 6, 1), raw=written, deadline_class="dated",
        due_on=date(2018, 5, 10), changed_at=clock.now(), changed_by=office, cause="correction",
    )  # fmt: skip
    caller = Caller(role, at(EAST) if role is Role.CADRE else gj.unit)
    for address in (ADDRESS, f"{ADDRESS}{issue.number}/", f"{ADDRESS}?as_of=2018-05-20"):
        answer = caller.get(address).content.decode()
        assert PHONE not in answer
        assert IDENTITY not in answer
        assert "欧阳" not in answer
        assert "138****1234" in answer


def test_a_household_cannot_be_searched_out_by_who_does_not_read_it(
    platform: Caller, listed: IssueList, office: User
) -> None:
    make.issue(listed, office, household="欧阳修文", township=at(EAST))
    assert platform.all(q="欧阳修文") == []


# --- filters --------------------------------------------------------------------------------------------------

FILTERS = [
    {}, {"township": EAST}, {"township": f"{EAST}!"}, {"village": f"{EAST}001"}, {"unit": "D-A"},
    {"unit": EAST}, {"lead_unit": "D-A"}, {"department": "D-B"}, {"category": "C1"}, {"category": "C1!"},
    {"category": "-"}, {"list": "L2"}, {"counted_in": "户"}, {"source": "审计"}, {"state": "open"},
    {"state": "closed"}, {"deadline_class": "dated"}, {"measure": "left", "basis": "confirmed"},
    {"measure": "overdue"}, {"measure": "unstated"}, {"measure": "claimed", "as_of": "2018-05-01"},
    {"q": "漏雨"}, {"campaign": "gj2018", "township": WEST, "measure": "left"}, {"as_of": "2018-05-01"},
]  # fmt: skip


@pytest.fixture
def many(gj: Campaign, office: User) -> list[Issue]:
    """Two dozen issues that differ in every dimension."""
    lists = [make.issue_list(gj), make.issue_list(gj, "L2", "饮水")]
    top = make.category(gj, "C1", "住房", department=at("D-B"))
    kinds = [None, top, make.category(gj, "C2", "未拆旧", top)]
    made = []
    for number in range(24):
        town = at((EAST, WEST, "990001103")[number % 3])
        made.append(
            make.issue(
                lists[number % 2], office, quantity=1 + number % 4, counted_in=("户", "个")[number % 2],
                category=kinds[number % 3 - number % 2], township=town,
                village=at(f"{town.code}001") if number % 4 == 0 else None,
                unit=at("D-A") if number % 5 == 0 else town, lead_unit=at("D-A") if number % 5 == 0 else None,
                deadline_class=("long", "dated", "undetermined")[number % 3],
                due_on=date(2018, 5, 1 + number) if number % 3 == 1 else None,
                deadline_confirmed=number % 7 > 0, is_stated=number % 6 > 0,
                source=("审计", "自查")[number % 2], description="屋顶漏雨" if number % 8 == 0 else "未拆",
                state=("registered", "rectifying", "closed")[number % 3],
                claims=[(1 + (number % 4 == 1), date(2018, 4, 20 + number % 9))] if number % 4 else [],
                confirmations=[(1, date(2018, 6, 1))] if number % 4 == 3 else [],
            )
        )  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("role", "unit"), [("office", "990001"), ("cadre", EAST), ("department_staff", "D-B")]
)
def test_the_filters_find_what_the_page_finds(
    client: Client, many: list[Issue], role: str, unit: str
) -> None:
    client.force_login(make.user(role, at(unit)))
    caller = Caller(Role(role), at(unit))
    on_page, told = {}, {}
    for params in FILTERS:
        query = urlencode(params)
        html = unescape(client.get(f"/issues/?{query}").content.decode())
        on_page[query] = sorted(set(re.findall(r'href="/issues/(WT[0-9-]+)/"', html)))
        told[query] = sorted(numbers(caller.all(**params, page_size=9)))
    assert told == on_page
    assert len({tuple(found) for found in told.values()}) > 4


def test_overdue_and_has_left_are_short_for_measures(platform: Caller, many: list[Issue]) -> None:
    overdue, left = platform.all(overdue=1), platform.all(has_left=1)
    assert numbers(overdue) == numbers(platform.all(measure="overdue"))
    assert 0 < len(overdue) < len(left) < len(many)
    assert {record["light"] for record in overdue} == {"overdue"}
    assert all(record["left"] != "0" for record in left)
    assert numbers(platform.all(overdue=1, has_left=1)) == numbers(overdue)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", "没有“colour”这个筛选条件"),
        ("township=nowhere", "没有代码为“nowhere”的单位"),
        ("campaign=nothing", "没有代号为“nothing”的工作"),
        ("as_of=2018-06-07", "晚于今天"),
        ("as_of=x", "不是日期"),
        ("state=withdrawn", "没有“withdrawn”这一项"),
        ("overdue=yes", "只能是 1"),
        ("has_left=0", "只能是 1"),
        ("overdue=1&measure=claimed", "只能给一个"),
        ("sort=number", "接口不用 sort"),
        ("page=2", "接口不用 page"),
        ("page_size=0", "page_size 应是"),
        ("page_size=501", "page_size 应是"),
        ("page_size=x", "page_size 应是"),
        ("cursor=x", "cursor 无法识别"),
        ("cursor=WyIyMDE4LTA2LTA2VDAwOjAwOjAwKzA4OjAwIiwgMV0", "cursor 无法识别"),
        ("updated_since=x", "不是时间"),
        ("updated_since=0001-01-01T00:00:00%2B14:00", "年份"),
        ("known_at=0001-01-01T00:00:00%2B14:00", "年份"),
        ("updated_since=2018-06-01&as_of=2018-06-01", "不能与 as_of"),
        ("q=%00", "不能识别的字符"),
    ],
)
def test_nonsense_is_refused_in_chinese(platform: Caller, query: str, said: str) -> None:
    answer = platform.get(f"{ADDRESS}?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert said in answer.json()["detail"]


def test_a_day_before_everything_finds_nothing(platform: Caller, many: list[Issue]) -> None:
    assert platform.all(as_of="0001-01-01") == []


@pytest.mark.parametrize("number", ["WT%00", "x" * 300, "%F0%9F%92%A9", "..%2f"])
def test_a_number_that_is_none_is_not_found(platform: Caller, number: str) -> None:
    assert platform.get(f"{ADDRESS}{number}/").status_code == 404


# --- paging while others write --------------------------------------------------------------------------------


def test_pages_hold_every_issue_once_whatever_changes_meanwhile(
    platform: Caller, many: list[Issue], office: User
) -> None:
    seen: list[str] = []
    for count, page in enumerate(platform.pages(page_size=5)):
        assert len(page) <= 5
        seen += numbers(page)
        moves.say(many[count], said_on=date(2018, 6, 5))  # before the cursor
        moves.say(many[-1 - count], said_on=date(2018, 6, 5))  # behind it
        if count == 1:
            added = make.issue(many[0].list, office)
    assert seen == [*(issue.number for issue in many), added.number]


def test_changes_come_in_their_order_and_none_is_missed(platform: Caller, many: list[Issue]) -> None:
    Issue.objects.update(updated_at=clock.now() - timedelta(days=1))  # as one import writes them: one instant
    since = (clock.now() - timedelta(days=2)).isoformat()
    pages = platform.pages(updated_since=since, page_size=7)
    seen = next(pages)
    moves.say(many[0], said_on=date(2018, 6, 5))  # read already: it comes again, at the end
    moves.say(many[20], said_on=date(2018, 6, 5))  # not read yet: it moves back
    seen += [record for page in pages for record in page]
    assert numbers(seen)[-2:] == [many[0].number, many[20].number]
    assert set(numbers(seen)) == {issue.number for issue in many}
    assert [record["updated_at"] for record in seen] == sorted(record["updated_at"] for record in seen)


def test_what_did_not_change_since_is_left_out(platform: Caller, many: list[Issue]) -> None:
    Issue.objects.update(updated_at=clock.now() - timedelta(days=1))
    moves.say(many[3], said_on=date(2018, 6, 5))
    (changed,) = platform.all(updated_since=(clock.now() - timedelta(hours=1)).isoformat())
    assert changed["number"] == many[3].number
    assert numbers(platform.all(updated_since=changed["updated_at"])) == [many[3].number]


def test_the_next_address_is_whole_and_keeps_the_filter(platform: Caller, many: list[Issue]) -> None:
    page = platform.read(township=EAST, page_size=2)
    following = urlsplit(page["next"])
    assert (following.scheme, following.netloc, following.path) == ("http", "testserver", ADDRESS)
    assert f"township={EAST}" in following.query
    assert platform.read(page_size=500)["next"] is None


# --- what is gone ---------------------------------------------------------------------------------------------


def test_what_was_taken_back_leaves_a_tombstone_for_who_saw_it(
    gj: Campaign, many: list[Issue], office: User, platform: Caller
) -> None:
    since = (clock.now() - timedelta(hours=1)).isoformat()
    gone = many[0]  # 甲镇
    ledger.withdraw_items([gone.pk], by=office)
    gone.refresh_from_db()
    stones = [record for record in platform.all(updated_since=since, page_size=3) if record.get("deleted")]
    assert [(stone["number"], set(stone)) for stone in stones] == [
        (gone.number, {"number", "deleted", "updated_at"})
    ]
    assert gone.number not in numbers(platform.all())
    assert platform.get(f"{ADDRESS}{gone.number}/").status_code == 404
    assert gone.number in numbers(Caller(Role.CADRE, at(EAST)).all(updated_since=since))
    assert gone.number not in numbers(Caller(Role.CADRE, at(WEST)).all(updated_since=since))
    assert gone.number not in numbers(platform.all(updated_since=since, township=WEST))
    assert gone.number in numbers(platform.all(updated_since=since, state="closed"))


def test_what_went_to_its_parts_leaves_a_tombstone(platform: Caller, many: list[Issue], office: User) -> None:
    parent = many[0]
    ledger.post(
        item_id=parent.pk,
        moves=[ledger.Move("found", -parent.found, parent.found_on)],
        by=office,
        cause="split",
    )
    told = platform.all(updated_since="2018-01-01")
    assert [record["number"] for record in told if record.get("deleted")] == [parent.number]
    assert parent.number not in numbers(platform.all())


# --- what it costs --------------------------------------------------------------------------------------------


def test_an_unchanged_list_answers_304_until_something_changes(
    platform: Caller, listed: IssueList, office: User
) -> None:
    issue = make.issue(listed, office, township=at(EAST))
    for address in (ADDRESS, f"{ADDRESS}{issue.number}/"):
        first = platform.get(address)
        assert first["Cache-Control"] == "private, no-cache"
        assert "Authorization" in first["Vary"]
        unchanged = platform.get(address, **{"If-None-Match": first["ETag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert platform.get(f"{address}?q=x", **{"If-None-Match": first["ETag"]}).status_code == 200
        other = Caller(Role.CADRE, at(EAST)).get(address, **{"If-None-Match": first["ETag"]})
        assert other.status_code == 200
        revisions.bump([issue.township_id])
        assert platform.get(address, **{"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("query", ["", "?updated_since=2018-01-01", "?as_of=2018-05-01&overdue=1"])
def test_queries_do_not_grow_with_the_rows(
    platform: Caller, listed: IssueList, office: User, query: str
) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            make.responsible(make.issue(listed, office, township=at(EAST)), at(EAST), at("D-A"))

    def asked() -> int:
        platform.get(f"{ADDRESS}{query}")
        with CaptureQueriesContext(connection) as queries:
            platform.get(f"{ADDRESS}{query}")
        return len(queries)

    add(2)
    few = asked()
    add(20)
    assert asked() == few <= 20
