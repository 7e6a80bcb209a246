"""A project's date that counts working days: how it was counted, and what a change of the calendar moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dashboards.services.verification import verify
from issues.services.calendar_changes import change_days, moved_by
from projects.models import Campaign, Project, ProjectFieldChange
from rectify.lib.workdays import DayKind
from tests import factories
from tests.issues.ledgers import bring
from tests.issues.test_project_exports import NOTHING, rows, said, taken
from townships.models import User
from townships.services import calendar

pytestmark = pytest.mark.django_db

SHEET = "\n".join(
    [
        "某县道路硬化项目推进情况调度表（截至2018年5月20日）",
        "序号,乡镇,项目名称,建设内容,总投资（万元）,责任部门,是否开工,开工时间,计划开工时间,计划完工时间,备注",
        "1,甲镇,甲一村道路,硬化2公里,50,县住建局,未开工,,2018年6月20日,30个工作日内,",
        "2,甲镇,甲二村道路,硬化1公里,30,县住建局,已开工,2018-05-10,20个工作日内,30个工作日内,",
    ]
)
OFF, HOLIDAY = date(2018, 6, 13), DayKind(False, "防汛停工")
DUE, LATER = date(2018, 7, 2), date(2018, 7, 3)


@pytest.fixture
def office(on_day: Callable[[str], None], settings: Any, tmp_path: Path) -> User:
    on_day("2018-06-06")
    settings.PRIVATE_FILES_DIR = tmp_path
    calendar.seed([2018])
    return factories.user("office", factories.county())


@pytest.fixture
def campaign(office: User) -> Campaign:
    assert office.unit is not None
    made = factories.campaign(office.unit)
    assert bring(SHEET.encode(), campaign=made, by=office).written
    return made


@pytest.fixture
def client(office: User) -> Client:
    made = Client()
    made.force_login(office, "django.contrib.auth.backends.ModelBackend")
    return made


def test_the_page_says_from_which_day_the_ledger_counted(campaign: Campaign, client: Client) -> None:
    road = Project.objects.get(name="甲一村道路")
    assert (road.finish_due_on, road.counted_from) == (DUE, date(2018, 5, 20))
    page = unescape(client.get(f"/projects/{road.number}/").content.decode())
    assert "自2018年5月20日的次日起数30个工作日，到2018年7月2日" in page


def test_what_counts_the_day_moves_what_names_its_day_or_is_done_stays(
    campaign: Campaign, office: User
) -> None:
    moved = moved_by({OFF: HOLIDAY})
    assert moved.words == "2个项目"
    assert [(one.project.name, one.word, one.before, one.due_on, one.days) for one in moved.works] == [
        ("甲一村道路", "完工", DUE, LATER, 1),
        ("甲二村道路", "完工", DUE, LATER, 1),
    ]
    change_days({OFF: HOLIDAY}, by=office)
    road, begun = (Project.objects.get(name=name) for name in ("甲一村道路", "甲二村道路"))
    assert (road.start_due_on, road.finish_due_on) == (date(2018, 6, 20), LATER)
    assert (begun.start_due_on, begun.finish_due_on) == (date(2018, 6, 15), LATER)
    kept = ProjectFieldChange.objects.get(project=road)
    assert (kept.field, kept.before, kept.after) == ("finish_due_on", "2018-07-02", "2018-07-03")
    assert verify()["ok"]
    change_days({OFF: None}, by=office)
    road.refresh_from_db()
    assert road.finish_due_on == DUE


def test_it_is_shown_first_and_stands_in_the_history(campaign: Campaign, client: Client) -> None:
    form = {"day": "2018-06-13", "is_workday": "no", "name": "防汛停工"}
    page = client.post("/calendar/2018/day/", form).content.decode()
    assert "2个项目的期限会变动" in page
    assert "2018-07-03" in page
    road = Project.objects.get(name="甲一村道路")
    assert road.finish_due_on == DUE
    page = client.post("/calendar/2018/day/", {**form, "confirmed": "1"}, follow=True).content.decode()
    assert "2个项目的期限随之变动" in page
    history = unescape(client.get(f"/projects/{road.number}/").content.decode())
    assert "完工期限由“2018-07-02”改为“2018-07-03”（工作日历变更）" in history


def test_the_ledger_goes_out_as_it_was_worded_and_comes_back_without_effect(
    campaign: Campaign, office: User
) -> None:
    change_days({OFF: HOLIDAY}, by=office)
    content = taken(office)
    road = Project.objects.get(name="甲一村道路")
    assert "30个工作日内" in rows(content)[road.number]
    outcome = bring(content, campaign=campaign, by=office, name="回来.xlsx")
    assert all(one == NOTHING for one in said(outcome).values()), said(outcome)
    road.refresh_from_db()
    assert road.finish_due_on == LATER
