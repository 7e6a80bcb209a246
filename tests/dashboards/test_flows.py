"""存量 and 增量 (W-031): 期初 + 新增 − 完成 + 核减 − 调出 = 期末, and what was left on the days between."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.rules.tallies import TallyQuery
from dashboards.rules.trends import days_between, first_day
from dashboards.services.flows import FlowPanel, flows
from issues.models import Issue, IssueList, Supplement
from projects.models import Campaign
from rectify.lib import clock
from tests import factories as make
from tests.dashboards.worlds import (
    FIRST,
    SPAN,
    Seed,
    Work,
    World,
    build,
    check_proofs,
    fill,
    make_world,
    money,
    numbers_of,
    seeds,
    undone,
    works,
)
from townships.models import Unit, User

OnDay = Callable[[str], None]
TODAY = date(2018, 6, 6)
SIGNS = {"=": 0, "+": 1, "-": -1}


@pytest.fixture
def world(db: None, on_day: OnDay) -> World:
    on_day(TODAY.isoformat())
    return make_world()


def supplement(listed: IssueList, by: User) -> Supplement:
    return Supplement.objects.create(list=listed, reason="新发现", made_by=by, made_at=clock.now())


def adds_up(panel: FlowPanel) -> bool:
    """Every line of the table, its columns taken with their signs, comes to its last level."""
    lines = [*panel.table.lines, panel.table.total]
    for line in lines:
        pairs = list(zip(panel.table.heads, line.numbers, strict=True))
        levels = [Decimal(number.text) for head, number in pairs if head.sign == "="]
        moved = sum(Decimal(number.text) * SIGNS[head.sign] for head, number in pairs if head.sign)
        if levels[0] + moved != levels[1]:
            return False
    return True


def parts_make_the_whole(panel: FlowPanel) -> bool:
    """Stock and increment come to the total in every column."""
    if not panel.table.lines:
        return True
    columns = zip(*(line.numbers for line in panel.table.lines), strict=True)
    sums = [sum(Decimal(number.text) for number in column) for column in columns]
    return sums == [Decimal(number.text) for number in panel.table.total.numbers]


@given(
    rows=st.lists(seeds, min_size=1, max_size=8),
    late=st.sets(st.integers(0, 7), max_size=4),
    role=st.sampled_from(("office", "cadre", "department_staff")),
    days=st.integers(1, SPAN),
    back=st.integers(1, 120),
    basis=st.sampled_from(["claimed", "confirmed"]),
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=12,
)
def test_whatever_happened_the_flow_adds_up_and_every_number_opens_its_list(
    world: World, rows: list[Seed], late: set[int], role: str, days: int, back: int, basis: str
) -> None:
    """W-031: the identity holds for stock, increment and both, whoever looks, between any two days."""
    with undone():
        fill(world, rows, False)
        office = world.viewers["office"]
        for position, issue in enumerate(Issue.objects.order_by("id")):
            if position in late:
                Issue.objects.filter(pk=issue.pk).update(supplement=supplement(issue.list, office))
        user, as_of = world.viewers[role], FIRST + timedelta(days=days)
        since = (as_of - timedelta(days=back)).isoformat()
        shown = flows(TallyQuery(as_of=as_of, basis=basis), user, since=since)
        for panel in shown.panels:
            assert adds_up(panel), panel.table
            assert parts_make_the_whole(panel), panel.table
            lines = [*panel.table.lines, panel.table.total]
            check_proofs(
                [
                    (number.href, Decimal(number.text))
                    for numbers in (
                        *(line.numbers for line in lines),
                        *(p.left for p in panel.trend.points[-3:]),
                    )
                    for number in numbers
                ],
                user,
            )


@given(
    rows=st.lists(works, min_size=1, max_size=5),
    funds=money,
    role=st.sampled_from(("office", "cadre")),
    days=st.integers(1, SPAN),
    back=st.integers(1, 120),
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=8,
)
def test_works_and_money_flow_and_every_number_opens_its_list(
    world: World, rows: list[Work], funds: list[Any], role: str, days: int, back: int
) -> None:
    with undone():
        build(world, rows, funds)
        user, as_of = world.viewers[role], FIRST + timedelta(days=days)
        since = (as_of - timedelta(days=back)).isoformat()
        for panel in flows(TallyQuery(of="projects", as_of=as_of), user, since=since).panels:
            assert adds_up(panel), panel.table
            numbers = [*panel.table.total.numbers, *(one for p in panel.trend.points[-2:] for one in p.left)]
            check_proofs([(number.href, Decimal(number.text)) for number in numbers], user)


# --- by example ---------------------------------------------------------------------------------------------


@pytest.fixture
def gj(db: None, on_day: OnDay) -> Campaign:
    on_day(TODAY.isoformat())
    return make.campaign(make.county(), start_on=date(2018, 6, 1))


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


@pytest.fixture
def locked(gj: Campaign, office: User) -> IssueList:
    """10 on the list at its lock, 3 of them put right since, 2 taken off; 4 added after it, 1 put right."""
    listed = make.issue_list(gj)
    make.issue(
        listed, office, quantity=10, found_on=date(2018, 5, 2), township=at("990001101"),
        claims=[(3, date(2018, 6, 2))], removals=[(2, date(2018, 6, 3))],
    )  # fmt: skip
    make.issue(
        listed, office, quantity=4, found_on=date(2018, 6, 1), township=at("990001102"),
        claims=[(1, TODAY)], supplement=supplement(listed, office),
    )  # fmt: skip
    return listed


def cells(panel: FlowPanel) -> dict[str, list[str]]:
    lines = [*panel.table.lines, panel.table.total]
    return {line.name: [number.text for number in line.numbers] for line in lines}


def test_stock_and_increment_stand_apart_and_come_to_the_whole(
    gj: Campaign, office: User, locked: IssueList
) -> None:
    panel = flows(TallyQuery(), office, since="start").panels[0]
    assert [head.said.name for head in panel.table.heads] == [
        "期初未整改", "新增", "上报完成", "调出", "期末未整改", "销号（件）",
    ]  # fmt: skip
    assert cells(panel) == {
        "存量": ["10", "0", "3", "2", "5", "0"],
        "增量": ["0", "4", "1", "0", "3", "0"],
        "合计": ["10", "4", "4", "2", "8", "0"],
    }
    assert panel.table.sentence.endswith("期末未整改中，存量5户，增量3户（期间新增的增量4户）。")


def test_without_anything_added_after_a_lock_all_is_stock(gj: Campaign, office: User) -> None:
    make.issue(make.issue_list(gj), office, quantity=2)
    shown = flows(TallyQuery(), office)
    assert not shown.has_increment
    assert shown.panels[0].table.lines == ()


def test_by_what_was_confirmed_claims_do_not_count(gj: Campaign, office: User, locked: IssueList) -> None:
    panel = flows(TallyQuery(basis="confirmed"), office, since="start").panels[0]
    assert cells(panel)["合计"] == ["10", "4", "0", "2", "12", "0"]


def test_the_page_shows_the_table_and_the_board_takes_one_block_of_it(
    client: Client, gj: Campaign, office: User, locked: IssueList
) -> None:
    make.issue(locked, office, counted_in="处", quantity=7)
    client.force_login(office)
    whole = unescape(client.get("/dashboard/flow/?since=start").content.decode())
    assert whole.count('class="table flows"') == 2
    assert 'data-sign="-"' in whole
    assert check_proofs(numbers_of(whole), office) > 20
    board = client.get("/dashboard/").content.decode()
    address = unescape(re.findall(r'hx-get="([^"]+)"', board)[0])
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert part.count('class="table flows"') == 1


def test_who_sees_one_township_sees_its_flow_alone(gj: Campaign, office: User, locked: IssueList) -> None:
    cadre = make.user("cadre", at("990001101"))
    panel = flows(TallyQuery(), cadre, since="start").panels[0]
    assert cells(panel) == {"合计": ["10", "0", "3", "2", "5", "0"]}
    assert flows(TallyQuery(), make.user("cadre", at("990001103"))).panels == ()


def test_the_trend_begins_with_the_first_record_and_ends_on_the_day(
    gj: Campaign, office: User, locked: IssueList
) -> None:
    for viewer in (office, make.user("cadre", at("990001101"))):
        trend = flows(TallyQuery(), viewer).panels[0].trend
        points = {point.on: [number.text for number in point.left] for point in trend.points}
        assert min(points) == date(2018, 5, 7)
        assert points[date(2018, 6, 2)] == (["11", "14"] if viewer is office else ["7", "10"])
        assert points[TODAY] == (["8", "12"] if viewer is office else ["5", "8"])
    before = flows(TallyQuery(as_of=date(2018, 5, 4)), office).panels[0].trend
    assert [point.on for point in before.points] == [date(2018, 5, 2), date(2018, 5, 3), date(2018, 5, 4)]


def test_many_days_have_a_point_at_the_end_of_each_tenday() -> None:
    days = days_between(date(2018, 5, 1), date(2018, 7, 5))
    assert [day.isoformat()[5:] for day in days] == [
        "05-10", "05-20", "05-31", "06-10", "06-20", "06-30", "07-05",
    ]  # fmt: skip
    assert len(days_between(date(2018, 5, 6), TODAY)) == 32


@pytest.mark.parametrize(
    ("start_on", "expected"),
    [
        (None, "2018-05-07"),
        (date(2018, 6, 1), "2018-05-07"),
        (date(2018, 4, 1), "2018-03-31"),
        (date(2010, 1, 1), "2017-05-02"),
        (date(2018, 7, 1), "2018-05-07"),
    ],
)
def test_a_trend_begins_before_the_campaign_within_bounds(start_on: date | None, expected: str) -> None:
    assert first_day(start_on, TODAY).isoformat() == expected
