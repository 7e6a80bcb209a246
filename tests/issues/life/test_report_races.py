"""Reports at once on PostgreSQL: never more than is left, never the same one twice (invariant 7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from dashboards.services.verification import verify
from issues.models import Issue, Report
from issues.services.life import reports
from issues.services.workflow import Refused
from tests.issues.life.conftest import World
from tests.issues.test_ledger_concurrency import side_by_side

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 8
DAY = date(2018, 6, 5)


@pytest.fixture(autouse=True)
def side_by_side_only() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")


def _report(world: World, issue: Issue, client_id: UUID, quantity: int) -> Callable[[], Any]:
    def run() -> reports.Submitted | Refused:
        try:
            return reports.submit(
                world.cadre, issue.number, client_id=client_id, quantity=Decimal(quantity), happened_on=DAY
            )
        except Refused as refused:
            return refused

    return run


def test_eight_who_report_on_one_issue_never_claim_more_than_is_left(world: World) -> None:
    issue = world.issue()
    jobs = [_report(world, issue, uuid4(), 3) for _ in range(WRITERS)]
    answers = side_by_side(*jobs)
    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert refused == ["too_much"] * (WRITERS - 3)
    issue.refresh_from_db()
    assert issue.claimed == 9
    assert Report.objects.count() == 3
    assert verify()["differences"] == []


def test_one_report_sent_eight_times_at_once_is_stored_once_with_one_receipt(world: World) -> None:
    issue, client_id = world.issue(), uuid4()
    answers = side_by_side(*(_report(world, issue, client_id, 10) for _ in range(WRITERS)))
    assert [answer.is_new for answer in answers].count(True) == 1
    assert len({answer.report.receipt for answer in answers}) == 1
    assert Report.objects.count() == 1


def test_one_client_id_on_two_issues_at_once_is_taken_by_one(world: World) -> None:
    issues, client_id = [world.issue() for _ in range(WRITERS)], uuid4()
    answers = side_by_side(*(_report(world, issue, client_id, 1) for issue in issues))
    assert sum(isinstance(answer, reports.Submitted) for answer in answers) == 1
    assert sum(isinstance(answer, reports.ClientIdTaken) for answer in answers) == WRITERS - 1
    assert Report.objects.count() == 1
