"""The project that solves an issue in a ledger: linked where it is known, kept when the list goes out."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from issues.exchange.workbooks import issue_workbook
from issues.models import FieldChange, Issue
from issues.rules.filters import IssueFilter
from issues.services.life import solving
from projects.models import Campaign, Project
from rectify.lib import clock
from tests import factories
from tests.issues.ledgers import HEAD, bring, ledger, row
from townships.models import Unit, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(on_day: Callable[[str], None], settings: Any, tmp_path: Path) -> User:
    on_day("2018-06-06")
    settings.PRIVATE_FILES_DIR = tmp_path
    return factories.user("office", factories.county())


@pytest.fixture
def campaign(office: User) -> Campaign:
    assert office.unit is not None
    return factories.campaign(office.unit)


@pytest.fixture
def road(campaign: Campaign, office: User) -> Project:
    works = factories.programme(campaign, "P001", "道路")
    return factories.project(works, office, name="甲镇公路", township=Unit.objects.get(name="甲镇"))


def out(user: User) -> tuple[bytes, list[tuple[Any, ...]]]:
    content, _ = issue_workbook(user, IssueFilter(), reason="核对", now=clock.now())
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    return content, list(sheet.iter_rows(values_only=True))


def changes(outcome: Any) -> list[tuple[int, int, int]]:
    plans = outcome.plans.values()
    return [(len(plan.creations), len(plan.updates), len(plan.conflicts)) for plan in plans]


def test_a_column_links_what_it_names_and_keeps_its_words(
    campaign: Campaign, office: User, road: Project
) -> None:
    names = (road.number, "甲镇公路", "没有的项目", "")
    rows = [[*row(number), name] for number, name in enumerate(names, 1)]
    content = ledger(rows, head=[*HEAD, "解决项目"])
    assert bring(content, campaign=campaign, by=office).written
    linked = list(Issue.objects.order_by("row").values_list("project", flat=True))
    assert linked == [road.pk, road.pk, None, None]
    workbook, told = out(office)
    head = next(one for one in told if one[0] == "序号")
    place = head.index("解决项目")
    assert [one[place] for one in told if str(one[-1]).startswith("WT")] == [
        road.number, "甲镇公路", "没有的项目", None,
    ]  # fmt: skip
    assert changes(bring(workbook, campaign=campaign, by=office, name="回来.xlsx")) == [(0, 0, 0)]


def test_what_was_named_by_hand_goes_out_in_a_column_of_its_own_and_comes_back(
    campaign: Campaign, office: User, road: Project
) -> None:
    assert bring(ledger([row(1), row(2)]), campaign=campaign, by=office).written
    first, second = Issue.objects.order_by("row")
    solving.name_project(first.pk, office, number=road.number)
    workbook, told = out(office)
    head = next(one for one in told if one[0] == "序号")
    assert [one[head.index("解决项目")] for one in told if str(one[-1]).startswith("WT")] == [
        road.number,
        None,
    ]
    assert changes(bring(workbook, campaign=campaign, by=office, name="回来.xlsx")) == [(0, 0, 0)]
    book = openpyxl.load_workbook(BytesIO(workbook))
    sheet = book.worksheets[0]
    for line in sheet.iter_rows():
        if line[-1].value == second.number:
            line[head.index("解决项目")].value = road.number
    changed = BytesIO()
    book.save(changed)
    outcome = bring(changed.getvalue(), campaign=campaign, by=office, name="改过.xlsx")
    assert changes(outcome) == [(0, 1, 0)]
    second.refresh_from_db()
    assert second.project == road
    assert FieldChange.objects.filter(issue=second, field="project", cause="import").count() == 1
