"""延期 before the date, decided by somebody else; 转长期坚持 with stage goals and a review; back to work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from issues.access import verdicts
from issues.models import Extension, Issue, PastDeadline, Proposal
from issues.queries.lagging import shelved
from issues.rules.planning import Node
from issues.rules.stages import State
from issues.rules.workflow import Verb
from issues.services.life import extending
from issues.services.workflow import Refused
from tests.issues.life.conftest import World

TODAY = date(2018, 6, 6)
DUE, LATER, LATEST = date(2018, 6, 10), date(2018, 6, 20), date(2018, 7, 1)
GOALS = [Node(date(2018, 12, 31), None, "全面公示"), Node(date(2018, 9, 30), None, "建立台账")]


def _dated(world: World, **fields: object) -> Issue:
    return world.issue(deadline_class="dated", due_on=DUE, deadline_raw="6月上旬", **fields)


def _ask(world: World, issue: Issue) -> Extension:
    return extending.ask_extension(
        issue.pk, world.cadre, wanted_on=LATEST, reason="汛期停工", progress="完成六成"
    )


def test_an_extension_is_granted_and_the_original_date_kept(world: World) -> None:
    issue = _dated(world)
    _ask(world, issue)
    extension = extending.decide_extension(issue.pk, world.leader, granted_on=LATER, words="抓紧")
    issue.refresh_from_db()
    assert (issue.due_on, issue.deadline_class, issue.deadline_raw) == (LATER, "dated", "6月上旬")
    assert (extension.original_due_on, extension.granted_on) == (DUE, LATER)
    past = PastDeadline.objects.get(issue=issue)
    assert (past.due_on, past.until_on, past.cause) == (DUE, TODAY, "extension")
    assert issue.state == State.RECTIFYING


def test_declined_nothing_changes_and_it_may_be_asked_again(world: World) -> None:
    issue = _dated(world)
    _ask(world, issue)
    with pytest.raises(Refused, match="已有一份延期申请"):
        _ask(world, issue)
    extending.decide_extension(issue.pk, world.leader, granted_on=None, words="不具备理由")
    issue.refresh_from_db()
    assert issue.due_on == DUE
    assert not PastDeadline.objects.exists()
    assert _ask(world, issue).state == "pending"


def test_after_the_date_it_is_too_late_to_ask(world: World, on_day: Callable[[str], None]) -> None:
    issue = _dated(world)
    on_day("2018-06-11")
    with pytest.raises(Refused, match="须在到期之前申请"):
        _ask(world, issue)


def test_asked_in_time_it_may_be_granted_late_and_was_overdue_meanwhile(
    world: World, on_day: Callable[[str], None]
) -> None:
    issue = _dated(world)
    _ask(world, issue)
    on_day("2018-06-13")
    extending.decide_extension(issue.pk, world.leader, granted_on=LATER, words="")
    assert PastDeadline.objects.get(issue=issue).until_on == date(2018, 6, 13)


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2018, 7, 2), "不能晚于申请"), (DUE, "须晚于原期限"), (date(2018, 6, 1), "须晚于原期限")],
)
def test_a_date_that_cannot_be_granted_is_refused(world: World, day: date, words: str) -> None:
    issue = _dated(world)
    _ask(world, issue)
    with pytest.raises(Refused, match=words):
        extending.decide_extension(issue.pk, world.leader, granted_on=day, words="")


def test_who_has_no_date_or_asks_for_an_earlier_one_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="不需要延期"):
        _ask(world, world.issue())
    with pytest.raises(Refused, match="须晚于现在的期限"):
        extending.ask_extension(_dated(world).pk, world.cadre, wanted_on=DUE, reason="理由", progress="进展")
    assert not verdicts(world.office, _dated(world), TODAY)[Verb.DECIDE_EXTENSION].ok


def test_the_pages_ask_and_decide(world: World, client: Client) -> None:
    issue = _dated(world)
    client.force_login(world.cadre)
    given = {"wanted_on": "2018-07-01", "reason": "汛期停工", "progress": "完成六成"}
    assert client.post(f"/issues/{issue.number}/ask_extension/", given).status_code == 302
    client.force_login(world.leader)
    page = client.get(f"/issues/{issue.number}/decide_extension/").content.decode()
    assert "汛期停工" in page
    assert "2018-07-01" in page
    for bad in ({}, {"decision": "grant", "granted_on": ""}, {"decision": "decline"}):
        assert client.post(f"/issues/{issue.number}/decide_extension/", bad).status_code == 422
    grant = {"decision": "grant", "granted_on": "2018-06-25", "words": "同意"}
    assert client.post(f"/issues/{issue.number}/decide_extension/", grant).status_code == 302
    issue.refresh_from_db()
    assert issue.due_on == date(2018, 6, 25)


def _long(world: World, issue: Issue) -> None:
    extending.ask_long_term(
        issue.pk, world.cadre, reason="涉及体制", goals=GOALS, next_review_on=date(2018, 9, 30)
    )
    extending.grant_long_term(issue.pk, world.office, next_review_on=date(2018, 8, 31))
    issue.refresh_from_db()


def test_what_takes_long_has_stage_goals_and_a_review_and_is_not_closed(world: World) -> None:
    """W-075, W-076."""
    issue = _dated(world)
    _long(world, issue)
    assert (issue.state, issue.deadline_class, issue.due_on) == (State.LONG_TERM, "long", None)
    assert issue.next_review_on == date(2018, 8, 31)
    assert [goal.text for goal in issue.milestones.all()] == ["建立台账", "全面公示"]
    assert PastDeadline.objects.get(issue=issue).due_on == DUE
    Issue.objects.filter(pk=issue.pk).update(claimed=10)
    reason = verdicts(world.cadre, issue, TODAY)[Verb.APPLY_CLOSURE].reason
    assert reason == "现在是“转长期坚持”，“整改中”才能申请销号。"
    assert not shelved(world.campaign, date(2018, 8, 31))
    assert list(shelved(world.campaign, date(2018, 9, 1))) == [issue]


def test_without_a_goal_or_with_a_review_that_is_past_it_is_refused(world: World) -> None:
    """W-076."""
    issue = _dated(world)
    for goals, day, words in (([], LATEST, "阶段目标"), (GOALS, TODAY, "今天以后")):
        with pytest.raises(Refused, match=words):
            extending.ask_long_term(issue.pk, world.cadre, reason="难", goals=goals, next_review_on=day)
    assert not Proposal.objects.exists()
    with pytest.raises(Refused, match="没有等待确认"):
        extending.grant_long_term(issue.pk, world.office, next_review_on=LATEST)


def test_back_to_work_with_a_date(world: World) -> None:
    issue = _dated(world)
    _long(world, issue)
    with pytest.raises(Refused, match="已经过了"):
        extending.resume(issue.pk, world.office, due_on=date(2018, 6, 5), reason="条件具备")
    extending.resume(issue.pk, world.office, due_on=LATEST, reason="条件具备")
    issue.refresh_from_db()
    assert (issue.state, issue.deadline_class, issue.due_on) == (State.RECTIFYING, "dated", LATEST)
    assert issue.next_review_on is None
    assert not issue.is_long


def test_the_pages_of_what_takes_long(world: World, client: Client) -> None:
    issue = _dated(world)
    client.force_login(world.cadre)
    rows = {"goals-TOTAL_FORMS": "2", "goals-INITIAL_FORMS": "0"}
    goal = {"goals-0-on": "2018-09-30", "goals-0-text": "建立台账"}
    given = {"reason": "涉及体制", "next_review_on": "2018-09-30", **rows}
    address = f"/issues/{issue.number}/ask_long_term/"
    assert client.get(address).status_code == 200
    assert client.post(address, {**given, "more": "goals"}).status_code == 200
    assert client.post(address, {**given, "goals-0-text": "没有日期"}).status_code == 422
    assert client.post(address, given).status_code == 409
    assert client.post(address, {**given, **goal}).status_code == 302
    client.force_login(world.office)
    address = f"/issues/{issue.number}/grant_long_term/"
    assert "建立台账" in client.get(address).content.decode()
    assert client.post(address, {"next_review_on": "2018-09-30"}).status_code == 302
    resumed = client.post(f"/issues/{issue.number}/resume/", {"due_on": "2018-07-01", "reason": "可以改了"})
    assert resumed.status_code == 302
