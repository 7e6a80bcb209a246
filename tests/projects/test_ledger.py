"""The ledger of works and money: what it takes, and what it refuses in which words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from projects.models import Fund, Programme, Project
from projects.queries import sums
from projects.services import ledger
from tests import factories as make
from townships.models import User

pytestmark = pytest.mark.django_db
NOTHING = Decimal(0)
DAY = date(2018, 5, 20)


@pytest.fixture
def by(on_day: Callable[[str], None]) -> User:
    on_day("2018-06-06")
    return make.user("office", make.county())


@pytest.fixture
def kind(by: User) -> Programme:
    assert by.unit is not None
    return make.programme(make.campaign(by.unit), "P1", "道路")


@pytest.fixture
def road(kind: Programme, by: User) -> Project:
    """5 公里 arranged, 4 allotted, 2 of them started on 2018-03-01."""
    return make.project(kind, by, arranged=5, allotted=4, started=[(2, date(2018, 3, 1))], counted_in="公里")


def work(stage: str, quantity: str, day: date = DAY) -> ledger.Move:
    return ledger.Move(stage, Decimal(quantity), day)


def money(stage: str, amount: str, day: date = DAY) -> ledger.Move:
    return ledger.Move(stage, NOTHING, day, Decimal(amount))


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (work("started", "3"), "2018-05-20的累计数不成立：开工超过下达，差1"),
        (work("completed", "1", date(2018, 2, 1)), "2018-02-01的累计数不成立：完工超过开工，差1"),
        (work("allotted", "-3"), "开工超过下达，差1"),
        (work("allotted", "2"), "下达超过安排，差1"),
        (money("paid", "1"), "资金拨付超过资金下达，差1"),
        (money("due", "-1"), "应下达资金为负"),
        (work("started", "1", date(2018, 6, 7)), "晚于今天"),
        (work("arranged", "1", date(2017, 12, 31)), "早于列入日期"),
    ],
)
def test_a_movement_out_of_order_is_refused_naming_the_day(
    road: Project, by: User, move: ledger.Move, words: str
) -> None:
    with pytest.raises(ledger.LedgerRefusal, match=words):
        ledger.post(road, moves=[move], by=by, cause="report")


def test_money_is_given_as_an_amount_and_works_as_a_quantity(road: Project, by: User) -> None:
    for move in (work("funded", "3"), ledger.Move("started", Decimal(1), DAY, Decimal(2))):
        with pytest.raises(ValueError, match="money by amount"):
            ledger.post(road, moves=[move], by=by, cause="report")


def test_money_stands_in_the_block_of_its_own(road: Project, by: User) -> None:
    moves = [money("due", "10"), money("funded", "12.5"), money("paid", "3")]
    ledger.post(road, moves=moves, by=by, cause="report")
    road.refresh_from_db()
    assert (road.funded, road.paid) == (Decimal("12.5"), 3)
    rows = {row.counted_in: row for row in sums.rolled(road.campaign_id, as_of=DAY, by=())}
    assert rows["公里"]["allotted"] - rows["公里"]["started"] == 2
    assert rows["万元"]["over"] == Decimal("2.5")
    assert [rows[name]["items"] for name in ("公里", "万元")] == [1, 1]
    assert rows["公里"]["funded"] == 0


def test_too_much_here_does_not_make_up_for_too_little_there(kind: Programme, by: User) -> None:
    make.fund(kind, by, due="10", funded="12")
    make.fund(kind, by, due="10", funded="7")
    (row,) = sums.rolled(kind.campaign_id, as_of=DAY, by=())
    assert (row["due"], row["funded"], row["over"], row["items"]) == (20, 19, 2, 2)
    assert [fund.over for fund in Fund.objects.order_by("pk")] == [2, 0]


def test_before_the_first_entry_there_is_no_record(kind: Programme, road: Project, by: User) -> None:
    assert sums.first_entry(kind.campaign_id) == date(2018, 1, 1)
    assert sums.first_entry(kind.campaign_id, programme_ids=[kind.pk + 1]) is None
    assert sums.first_entry_of(Project.objects.none(), Fund.objects.all()) is None
    make.fund(kind, by, due="10", funded="12", on=date(2017, 12, 1))
    assert sums.first_entry_of(Project.objects.all(), Fund.objects.all()) == date(2017, 12, 1)


def test_withdrawn_works_take_no_more_lines(road: Project, by: User) -> None:
    assert ledger.withdraw_items(Project, [road.pk], by=by, cause_id=7) == 1
    assert sums.rolled(road.campaign_id, as_of=DAY) == []
    with pytest.raises(ledger.LedgerRefusal, match="已撤回"):
        ledger.post(road, moves=[work("started", "1")], by=by, cause="report")


def test_figures_move_with_a_project_whose_unit_of_count_is_mended(road: Project) -> None:
    ledger.rekey(road, counted_in="万元")
    (row,) = sums.rolled(road.campaign_id, as_of=DAY, by=())
    assert (row.counted_in, row["arranged"]) == ("万元", 5)
    with pytest.raises(ValueError, match="village"):
        ledger.rekey(road, village=None)


def test_a_scope_that_holds_nothing_has_no_figures() -> None:
    nothing = Project.objects.none()
    assert sums.live(nothing, by=["township"], as_of=DAY, funds=Fund.objects.none()) == []
