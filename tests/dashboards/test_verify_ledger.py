"""What raw SQL alters, `verify_ledger` finds and names; `rebuild_tallies` makes roll-ups anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dashboards.services.verification import verify
from issues.models import Issue, IssueBalance, IssueDay, IssueEntry, IssueMonth
from issues.services import ledger
from projects.models import Fund, Project, ProjectEntry
from projects.services import ledger as works
from tests import factories as make
from townships.models import Unit, User

pytestmark = pytest.mark.django_db
Difference = dict[str, Any]


@pytest.fixture
def by(on_day: Callable[[str], None]) -> User:
    on_day("2018-06-06")
    return make.user("office", make.county())


@pytest.fixture
def issue(by: User) -> Issue:
    """One of three issues: 10 户 at 甲镇 in 危房, 4 of them claimed, overdue since 2018-04-01."""
    assert by.unit is not None
    campaign = make.campaign(by.unit)
    listed, town = make.issue_list(campaign), Unit.objects.get(code="990001101")
    kind = make.category(campaign, "C1", "危房")
    for quantity in (2, 3):
        make.issue(listed, by, quantity=quantity, township=town, category=kind)
    made = make.issue(
        listed,
        by,
        quantity=10,
        claims=[(4, date(2018, 5, 1))],
        township=town,
        category=kind,
        deadline_class="dated",
        due_on=date(2018, 3, 31),
    )
    ledger.roll_to(date(2018, 6, 6))
    return made


@pytest.fixture
def project(by: User) -> Project:
    assert by.unit is not None
    kind = make.programme(make.campaign(by.unit, "works"), "P1", "道路")
    make.fund(kind, by, due="10", funded="12.5")
    made = make.project(kind, by, arranged=3, started=[(2, date(2018, 4, 1))])
    works.roll_to(date(2018, 6, 6))
    return made


def alter(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount == 1


def differences(**wanted: object) -> list[Difference]:
    proof = verify()
    assert not proof["ok"]
    found: list[Difference] = proof["differences"]
    return [one for one in found if all(one.get(name) == value for name, value in wanted.items())]


def test_a_ledger_written_by_its_verbs_is_proved(issue: Issue, project: Project) -> None:
    assert verify()["ok"]
    stdout = StringIO()
    call_command("verify_ledger", "--json", stdout=stdout)
    proof = json.loads(stdout.getvalue())
    assert proof["ok"]
    assert proof["checked"] > 10


def test_an_altered_quantity_names_the_item(issue: Issue) -> None:
    line = issue.entries.get(stage="claimed")
    alter("UPDATE issues_issueentry SET quantity = quantity + 1000000 WHERE id = %s", line.pk)
    (wrong,) = differences(kind="total", item=issue.number)
    assert (wrong["stage"], wrong["expected"], wrong["found"]) == ("claimed", "5", "4")


def test_an_altered_stage_names_the_item_and_the_order_it_breaks(issue: Issue) -> None:
    alter(
        "UPDATE issues_issueentry SET stage = 'confirmed' WHERE id = %s",
        issue.entries.get(stage="claimed").pk,
    )
    assert differences(kind="total", item=issue.number, stage="confirmed")
    (broken,) = differences(kind="order", item=issue.number)
    assert broken["day"] == "2018-05-01"


@pytest.mark.parametrize(
    ("stage", "day"), [("claimed", "2018-05-02"), ("claimed", "2018-02-01"), ("found", "2018-01-11")]
)
def test_an_altered_day_names_the_item(issue: Issue, stage: str, day: str) -> None:
    alter(
        "UPDATE issues_issueentry SET happened_on = %s WHERE id = %s", day, issue.entries.get(stage=stage).pk
    )
    (moved,) = differences(kind="entry", stage=stage)
    assert (moved["item"], moved["found"]) == (issue.number, day)


def test_a_day_after_its_recording_names_the_item(issue: Issue) -> None:
    alter(
        "UPDATE issues_issueentry SET happened_on = '2018-06-07' WHERE id = %s",
        issue.entries.get(stage="claimed").pk,
    )
    assert differences(kind="recorded", item=issue.number, stage="claimed")


def test_an_entry_deleted_or_slipped_in_names_the_item(issue: Issue) -> None:
    alter("DELETE FROM issues_issueentry WHERE id = %s", issue.entries.get(stage="claimed").pk)
    assert differences(kind="total", item=issue.number, expected="0", found="4")


@pytest.mark.parametrize(("column", "amount"), [("claimed", 1_000_000), ("amount_found", 5)])
def test_an_altered_total_names_the_item(issue: Issue, column: str, amount: int) -> None:
    alter(f"UPDATE issues_issue SET {column} = {column} + %s WHERE id = %s", amount, issue.pk)
    (wrong,) = differences()
    assert (wrong["kind"], wrong["item"], wrong["stage"]) == ("total", issue.number, column)


@pytest.mark.parametrize(
    ("model", "kind", "where"),
    [
        (IssueBalance, "balance", "found > 0"),
        (IssueDay, "day", "day = '2018-04-01'"),
        (IssueMonth, "month", "month = '2018-05-01'"),
    ],
)
def test_an_altered_roll_up_names_its_place(issue: Issue, model: Any, kind: str, where: str) -> None:
    alter(f"UPDATE {model._meta.db_table} SET overdue_claimed = overdue_claimed + 1000000 WHERE {where}")
    (wrong,) = differences()
    assert wrong["kind"] == kind
    assert wrong["measure"] == "overdue_claimed"
    assert wrong["key"] == {
        "campaign": "gj2018",
        "list": issue.list.title,
        "category": "危房",
        "township": "甲镇",
        "counted_in": "户",
    }
    assert int(wrong["found"]) == int(wrong["expected"]) + 1


def test_a_deleted_roll_up_row_is_missed_and_a_strange_one_found(issue: Issue) -> None:
    alter("DELETE FROM issues_issueday WHERE day = '2018-04-01'")
    assert {one["measure"] for one in differences(kind="day")} == {"overdue_claimed", "overdue_confirmed"}
    alter("UPDATE issues_issuebalance SET list_key = 999")
    assert {one["key"]["list"] for one in differences(kind="balance")} == {issue.list.title, "#999"}


def test_a_withdrawal_that_does_not_cancel_out_names_the_item(issue: Issue, by: User) -> None:
    ledger.withdraw_items([issue.pk], by=by)
    assert verify()["ok"]
    line = issue.entries.filter(cause="withdrawal", stage="claimed").get()
    alter("UPDATE issues_issueentry SET happened_on = '2018-05-03' WHERE id = %s", line.pk)
    days = {one["day"]: one["found"] for one in differences(kind="withdrawn", item=issue.number)}
    assert days == {"2018-05-01": "4", "2018-05-03": "-4"}


def test_works_and_money_are_proved_alike(project: Project) -> None:
    started, fund = project.entries.get(stage="started"), Fund.objects.get()
    alter("UPDATE projects_projectentry SET happened_on = '2018-04-02' WHERE id = %s", started.pk)
    assert [one["item"] for one in differences(kind="entry", stage="started")] == [project.number]
    alter("UPDATE projects_fund SET funded = funded + 1 WHERE id = %s", fund.pk)
    assert differences(kind="total", item=fund.number, expected="12.5", found="12.500001")
    alter("UPDATE projects_projectbalance SET over = over + 1 WHERE counted_in = '万元'")
    (wrong,) = differences(kind="balance")
    assert (wrong["key"]["programme"], wrong["expected"]) == ("道路", "2.5")


def test_the_command_exits_1_and_says_in_chinese_what_is_wrong(issue: Issue) -> None:
    alter("UPDATE issues_issue SET claimed = claimed + 1000000 WHERE id = %s", issue.pk)
    stdout = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_ledger", stdout=stdout)
    assert stopped.value.code == 1
    assert f"合计与流水不符：{issue.number} claimed 应为4，实为5" in stdout.getvalue()


def test_rebuilding_makes_totals_and_roll_ups_anew(issue: Issue, project: Project) -> None:
    alter("UPDATE issues_issue SET claimed = claimed + 1000000 WHERE id = %s", issue.pk)
    alter("DELETE FROM issues_issueday WHERE day = '2018-04-01'")
    IssueMonth.objects.all().delete()
    stdout = StringIO()
    call_command("rebuild_tallies", "--json", stdout=stdout)
    assert json.loads(stdout.getvalue())["totals"] == 1
    assert verify()["ok"]
    assert IssueEntry.objects.count() == 4
    assert ProjectEntry.objects.count() == 3


def test_a_ledger_out_of_order_is_not_rebuilt(issue: Issue) -> None:
    line = issue.entries.get(stage="claimed")
    alter("UPDATE issues_issueentry SET quantity = 99000000 WHERE id = %s", line.pk)
    with pytest.raises(CommandError, match="先后"):
        call_command("rebuild_tallies", stdout=StringIO())
