"""核减率 in the tally: what verifications took back of what they looked at, row by row, for every viewer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dashboards.rules.tallies import TallyQuery
from dashboards.services.tallies import tally
from issues.models import Issue, Verification
from issues.services import ledger
from projects.models import Campaign
from rectify.lib import clock
from tests import factories as make
from tests.callers import Caller, check_described
from townships.models import Unit, User
from townships.rules.roles import Role

OnDay = Callable[[str], None]
TODAY = date(2018, 6, 6)


@pytest.fixture
def gj(db: None, on_day: OnDay) -> Campaign:
    on_day(TODAY.isoformat())
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


def verify(issue: Issue, by: User, *, examined: int, true: int, on: date) -> None:
    """Of ``examined`` claimed, ``true`` held; the rest is taken back."""
    cut = examined - true
    moves = [ledger.Move("claimed", Decimal(-cut), on)] if cut else []
    moves += [ledger.Move("confirmed", Decimal(true), on)] if true else []
    ledger.post(item_id=issue.pk, moves=moves, by=by, cause="verification")
    Verification.objects.create(
        issue=issue, method="site", unit=at("D-A"), examined=examined, found_true=true, taken_back=cut,
        added=0, reason="partial" if cut else "", verified_on=on, verified_by=by, recorded_at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def checked(gj: Campaign, office: User) -> None:
    """甲镇: of 10 looked at 8 were true in May; 乙镇: of 4 none in June; 丙乡: nobody looked."""
    listed, kind = make.issue_list(gj), make.category(gj, "C1", "漏雨")
    claimed = date(2018, 5, 1)
    for code, quantity in (("990001101", 10), ("990001102", 4), ("990001103", 3)):
        issue = make.issue(
            listed, office, quantity=quantity, township=at(code), category=kind,
            claims=[(quantity, claimed)],
        )  # fmt: skip
        if code == "990001101":
            verify(issue, office, examined=10, true=8, on=date(2018, 5, 10))
        if code == "990001102":
            verify(issue, office, examined=4, true=0, on=date(2018, 6, 1))


def rates(query: TallyQuery, user: User | None = None) -> dict[str | None, Any]:
    block = tally(query, user)["blocks"][0]
    return {row.get("township"): row["rates"]["cut_rate"] for row in (*block["rows"], block["total"])}


def test_every_row_has_its_own_rate_with_both_its_numbers(checked: None) -> None:
    """10 of which 8 were true write claimed −2: 2 ÷ 10; where nobody looked there is no rate, not 0."""
    assert rates(TallyQuery(by=("township",))) == {
        "甲镇": {"numerator": "2", "denominator": "10", "percent": "20.0"},
        "乙镇": {"numerator": "4", "denominator": "4", "percent": "100.0"},
        "丙乡": {"numerator": "0", "denominator": "0", "percent": None},
        None: {"numerator": "6", "denominator": "14", "percent": "42.9"},
    }


def test_it_stands_as_of_any_day_and_instant(checked: None) -> None:
    assert rates(TallyQuery(as_of=date(2018, 5, 31)))[None]["percent"] == "20.0"
    assert rates(TallyQuery(as_of=date(2018, 5, 9)))[None]["percent"] is None
    before = clock.now().replace(year=2018, month=1, day=1)
    assert tally(TallyQuery(known_at=before))["blocks"] == []


def test_filters_and_scope_narrow_it(checked: None) -> None:
    assert rates(TallyQuery(filters={"township": "乙镇"}))[None]["denominator"] == "4"
    cadre = make.user("cadre", at("990001101"))
    assert rates(TallyQuery(), cadre)[None] == {"numerator": "2", "denominator": "10", "percent": "20.0"}
    outsider = make.user("cadre", at("990001103"))
    assert rates(TallyQuery(), outsider)[None]["percent"] is None


def test_a_withdrawn_issue_takes_its_verification_along(checked: None) -> None:
    Issue.objects.filter(township=at("990001102")).update(state="withdrawn")
    live = rates(TallyQuery(by=("village",)))
    assert live[None]["denominator"] == "10"


def test_the_api_gives_and_describes_it(gj: Campaign, checked: None) -> None:
    caller = Caller(Role.API_CLIENT, gj.unit, "/api/v1/tallies/")
    told = caller.read(by="township")
    check_described("Tally", told)
    total = told["blocks"][0]["total"]
    assert total["rates"]["cut_rate"] == {"numerator": "6", "denominator": "14", "percent": "42.9"}
    assert total["unverified"] == "3"
