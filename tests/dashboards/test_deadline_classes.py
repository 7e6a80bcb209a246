"""Classes of rectification by their deadline (W-074); those of the county's own are in test_sample_tallies."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from issues.models import Issue
from issues.queries.issues import filtered
from issues.rules.filters import IssueFilter
from projects.models import Campaign
from tests import factories
from tests.issues.ledgers import bring
from townships.models import User

pytestmark = pytest.mark.django_db
WRITTEN = (("立行立改", 7), ("2018年6月30日", 12), ("长期坚持", 11))
"""The words of the ledger and how many of its 30 rows have them."""


@pytest.fixture
def office(on_day: Callable[[str], None]) -> User:
    on_day("2018-06-06")
    return factories.user("office", factories.county())


@pytest.fixture
def campaign(office: User) -> Campaign:
    return factories.campaign(office.unit)


def ledger_of_30() -> bytes:
    lines = ["某县专项巡察问题反馈表,,,", "序号,反馈问题,责任单位,整改时限"]
    terms = [term for term, count in WRITTEN for _ in range(count)]
    lines += [f"{row},问题{row},甲镇,{term}" for row, term in enumerate(terms, start=1)]
    return "\ufeff".encode() + "\n".join(lines).encode()


def by_class() -> dict[str, tuple[str, str]]:
    """Class → its quantity and its overdue."""
    out = StringIO()
    call_command("tally", "--campaign", "gj2018", "--by", "deadline_class", "--json", stdout=out)
    (block,) = json.loads(out.getvalue())["blocks"]
    rows: list[dict[str, Any]] = block["rows"]
    return {row["deadline_class_code"]: (row["total"], row["overdue"]) for row in rows}


def behind(user: User, name: str) -> int:
    wanted = IssueFilter(campaign="gj2018", deadline_class=name)
    return filtered(Issue.objects.visible_to(user), wanted).count()


def test_thirty_issues_are_7_12_and_11_by_class(campaign: Campaign, office: User) -> None:
    """W-074: figure and list agree; 长期坚持 is never overdue."""
    assert bring(ledger_of_30(), campaign=campaign, by=office).written
    told = by_class()
    assert {name: total for name, (total, _) in told.items()} == {
        "immediate": "7",
        "dated": "12",
        "long": "11",
    }
    assert {name: behind(office, name) for name in told} == {"immediate": 7, "dated": 12, "long": 11}
    assert told["long"][1] == "0"


def test_what_is_put_right_at_once_is_due_fifteen_days_after_it_was_found(
    campaign: Campaign, office: User
) -> None:
    """W-074: a short deadline by the list's setting."""
    assert bring(ledger_of_30(), campaign=campaign, by=office).written
    for one in Issue.objects.filter(deadline_class="immediate"):
        assert one.due_on is not None
        assert (one.due_on - one.found_on).days == 15
