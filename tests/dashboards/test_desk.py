"""My desk by role: what waits and since when, each number with its list; the department's field (W-022)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboards.services.waiting import waits
from issues.models import Closure, Issue, Lead, Part, Plan, Share
from issues.rules.stages import State
from rectify.lib import clock
from tests import factories
from tests.issues.life.conftest import World, world
from townships.models import Unit, User

__all__ = ["world"]
PEOPLE = ("office", "leader", "cadre", "head", "neighbour", "neighbour_head", "staff", "stranger")


def full(world: World, times: int = 1) -> None:
    """Every pile has something: with whom it lies, follows from state and records."""
    for _ in range(times):
        world.issue(State.AWAITING_SIGNATURE)
        world.issue(State.PLANNING)
        world.issue(claims=[(10, date(2018, 6, 1))])
        world.issue(claims=[(2, date(2018, 4, 1))])
        world.issue(deadline_class="dated", due_on=date(2018, 6, 9), claims=[(2, date(2018, 6, 5))])
        for state, plan in ((State.PLANNING, "awaiting_head"), (State.PLAN_SUBMITTED, "submitted")):
            issue = world.issue(state)
            Plan.objects.create(
                issue=issue, version=1, state=plan, unit=world.township, drafted_by=world.cadre,
                drafted_at=clock.now(), signed_at=clock.now(),
            )  # fmt: skip
        for state, closure in ((State.RECTIFYING, "awaiting_head"), (State.CLOSING, "applied"), (State.CLOSING, "reviewed")):  # fmt: skip
            issue = world.issue(state, claims=[(10, date(2018, 6, 1))])
            Closure.objects.create(issue=issue, state=closure, unit=world.township, applied_at=clock.now())


def desk(client: Client, user: User) -> str:
    client.force_login(user)
    answer = client.get("/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def shown_by(client: Client, address: str) -> int:
    """How many issues a list says it has."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    found = re.search(r"共 <strong>([\d,]+)</strong> 项", answer.content.decode())
    return int(found[1].replace(",", "")) if found else 0


@pytest.mark.parametrize("who", PEOPLE)
def test_every_number_of_the_desk_opens_a_list_of_exactly_that_many(
    client: Client, world: World, who: str
) -> None:
    full(world, 2)
    user = getattr(world, who)
    client.force_login(user)
    laid = waits(world.campaign, user)
    for one in laid.mine:
        assert shown_by(client, one.href) == one.heap.count, one.pile
    for line in (*laid.watched, *(one for one in laid.lists if one.href.startswith("/issues/"))):
        assert shown_by(client, line.href) == line.count, line.label
    for table in laid.fields:
        for row, href in table.rows:
            assert shown_by(client, href) == row.items, href
            assert shown_by(client, f"{href}&waiting=silent") == row.silent, href
        assert shown_by(client, table.total_href) == table.field.total.items


def piles(world: World, user: User) -> dict[str, int]:
    return {one.pile.value: one.heap.count for one in waits(world.campaign, user).mine}


def test_each_role_finds_what_it_has_to_do(world: World) -> None:
    full(world)
    Issue.objects.exclude(last_word_on=date(2018, 4, 1)).update(last_word_on=date(2018, 6, 5))
    assert piles(world, world.cadre) == {"sign": 1, "plan": 1, "ready": 1, "due_soon": 1, "silent": 1}
    assert piles(world, world.head) == {"head_plan": 1, "head_closure": 1}
    assert piles(world, world.staff) == {"review_plan": 1, "review_closure": 1}
    assert piles(world, world.office) == {"sign_off": 1}
    assert piles(world, world.leader) == {}
    assert piles(world, world.neighbour) == {}
    assert piles(world, world.stranger) == {}


def test_the_desk_says_since_when(client: Client, world: World) -> None:
    issue = world.issue(State.AWAITING_SIGNATURE)
    Share.objects.filter(issue=issue).update(since=clock.now() - timedelta(days=4))
    text = desk(client, world.cadre)
    assert text.index("等我办的") < text.index(issue.number) < text.index("现在的数字")
    assert "2018-06-02" in text


def test_who_has_nothing_to_do_is_told_so(client: Client, world: World) -> None:
    assert "现在没有等您办的事" in desk(client, world.neighbour)


def test_parts_and_unlocked_lists_wait_for_whom_they_concern(world: World) -> None:
    listed = factories.issue_list(world.campaign, "L2", "自查")
    Part.objects.create(list=listed, unit=world.township)
    Part.objects.create(list=listed, unit=world.other)

    def lines(user: User) -> dict[str, int]:
        return {line.label: line.count for line in waits(world.campaign, user).lists}

    assert lines(world.office) == {"清单未锁定": 1, "单位未报": 2}
    assert lines(world.head) == {"分工待签字": 1}
    assert lines(world.cadre) == {"分工待报": 1}
    assert lines(world.leader) == {}


def test_leads_wait_on_the_desks_of_their_handling_unit_and_of_who_judges_them(
    client: Client, world: World
) -> None:
    bureau = world.staff.unit
    assert bureau is not None
    told = {"campaign": world.campaign, "description": "某村低保评议不公开", "reported_by": world.other}
    Lead.objects.create(number="XS1", handling_unit=bureau, registered_by=world.stranger, valid=True, **told)
    Lead.objects.create(number="XS2", registered_by=world.office, **told)

    def lines(user: User) -> dict[str, int]:
        found = {line.label: line for line in waits(world.campaign, user).lists if "线索" in line.label}
        for line in found.values():
            client.force_login(user)
            assert client.get(line.href).context["pager"].count == line.count
        return {label: line.count for label, line in found.items()}

    assert lines(world.staff) == {"线索待办": 1}
    assert lines(world.office) == {"线索待研判": 1}
    assert (lines(world.cadre), lines(world.leader)) == ({}, {})
    assert "低保评议" not in desk(client, world.staff)


def test_leads_wait_on_the_desk_of_who_sees_no_issues(client: Client, world: World) -> None:
    told = {"campaign": world.campaign, "description": "某村低保评议不公开", "reported_by": world.other}
    Lead.objects.create(number="XS1", registered_by=world.office, **told)
    text = desk(client, factories.user("discipline", world.office.unit))
    assert "<strong>1</strong> 线索待研判" in text
    assert "低保评议" not in text
    assert "线索" not in desk(client, factories.user("auditor", world.office.unit)).partition("<main")[2]


def test_who_has_no_desk_is_not_told_that_nothing_waits(client: Client, world: World) -> None:
    for role in ("discipline", "inspector", "auditor"):
        text = desk(client, factories.user(role, world.office.unit))
        assert "没有需要您办理的业务" not in text
        assert "工作台只列问题和项目" in text


def test_w_022_the_department_sees_all_townships_of_its_field_and_nothing_else(
    client: Client, world: World
) -> None:
    other = factories.category(world.campaign, "C002", "资金", department=Unit.objects.get(code="D-B"))
    world.issue(claims=[(4, date(2018, 6, 1))], confirmations=[(3, date(2018, 6, 2))])
    world.issue(township=world.other, claims=[(1, date(2018, 5, 1))])
    world.issue(township=world.other, quantity=7, category=other)
    (table,) = waits(world.campaign, world.staff).fields
    rows = {row.name: row for row, _ in table.rows}
    assert set(rows) == {"甲镇", "乙镇"}
    first, second = rows["甲镇"], rows["乙镇"]
    assert (first.found, first.claimed, first.confirmed, first.left) == (10, 4, 3, 6)
    assert (first.last_word_on, first.silent) == (date(2018, 6, 1), 0)
    assert (second.found, second.last_word_on, second.silent) == (10, date(2018, 5, 1), 1)
    assert table.field.without == ["丙乡"]
    assert table.field.total.found == 20
    text = desk(client, world.staff)
    assert "以户计：2个问题，未整改15户，1个15天没有进展" in text
    assert "本部门主管的问题" not in desk(client, world.cadre)


def test_what_is_counted_in_different_things_is_never_added(world: World) -> None:
    world.issue()
    world.issue(counted_in="万元", quantity="3.5")
    tables = waits(world.campaign, world.staff).fields
    assert {table.field.counted_in for table in tables} == {"户", "万元"}


@pytest.mark.parametrize("who", ["office", "cadre", "head", "staff", "leader"])
def test_the_desk_costs_the_same_however_much_waits(client: Client, world: World, who: str) -> None:
    counts: list[Any] = []
    for times in (1, 3):
        full(world, times)
        desk(client, getattr(world, who))
        with CaptureQueriesContext(connection) as queries:
            desk(client, getattr(world, who))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 90, counts
