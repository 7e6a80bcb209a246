"""期限怎么算的: counted days with their holidays, extensions, pauses, the original date; on the issue's page."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from issues.models import Issue
from issues.queries.reckoned import reckoned
from issues.services.life import extending, pausing
from tests.issues.life.conftest import World
from townships.services import calendar

DUE = date(2018, 6, 20)


@pytest.fixture
def told(world: World) -> Issue:
    """Ten working days from 5 June 2018, over 端午."""
    calendar.seed([2018])
    return world.issue(
        deadline_class="dated", due_on=DUE, deadline_raw="10个工作日内", found_on=date(2018, 6, 5)
    )


def said(issue: Issue) -> dict[str, str]:
    return dict(reckoned(Issue.objects.get(pk=issue.pk)))


def test_counted_days_name_the_holiday_and_its_document(told: Issue) -> None:
    lines = said(told)
    assert lines["起算"] == "自2018年6月5日的次日起数10个工作日，到2018年6月20日。"
    assert (
        "端午节2018年6月16日至2018年6月18日（国务院办公厅关于2018年部分节假日安排的通知）"
        in lines["跳过的日子"]
    )
    assert "暂定" not in lines


def test_extension_and_pause_stand_beside_the_original_date(world: World, told: Issue) -> None:
    extending.ask_extension(told.pk, world.cadre, wanted_on=date(2018, 7, 10), reason="汛期", progress="一半")
    assert said(told)["延期"] == "2018年6月6日申请由2018年6月20日延至2018年7月10日，等批复。"
    extending.decide_extension(told.pk, world.leader, granted_on=date(2018, 7, 1), words="")
    pausing.pause(
        told.pk, world.leader, until_on=date(2018, 6, 16), reason="涉诉", document="县法〔2018〕3号"
    )
    lines = said(told)
    assert lines["起算"].startswith("自2018年6月5日的次日起数10个工作日")
    assert lines["延期"].endswith("同意延至2018年7月1日。")
    assert lines["暂停计时"] == "2018年6月6日起不计时，2018年6月16日恢复，共10天（县法〔2018〕3号）。"
    assert lines["原期限"] == "2018年6月20日；现在的期限是2018年7月11日。"


def test_at_once_counts_from_the_finding_and_a_named_day_from_none(world: World) -> None:
    at_once = world.issue(
        deadline_class="immediate",
        due_on=date(2018, 6, 20),
        deadline_raw="立行立改",
        found_on=date(2018, 6, 5),
    )
    assert "起15天（由清单设定）" in said(at_once)["起算"]
    named = world.issue(deadline_class="dated", due_on=date(2018, 9, 30), deadline_raw="2018年9月30日")
    assert said(named)["起算"] == "原文写明或者由人确定为2018年9月30日。"
    assert said(world.issue(deadline_class="long", due_on=None)) == {}


def test_a_year_without_its_list_is_provisional(world: World, told: Issue) -> None:
    calendar.set_document(2018, document="", by=world.office)
    assert "还没有公布" in said(told)["暂定"]


def test_the_page_shows_it_folded(world: World, told: Issue, client: Client) -> None:
    client.force_login(world.cadre, "django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/issues/{told.number}/").content.decode()
    assert "期限怎么算的" in page
    assert "数10个工作日" in page


def test_what_is_written_in_a_document_number_is_masked(world: World, told: Issue) -> None:
    pausing.pause(
        told.pk,
        world.leader,
        until_on=date(2018, 6, 16),
        reason="涉诉",
        document="510524197001011234号案",
    )
    assert "510524197001011234" not in said(told)["暂停计时"]
