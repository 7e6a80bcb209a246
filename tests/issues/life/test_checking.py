"""核查单: many issues looked at on one sheet, each with its own verdict; and the 销号单 of one."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from issues.access import household_sight
from issues.models import CheckSheet, Issue, Verification
from issues.queries.checks import candidates
from issues.rules.records import Method
from issues.rules.stages import State
from issues.services.life.checking import make_sheet
from issues.services.workflow import Refused
from rectify.lib import clock
from tests.issues.life.closing import MAY, closed, finished, template
from tests.issues.life.conftest import World
from townships.models import Event, User


def sheet(world: World, *issues: Issue, by: User | None = None) -> CheckSheet:
    numbers = [issue.number for issue in issues]
    return make_sheet(world.campaign, numbers, by or world.staff, title="六月第一批", method=Method.SITE)


def typed(made: CheckSheet, *rows: dict[str, str]) -> dict[str, str]:
    data = {"method": "site", "verified_on": "2018-06-06"}
    for line, row in zip(made.lines.order_by("position"), rows, strict=False):
        data |= {f"row{line.pk}-{name}": value for name, value in row.items()}
    return data


ALL = {"examined": "10", "found_true": "10"}


def test_a_sheet_is_made_from_the_filter_of_the_list(world: World, client: Client) -> None:
    world.issue(claims=[(10, MAY)])
    own = world.issue(claims=[(10, MAY)], units=[world.department])
    client.force_login(world.staff)
    page = client.get("/checks/new/?measure=unverified").content.decode()
    assert "下列1项可以由您核查" in page
    assert "不能核查自己的整改" in page
    number = Issue.objects.exclude(pk=own.pk).get().number
    answer = client.post(
        "/checks/new/?measure=unverified",
        {"title": "六月", "method": "site", "planned_on": "", "issue": [number]},
    )
    made = CheckSheet.objects.get()
    assert answer.headers["Location"] == f"/checks/{made.pk}/"
    assert made.number == "HC2018-0001"
    assert Event.objects.filter(subject_type="check_sheet", action="make_check_sheet").exists()


def test_an_issue_of_ones_own_or_out_of_sight_stands_on_no_sheet(world: World) -> None:
    """W-055."""
    own = world.issue(claims=[(10, MAY)], units=[world.department])
    with pytest.raises(Refused, match="有1项不能由您核查"):
        sheet(world, own)
    with pytest.raises(Refused, match="不在您的工作范围内"):
        sheet(world, own, by=world.stranger)
    with pytest.raises(Refused, match="请至少选一个问题"):
        sheet(world)


def test_a_sheet_names_who_answers_not_who_leads(world: World) -> None:
    issue = world.issue(claims=[(10, MAY)])
    Issue.objects.filter(pk=issue.pk).update(unit=world.department, lead_unit=world.department)
    sight = household_sight(world.staff)
    (row,) = candidates([issue.pk], world.staff, sight=sight, on=clock.today())
    assert row.unit == "甲镇"


def test_each_row_has_its_own_verdict_and_what_was_accepted_stays(world: World, client: Client) -> None:
    """W-114: checking may be many, closing is one by one."""
    issues = [finished(world) for _ in range(3)]
    made = sheet(world, *issues)
    client.force_login(world.staff)
    path = f"/checks/{made.pk}/"
    wrong = {"examined": "10", "found_true": "7", "words": "三户未住"}
    answer = client.post(path, typed(made, ALL, wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "登记1项，1项没有登记" in page
    assert "核减3户，须选择退回理由" in page
    assert "三户未住" in page
    assert Verification.objects.get().line == made.lines.get(position=1)
    assert client.post(path, typed(made, {}, {**wrong, "reason": "surface"})).status_code == 302
    states = {State(issue.state) for issue in Issue.objects.all()}
    assert states == {State.RECTIFYING}
    again = client.post(path, typed(made, ALL, ALL))
    assert again.status_code == 422
    assert Verification.objects.count() == 2


def test_bad_input_on_a_sheet_is_answered_in_words(world: World, client: Client) -> None:
    made = sheet(world, finished(world))
    client.force_login(world.staff)
    for row in ({"examined": "十"}, {"examined": "5"}, {"found_true": "-1", "examined": "1"}):
        answer = client.post(f"/checks/{made.pk}/", typed(made, row))
        assert answer.status_code == 422
        assert "登记0项，1项没有登记" in answer.content.decode()
    answer = client.post(f"/checks/{made.pk}/", {**typed(made, ALL), "verified_on": "6月"})
    assert answer.status_code == 422
    assert not Verification.objects.exists()


def test_the_side_that_is_checked_sees_no_sheet(world: World, client: Client) -> None:
    made = sheet(world, finished(world))
    for who, code in ((world.cadre, 403), (world.head, 403), (world.stranger, 404), (world.office, 200)):
        client.force_login(who)
        assert client.get(f"/checks/{made.pk}/").status_code == code


def test_the_workbook_has_columns_to_tick_and_says_who_took_it_and_why(world: World, client: Client) -> None:
    made = sheet(world, finished(world, household="张三丰", ledger_number="9"))
    client.force_login(world.staff)
    assert client.post(f"/checks/{made.pk}/file/", {"reason": " "}).status_code == 302
    answer = client.post(f"/checks/{made.pk}/file/", {"reason": "入户核查"})
    cells = [cell.value for row in openpyxl.load_workbook(BytesIO(answer.content)).active for cell in row]
    text = "\n".join(str(value) for value in cells if value is not None)
    assert "HC2018-0001" in text
    assert "□虚假整改" in text
    assert "核查人签字" in text
    assert "staff" in text
    assert "用途：入户核查" in text
    assert Event.objects.filter(subject_type="check_sheet", action="export").count() == 1


def test_a_sheet_asks_the_same_number_of_queries_whatever_its_length(world: World, client: Client) -> None:
    few, many = sheet(world, finished(world)), sheet(world, *[finished(world) for _ in range(6)])
    client.force_login(world.staff)
    client.get(f"/checks/{few.pk}/")
    counts = []
    for made in (few, many):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/checks/{made.pk}/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_form_of_a_closing_names_every_hand_and_every_statement(world: World, client: Client) -> None:
    """W-107: what has no file number yet says so."""
    template(world)
    issue = closed(world)
    client.force_login(world.cadre)
    page = client.get(f"/issues/{issue.number}/closure/").content.decode()
    for said in (
        "XH2018-000001",
        "责任人汲取教训",
        "未发现同类问题",
        "核查10户，属实10户",
        "cadre",
        "head",
        "staff",
        "office",
    ):
        assert said in page, said
    assert "还没有销号" not in page
    assert "待归档" not in page
    world.listed.template.needs_file_number = True  # type: ignore[union-attr]
    world.listed.template.save()  # type: ignore[union-attr]
    assert "待归档" in client.get(f"/issues/{issue.number}/closure/").content.decode()
    client.force_login(world.neighbour)
    assert client.get(f"/issues/{issue.number}/closure/").status_code == 404


def test_an_issue_nobody_applied_for_has_no_form_of_closing(world: World, client: Client) -> None:
    client.force_login(world.cadre)
    assert client.get(f"/issues/{finished(world).number}/closure/").status_code == 404
