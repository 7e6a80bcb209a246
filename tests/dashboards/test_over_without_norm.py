"""超额下达: a project of which nobody says what is due exceeds nothing, by whichever road the figure comes; a
fund, which is a norm, exceeds even 0."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from alerts.rules.rounds import Period
from dashboards.rules.bulletin_sections import Choice, sections
from dashboards.rules.bulletin_templates import Part
from dashboards.rules.indicators import indicator
from dashboards.rules.snapshots import Snapshot
from dashboards.rules.tallies import TallyQuery
from dashboards.services.snapshots import take
from dashboards.services.tallies import tally
from dashboards.services.verification import verify
from issues.services.ledger import Move
from projects.models import Campaign, Fund, Programme, Project
from projects.queries import sums
from projects.rules.measures import over_issued
from projects.services import ledger
from rectify.lib import clock
from tests import factories as make
from tests.dashboards.worlds import sum_of
from townships.models import Unit, User

pytestmark = pytest.mark.django_db
TODAY = date(2018, 6, 6)
DAY = date(2018, 5, 1)


@pytest.fixture
def gj(on_day: Callable[[str], None]) -> Campaign:
    on_day(TODAY.isoformat())
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


@pytest.fixture
def kind(gj: Campaign) -> Programme:
    return make.programme(gj, "P1", "饮水")


def town(number: int) -> Unit:
    return Unit.objects.get(code=f"{make.COUNTY}{number}")


def work(kind: Programme, by: User, *, due: str, funded: str, place: int, counted_in: str = "个") -> Project:
    made = make.project(kind, by, township=town(place), counted_in=counted_in)
    moves = [
        Move(stage, Decimal(0), DAY, Decimal(amount))
        for stage, amount in (("due", due), ("funded", funded))
        if Decimal(amount)
    ]
    ledger.post(made, moves=moves, by=by, cause="report")
    made.refresh_from_db()
    return made


def money(as_of: date, known: bool = False) -> dict[str, str]:
    """What the townships exceed, from the roll-ups or (``known``: as of an instant) live from the entries."""
    query = TallyQuery(of="projects", by=("township",), as_of=as_of, known_at=clock.now() if known else None)
    (block,) = (one for one in tally(query)["blocks"] if one["counted_in"] == "万元")
    return {row["township"]: row["over"] for row in block["rows"]}


def test_the_rule() -> None:
    assert over_issued(0, 8, is_fund=False) == 0
    assert over_issued(5, 8, is_fund=False) == 3
    assert over_issued(9, 8, is_fund=False) == 0
    assert over_issued(0, 8, is_fund=True) == 8


@pytest.mark.parametrize("counted_in", ["个", "万元"])
def test_roll_ups_live_sums_list_and_proof_agree(
    gj: Campaign, kind: Programme, office: User, counted_in: str
) -> None:
    free = work(kind, office, due="0", funded="8", place=101, counted_in=counted_in)
    normed = work(kind, office, due="5", funded="8", place=102, counted_in=counted_in)
    make.fund(kind, office, due="0", funded="4", on=DAY, township=town(103))
    expected = {"甲镇": "0", "乙镇": "3", "丙乡": "4"}
    assert money(TODAY) == money(TODAY, known=True) == expected
    for as_of in (DAY, TODAY):  # the whole ledger, and a part of it
        of_works = sums.annotate_as_of(Project.objects.all(), as_of)
        assert dict(of_works.values_list("number", "over_at")) == {free.number: 0, normed.number: 3}
        assert sums.annotate_funds_as_of(Fund.objects.all(), as_of).get().over_at == 4
        later = sums.annotate_as_of(Project.objects.all(), as_of, clock.now())
        assert dict(later.values_list("number", "over_at")) == {free.number: 0, normed.number: 3}
    block = next(one for one in tally(TallyQuery(of="projects"))["blocks"] if one["counted_in"] == "万元")
    assert (block["total"]["funded"], block["total"]["over"]) == ("20", "7")
    assert sum_of(f"{block['total']['proof']}&measure=over", office) == 7
    assert verify()["ok"]
    call_command("rebuild_tallies", stdout=StringIO())
    assert money(TODAY) == expected


def test_what_is_due_may_be_known_later(kind: Programme, office: User) -> None:
    made = work(kind, office, due="0", funded="8", place=101)
    due = Move("due", Decimal(0), DAY + timedelta(days=4), Decimal(5))
    ledger.post(made, moves=[due], by=office, cause="report")
    assert money(DAY + timedelta(days=3))["甲镇"] == "0"
    assert money(DAY + timedelta(days=4))["甲镇"] == "3"
    assert verify()["ok"]


def test_roll_ups_that_still_follow_the_old_rule_are_found(
    gj: Campaign, kind: Programme, office: User
) -> None:
    """After an upgrade: `verify_ledger` names them, `rebuild_tallies` mends them."""
    work(kind, office, due="0", funded="8", place=101)
    for model in (sums.ROLLUP.balance, sums.ROLLUP.day, sums.ROLLUP.month):
        model._default_manager.filter(counted_in="万元", funded__gt=0).update(over=8)
    told = verify()
    assert not told["ok"]
    assert "over" in json.dumps(told["differences"], ensure_ascii=False, default=str)
    call_command("rebuild_tallies", stdout=StringIO())
    assert verify()["ok"]


def test_the_bulletin_names_whom_too_much_was_issued_and_nobody_else(
    gj: Campaign, kind: Programme, office: User
) -> None:
    work(kind, office, due="0", funded="8", place=101)
    work(kind, office, due="5", funded="8", place=102)
    told, _ = take(gj, period=Period(DAY, date(2018, 5, 31)), basis="claimed", narrowed={})
    (section,) = sections(Snapshot(told), Choice([Part.FUNDS.value], []))
    (grid,) = (one for one in section.grids if one.caption.startswith("超额下达"))
    assert [[cell.text for cell in row] for row in grid.rows] == [
        ["乙镇", "5", "8", "3"],
        ["全部乡镇合计", "5", "16", "3"],
    ]
    assert "1个乡镇超额下达，合计超3万元，为乙镇超3万元" in section.sentences[0]


def test_the_page_says_what_is_left_out(kind: Programme, office: User, client: Client) -> None:
    said = "项目没有写明应下达资金的，没有标准可超，不算超额"
    assert said in indicator("projects", "over").left_out
    client.force_login(office)
    assert said in client.get("/dashboard/definitions/").content.decode()
    free = work(kind, office, due="0", funded="8", place=101)
    assert free.number not in client.get("/dashboard/funds/?measure=over").content.decode()
    assert free.number in client.get("/dashboard/funds/?measure=funded").content.decode()
