"""Pages of rounds: the office sees all units, a unit its own; every act through its form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from alerts.models import Collection, Filing
from alerts.rules.rounds import Matter
from alerts.services import rounds
from projects.models import Campaign
from tests import factories
from tests.alerts.test_rounds import (
    asked,
    cadre,
    campaign,
    county,
    issue_of,
    newest,
    office,
    town,
)
from tests.callers import Caller, check_described
from townships.models import Unit, User
from townships.rules.roles import Role

__all__ = ["campaign", "county", "office"]


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def test_the_office_begins_a_collection_by_its_form(campaign: Campaign, office: User) -> None:
    form = {
        "rhythm": "weekly",
        "matter": "progress",
        "levels": ["township"],
        "ground": "县委办〔2018〕9号",
        "approver": "县委副书记",
        "from_on": "2018-06-04",
        "until_on": "2018-06-24",
        "due_days": "1",
        "grace_days": "1",
        "door_days": "1",
    }
    browser = logged_in(office)
    assert browser.post("/rounds/add/", {**form, "ground": ""}).status_code == 422
    answer = browser.post("/rounds/add/", form)
    made = Collection.objects.get()
    assert answer["Location"] == f"/rounds/{made.pk}/"
    page = browser.get(answer["Location"]).content.decode()
    assert made.title == "整改进展周调度"
    assert "2018年6月11日前应报，2018年6月12日前报的算按时，2018年6月13日关门" in page
    again = browser.post("/rounds/add/", form)
    assert again.status_code == 422
    assert "不再另行报送" in again.content.decode()


def test_a_unit_sees_its_own_row_and_what_it_owes(campaign: Campaign, office: User) -> None:
    issue_of(campaign, office, town(101))
    made = asked(campaign, office)
    own = logged_in(cadre(town(101)))
    assert "填报进展" in own.get("/rounds/").content.decode()
    page = own.get(f"/rounds/{made.pk}/").content.decode()
    assert "甲镇" in page
    assert "乙镇" not in page
    assert "催报的" not in page
    exempt = logged_in(cadre(town(103))).get("/rounds/").content.decode()
    assert "等本单位报的" not in exempt


def test_one_tap_and_one_sentence_say_nothing(campaign: Campaign, office: User) -> None:
    made = asked(campaign, office, matter=Matter.LEADS)
    filing = newest(made).filings.get(unit=town(101))
    own = logged_in(cadre(town(101)))
    address = f"/rounds/filings/{filing.pk}/nothing/"
    assert own.post(address, {"words": "无"}).status_code == 422
    assert own.post(address, {"words": "已排查全部村组，没有发现"}).status_code == 302
    filing.refresh_from_db()
    assert filing.zero_words == "已排查全部村组，没有发现"
    assert "零报告" in logged_in(office).get(f"/rounds/{made.pk}/").content.decode()


def test_others_filings_and_other_counties_do_not_exist(campaign: Campaign, office: User) -> None:
    made = asked(campaign, office, matter=Matter.LEADS)
    filing = newest(made).filings.get(unit=town(101))
    neighbour = logged_in(cadre(town(102)))
    assert neighbour.get(f"/rounds/filings/{filing.pk}/nothing/").status_code == 404
    elsewhere = factories.unit("880001", "乙县", "county")
    stranger = logged_in(factories.user("office", elsewhere))
    for address in (f"/rounds/{made.pk}/", f"/rounds/{made.pk}/sheet/", f"/rounds/filings/{filing.pk}/late/"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"/rounds/{newest(made).pk}/chase/").status_code == 404
    assert neighbour.get(f"/rounds/{made.pk}/?period=2018-06-05").status_code == 404
    assert neighbour.get(f"/rounds/{made.pk}/?period=x").status_code == 404


def test_a_late_entry_is_given_and_chasing_told_from_the_page(campaign: Campaign, office: User) -> None:
    issue_of(campaign, office, town(101))
    made = asked(campaign, office)
    browser, one = logged_in(office), newest(made)
    assert browser.post(f"/rounds/{one.pk}/chase/", follow=True).content.decode().count("已向1个单位") == 1
    assert "已经催过" in browser.post(f"/rounds/{one.pk}/chase/", follow=True).content.decode()
    filing = one.filings.get(unit=town(101))
    address = f"/rounds/filings/{filing.pk}/late/"
    assert browser.post(address, {"until": "2018-06-12", "reason": "道路中断"}).status_code == 422
    assert browser.post(address, {"until": "2018-06-20", "reason": "道路中断"}).status_code == 302
    assert Filing.objects.get(pk=filing.pk).late_until == date(2018, 6, 20)
    assert browser.post(f"/rounds/{made.pk}/stop/").status_code == 302


def test_the_sheet_says_what_the_page_says(campaign: Campaign, office: User) -> None:
    issue_of(campaign, office, town(101))
    made = asked(campaign, office)
    content = b"".join(logged_in(office).get(f"/rounds/{made.pk}/sheet/").streaming_content)  # type: ignore[attr-defined]
    rows = [[cell.value for cell in row] for row in load_workbook(BytesIO(content)).active]
    assert ["甲镇", f"{factories.COUNTY}101", "待报", None, 0] in [row[:5] for row in rows]


@pytest.mark.parametrize("extra", [0, 20])
def test_the_number_of_queries_does_not_grow_with_units(
    campaign: Campaign, office: User, extra: int, django_assert_max_num_queries: Any
) -> None:
    top = Unit.objects.get(code=factories.COUNTY)
    for number in range(extra):
        issue_of(
            campaign,
            office,
            factories.unit(f"{factories.COUNTY}5{number:02d}", f"第{number}镇", "township", top),
        )
    made = asked(campaign, office)
    browser = logged_in(office)
    browser.get(f"/rounds/{made.pk}/")
    with django_assert_max_num_queries(22):
        browser.get(f"/rounds/{made.pk}/")


def test_other_programs_read_who_is_silent(
    campaign: Campaign, office: User, on_day: Callable[[str], None]
) -> None:
    issue_of(campaign, office, town(101))
    asked(campaign, office)
    on_day("2018-06-13")
    rounds.keep()
    caller = Caller(Role.API_CLIENT, campaign.unit, "/api/v1/rounds/")
    first, second = caller.all(campaign=campaign.code, page_size=1)
    check_described("Round", first)
    (towns,) = first["kinds"]
    assert (towns["units"], towns["silent"], towns["exempt"], towns["awaited"]) == (3, 1, 2, 0)
    assert towns["silent_units"] == [{"unit": "甲镇", "unit_code": f"{factories.COUNTY}101"}]
    assert (second["first_on"], second["is_settled"]) == ("2018-06-11", False)
