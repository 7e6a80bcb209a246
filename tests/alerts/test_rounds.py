"""Rounds as services: opened, answered by what units do, chased, let in late, settled (W-006, W-088)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from alerts.models import Alert, Collection, Filing, Round
from alerts.queries.round_pages import Matrix, matrix
from alerts.queries.round_sources import SOURCES
from alerts.queries.rounds import stand
from alerts.rules.rounds import Matter, Period, Rhythm, Standing
from alerts.services import rounds
from alerts.services.rounds import RoundRefused
from issues.models import Issue
from issues.services.life import reports
from projects.models import Campaign
from rectify.lib import clock
from tests import factories
from townships.models import Event, Unit, User

DEMO = Path(__file__).resolve().parents[2] / "demo"
WEEK = Period(date(2018, 6, 4), date(2018, 6, 24))
OnDay = Callable[[str], None]


@pytest.fixture
def county(db: None, on_day: OnDay) -> Unit:
    on_day("2018-06-04")
    return factories.county()


@pytest.fixture
def campaign(county: Unit) -> Campaign:
    return factories.campaign(county)


@pytest.fixture
def office(county: Unit) -> User:
    return factories.user("office", county)


def town(number: int = 101) -> Unit:
    return Unit.objects.get(code=f"{factories.COUNTY}{number}")


def cadre(at: Unit) -> User:
    return factories.user("cadre", at)


def issue_of(campaign: Campaign, office: User, at: Unit, **more: Any) -> Issue:
    listed = campaign.lists.first() or factories.issue_list(campaign)
    made = factories.issue(listed, office, quantity=3, township=at, unit=at, state="rectifying", **more)
    factories.responsible(made, at)
    return made


def asked(campaign: Campaign, by: User, **more: Any) -> Collection:
    usual: dict[str, Any] = {
        "title": "",
        "rhythm": Rhythm.WEEKLY,
        "matter": Matter.PROGRESS,
        "levels": ["township"],
        "ground": "县委办〔2018〕9号",
        "approver": "县委副书记",
        "period": WEEK,
        "due_days": 1,
        "grace_days": 1,
        "door_days": 1,
    }
    return rounds.ask(campaign, by=by, **{**usual, **more})


def reported(issue: Issue, by: User, on: date, quantity: int = 1) -> None:
    reports.submit(
        by,
        issue.number,
        client_id=uuid4(),
        quantity=Decimal(quantity),
        happened_on=on,
        narrative="已完成一户",
    )


def standings(one: Round) -> dict[str, Standing]:
    return {told.filing.unit.name: told.standing for told in stand(one, one.filings.all(), clock.today())}


def newest(of: Collection) -> Round:
    found = of.rounds.select_related("collection").first()
    assert found is not None
    return found


def test_a_report_is_an_answer_and_nothing_due_is_exempt(
    campaign: Campaign, office: User, on_day: OnDay
) -> None:
    issue = issue_of(campaign, office, town(101))
    issue_of(campaign, office, town(102))
    made = asked(campaign, office)
    assert standings(newest(made)) == {
        "甲镇": Standing.AWAITED,
        "乙镇": Standing.AWAITED,
        "丙乡": Standing.EXEMPT,
    }
    reported(issue, cadre(town(101)), date(2018, 6, 4))
    on_day("2018-06-13")
    assert standings(made.rounds.get(first_on=date(2018, 6, 4))) == {
        "甲镇": Standing.FILED,
        "乙镇": Standing.SILENT,
        "丙乡": Standing.EXEMPT,
    }


def test_what_is_told_after_the_days_of_grace_about_the_period_is_late(
    campaign: Campaign, office: User, on_day: OnDay
) -> None:
    """The week ends on 10 June; due on the 11th, in time until the 12th, the door closes on the 13th."""
    issue = issue_of(campaign, office, town(101))
    made = asked(campaign, office)
    on_day("2018-06-13")
    rounds.keep()
    reported(issue, cadre(town(101)), date(2018, 6, 8))
    first, second = made.rounds.order_by("first_on")
    assert standings(first)["甲镇"] is Standing.LATE
    assert standings(second)["甲镇"] is Standing.FILED  # it was said in the second week


def test_a_village_answers_for_its_township(campaign: Campaign, office: User) -> None:
    village = Unit.objects.get(code=f"{factories.COUNTY}101001")
    issue = issue_of(campaign, office, village)
    made = asked(campaign, office)
    reported(issue, cadre(village), date(2018, 6, 4))
    assert standings(newest(made))["甲镇"] is Standing.FILED


def test_rounds_are_opened_once_however_often_they_are_kept(
    campaign: Campaign, office: User, on_day: OnDay
) -> None:
    made = asked(campaign, office)
    on_day("2018-06-20")
    assert rounds.keep() == {"opened": 2, "settled": 1}
    assert rounds.keep() == {"opened": 0, "settled": 0}
    assert [one.first_on.day for one in made.rounds.order_by("first_on")] == [4, 11, 18]
    assert Filing.objects.count() == 9


def test_three_days_out_are_made_up_for(campaign: Campaign, office: User, on_day: OnDay) -> None:
    made = asked(campaign, office)
    on_day("2018-12-31")
    rounds.keep()
    assert made.rounds.count() == 3  # it ends on 24 June
    assert not made.rounds.filter(settled_at__isnull=True).exists()


def test_what_is_settled_stays_though_the_issues_change(
    campaign: Campaign, office: User, on_day: OnDay
) -> None:
    issue = issue_of(campaign, office, town(101))
    made = asked(campaign, office)
    on_day("2018-06-20")
    rounds.keep()
    first = made.rounds.get(first_on=date(2018, 6, 4))
    assert standings(first)["甲镇"] is Standing.SILENT
    Issue.objects.filter(pk=issue.pk).update(state="removed")
    assert standings(first)["甲镇"] is Standing.SILENT


def test_nothing_is_said_once_and_by_the_unit_itself(campaign: Campaign, office: User) -> None:
    made = asked(campaign, office, matter=Matter.LEADS)
    filing = newest(made).filings.get(unit=town(101))
    with pytest.raises(RoundRefused, match="不在您的工作范围"):
        rounds.say_nothing(filing, words="已排查，没有", by=cadre(town(102)))
    rounds.say_nothing(filing, words="已排查，没有", by=cadre(town(101)))
    with pytest.raises(RoundRefused, match="已经报过"):
        rounds.say_nothing(filing, words="已排查，没有", by=cadre(town(101)))
    assert standings(newest(made))["甲镇"] is Standing.ZERO


def test_progress_takes_no_nothing(campaign: Campaign, office: User) -> None:
    filing = newest(asked(campaign, office)).filings.get(unit=town(101))
    with pytest.raises(RoundRefused, match="免报"):
        rounds.say_nothing(filing, words="已排查，没有", by=cadre(town(101)))


def test_an_exception_lets_one_unit_in_after_the_door(
    campaign: Campaign, office: User, on_day: OnDay
) -> None:
    made = asked(campaign, office, matter=Matter.LEADS)
    filing = newest(made).filings.get(unit=town(101))
    on_day("2018-06-14")
    with pytest.raises(RoundRefused, match="6月13日关门"):
        rounds.say_nothing(filing, words="已排查，没有", by=cadre(town(101)))
    with pytest.raises(RoundRefused, match="理由"):
        rounds.let_in(filing, until=date(2018, 6, 15), reason=" ", by=office)
    with pytest.raises(RoundRefused, match="晚于关门"):
        rounds.let_in(filing, until=date(2018, 6, 13), reason="道路中断", by=office)
    rounds.let_in(filing, until=date(2018, 6, 15), reason="道路中断", by=office)
    filing.refresh_from_db()
    assert rounds.keep()["settled"] == 0  # it waits for the one let in
    rounds.say_nothing(filing, words="已排查，没有", by=cadre(town(101)))
    assert standings(made.rounds.get(first_on=date(2018, 6, 4)))["甲镇"] is Standing.LATE
    on_day("2018-06-16")
    assert rounds.keep()["settled"] == 1


def test_chasing_tells_the_silent_once_and_leaves_the_others_in_peace(
    campaign: Campaign, office: User, on_day: OnDay
) -> None:
    issue = issue_of(campaign, office, town(101))
    issue_of(campaign, office, town(102))
    made = asked(campaign, office)
    reported(issue, cadre(town(101)), date(2018, 6, 4))
    assert rounds.chase(newest(made), by=office) == 1
    told = Alert.objects.get()
    assert (told.unit, told.duty, told.is_urgent) == (town(102), "staff", True)
    with pytest.raises(RoundRefused, match="20小时内已经催过"):
        rounds.chase(newest(made), by=office)
    on_day("2018-06-05")
    assert rounds.chase(newest(made), by=office) == 1
    assert Alert.objects.count() == 2


def test_nobody_is_chased_through_a_closed_door_or_when_all_have_answered(
    campaign: Campaign, office: User, on_day: OnDay
) -> None:
    made = asked(campaign, office)
    with pytest.raises(RoundRefused, match="没有要催的"):
        rounds.chase(newest(made), by=office)
    on_day("2018-06-14")
    with pytest.raises(RoundRefused, match="关门"):
        rounds.chase(newest(made), by=office)


def test_the_same_is_not_asked_twice_and_nobody_but_the_office_asks(campaign: Campaign, office: User) -> None:
    made = asked(campaign, office)
    with pytest.raises(RoundRefused, match="不再另行报送"):
        asked(campaign, office)
    asked(campaign, office, rhythm=Rhythm.MONTHLY)
    with pytest.raises(RoundRefused, match="不能发起调度"):
        asked(campaign, cadre(town(101)), rhythm=Rhythm.TEN_DAYS)
    rounds.stop(made, by=office)
    asked(campaign, office)
    with pytest.raises(RoundRefused, match="已经停止"):
        rounds.stop(made, by=office)
    assert set(Event.objects.values_list("action", flat=True)) >= {"ask_round", "stop_round"}


def test_a_stopped_collection_opens_no_more_rounds(campaign: Campaign, office: User, on_day: OnDay) -> None:
    made = asked(campaign, office)
    rounds.stop(made, by=office)
    on_day("2018-06-20")
    rounds.keep()
    assert made.rounds.count() == 1


def test_the_silent_are_a_source_of_warning_until_the_door(
    campaign: Campaign, office: User, on_day: OnDay
) -> None:
    issue_of(campaign, office, town(101))
    asked(campaign, office)
    (source,) = SOURCES
    found = {
        day: [row for rows in source.rows(campaign.pk, date(2018, 6, day)) for row in rows]
        for day in (12, 13, 14)
    }
    assert [len(found[day]) for day in (12, 13, 14)] == [1, 1, 0]
    assert found[13][0]["unit_key"] == town(101).pk
    assert found[13][0]["anchor_day"] == date(2018, 6, 12)


@pytest.mark.django_db
def test_w006_thirteen_townships_and_eighteen_departments_are_named(on_day: OnDay, client: Client) -> None:
    """W-006 on the county's own ledger: 有13个乡镇、18个部门没有报送线索, each by name."""
    on_day("2018-06-06")
    for arguments in (
        ("load_county", str(DEMO / "county")),
        ("create_campaign", "gj2018", "百日攻坚", "--start", "2018-06-01", "--end", "2018-09-08"),
        ("import_sheet", str(DEMO / "ledgers" / "问题线索报送汇总.xlsx"), "--ref-date", "2018-05-20"),
    ):
        call_command(*arguments, "--json", stdout=StringIO(), stderr=StringIO())
    campaign = Campaign.objects.get()
    office = factories.user("office", campaign.unit)
    made = asked(
        campaign,
        office,
        title="线索收集",
        rhythm=Rhythm.ONCE,
        matter=Matter.LEADS,
        levels=["township", "department"],
        period=Period(date(2018, 1, 1), date(2018, 6, 6)),
    )
    shown = matrix(made, office, clock.today())
    assert isinstance(shown, Matrix)
    assert shown.sentence == "有13个乡镇、18个专项部门没有报送问题线索。"
    assert [len(table.rows) for table in shown.tables] == [25, 23]
    client.force_login(office, "django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/rounds/{made.pk}/").content.decode()
    for table in shown.tables:
        assert "、".join(table.silent) in page
        assert len(set(table.silent)) == {"乡镇": 13, "专项部门": 18}[table.label]
