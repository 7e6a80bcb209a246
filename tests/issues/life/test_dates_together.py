"""Extension, pause and long-term on one issue: each knows what the others have made of its date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from alerts.queries.issue_sources import not_paused
from dashboards.services.verification import verify
from issues.models import Extension, FieldChange, Issue, Pause
from issues.rules.planning import Node
from issues.rules.records import RequestState
from issues.rules.stages import State
from issues.services.deadlines import change_deadline
from issues.services.life import extending, pausing
from issues.services.workflow import Refused
from tests.issues.life.conftest import World
from townships.models import Event

TODAY, DUE = date(2018, 6, 6), date(2018, 6, 20)
TENTH = date(2018, 6, 10)
OnDay = Callable[[str], None]


def dated(world: World, **fields: object) -> Issue:
    return world.issue(deadline_class="dated", due_on=DUE, deadline_raw="6月20日", **fields)


def ask(world: World, issue: Issue, wanted_on: date) -> Extension:
    return extending.ask_extension(issue.pk, world.cadre, wanted_on=wanted_on, reason="汛期", progress="六成")


def decide(world: World, issue: Issue, granted_on: date | None) -> Extension:
    return extending.decide_extension(issue.pk, world.leader, granted_on=granted_on, words="知道了")


def pause(world: World, issue: Issue, until_on: date) -> Pause:
    return pausing.pause(
        issue.pk, world.leader, until_on=until_on, reason="涉诉未决", document="县法〔2018〕3号"
    )


def end(world: World, issue: Issue) -> Pause:
    return pausing.end_pause(issue.pk, world.leader, reason="已判决")


def ask_long(world: World, issue: Issue) -> None:
    goals = [Node(date(2018, 9, 30), None, "建立台账")]
    extending.ask_long_term(
        issue.pk, world.cadre, reason="涉及体制", goals=goals, next_review_on=date(2018, 9, 30)
    )


def grant_long(world: World, issue: Issue) -> None:
    extending.grant_long_term(issue.pk, world.office, next_review_on=date(2018, 9, 30))


def due(issue: Issue) -> date | None:
    return Issue.objects.get(pk=issue.pk).due_on


def last_words(issue: Issue) -> str:
    told = Event.objects.filter(subject_type="issue", subject_id=issue.pk).order_by("seq").last()
    assert told is not None
    return told.summary


# --- an extension and a pause -------------------------------------------------------------------------------


def test_a_grant_never_takes_days_off_the_date_that_a_pause_has_made(world: World, on_day: OnDay) -> None:
    issue = dated(world)
    ask(world, issue, date(2018, 7, 10))
    pause(world, issue, date(2018, 8, 6))
    assert due(issue) == date(2018, 8, 20)
    with pytest.raises(Refused, match=r"须晚于现在的期限2018-08-20.*请选不同意"):
        decide(world, issue, date(2018, 7, 10))
    on_day("2018-06-10")
    end(world, issue)
    assert due(issue) == date(2018, 6, 24)
    decide(world, issue, date(2018, 7, 10))
    assert due(issue) == date(2018, 7, 10)
    change = FieldChange.objects.filter(issue=issue, field="due_on").latest("pk")
    assert (change.before, change.after) == ("2018-06-24", "2018-07-10")
    assert "由2018-06-24延期至2018-07-10" in last_words(issue)
    assert verify()["ok"]


def test_a_date_granted_in_the_pause_stays_when_the_pause_ends_early(world: World, on_day: OnDay) -> None:
    issue = dated(world)
    pause(world, issue, date(2018, 7, 6))
    ask(world, issue, date(2018, 8, 31))
    decide(world, issue, date(2018, 8, 31))
    on_day("2018-06-10")
    stopped = end(world, issue)
    assert due(issue) == date(2018, 8, 31)
    assert (stopped.until_on, stopped.planned_until_on) == (TENTH, date(2018, 7, 6))
    assert "期限此后另有调整，仍为2018-08-31" in last_words(issue)
    assert Issue.objects.filter(not_paused(""), pk=issue.pk).exists()
    assert verify()["ok"]


@pytest.mark.parametrize("due_on", [date(2018, 7, 1), date(2018, 7, 20)])
def test_a_date_that_somebody_wrote_since_stays_too(world: World, on_day: OnDay, due_on: date) -> None:
    """Also where it happens to be the day that the pause had made of it."""
    issue = dated(world)
    pause(world, issue, date(2018, 7, 6))
    on_day("2018-06-08")
    change_deadline(
        issue, deadline_class="dated", due_on=due_on, in_force_from=date(2018, 6, 8), by=world.office, cause="import"
    )  # fmt: skip
    FieldChange.objects.create(
        issue=issue, field="due_on", before="2018-07-20", after="x", changed_at=Pause.objects.get().paused_at,
        changed_by=world.office, cause="import",
    )  # fmt: skip
    on_day("2018-06-10")
    end(world, issue)
    assert due(issue) == due_on


def test_the_page_says_what_the_date_will_be(world: World, client: Client, on_day: OnDay) -> None:
    issue = dated(world)
    ask(world, issue, date(2018, 7, 10))
    pause(world, issue, date(2018, 8, 6))
    client.force_login(world.leader)
    page = client.get(f"/issues/{issue.number}/decide_extension/").content.decode()
    assert "2018-08-20" in page
    on_day("2018-06-10")
    assert "2018-06-24" in client.get(f"/issues/{issue.number}/end_pause/").content.decode()
    sent = {"decision": "grant", "granted_on": "2018-07-10", "words": ""}
    refused = client.post(f"/issues/{issue.number}/decide_extension/", sent)
    assert refused.status_code == 409
    assert "须晚于现在的期限" in refused.content.decode()


# --- long-term ----------------------------------------------------------------------------------------------


def test_long_term_ends_the_pause_and_nothing_of_it_works_on_after_resuming(
    world: World, on_day: OnDay
) -> None:
    issue = dated(world)
    pause(world, issue, date(2018, 7, 6))
    ask_long(world, issue)
    on_day("2018-06-08")
    grant_long(world, issue)
    stopped = Pause.objects.get()
    assert (stopped.until_on, stopped.ended_by) == (date(2018, 6, 8), world.office)
    assert "暂停计时随之结束" in last_words(issue)
    on_day("2018-06-10")
    extending.resume(issue.pk, world.office, due_on=date(2018, 6, 30), reason="条件具备")
    assert Issue.objects.filter(not_paused(""), pk=issue.pk).exists()
    with pytest.raises(Refused, match="没有暂停计时"):
        end(world, issue)
    assert due(issue) == date(2018, 6, 30)
    changes = FieldChange.objects.filter(issue=issue, field="due_on").values_list("before", "after")
    assert list(changes) == [("2018-06-20", "2018-07-20"), ("2018-07-20", ""), ("", "2018-06-30")]
    assert verify()["ok"]


def test_a_pause_left_over_from_before_ends_when_work_is_resumed(world: World) -> None:
    issue = dated(world)
    ask_long(world, issue)
    made = pause(world, issue, date(2018, 7, 6))
    grant_long(world, issue)
    Pause.objects.filter(pk=made.pk).update(until_on=date(2018, 7, 6), ended_by=None, ended_at=None)
    extending.resume(issue.pk, world.office, due_on=date(2018, 6, 30), reason="条件具备")
    assert not Pause.objects.running(TODAY).exists()
    assert "原来的暂停计时不再有效" in last_words(issue)


def test_a_pause_of_what_has_no_date_any_more_may_be_ended(world: World, on_day: OnDay) -> None:
    issue = dated(world)
    pause(world, issue, date(2018, 7, 6))
    Issue.objects.filter(pk=issue.pk).update(deadline_class="undetermined", due_on=None)
    on_day("2018-06-10")
    end(world, issue)
    assert due(issue) is None
    assert not Pause.objects.running(TENTH).exists()


def test_long_term_settles_an_extension_that_waits_and_says_so(world: World) -> None:
    issue = dated(world)
    extension = ask(world, issue, date(2018, 7, 10))
    ask_long(world, issue)
    grant_long(world, issue)
    extension.refresh_from_db()
    assert (extension.state, extension.decided_by) == (RequestState.DECLINED, world.office)
    assert "转长期坚持" in extension.decision_words
    assert "延期申请随之了结" in last_words(issue)
    issue.refresh_from_db()
    assert (issue.state, issue.deadline_class, issue.due_on, issue.is_long) == (
        State.LONG_TERM, "long", None, True,
    )  # fmt: skip


def test_an_extension_that_waits_for_what_has_no_date_can_be_declined_and_not_granted(world: World) -> None:
    issue = dated(world)
    ask(world, issue, date(2018, 7, 10))
    Issue.objects.filter(pk=issue.pk).update(state=State.LONG_TERM, deadline_class="long", due_on=None)
    with pytest.raises(Refused, match="没有明确的到期日"):
        decide(world, issue, date(2018, 7, 10))
    decide(world, issue, None)
    assert Extension.objects.get().state == RequestState.DECLINED
    assert "现在没有到期日" in last_words(issue)
    assert due(issue) is None


# --- 并长期坚持 ----------------------------------------------------------------------------------------------


def test_a_later_date_leaves_the_words_of_keeping_it_up(world: World, on_day: OnDay) -> None:
    issue = dated(world, is_long=True)
    ask(world, issue, date(2018, 7, 10))
    decide(world, issue, date(2018, 7, 10))
    assert Issue.objects.get(pk=issue.pk).is_long
    on_day("2018-06-08")
    pause(world, issue, date(2018, 6, 18))
    assert Issue.objects.get(pk=issue.pk).is_long
    end(world, issue)
    assert Issue.objects.get(pk=issue.pk).is_long
