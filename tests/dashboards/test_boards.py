"""The board's head: time and focus, change since an earlier day, what is not begun, who last said anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboards.models import Focus, Target
from dashboards.rules.since import change, earlier_day, earlier_days
from dashboards.rules.tallies import TallyError, TallyQuery
from dashboards.services.boards import board
from issues.models import Verification
from issues.services import ledger
from projects.models import Campaign
from rectify.lib import clock
from tests import factories as make
from townships.models import Unit, User

OnDay = Callable[[str], None]
TODAY = date(2018, 6, 6)
START, END = date(2018, 6, 1), date(2018, 9, 8)


@pytest.fixture
def gj(db: None, on_day: OnDay) -> Campaign:
    on_day(TODAY.isoformat())
    return make.campaign(make.county(), start_on=START, end_on=END)


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


def shown(client: Client, user: User, address: str = "/dashboard/") -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return unescape(answer.content.decode())


def plain(text: str) -> str:
    """The page's words alone."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))


# --- the day it is compared with ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2018, 6, 6), ["2018-06-03", "2018-05-31", "2018-05-31", "2018-05-31"]),
        (date(2018, 6, 11), ["2018-06-10", "2018-06-10", "2018-05-31", "2018-05-31"]),
        (date(2018, 6, 10), ["2018-06-03", "2018-05-31", "2018-05-31", "2018-05-31"]),
        (date(2018, 7, 31), ["2018-07-29", "2018-07-20", "2018-06-30", "2018-05-31"]),
        (date(2018, 5, 31), ["2018-05-27", "2018-05-20", "2018-04-30"]),
    ],
)
def test_the_days_offered_are_ends_of_weeks_tendays_months_and_the_day_before_the_start(
    on: date, expected: list[str]
) -> None:
    """W-088: 旬 are 1–10, 11–20, 21 to the end; none before a campaign that has not begun."""
    assert [one.on.isoformat() for one in earlier_days(on, START)] == expected


def test_a_day_is_a_name_or_a_date_and_last_sunday_where_nothing_is_said() -> None:
    assert earlier_day("", TODAY, START).on == earlier_day("week", TODAY, START).on == date(2018, 6, 3)
    assert earlier_day(" 2018-05-20 ", TODAY, None).on == date(2018, 5, 20)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2018-06-06", "应早于截至日 2018-06-06"),
        ("2018-06-07", "应早于截至日"),
        ("昨天", "不是日期"),
        ("start", "没有开始日期"),
    ],
)
def test_a_day_that_is_not_earlier_is_refused(text: str, says: str) -> None:
    with pytest.raises(TallyError, match=says):
        earlier_day(text, TODAY, None)


def test_a_change_is_a_mark_for_the_eye_and_words_for_the_ear() -> None:
    then = earlier_day("2018-05-31", TODAY, None)
    said = [change(number, then, "户") for number in (Decimal(3), Decimal(-2), Decimal(0))]
    assert [(one.mark, one.words) for one in said] == [
        ("▲3", "比5月31日增加3户"),
        ("▼2", "比5月31日减少2户"),
        ("持平", "比5月31日没有变化"),
    ]


def moving(gj: Campaign, office: User) -> None:
    """10 found in May of which 4 were claimed then; since, 2 found, 3 claimed, 1 confirmed, 1 taken back."""
    listed = make.issue_list(gj)
    kind = make.category(gj, "C1", "漏雨")
    where = {"township": at("990001101"), "category": kind}
    late = {"deadline_class": "dated", "due_on": date(2018, 6, 4)}
    old = make.issue(
        listed, office, quantity=10, found_on=date(2018, 5, 2), **where, **late,
        claims=[(4, date(2018, 5, 20)), (3, date(2018, 6, 5))],
    )  # fmt: skip
    make.issue(listed, office, quantity=2, found_on=date(2018, 6, 5), township=at("990001102"), category=kind)
    checked = [ledger.Move("claimed", Decimal(-1), TODAY), ledger.Move("confirmed", Decimal(1), TODAY)]
    ledger.post(item_id=old.pk, moves=checked, by=office, cause="verification")
    Verification.objects.create(
        issue=old, method="site", unit=gj.unit, examined=2, found_true=1, taken_back=1, added=0,
        reason="partial", verified_on=TODAY, verified_by=office, recorded_at=clock.now(),
    )  # fmt: skip


def test_every_figure_says_how_it_changed(client: Client, gj: Campaign, office: User) -> None:
    moving(gj, office)
    told = plain(shown(client, office, "/dashboard/?since=2018-05-31"))
    for words in ("▲2，比5月31日增加2户", "▲4，比5月31日增加4户", "持平，比5月31日没有变化"):
        assert words in told, words
    panel = board(TallyQuery(), office, since="2018-05-31").panels[0]
    moved = {one.said.code: one.change.mark for one in panel.figures if one.change}
    assert moved == {
        "total": "▲2", "claimed": "▲2", "confirmed": "▲1", "unverified": "▲1", "left": "持平",
        "overdue": "▲4", "closed": "持平",
    }  # fmt: skip


def test_the_cut_rate_prints_both_its_numbers_and_what_is_not_verified(
    client: Client, gj: Campaign, office: User
) -> None:
    moving(gj, office)
    told = plain(shown(client, office))
    assert "核减1÷核查2" in told
    assert "50.0%" in told
    figures = {one.said.code: one.number.text for one in board(TallyQuery(), office).panels[0].figures}
    assert figures["unverified"] == "5"
    assert figures["cut_rate"] == "50.0%"


def test_a_day_without_record_has_nothing_to_compare(client: Client, gj: Campaign, office: User) -> None:
    moving(gj, office)
    told = shown(client, office, "/dashboard/?since=2018-05-01")
    assert "2018-05-01 此前无记录，没有可比的数字" in plain(told)
    assert 'class="change"' not in told


def test_an_earlier_day_that_is_none_is_refused_in_words(client: Client, gj: Campaign, office: User) -> None:
    client.force_login(office)
    for query, says in (
        ("since=2018-06-06", "应早于截至日"),
        ("since=abc", "不是日期"),
        ("as_of=2018-06-07", "晚于今天"),
    ):
        answer = client.get(f"/dashboard/?{query}")
        assert answer.status_code == 400
        assert says in answer.content.decode()
        assert client.get(f"/dashboard/flow/?{query}").status_code == 400


def test_before_the_first_entry_there_is_no_record(client: Client, gj: Campaign, office: User) -> None:
    moving(gj, office)
    told = plain(shown(client, office, "/dashboard/?as_of=2018-04-30"))
    assert "此前无记录。" in told
    assert "最早的记录是 2018-05-02" in told
    assert "此前无记录。" in plain(shown(client, office, "/dashboard/flow/?as_of=2018-04-30"))


def test_who_sees_one_township_sees_its_own_changes_alone(client: Client, gj: Campaign, office: User) -> None:
    moving(gj, office)
    cadre = make.user("cadre", at("990001102"))
    panel = board(TallyQuery(), cadre, since="2018-06-04").panels[0]
    assert {one.said.code: one.number.text for one in panel.figures}["total"] == "2"
    assert not panel.had_record
    stranger = make.user("cadre", at("990001103"))
    assert board(TallyQuery(), stranger).panels == ()


# --- time and focus -----------------------------------------------------------------------------------------


def test_the_head_tells_the_day_the_end_the_goal_and_the_pace(
    client: Client, gj: Campaign, office: User
) -> None:
    moving(gj, office)
    told = plain(shown(client, office))
    assert "第6天，共100天" in told
    assert "距结束还有94天" in told
    assert "距年底还有208天" in told
    assert "上报完成50.0%，序时进度6.0%，超前44.0个百分点" in told
    Target.objects.create(
        campaign=gj, name="清零目标", on=date(2018, 9, 30), share=100, marked_by=office, marked_at=clock.now()
    )
    told = plain(shown(client, office, "/dashboard/?basis=confirmed"))
    assert "距9月30日清零目标还有116天" in told
    assert "核实完成8.3%，序时进度4.9%" in told


def test_what_is_marked_stands_first_else_what_has_most_left(
    client: Client, gj: Campaign, office: User
) -> None:
    listed = make.issue_list(gj)
    kinds = [make.category(gj, f"C{at_}", name) for at_, name in enumerate(("甲类", "乙类", "丙类"))]
    below = make.category(gj, "C9", "乙下", kinds[1])
    for kind, quantity in zip((*kinds, below), (5, 1, 9, 7), strict=True):
        make.issue(listed, office, quantity=quantity, category=kind, township=at("990001101"))
    found = board(TallyQuery(), office)
    assert [(tile.name, tile.lines[0].most.text) for tile in found.tiles] == [
        ("丙类", "9"), ("乙类", "8"), ("甲类", "5"),
    ]  # fmt: skip
    for position, (kind, name) in enumerate(((kinds[0], "住房"), (kinds[1], "住房"), (below, ""))):
        Focus.objects.create(
            campaign=gj, field=name, category=kind, position=position, marked_by=office, marked_at=clock.now()
        )
    found = board(TallyQuery(), office)
    assert [(tile.name, [line.most.text for line in tile.lines]) for tile in found.tiles] == [
        ("住房", ["5", "8"]), ("乙下", ["7"]),
    ]  # fmt: skip
    assert "重点领域" in shown(client, office)


def test_beside_a_board_of_one_category_no_other_stands(gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    make.issue(listed, office, category=make.category(gj, "C1", "甲类"))
    assert board(TallyQuery(filters={"category": "C1"}), office).tiles == ()


# --- works --------------------------------------------------------------------------------------------------


def test_works_not_begun_are_told_line_by_line(client: Client, gj: Campaign, office: User) -> None:
    """W-009…W-012: 安排, 未下达, 未动工 of what was issued, the worst with its share; nothing begun at all."""
    three = make.programme(gj, "P1", "乡三有")
    special = make.programme(gj, "P2", "专项")
    parts = [make.programme(gj, f"P2{name}", name, special) for name in ("甲", "乙")]
    clinic = make.programme(gj, "P3", "卫生室")
    day = date(2018, 3, 1)
    make.project(three, office, arranged=71, started=[(18, day)], township=at("990001101"))
    make.project(parts[0], office, arranged=10, allotted=8, started=[(3, day)], township=at("990001101"))
    make.project(parts[1], office, arranged=2, started=[(1, day)], township=at("990001102"))
    make.project(clinic, office, arranged=21, township=at("990001102"))
    told = plain(shown(client, office, "/dashboard/?of=projects"))
    assert "乡三有：安排71个，53个未动工（占已下达的74.6%），其中甲镇53个，占100.0%。" in told
    assert "专项：2个专项，安排12个，2个未下达；已下达的10个中6个未动工（占已下达的60.0%）" in told
    assert "卫生室：安排21个，全部21个未启动。" in told
    assert told.index("乡三有：安排") < told.index("卫生室：安排") < told.index("专项：2个专项")


def test_who_was_issued_too_much_is_named_in_order(client: Client, gj: Campaign, office: User) -> None:
    """W-016: the most of them, in order, in 万元."""
    programme = make.programme(gj, "P1", "易搬")
    for code, funded in (("990001101", "12.5"), ("990001102", "30"), ("990001103", "9")):
        make.fund(programme, office, due="10", funded=funded, on=date(2018, 3, 1), township=at(code))
    told = plain(shown(client, office, "/dashboard/?of=projects"))
    assert "2个乡镇超额下达，合计超22.50万元，最多的2个依次是乙镇超20.00万元、甲镇超2.50万元。" in told


# --- who said nothing ---------------------------------------------------------------------------------------


def test_a_silent_place_is_told_with_the_day_of_its_last_word_on_anything(
    client: Client, gj: Campaign, office: User
) -> None:
    listed = make.issue_list(gj)
    make.issue(listed, office, quantity=4, township=at("990001101"), is_stated=False)
    make.issue(listed, office, quantity=4, township=at("990001102"), is_stated=False)
    make.issue(
        listed, office, counted_in="处", township=at("990001101"), last_word_on=date(2018, 5, 20),
        claims=[(1, date(2018, 5, 20))],
    )  # fmt: skip
    told = plain(shown(client, office))
    assert "甲镇 未更新（2018-05-20）" in told
    assert "乙镇 未更新4" in told
    assert "未更新（2018-05-20）" not in plain(shown(client, office, "/dashboard/?as_of=2018-05-19"))
    assert "还有8户" not in told, "who said nothing is never told as not done"


# --- cost ---------------------------------------------------------------------------------------------------


def queries(client: Client, user: User, address: str) -> int:
    client.force_login(user)
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


@pytest.mark.parametrize("address", ["/dashboard/", "/dashboard/flow/"])
@pytest.mark.parametrize("role", ["leader", "cadre"])
def test_the_number_of_queries_does_not_follow_the_rows(
    client: Client, gj: Campaign, office: User, address: str, role: str
) -> None:
    moving(gj, office)
    viewer = make.user(role, gj.unit if role == "leader" else at("990001101"))
    before = queries(client, viewer, address)
    listed, kind = gj.lists.get(), make.category(gj, "C7", "其他")
    for quantity in range(1, 9):
        make.issue(
            listed, office, quantity=quantity, township=at("990001101"), category=kind,
            found_on=date(2018, 5, quantity), claims=[(1, date(2018, 6, quantity % 5 + 1))],
        )  # fmt: skip
    assert queries(client, viewer, address) <= before
