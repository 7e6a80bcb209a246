"""A ledger whose title bears a new 截至 date is the same ledger, of every kind; what differs otherwise is not."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from issues.models import Import, Issue, IssueList, Lead, PendingRow
from issues.rules.titles import undated
from issues.services.imports import recognition, running, withdrawal
from projects.models import Campaign, Fund, Programme, Project
from tests import factories
from tests.issues.ledgers import HEAD, bring, ledger, receive, row
from townships.models import User

pytestmark = pytest.mark.django_db

MAY, JUNE = "截至2018年5月20日", "截至2018年6月1日"
HOUSES = "某县房屋安全问题整改台账（{as_of}）"
WORKS = "\n".join(
    [
        "某县道路硬化项目推进情况调度表（{as_of}）",
        "序号,乡镇,项目类别,项目名称,建设内容,总投资（万元）,责任部门,是否开工,开工时间,形象进度,备注",
        "1,甲镇,{branch},甲一村道路,硬化2公里,50,县住建局,未开工,,{progress},",
    ]
)
MONEY = "\n".join(
    [
        "某县易地搬迁资金下达核对表（{as_of}）",
        "序号,乡镇,搬迁人数（人）,应下达资金（万元）,实际下达（万元）,备注",
        "1,甲镇,30,171,{funded},",
    ]
)
LEADS = "\n".join(
    [
        "某县问题线索报送汇总表（{as_of}）",
        "序号,线索来源,报送单位,报送时间,问题类型,涉及乡镇,线索内容,是否有效,办理时限,办理情况,备注",
        "1,乡镇报送,甲镇,2018年4月14日,政策落实,甲镇,反映低保评定不公开,,6月底,{progress},",
    ]
)


@pytest.fixture
def office(on_day: Callable[[str], None]) -> User:
    on_day("2018-06-06")
    return factories.user("office", factories.county())


@pytest.fixture
def gj(office: User) -> Campaign:
    assert office.unit is not None
    return factories.campaign(office.unit)


def _counts(outcome: running.Outcome) -> tuple[int, int, int, int, int]:
    (one,) = outcome.plans.values()
    conflicts = len({number for number, _ in one.conflicts})
    return len(one.creations), len(one.updates), one.unchanged, len(one.missing), conflicts


def _book(*titles: str) -> bytes:
    """A workbook of one sheet a title, each holding one row of its own."""
    book = Workbook()
    for position, title in enumerate(titles, start=1):
        sheet = book.active if position == 1 else book.create_sheet()
        assert sheet is not None
        sheet.title = f"分表{position}"
        for line in ([title], list(HEAD), row(position)):
            sheet.append(line)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


# --- which titles are one ledger's --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "某县房屋台账（截至2018年5月20日）",
        "某县房屋台账(截止2018-05-20)",
        "某县房屋台账（截至6月1日）",
        "某县房屋台账 截至2018年5月底",
        "某县房屋台账，截至5月20日止",
        "某县房屋台账（统计时间：2018.5.20）",
        "某县房屋台账（数据截至2018年5月20日18时）",
        "某县房屋台账（2018年6月1日更新）",
        "某县房屋台账",
    ],
)
def test_the_day_it_was_brought_up_to_is_no_part_of_a_ledgers_name(title: str) -> None:
    assert undated(title) == "某县房屋台账"


@pytest.mark.parametrize(
    "title",
    [
        "某县2016—2017年第3期问题台账",
        "审计问题台账（2018年5月20日反馈）",
        "存量问题台账（问题基数统计时间：2017年12月31日）",
        "截至2017年存量问题台账",
        "整改台账（整改截止2018年6月30日）",
        "2018年5月问题清单",
        "2018年6月份填报问题清单",
        "截至2018年5月20日",
    ],
)
def test_any_other_day_tells_ledgers_apart(title: str) -> None:
    assert undated(title) == title


# --- found again --------------------------------------------------------------------------------------------


def test_next_months_ledger_is_the_same_list_under_its_first_title(office: User, gj: Campaign) -> None:
    bring(ledger([row(1), row(2)], title=HOUSES.format(as_of=MAY)), campaign=gj, by=office)
    later = ledger([row(1, 进展="已进场"), row(2)], title=HOUSES.format(as_of=JUNE))
    assert _counts(bring(later, campaign=gj, by=office)) == (0, 1, 1, 0, 0)
    assert IssueList.objects.get().title == HOUSES.format(as_of=MAY)
    assert Issue.objects.count() == 2
    earlier = ledger([row(1, 进展="已进场"), row(2)], title=HOUSES.format(as_of=MAY))
    assert _counts(bring(earlier, campaign=gj, by=office)) == (0, 0, 2, 0, 0)


def test_what_it_claims_is_dated_by_the_new_date(office: User, gj: Campaign) -> None:
    bring(ledger([row(1)], title=HOUSES.format(as_of=MAY)), campaign=gj, by=office)
    bring(ledger([row(1, 完成="已完成")], title=HOUSES.format(as_of=JUNE)), campaign=gj, by=office)
    (claim,) = Issue.objects.get().entries.filter(stage="claimed")
    assert (claim.quantity, str(claim.happened_on)) == (1, "2018-06-01")


@pytest.mark.parametrize(
    ("sheet", "model", "first", "later"),
    [
        (WORKS, Project, {"branch": "", "progress": ""}, {"branch": "", "progress": "路基"}),
        (WORKS, Project, {"branch": "产业路", "progress": ""}, {"branch": "产业路", "progress": "路基"}),
        (MONEY, Fund, {"funded": "150"}, {"funded": "160"}),
        (LEADS, Lead, {"progress": ""}, {"progress": "已查实"}),
    ],
    ids=["projects", "projects of a branch", "funds", "leads"],
)
def test_other_kinds_are_found_again_too(
    office: User, gj: Campaign, sheet: str, model: Any, first: dict[str, str], later: dict[str, str]
) -> None:
    bring(sheet.format(as_of=MAY, **first).encode(), campaign=gj, by=office, name="Sheet1.csv")
    programmes = list(Programme.objects.values_list("full_name", flat=True))
    outcome = bring(sheet.format(as_of=JUNE, **later).encode(), campaign=gj, by=office, name="Sheet1.csv")
    assert _counts(outcome) == (0, 1, 0, 0, 0)
    assert MAY in model.objects.get().sheet_title
    assert list(Programme.objects.values_list("full_name", flat=True)) == programmes
    again = bring(
        sheet.format(as_of="截至2018年6月5日", **later).encode(), campaign=gj, by=office, name="Sheet1.csv"
    )
    assert _counts(again) == (0, 0, 1, 0, 0)


def test_a_new_work_of_a_retitled_sheet_joins_the_programme_it_had(office: User, gj: Campaign) -> None:
    given = {"campaign": gj, "by": office, "name": "Sheet1.csv"}
    bring(WORKS.format(as_of=MAY, branch="产业路", progress="").encode(), **given)
    later = WORKS.format(as_of=JUNE, branch="产业路", progress="") + (
        "\n2,乙镇,通村路,乙一村道路,硬化1公里,30,县住建局,未开工,,,"
    )
    assert _counts(bring(later.encode(), **given)) == (1, 0, 1, 0, 0)
    assert {one.sheet_title for one in Project.objects.all()} == {
        "某县道路硬化项目推进情况调度表（截至2018年5月20日）"
    }
    assert {one.full_name.split(" / ")[0] for one in Programme.objects.all()} == {
        "某县道路硬化项目推进情况调度表（截至2018年5月20日）"
    }


def test_the_wizard_shows_the_list_it_will_write_into(office: User, gj: Campaign) -> None:
    bring(ledger([row(1)], title=HOUSES.format(as_of=MAY)), campaign=gj, by=office)
    source = receive(ledger([row(1)], title=HOUSES.format(as_of=JUNE)), campaign=gj, by=office)
    recognition.start(source.pk)
    source.refresh_from_db()
    (shown,) = (sheet["plan"] for sheet in source.report["sheets"])
    listed = IssueList.objects.get()
    assert shown["list"] == {"code": listed.code, "title": listed.title, "locked": False}
    assert shown["title"] == listed.title
    assert shown["counts"]["unchanged"] == 1


def test_rows_left_out_of_last_months_ledger_are_settled_by_this_months(office: User, gj: Campaign) -> None:
    wrong = ledger([row(1), row(2, 数量="若干")], title=HOUSES.format(as_of=MAY))
    bring(wrong, campaign=gj, by=office, skip_errors=True)
    bring(ledger([row(1), row(2, 数量="2")], title=HOUSES.format(as_of=JUNE)), campaign=gj, by=office)
    assert PendingRow.objects.get().status == "mended"


# --- told apart ---------------------------------------------------------------------------------------------


def test_two_sheets_of_one_file_are_two_lists_though_only_the_date_differs(
    office: User, gj: Campaign
) -> None:
    titles = (HOUSES.format(as_of=MAY), HOUSES.format(as_of=JUNE))
    for _ in range(2):
        assert bring(_book(*titles), campaign=gj, by=office, name="两表.xlsx").written
        assert sorted(IssueList.objects.values_list("title", flat=True)) == sorted(titles)
        assert Issue.objects.count() == 2


def test_a_second_sheet_does_not_fall_into_the_list_of_the_first(office: User, gj: Campaign) -> None:
    bring(_book(HOUSES.format(as_of=MAY)), campaign=gj, by=office, name="一表.xlsx")
    both = _book(HOUSES.format(as_of=MAY), HOUSES.format(as_of=JUNE))
    bring(both, campaign=gj, by=office, name="两表.xlsx")
    assert IssueList.objects.count() == 2


def test_where_two_lists_could_be_meant_none_is_guessed(office: User, gj: Campaign) -> None:
    bring(
        _book(HOUSES.format(as_of=MAY), HOUSES.format(as_of=JUNE)), campaign=gj, by=office, name="两表.xlsx"
    )
    later = ledger([row(1)], title=HOUSES.format(as_of="截至2018年6月5日"))
    assert _counts(bring(later, campaign=gj, by=office))[0] == 1
    assert IssueList.objects.count() == 3


def test_a_list_left_empty_by_a_withdrawal_is_no_rival(office: User, gj: Campaign) -> None:
    bring(
        _book(HOUSES.format(as_of=MAY), HOUSES.format(as_of=JUNE)), campaign=gj, by=office, name="两表.xlsx"
    )
    withdrawal.withdraw(import_id=Import.objects.get().pk, by=office)
    bring(ledger([row(1)], title=HOUSES.format(as_of=MAY)), campaign=gj, by=office)
    later = ledger([row(1)], title=HOUSES.format(as_of="截至2018年6月5日"))
    assert _counts(bring(later, campaign=gj, by=office)) == (0, 0, 1, 0, 0)


def test_another_campaign_has_its_own_list(office: User, gj: Campaign) -> None:
    assert office.unit is not None
    bring(ledger([row(1)], title=HOUSES.format(as_of=MAY)), campaign=gj, by=office)
    other = factories.campaign(office.unit, code="other", name="另一项工作")
    outcome = bring(ledger([row(1)], title=HOUSES.format(as_of=JUNE)), campaign=other, by=office)
    assert _counts(outcome)[0] == 1
