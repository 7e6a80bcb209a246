"""Writers side by side on PostgreSQL: nothing is lost, nothing waits for another's whole county."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections, transaction

from dashboards.services.verification import rebuild, verify
from issues.models import Issue, IssueList
from issues.queries import sums
from issues.services import ledger
from tests import factories as make
from townships.models import Unit, User
from townships.services import sequences

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, REPORTS = 8, 6
FOUND_ON = date(2018, 1, 10)


@pytest.fixture
def by(on_day: Callable[[str], None]) -> User:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    on_day("2018-06-06")
    return make.user("office", make.county())


@pytest.fixture
def issues(by: User) -> list[Issue]:
    assert by.unit is not None
    listed: IssueList = make.issue_list(make.campaign(by.unit))
    town = Unit.objects.get(code="990001101")
    return [
        make.issue(
            listed, by, quantity=REPORTS, township=town, deadline_class="dated", due_on=date(2018, 3, 31)
        )
        for _ in range(WRITERS)
    ]


def side_by_side(*jobs: Callable[[], Any]) -> list[Any]:
    """Run each job in a thread with its own connection; raises what any of them raised."""

    def run(job: Callable[[], Any]) -> Any:
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_reports_on_one_township_beside_rolls_lose_nothing(issues: list[Issue], by: User) -> None:
    def report(issue: Issue) -> Callable[[], None]:
        def run() -> None:
            for day in range(REPORTS):
                move = ledger.Move("claimed", Decimal(1), FOUND_ON + timedelta(days=20 * day))
                ledger.post(item_id=issue.pk, moves=[move], by=by, cause="report")

        return run

    def roll() -> None:
        for day in range(0, 140, 7):
            ledger.roll_to(FOUND_ON + timedelta(days=day))

    side_by_side(*(report(issue) for issue in issues), roll)
    assert verify()["differences"] == []
    (row,) = sums.rolled(issues[0].campaign_id, as_of=date(2018, 6, 6), by=["township"])
    assert row["claimed"] == WRITERS * REPORTS
    (past,) = sums.rolled(issues[0].campaign_id, as_of=date(2018, 4, 1), by=["township"])
    assert past.vector == sums.live(Issue.objects.all(), by=["township"], as_of=date(2018, 4, 1))[0].vector


def test_reports_on_one_issue_take_turns_and_never_exceed_what_is_left(issues: list[Issue], by: User) -> None:
    def report() -> int:
        move = ledger.Move("claimed", Decimal(2), date(2018, 5, 1))
        try:
            return len(ledger.post(item_id=issues[0].pk, moves=[move], by=by, cause="report"))
        except ledger.LedgerRefusal:
            return 0

    assert sum(side_by_side(*[report] * WRITERS)) == REPORTS // 2
    assert verify()["ok"]


def test_rebuilding_beside_writers_loses_nothing(issues: list[Issue], by: User) -> None:
    def report(issue: Issue) -> Callable[[], None]:
        def run() -> None:
            for _ in range(REPORTS):
                move = ledger.Move("claimed", Decimal(1), date(2018, 5, 1))
                ledger.post(item_id=issue.pk, moves=[move], by=by, cause="report")

        return run

    def again() -> None:
        for _ in range(3):
            rebuild(date(2018, 6, 6))

    side_by_side(*(report(issue) for issue in issues), again)
    assert verify()["differences"] == []


def test_numbers_are_given_out_once(by: User) -> None:
    def take() -> list[int]:
        with transaction.atomic():
            return list(sequences.take("WT2018", 5))

    taken = sorted(number for numbers in side_by_side(*[take] * WRITERS) for number in numbers)
    assert taken == list(range(1, 5 * WRITERS + 1))
