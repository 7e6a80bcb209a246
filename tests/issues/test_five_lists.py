"""The five lists (W-071) and 清零台账 (W-080): the same issues on pages and in workbooks, masked, as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from issues.exchange.exporting import run
from issues.exchange.five import view_workbook
from issues.models import Action, Export, Issue, IssueList, ListTemplate, Milestone, Plan
from issues.rules.filters import IssueFilter
from issues.rules.five import View
from issues.services import exports
from projects.models import Campaign
from rectify.lib import clock
from tests import factories as make
from townships.models import Unit, User

pytestmark = pytest.mark.django_db
FIVE = [view for view in View if view is not View.CLEARING]
PHONE = "13890261234"


@pytest.fixture
def gj(on_day: Callable[[str], None]) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


@pytest.fixture
def listed(gj: Campaign) -> IssueList:
    return make.issue_list(gj)


def issues(listed: IssueList, office: User, rows: int) -> list[Issue]:
    kind = make.category(
        listed.campaign, f"C{rows}", f"超面积{rows}", department=Unit.objects.get(code="D-A"),
        standard="按标准拆除超出部分", standard_on=date(2018, 5, 1),
    )  # fmt: skip
    town = Unit.objects.get(code="990001101")
    made = []
    for position in range(rows):
        issue = make.issue(
            listed, office, township=town, category=kind, description=f"问题{position}", leader="刘某",
            person="唐某", deadline_class="dated", due_on=date(2018, 7, 31), goal="拆除到位",
        )  # fmt: skip
        make.responsible(issue, town)
        Action.objects.create(
            issue=issue, position=0, text="逐户签约", person="唐某", due_on=date(2018, 6, 30)
        )
        Action.objects.create(issue=issue, position=1, text="拆除", done_on=date(2018, 6, 1))
        Milestone.objects.create(issue=issue, position=0, on=date(2018, 6, 30), quantity=1, text="主体")
        made.append(issue)
    return made


def book(user: User, **asked: Any) -> list[list[Any]]:
    content, _ = view_workbook(user, IssueFilter(campaign="gj2018", **asked), reason="报送", now=clock.now())
    (sheet,) = load_workbook(BytesIO(content)).worksheets
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def cells(rows: list[list[Any]], number: str) -> dict[str, Any]:
    heads = next(row for row in rows if row[0] == "编号")
    return dict(zip(heads, next(row for row in rows if row[0] == number), strict=True))


def on_page(client: Client, user: User, query: str) -> set[str]:
    client.force_login(user)
    answer = client.get(f"/issues/?{query}")
    assert answer.status_code == 200, answer.content.decode()
    return set(re.findall(r'href="/issues/(WT[0-9]+)/"', answer.content.decode()))


def test_w_071_thirty_issues_are_five_lists_of_the_same_thirty_numbers(
    client: Client, listed: IssueList, office: User
) -> None:
    numbers = {issue.number for issue in issues(listed, office, 30)}
    for view in FIVE:
        assert on_page(client, office, f"view={view.value}") == numbers, view
        export = exports.ask(by=office, query=f"campaign=gj2018&view={view.value}", reason="报送", rows=30)
        run(export.pk)
        export = Export.objects.get(pk=export.pk)
        assert (export.status, export.rows) == ("done", 30)
        assert export.file_name.startswith(view.label)
        (sheet,) = load_workbook(exports.path_of(export)).worksheets
        said = {str(cell.value) for row in sheet.iter_rows() for cell in row}
        assert numbers <= said, view


def test_each_list_says_its_own_part_of_the_issue(listed: IssueList, office: User) -> None:
    (issue,) = issues(listed, office, 1)
    Plan.objects.create(
        issue=issue, version=1, state="approved", unit=issue.township, requirement="按图斑逐户拆除",
        effect="拆除1户", drafted_by=office, drafted_at=clock.now(),
    )  # fmt: skip
    tasks = cells(book(office, view="tasks"), issue.number)
    assert tasks["整改措施"] == "1. 逐户签约（唐某，2018-06-30前）\n2. 拆除（2018-06-01完成）"
    assert tasks["措施完成"] == "1/2项"
    duties = cells(book(office, view="duties"), issue.number)
    assert (duties["责任单位"], duties["主管部门"]) == ("甲镇", "住建局")
    assert (duties["责任领导"], duties["责任人"]) == ("刘某", "唐某")
    dates = cells(book(office, view="dates"), issue.number)
    assert dates["到期日"].date() == date(2018, 7, 31)
    assert (dates["时限状态"], dates["时间节点"]) == ("正常", "2018-06-30 完成1户 主体")
    requirements = cells(book(office, view="requirements"), issue.number)
    assert (requirements["整改要求"], requirements["整改效果"]) == ("按图斑逐户拆除", "拆除1户")


def test_without_a_plan_the_requirement_is_the_category_s_standard(listed: IssueList, office: User) -> None:
    (issue,) = issues(listed, office, 1)
    assert cells(book(office, view="requirements"), issue.number)["整改要求"] == "按标准拆除超出部分"


def test_what_looks_like_a_formula_stays_text_and_persons_are_masked(listed: IssueList, office: User) -> None:
    (issue,) = issues(listed, office, 1)
    Issue.objects.filter(pk=issue.pk).update(person=f"=1+1 {PHONE}", description="=SUM(A1)")
    content, _ = view_workbook(
        office, IssueFilter(campaign="gj2018", view="duties"), reason="报送", now=clock.now()
    )
    (sheet,) = load_workbook(BytesIO(content)).worksheets
    texts = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert len(texts) == 2
    assert all(cell.data_type == "s" for cell in texts)
    assert PHONE not in str([cell.value for row in sheet.iter_rows() for cell in row])
    assert any("用途：报送" in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_the_filter_goes_with_the_list(client: Client, listed: IssueList, office: User) -> None:
    made = issues(listed, office, 3)
    other = make.issue(listed, office, township=Unit.objects.get(code="990001102"))
    assert on_page(client, office, "view=dates&township=990001102") == {other.number}
    rows = book(office, view="dates", township="990001102")
    assert other.number in {row[0] for row in rows}
    assert made[0].number not in {row[0] for row in rows}
    cadre = make.user("cadre", Unit.objects.get(code="990001102"))
    assert on_page(client, cadre, "view=tasks") == {other.number}


def test_w_080_a_row_without_the_source_of_money_is_incomplete(
    client: Client, gj: Campaign, listed: IssueList, office: User
) -> None:
    assert client.login is not None
    whole, lacking = issues(listed, office, 2)
    Issue.objects.filter(pk=whole.pk).update(fund_source="县级财政")
    client.force_login(office)
    assert "清零台账" not in client.get(f"/issues/?list={listed.code}").content.decode()
    refused = client.get(f"/issues/?list={listed.code}&view=clearing")
    assert refused.status_code == 400
    assert "要求写资金来源的清单才有" in refused.content.decode()
    listed.template = ListTemplate.objects.create(code="funds", name="资金", asks_funds=True)
    listed.save()
    from townships.services import revisions

    revisions.bump({0})
    page = unescape(client.get(f"/issues/?list={listed.code}&view=clearing").content.decode())
    assert page.count("不完整：缺资金来源") == 1
    rows = book(office, view="clearing", list=listed.code)
    row = cells(rows, whole.number)
    assert (row["资金来源"], row["责任部门"], row["完整性"]) == ("县级财政", "甲镇", "完整")
    assert row["完成时限"].date() == date(2018, 7, 31)
    assert row["清零任务"].startswith("1. 逐户签约")
    assert cells(rows, lacking.number)["完整性"] == "不完整：缺资金来源"


def test_an_unknown_list_is_refused_and_the_api_has_none(client: Client, office: User) -> None:
    client.force_login(office)
    assert client.get("/issues/?view=sixth").status_code == 400
    assert client.get("/api/v1/issues/?view=tasks").status_code == 400


@pytest.mark.parametrize("view", [view.value for view in FIVE])
def test_a_list_costs_the_same_however_long_it_is(
    client: Client, listed: IssueList, office: User, view: str
) -> None:
    counts = []
    for rows in (2, 7):
        issues(listed, office, rows)
        on_page(client, office, f"view={view}")
        with CaptureQueriesContext(connection) as queries:
            on_page(client, office, f"view={view}")
        counts.append(len(queries))
    assert counts[0] == counts[1]
