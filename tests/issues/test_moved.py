"""What moved between two days: the lists behind 新增, 完成, 核减, 核实, 调出, 销号, and behind the opening."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from issues.models import Issue, Supplement
from issues.queries.issues import filtered
from issues.rules.filters import MOVES, STOCKS, IssueFilter
from issues.services import ledger
from projects.models import Campaign
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from tests import factories as make
from townships.models import User

pytestmark = pytest.mark.django_db
TODAY = date(2018, 6, 6)


@pytest.fixture
def gj(on_day: Callable[[str], None]) -> Campaign:
    on_day(TODAY.isoformat())
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


@pytest.fixture
def moving(gj: Campaign, office: User) -> Issue:
    """9 found in January; 6 claimed in March; in May 4 confirmed, 2 taken back, 1 removed; closed 2 June."""
    listed = make.issue_list(gj)
    issue = make.issue(
        listed, office, quantity=9, claims=[(6, date(2018, 3, 1))], removals=[(1, date(2018, 5, 20))]
    )
    checked = [
        ledger.Move("claimed", Decimal(-2), date(2018, 5, 10)),
        ledger.Move("confirmed", Decimal(4), date(2018, 5, 10)),
    ]
    ledger.post(item_id=issue.pk, moves=checked, by=office, cause="verification")
    Issue.objects.filter(pk=issue.pk).update(closed_on=date(2018, 6, 2))
    return issue


def moved(params: dict[str, str]) -> dict[str, Decimal]:
    """Number → how much of it moved."""
    wanted = IssueFilter.from_params(params, today=TODAY)
    return {one.number: one.moved_at for one in filtered(Issue.objects.all(), wanted)}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("what", "start", "end", "expected"),
    [
        ("found", "2018-01-01", "2018-01-31", 9),
        ("found", "2018-01-11", "2018-05-31", None),
        ("claimed", "2018-03-01", "2018-05-31", 6),
        ("claimed", "2018-03-02", "2018-05-31", None),
        ("cut", "2018-05-01", "2018-05-31", 2),
        ("cut", "2018-05-11", "2018-05-31", None),
        ("confirmed", "2018-05-10", "2018-05-10", 4),
        ("removed", "2018-05-01", "2018-06-06", 1),
        ("closed", "2018-06-01", "2018-06-06", 1),
        ("closed", "2018-06-03", "2018-06-06", None),
        ("opening", "2018-03-01", "2018-06-06", 9),
        ("opening", "2018-05-01", "2018-06-06", 3),
        ("opening", "2018-01-10", "2018-06-06", None),
    ],
)
def test_the_list_of_a_movement_holds_what_moved_and_how_much(
    moving: Issue, what: str, start: str, end: str, expected: int | None
) -> None:
    found = moved({"moved": what, "from": start, "as_of": end})
    assert found == ({} if expected is None else {moving.number: expected})


def test_the_opening_goes_by_its_basis(moving: Issue) -> None:
    period = {"moved": "opening", "from": "2018-05-01", "as_of": "2018-06-01"}
    assert moved({**period, "basis": "confirmed"}) == {moving.number: 9}


def test_what_cancels_out_did_not_move_and_what_left_the_list_did(gj: Campaign, office: User) -> None:
    issue = make.issue(make.issue_list(gj), office, quantity=2)
    day = date(2018, 5, 10)
    for step in (1, -1):
        ledger.post(
            item_id=issue.pk,
            moves=[ledger.Move("claimed", Decimal(step), day)],
            by=office,
            cause="correction",
        )
    assert moved({"moved": "claimed", "from": "2018-05-01"}) == {}
    ledger.post(
        item_id=issue.pk, moves=[ledger.Move("found", Decimal(-2), day)], by=office, cause="correction"
    )
    assert moved({"moved": "found", "from": "2018-05-01"}) == {issue.number: -2}


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"moved": "claimed"}, "从哪天起"),
        ({"from": "2018-05-01"}, "看哪一项"),
        ({"moved": "claimed", "from": "2018-05-02", "as_of": "2018-05-01"}, "晚于截至日"),
        ({"moved": "claimed", "from": "2018-06-07"}, "晚于今天"),
        ({"moved": "vanished", "from": "2018-05-01"}, "没有“vanished”这一项"),
    ],
)
def test_half_a_period_is_refused_in_words(gj: Campaign, params: dict[str, str], reason: str) -> None:
    with pytest.raises(FilterRefused, match=reason):
        moved(params)


def test_the_page_says_how_much_moved(client: Client, moving: Issue, office: User) -> None:
    client.force_login(office)
    for what, said in {**dict.fromkeys(MOVES, ""), "cut": "2", "closed": "1"}.items():
        answer: Any = client.get(f"/issues/?moved={what}&from=2018-03-01&as_of=2018-06-05")
        text = answer.content.decode()
        if said:
            assert f"其中{MOVES[what]} <strong>{said}</strong>" in text
        assert answer.status_code == 200


def test_stock_and_increment_part_what_was_on_a_list_at_its_lock_from_what_came_later(
    gj: Campaign, office: User
) -> None:
    """存量 / 增量 (W-031): together they are everything, and nothing stands in both."""
    listed = make.issue_list(gj)
    first = make.issue(listed, office)
    why = Supplement.objects.create(
        list=listed, reason="督查新发现", document="甲府〔2018〕1号", made_by=office, made_at=clock.now()
    )
    later = make.issue(listed, office, found_on=date(2018, 6, 1), supplement=why)
    numbers = {
        stock: set(
            filtered(Issue.objects.all(), IssueFilter.from_params({"stock": stock}, today=TODAY)).values_list(
                "number", flat=True
            )
        )
        for stock in STOCKS
    }
    assert numbers == {"stock": {first.number}, "increment": {later.number}}
    assert moved({"moved": "found", "from": "2018-06-01", "stock": "stock"}) == {}
    assert moved({"moved": "found", "from": "2018-06-01", "stock": "increment"}) == {later.number: Decimal(1)}
