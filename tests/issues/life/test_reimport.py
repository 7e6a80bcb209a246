"""A changed ledger comes in again after people have worked on the issues it once brought."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from issues.models import Action, Import, Issue, Plan, Share
from issues.services.imports import withdrawal
from issues.services.life import locking
from projects.models import Campaign
from rectify.lib import clock
from tests import factories
from tests.issues.ledgers import HEAD, bring, ledger, row
from townships.models import Unit, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(on_day: Any) -> User:
    on_day("2018-06-06")
    return factories.user("office", factories.county())


@pytest.fixture
def gj(office: User) -> Campaign:
    assert office.unit is not None
    return factories.campaign(office.unit)


def _locked(office: User, gj: Campaign, **cells: str) -> Issue:
    bring(ledger([row(1, **cells)]), campaign=gj, by=office)
    issue = Issue.objects.get()
    locking.lock_list(issue.list_id, office, is_early=True)
    return issue


def test_the_shares_follow_the_units_of_the_new_file_and_come_back_with_its_withdrawal(
    office: User, gj: Campaign
) -> None:
    issue = _locked(office, gj)
    assert [share.unit.name for share in Share.objects.all()] == ["甲镇"]
    bring(ledger([row(1, 单位="乙镇")]), campaign=gj, by=office, reason="改由乙镇办理")
    assert [(share.unit.name, share.state) for share in Share.objects.all()] == [("乙镇", "awaiting")]
    withdrawal.withdraw(import_id=Import.objects.latest("pk").pk, by=office)
    issue.refresh_from_db()
    assert issue.unit == Unit.objects.get(name="甲镇")
    assert [share.unit.name for share in Share.objects.all()] == ["甲镇"]


def test_an_approved_plan_is_not_overwritten_by_the_measures_of_a_ledger(office: User, gj: Campaign) -> None:
    issue = _locked(office, gj)
    Action.objects.create(issue=issue, position=0, text="揭顶换瓦", done_on=date(2018, 6, 5))
    unit = Unit.objects.get(name="甲镇")
    Plan.objects.create(
        issue=issue, version=1, state="approved", unit=unit, drafted_by=office, drafted_at=clock.now()
    )
    later = ledger([[*row(1, 进展="已进场"), "拆除重建"]], head=[*HEAD, "整改措施"])
    bring(later, campaign=gj, by=office, reason="补报进展")
    issue.refresh_from_db()
    assert issue.progress == "已进场"
    assert [action.text for action in issue.actions.all()] == ["揭顶换瓦"]
