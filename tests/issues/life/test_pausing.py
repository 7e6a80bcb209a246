"""暂停计时: the date moves by the days that do not count, back by those left when it ends early."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from alerts.queries.issue_sources import not_paused
from dashboards.services.verification import verify
from issues.access import verdicts
from issues.models import FieldChange, Issue, PastDeadline, Pause
from issues.rules.workflow import Verb
from issues.services.life import pausing
from issues.services.workflow import Refused
from tests.issues.life.conftest import World

TODAY, DUE = date(2018, 6, 6), date(2018, 6, 20)
AGAIN = date(2018, 6, 16)
OnDay = Callable[[str], None]


def dated(world: World, **fields: object) -> Issue:
    return world.issue(deadline_class="dated", due_on=DUE, deadline_raw="6月20日", **fields)


def pause(world: World, issue: Issue, until_on: date = AGAIN) -> Pause:
    return pausing.pause(
        issue.pk, world.leader, until_on=until_on, reason="涉诉未决", document="县法〔2018〕3号"
    )


def test_the_date_moves_by_the_days_of_the_pause_and_the_former_is_kept(world: World) -> None:
    issue = dated(world)
    made = pause(world, issue)
    issue.refresh_from_db()
    assert (issue.due_on, made.due_on) == (date(2018, 6, 30), DUE)
    past = PastDeadline.objects.get(issue=issue)
    assert (past.due_on, past.until_on, past.cause) == (DUE, TODAY, "pause")
    change = FieldChange.objects.get(issue=issue, field="due_on")
    assert (change.before, change.after, change.cause_id) == ("2018-06-20", "2018-06-30", made.pk)
    assert verify()["ok"]


def test_ended_early_the_days_that_are_left_come_off_again(world: World, on_day: OnDay) -> None:
    issue = dated(world)
    pause(world, issue)
    on_day("2018-06-10")
    pausing.end_pause(issue.pk, world.leader, reason="已判决")
    issue.refresh_from_db()
    assert issue.due_on == date(2018, 6, 24)  # four days did not count
    assert Pause.objects.get().planned_until_on == AGAIN
    on_day("2018-06-12")
    pause(world, issue, date(2018, 6, 14))
    issue.refresh_from_db()
    assert issue.due_on == date(2018, 6, 26)


def test_ended_on_its_first_day_nothing_has_moved(world: World) -> None:
    issue = dated(world)
    pause(world, issue)
    pausing.end_pause(issue.pk, world.leader, reason="登记有误")
    issue.refresh_from_db()
    assert issue.due_on == DUE


def test_while_it_runs_nobody_is_warned_and_afterwards_again(world: World, on_day: OnDay) -> None:
    issue = dated(world)
    pause(world, issue)
    assert not Issue.objects.filter(not_paused(""), pk=issue.pk).exists()
    on_day("2018-06-16")
    assert Issue.objects.filter(not_paused(""), pk=issue.pk).exists()


def test_the_page_says_that_the_clock_stands_still_and_until_when(world: World, on_day: OnDay) -> None:
    issue = dated(world)
    pause(world, issue)
    reader = Client()
    reader.force_login(world.leader)
    assert "暂停中，2018年6月16日恢复" in reader.get(f"/issues/{issue.number}/").content.decode()
    on_day("2018-06-16")
    assert "暂停中" not in reader.get(f"/issues/{issue.number}/").content.decode()


@pytest.mark.parametrize(
    ("until_on", "document", "said"),
    [(TODAY, "文", "今天以后"), (AGAIN, "  ", "依据文号")],
)
def test_without_an_end_or_a_document_it_is_refused(
    world: World, until_on: date, document: str, said: str
) -> None:
    issue = dated(world)
    with pytest.raises(Refused, match=said):
        pausing.pause(issue.pk, world.leader, until_on=until_on, reason="汛期", document=document)
    assert not Pause.objects.exists()


def test_what_is_overdue_undated_or_paused_already_is_not_paused(world: World, on_day: OnDay) -> None:
    with pytest.raises(Refused, match="没有明确的到期日"):
        pause(world, world.issue(deadline_class="undetermined"))
    issue = dated(world)
    pause(world, issue)
    with pytest.raises(Refused, match="已暂停计时，2018-06-16恢复"):
        pause(world, issue)
    later = dated(world)
    on_day("2018-06-21")
    with pytest.raises(Refused, match="到期"):
        pause(world, later, date(2018, 7, 1))


def test_the_leader_alone_pauses(world: World) -> None:
    issue = dated(world)
    for user in (world.cadre, world.office):
        assert not verdicts(user, issue, TODAY)[Verb.PAUSE].ok
    with pytest.raises(Refused):
        pausing.pause(issue.pk, world.office, until_on=AGAIN, reason="汛期", document="文")
