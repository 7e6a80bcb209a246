"""The county's calendar changes: the deadlines it moves are shown before, moved with it, the former kept."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from dashboards.services.verification import verify
from issues.models import FieldChange, Issue, PastDeadline
from issues.services.calendar_changes import change_days, moved_by
from rectify.lib.workdays import DayKind
from tests.issues.life.conftest import World
from townships.models import CalendarDay
from townships.services import calendar

DUE, OFF = date(2018, 6, 20), date(2018, 6, 13)
HOLIDAY = DayKind(False, "防汛停工")


@pytest.fixture
def told(world: World) -> Issue:
    """Ten working days from 5 June 2018, over 端午."""
    calendar.seed([2018])
    return world.issue(
        deadline_class="dated", due_on=DUE, deadline_raw="10个工作日内", found_on=date(2018, 6, 5)
    )


def test_what_counts_the_day_moves_and_what_names_its_day_stays(world: World, told: Issue) -> None:
    world.issue(deadline_class="dated", due_on=DUE, deadline_raw="2018年6月20日")
    world.issue(deadline_class="dated", due_on=date(2018, 6, 25), deadline_raw="10个工作日内")  # by hand
    (moved,) = moved_by({OFF: HOLIDAY}).issues
    assert (moved.issue, moved.due_on, moved.days) == (told, date(2018, 6, 21), 1)
    change_days({OFF: HOLIDAY}, by=world.office)
    told.refresh_from_db()
    assert told.due_on == date(2018, 6, 21)
    past = PastDeadline.objects.get(issue=told)
    assert (past.due_on, past.cause) == (DUE, "calendar")
    assert FieldChange.objects.get(issue=told, field="due_on").after == "2018-06-21"
    assert verify()["ok"]


def test_taken_back_the_deadline_comes_back(world: World, told: Issue) -> None:
    change_days({OFF: HOLIDAY}, by=world.office)
    (moved,) = change_days({OFF: None}, by=world.office).issues
    assert (moved.due_on, moved.days) == (DUE, -1)
    told.refresh_from_db()
    assert told.due_on == DUE


def test_nothing_takes_effect_before_it_was_seen(world: World, told: Issue, client: Client) -> None:
    client.force_login(world.office, "django.contrib.auth.backends.ModelBackend")
    form = {"day": "2018-06-13", "is_workday": "no", "name": "防汛停工"}
    page = client.post("/calendar/2018/day/", form).content.decode()
    assert "1个问题的期限会变动" in page
    assert told.number in page
    assert "2018-06-21" in page
    assert not CalendarDay.objects.filter(day=OFF).exists()
    page = client.post("/calendar/2018/day/", {**form, "confirmed": "1"}, follow=True).content.decode()
    assert "1个问题的期限随之变动" in page
    assert CalendarDay.objects.filter(day=OFF).exists()
    told.refresh_from_db()
    assert told.due_on == date(2018, 6, 21)


def test_a_years_list_is_loaded_as_a_whole(world: World, told: Issue, client: Client) -> None:
    client.force_login(world.office, "django.contrib.auth.backends.ModelBackend")
    refused = client.post("/calendar/2018/list/", {"days": "2018-06-18 休息 端午节"}).content.decode()
    assert "第1行读不懂，请照“2018-05-01 放假 劳动节”的样子写" in refused
    twice = client.post("/calendar/2018/list/", {"days": "2018-06-18 放假 端午节\n2018-06-18 上班 调休"})
    assert "第2行的2018-06-18前面已经写过" in twice.content.decode()
    assert (
        "有不是2018年的日期"
        in client.post("/calendar/2018/list/", {"days": "2019-06-18 放假 端午节"}).content.decode()
    )
    text = "2018-06-18 放假 端午节\n2018-06-13 放假 防汛停工"
    page = client.post("/calendar/2018/list/", {"days": text}).content.decode()
    assert "1个问题的期限会变动" in page
    client.post("/calendar/2018/list/", {"days": text, "confirmed": "1"})
    assert list(CalendarDay.objects.filter(day__year=2018).values_list("day", flat=True)) == [
        OFF,
        date(2018, 6, 18),
    ]
    same = client.post("/calendar/2018/list/", {"days": text}, follow=True).content.decode()
    assert "没有要改的" in same


def test_others_do_not_change_the_calendar(world: World, client: Client) -> None:
    client.force_login(world.cadre, "django.contrib.auth.backends.ModelBackend")
    assert client.post("/calendar/2018/list/", {"days": ""}).status_code == 403
