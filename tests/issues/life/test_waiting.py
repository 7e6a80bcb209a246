"""Piles: what waits for whom, and since when; each number opens exactly its list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.access import household_sight
from issues.exchange.workbooks import issues_of
from issues.models import Closure, Extension, Issue, IssueUnit, Plan, Proposal, Refusal, Share
from issues.queries.choices import choices
from issues.queries.issues import filtered
from issues.queries.situations import answering_units, situation_of
from issues.queries.waiting import heap
from issues.rules.filters import IssueFilter
from issues.rules.piles import Pile
from issues.rules.stages import State
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from tests.issues.life.conftest import World
from townships.models import Unit, User

TODAY = date(2018, 6, 6)


def numbers(user: User, pile: Pile, **more: str) -> set[str]:
    wanted = IssueFilter(waiting=pile.value, **more)
    found = filtered(Issue.objects.visible_to(user), wanted, sight=household_sight(user))
    assert set(issues_of(user, wanted).values_list("number", flat=True)) == set(
        found.values_list("number", flat=True)
    ), "the export holds what the list shows"
    return set(found.values_list("number", flat=True))


def plan(issue: Issue, world: World, state: str, **fields: Any) -> Plan:
    return Plan.objects.create(
        issue=issue, version=1, state=state, unit=world.township, drafted_by=world.cadre,
        drafted_at=clock.now(), **fields,
    )  # fmt: skip


def closure(issue: Issue, world: World, state: str) -> Closure:
    return Closure.objects.create(issue=issue, state=state, unit=world.township, applied_at=clock.now())


def submitted(world: World) -> Issue:
    issue = world.issue(State.PLAN_SUBMITTED)
    plan(issue, world, "submitted")
    return issue


def refused(world: World) -> Issue:
    issue = world.issue(State.AWAITING_SIGNATURE)
    share = Share.objects.get(issue=issue)
    Share.objects.filter(pk=share.pk).update(state="refused")
    Refusal.objects.create(
        share=share, kind="not_ours", words="不在本镇", refused_by=world.cadre, refused_at=clock.now(),
        answer_due_on=date(2018, 6, 8),
    )  # fmt: skip
    return issue


def planned(world: World, state: State, plan_state: str) -> Issue:
    issue = world.issue(state)
    plan(issue, world, plan_state)
    return issue


def applied(world: World, state: State, closure_state: str) -> Issue:
    issue = world.issue(state, claims=[(10, date(2018, 6, 1))])
    closure(issue, world, closure_state)
    return issue


def proposed(world: World) -> Issue:
    issue = world.issue()
    Proposal.objects.create(
        kind="removal", issue=issue, reason="已纳入危改", proposed_by=world.office, proposed_at=clock.now()
    )
    return issue


def extending(world: World) -> Issue:
    issue = world.issue(deadline_class="dated", due_on=date(2018, 7, 31))
    Extension.objects.create(
        issue=issue, original_due_on=issue.due_on, wanted_on=date(2018, 8, 31), reason="汛期", progress="x",
        asked_by=world.cadre, asked_at=clock.now(),
    )  # fmt: skip
    return issue


MADE: dict[Pile, Callable[[World], Issue]] = {
    Pile.SIGN: lambda world: world.issue(State.AWAITING_SIGNATURE),
    Pile.PLAN: lambda world: planned(world, State.PLANNING, "draft"),
    Pile.PLAN_RETURNED: lambda world: planned(world, State.PLANNING, "returned"),
    Pile.CLOSURE_RETURNED: lambda world: applied(world, State.RECTIFYING, "returned"),
    Pile.READY: lambda world: world.issue(claims=[(10, date(2018, 6, 1))]),
    Pile.DUE_SOON: lambda world: world.issue(
        deadline_class="dated", due_on=date(2018, 6, 10), claims=[(1, date(2018, 6, 1))]
    ),
    Pile.SILENT: lambda world: world.issue(claims=[(3, date(2018, 5, 22))]),
    Pile.HEAD_PLAN: lambda world: planned(world, State.PLANNING, "awaiting_head"),
    Pile.HEAD_CLOSURE: lambda world: applied(world, State.RECTIFYING, "awaiting_head"),
    Pile.REVIEW_PLAN: submitted,
    Pile.REVIEW_CLOSURE: lambda world: applied(world, State.CLOSING, "applied"),
    Pile.REFUSED: refused,
    Pile.APPROVE_PLAN: submitted,
    Pile.SIGN_OFF: lambda world: applied(world, State.CLOSING, "reviewed"),
    Pile.CONFIRM: proposed,
    Pile.EXTENSION: extending,
}


@pytest.mark.parametrize("pile", list(Pile))
def test_every_pile_holds_what_waits_and_nothing_else(world: World, pile: Pile) -> None:
    by = date(2018, 6, 5)
    others = [one(world) for other, one in MADE.items() if other is not pile]
    before = numbers(world.office, pile)
    if pile is Pile.APPROVE_PLAN:
        world.category.department = None
        world.category.save()
        before = {one.number for one in others if one.state == State.PLAN_SUBMITTED}
    made = MADE[pile](world)
    Issue.objects.filter(last_word_on=None).exclude(pk=made.pk).update(last_word_on=by)
    if pile is not Pile.SILENT:
        assert numbers(world.office, pile) == before | {made.number}
    else:
        assert made.number in numbers(world.office, pile)
    assert made.number in numbers(world.leader, pile)
    assert made.number not in numbers(world.neighbour, pile)
    reviews = pile in (Pile.REVIEW_PLAN, Pile.REVIEW_CLOSURE)
    holder = world.department if reviews else world.township
    assert made.number in numbers(world.office, pile, holder=holder.code)
    assert numbers(world.office, pile, holder=world.other.code) == set()


def test_w_020_fifteen_days_without_a_word_are_silence(world: World) -> None:
    spoke = world.issue(claims=[(3, TODAY - timedelta(days=14))])
    silent = world.issue(claims=[(3, TODAY - timedelta(days=15))])
    done = world.issue(claims=[(10, date(2018, 4, 1))])
    new = world.issue(is_stated=False, found_on=TODAY - timedelta(days=14))
    never = world.issue(is_stated=False, found_on=TODAY - timedelta(days=15))
    found = numbers(world.office, Pile.SILENT)
    assert found == {silent.number, never.number}
    assert not found & {spoke.number, done.number, new.number}


def test_a_plan_goes_to_its_department_unless_that_answers_itself(world: World) -> None:
    """A 牵头单位 beside the responsible unit reviews as well."""
    theirs, own, led = submitted(world), submitted(world), submitted(world)
    finance = Unit.objects.get(code="D-B")
    IssueUnit.objects.create(issue=own, unit=world.department, name="住建局", role="support", position=9)
    IssueUnit.objects.create(issue=led, unit=finance, name="财政局", role="lead")
    assert numbers(world.office, Pile.REVIEW_PLAN) == {theirs.number, led.number}
    assert numbers(world.staff, Pile.REVIEW_PLAN, holder="D-A") == {theirs.number, led.number}
    assert numbers(world.stranger, Pile.REVIEW_PLAN, holder="D-B") == {led.number}
    assert numbers(world.office, Pile.APPROVE_PLAN) == {own.number}
    for one in (theirs, own, led):
        now = situation_of(one, world.office, TODAY)
        assert now.has_reviewer is (one.number in numbers(world.office, Pile.REVIEW_PLAN))


def test_each_unit_has_its_own_share_to_sign(world: World) -> None:
    issue = world.issue(State.AWAITING_SIGNATURE, units=[world.township, world.other])
    Share.objects.filter(issue=issue, unit=world.township).update(state="accepted")
    assert numbers(world.office, Pile.SIGN, holder=world.township.code) == set()
    assert numbers(world.office, Pile.SIGN, holder=world.other.code) == {issue.number}


def test_a_holder_has_what_its_unit_answers_for(world: World) -> None:
    """Named by role, or as the place's township where the ledger names nobody."""
    named = world.issue(units=[world.other])
    placed = world.issue(township=world.other)
    IssueUnit.objects.filter(issue=placed).delete()
    supported = world.issue()
    IssueUnit.objects.create(issue=supported, unit=world.other, name="乙镇", role="support", position=5)
    found = filtered(Issue.objects.visible_to(world.office), IssueFilter(holder=world.other.code))
    held = set(found.values_list("number", flat=True))
    assert held == {named.number, placed.number}
    units = answering_units(Issue.objects.all())
    assert held == {one.number for one in Issue.objects.all() if world.other in units[one.pk].answering}


def test_there_is_no_pile_of_an_earlier_day(world: World) -> None:
    with pytest.raises(FilterRefused, match="按今天的情况"):
        filtered(Issue.objects.all(), IssueFilter(waiting="sign", as_of=date(2018, 6, 5)))
    with pytest.raises(FilterRefused, match="没有代码为“nowhere”的单位"):
        filtered(Issue.objects.all(), IssueFilter(waiting="sign", holder="nowhere"))
    with pytest.raises(FilterRefused, match="没有“all”这一项"):
        IssueFilter.from_params({"waiting": "all"}, today=TODAY)


def test_the_longest_waiting_come_first_with_their_day_in_one_query(world: World) -> None:
    days = [date(2018, 5, 1) + timedelta(days=at) for at in range(7)]
    for day in reversed(days):
        world.issue(claims=[(1, day)])
    found = filtered(Issue.objects.visible_to(world.office), IssueFilter(waiting="silent"))
    known = choices()
    with CaptureQueriesContext(connection) as queries:
        pile = heap(found, Pile.SILENT, known, TODAY)
    assert len(queries) == 1
    assert pile.count == 7
    assert [row.since for row in pile.rows] == days[:5]
    assert (pile.rows[0].place, pile.rows[0].days) == ("甲镇", 36)


def test_a_refusal_waits_with_the_date_of_its_answer(world: World) -> None:
    refused(world)
    found = filtered(Issue.objects.visible_to(world.office), IssueFilter(waiting="refused"))
    (row,) = heap(found, Pile.REFUSED, choices(), TODAY).rows
    assert (row.since, row.due_on) == (TODAY, date(2018, 6, 8))
