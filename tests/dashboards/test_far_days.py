"""Days at the calendar's own ends, which have no day beside them, are refused in words wherever one is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.test import Client

from dashboards.rules.asking import day_from
from dashboards.rules.tallies import TallyError
from projects.models import Campaign
from rectify.lib.criteria import FIRST_YEAR, LAST_YEAR
from tests import factories as make
from tests.callers import Caller
from townships.models import Unit, User
from townships.rules.roles import Role

pytestmark = pytest.mark.django_db
WHY = f"年份应在{FIRST_YEAR}到{LAST_YEAR}之间"
ENDS = ("0001-01-01", "9999-12-31")


@pytest.fixture
def gj(on_day: Callable[[str], None]) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    user = make.user("office", gj.unit)
    make.issue(make.issue_list(gj), user, township=Unit.objects.get(code="990001101"))
    make.programme(gj, "P1", "饮水")
    return user


def test_the_years_that_are_taken() -> None:
    assert day_from(" 1900-01-01 ") == date(1900, 1, 1)
    for text in ENDS:
        with pytest.raises(TallyError, match=WHY):
            day_from(text)


@pytest.mark.parametrize("day", ENDS)
@pytest.mark.parametrize(
    "address",
    [
        "/dashboard/?as_of=",
        "/dashboard/?since=",
        "/dashboard/data/?as_of=",
        "/dashboard/sheet/?as_of=",
        "/dashboard/flow/?as_of=",
        "/dashboard/flow/?since=",
        "/dashboard/matrix/?as_of=",
        "/dashboard/matrix/sheet/?as_of=",
        "/dashboard/compare/?from=",
        "/dashboard/compare/?to=",
        "/dashboard/compare/data/?from=",
        "/dashboard/compare/sheet/?to=",
        "/dashboard/funds/?as_of=",
        "/dashboard/funds/?moved=funded&from=",
        "/dashboard/funds/sheet/?as_of=",
        "/dashboard/townships/990001101/?as_of=",
        "/dashboard/townships/990001101/sheet/?as_of=",
        "/dashboard/departments/D-A/?as_of=",
        "/dashboard/programmes/P1/?as_of=",
    ],
)
def test_a_page_says_so_in_words(client: Client, office: User, address: str, day: str) -> None:
    client.force_login(office)
    answer = client.get(f"{address}{day}")
    assert answer.status_code == 400
    assert WHY in unescape(answer.content.decode())


@pytest.mark.parametrize("day", ENDS)
def test_a_program_is_told_so_too(gj: Campaign, office: User, day: str) -> None:
    answer = Caller(Role.API_CLIENT, gj.unit, "/api/v1/tallies/").get(f"/api/v1/tallies/?as_of={day}")
    assert answer.status_code == 400
    assert WHY in answer.json()["detail"]
