"""A finished list is taken over as history by two people and counted apart; what is not filed; repeats."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboards.services.verification import verify
from issues.models import Closure, Issue, IssueList, ListTemplate
from issues.queries import takeovers
from issues.queries.issues import filtered
from issues.queries.list_page import standing_of
from issues.queries.repeats import repeats
from issues.rules.filters import IssueFilter
from issues.rules.stages import State
from issues.services.ledger import Move, post
from issues.services.life import takeover
from issues.services.workflow import Refused
from tests import factories
from tests.issues.life.conftest import World
from townships.models import Event


def finished(world: World, listed: IssueList) -> Issue:
    days = [(4, date(2018, 3, 1)), (6, date(2018, 4, 20))]
    return factories.issue(
        listed, world.office, quantity=10, amount="3.5", claims=days, township=world.township
    )


def test_two_people_take_over_what_the_ledger_says_is_done(world: World) -> None:
    done, half = finished(world, world.listed), factories.issue(world.listed, world.office, quantity=2)
    takeover.propose(world.listed.pk, "2017年已验收", "叙办〔2017〕9号", world.office)
    with pytest.raises(Refused, match="须由另一人确认"):
        takeover.confirm(world.listed.pk, world.office)
    assert takeover.confirm(world.listed.pk, world.second) == 1
    done.refresh_from_db()
    assert (done.state, done.is_taken_over, done.confirmed) == (State.CLOSED, True, 10)
    assert done.closed_on == date(2018, 4, 20)
    entry = done.entries.get(stage="confirmed")
    assert (entry.happened_on, entry.cause) == (date(2018, 4, 20), "takeover")
    closure = Closure.objects.get(issue=done)
    assert (closure.number, closure.closed_by) == ("XH2018-000001", world.second)
    half.refresh_from_db()
    assert half.state == State.REGISTERED
    told = Event.objects.get(subject_type="issue", subject_id=done.pk, action="take_over")
    assert "XH2018-000001" in told.summary
    assert verify()["differences"] == []


def test_money_is_confirmed_with_the_quantity(world: World) -> None:
    done = factories.issue(world.listed, world.office, quantity=1, amount="3.5", township=world.township)
    day = date(2018, 2, 1)
    post(
        item_id=done.pk,
        moves=[Move("claimed", done.found, day, done.amount_found)],
        by=world.office,
        cause="report",
    )
    takeover.propose(world.listed.pk, "已验收", "1号", world.office)
    takeover.confirm(world.listed.pk, world.second)
    done.refresh_from_db()
    assert done.amount_confirmed == done.amount_found
    assert verify()["differences"] == []


def test_without_reason_document_or_anything_done_it_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="没有可接收的"):
        takeover.propose(world.listed.pk, "已验收", "1号", world.office)
    finished(world, world.listed)
    with pytest.raises(Refused, match="依据文号"):
        takeover.propose(world.listed.pk, "已验收", " ", world.office)
    with pytest.raises(Refused, match="不能接收历史台账"):
        takeover.propose(world.listed.pk, "已验收", "1号", world.cadre)
    takeover.propose(world.listed.pk, "已验收", "1号", world.office)
    with pytest.raises(Refused, match="等第二人确认"):
        takeover.propose(world.listed.pk, "已验收", "1号", world.second)


def test_the_second_declines_with_words_and_the_first_takes_it_back(world: World) -> None:
    done = finished(world, world.listed)
    takeover.propose(world.listed.pk, "已验收", "1号", world.office)
    with pytest.raises(Refused, match="请写明意见"):
        takeover.decline(world.listed.pk, world.second, "")
    takeover.decline(world.listed.pk, world.second, "缺验收单")
    assert takeovers.pending(world.listed) is None
    takeover.propose(world.listed.pk, "已验收", "1号", world.office)
    takeover.decline(world.listed.pk, world.office, "")
    with pytest.raises(Refused, match="没有等待确认的接收"):
        takeover.confirm(world.listed.pk, world.second)
    done.refresh_from_db()
    assert done.state == State.REGISTERED


def test_the_queries_of_a_takeover_do_not_follow_the_issues(world: World) -> None:
    counts = []
    for number, items in ((1, 2), (2, 9)):
        listed = factories.issue_list(world.campaign, f"Q{number}", f"第{number}份")
        for _ in range(items):
            finished(world, listed)
        takeover.propose(listed.pk, "已验收", "1号", world.office)
        with CaptureQueriesContext(connection) as queries:
            takeover.confirm(listed.pk, world.second)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def found(world: World, **criteria: str) -> set[int]:
    """What the list of issues shows the office under these criteria."""
    wanted = IssueFilter.from_params({"campaign": world.campaign.code, **criteria}, today=date(2018, 6, 6))
    return set(filtered(Issue.objects.visible_to(world.office), wanted).values_list("pk", flat=True))


def test_history_taken_over_is_told_and_counted_apart(world: World) -> None:
    done, closed = finished(world, world.listed), world.issue(State.CLOSED)
    takeover.propose(world.listed.pk, "已验收", "1号", world.office)
    takeover.confirm(world.listed.pk, world.second)
    assert found(world, state="taken_over") == {done.pk}
    assert found(world, state="closed") == {done.pk, closed.pk}
    figures = {one.label: one.value for one in standing_of(world.listed, world.office).figures}
    assert (figures["已销号"], figures["其中已销号（接收）"]) == (2, 1)


def test_done_without_a_file_number_waits_to_be_filed(world: World) -> None:
    """W-107: where the template asks for a file, done is done and filed; without its number 待归档."""
    world.listed.template = ListTemplate.objects.create(code="t", name="模板", needs_file_number=True)
    world.listed.save(update_fields=["template"])
    days = [(10, date(2018, 5, 1))]
    bare, filed, half = (
        world.issue(claims=days),
        world.issue(claims=days, archive_number="档1"),
        world.issue(claims=[(9, date(2018, 5, 1))]),
    )
    assert half.left == filed.left + 1
    assert found(world, measure="unfiled") == {bare.pk}
    figures = {one.label: one.value for one in standing_of(world.listed, world.office).figures}
    assert figures["待归档"] == 1


def test_the_same_unit_and_kind_found_again_points_to_the_earlier_finding(world: World) -> None:
    """W-052: a second audit finds the same category at the same unit; the second links to the first."""
    audit = factories.issue_list(world.campaign, "L9", "2018年审计")
    first = world.issue(source="2017年审计", found_on=date(2017, 5, 1))
    fields = {"township": world.township, "category": world.category, "unit": world.township}
    second = factories.issue(audit, world.office, source="2018年审计", found_on=date(2018, 5, 1), **fields)
    elsewhere = factories.issue(
        audit, world.office, found_on=date(2018, 5, 2), **{**fields, "unit": world.other}
    )
    again = repeats(second, world.office)
    assert (again.latest, again.count) == ([first], 1)
    assert repeats(first, world.office).count == 0
    assert repeats(elsewhere, world.office).count == 0
    assert repeats(second, world.neighbour).count == 0
