"""Documents per unit: 问题反馈表 (W-113) and 整改报告 (W-112)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document

from issues.exchange.documents import numeral
from issues.models import Action, Issue, IssueList, Share
from projects.models import Campaign
from rectify.lib import clock
from tests import factories as make
from townships.models import Event, Unit, User

pytestmark = pytest.mark.django_db
EAST, WEST = "990001101", "990001102"
PHONE = "13890261234"
PAGE = f"/issues/documents/?unit={EAST}"


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


def issue(listed: IssueList, office: User, *, at: str = EAST, person: str = "唐某", **fields: Any) -> Issue:
    town = Unit.objects.get(code=at)
    given = {"deadline_class": "dated", "due_on": date(2018, 7, 31), "quantity": 10, **fields}
    made = make.issue(
        listed, office, township=town, person=person, description="房屋超面积", unit=town, **given
    )
    make.responsible(made, town)
    Action.objects.create(issue=made, position=0, text="逐户签约")
    Share.objects.create(issue=made, unit=town, role="responsible", state="accepted", since=clock.now())
    return made


def text_of(content: bytes) -> str:
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def ask(client: Client, user: User, kind: str, *, page: str = PAGE, reason: str = "反馈签收") -> Any:
    client.force_login(user)
    return client.post(page, {"document": kind, "reason": reason})


def file_of(client: Client, user: User, kind: str, *, page: str = PAGE) -> str:
    answer = ask(client, user, kind, page=page)
    assert answer.status_code == 200, answer.content.decode()
    return text_of(b"".join(answer.streaming_content))


def test_w_113_each_unit_has_a_form_and_a_time_of_receipt(
    client: Client, listed: IssueList, office: User
) -> None:
    ours, theirs = issue(listed, office), issue(listed, office, at=WEST)
    Share.objects.filter(issue=theirs).update(state="awaiting")
    client.force_login(office)
    page = unescape(client.get("/issues/documents/").content.decode())
    assert "甲镇" in page
    assert "乙镇" in page
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert table.count("2018-06-06 ") == 1
    form = file_of(client, office, "feedback")
    assert "房屋安全" not in form
    assert "百日攻坚问题反馈表" in form
    assert ours.number in form
    assert theirs.number not in form
    for said in (
        "签收单位（盖章）",
        "主要负责人（签字）",
        "签收时间",
        "2018-06-06",
        "用途：反馈签收",
        "2018-07-31",
    ):
        assert said in form
    other = file_of(client, office, "feedback", page=f"/issues/documents/?unit={WEST}&list={listed.code}")
    assert "房屋安全问题反馈表" in other
    assert theirs.number in other


def test_a_unit_that_answers_beside_a_lead_has_its_form(
    client: Client, listed: IssueList, office: User
) -> None:
    made = issue(listed, office)
    Share.objects.all().delete()
    Issue.objects.filter(pk=made.pk).update(unit=Unit.objects.get(code=WEST))
    client.force_login(office)
    assert f"unit={EAST}" in client.get("/issues/documents/").content.decode()
    assert made.number in file_of(client, office, "feedback")


def test_w_112_a_report_tells_person_time_and_measures_of_every_problem(
    client: Client, listed: IssueList, office: User
) -> None:
    done = issue(listed, office, claims=[(10, date(2018, 6, 1))])
    half = issue(listed, office, claims=[(3, date(2018, 6, 4))])
    Issue.objects.filter(pk=half.pk).update(progress="屋面已修", last_word_on=date(2018, 6, 4))
    removed = issue(listed, office)
    Issue.objects.filter(pk=removed.pk).update(state="removed")
    report = file_of(client, office, "report")
    assert "甲镇关于百日攻坚问题整改情况的报告" in report
    assert "共2个问题，已整改完成1个，正在整改1个" in report
    for said in ("责任人：唐某", "整改时限：2018年7月31日前", "整改措施：逐户签约。"):
        assert report.count(said) == 2
    assert "应整改10户，已全部整改。" in report
    assert "应整改10户，已整改3户，还有7户。屋面已修。（截至2018年6月4日）" in report
    assert done.number in report
    assert removed.number not in report


@pytest.mark.parametrize("part", ["责任人", "整改时限", "整改措施"])
def test_w_112_a_report_lacking_one_part_is_refused_and_the_problem_named(
    client: Client, listed: IssueList, office: User, part: str
) -> None:
    issue(listed, office)
    lacks = issue(
        listed, office, person="" if part == "责任人" else "唐某",
        **({"deadline_class": "undetermined", "due_on": None} if part == "整改时限" else {}),
    )  # fmt: skip
    if part == "整改措施":
        lacks.actions.all().delete()
    client.force_login(office)
    page = unescape(client.get(PAGE).content.decode())
    assert f"/issues/{lacks.number}/" in page
    assert part in page[page.index("整改报告还缺的内容") :]
    refused = ask(client, office, "report")
    assert refused.status_code == 409
    text = unescape(refused.content.decode())
    assert "还有1个问题缺" in text
    assert 'value="反馈签收"' in text
    assert file_of(client, office, "feedback")


def test_what_leaves_is_masked_and_on_record(client: Client, listed: IssueList, office: User) -> None:
    issue(listed, office, person=f"唐某 {PHONE}")
    assert PHONE not in file_of(client, office, "report")
    event = Event.objects.get(subject_type="export")
    assert event.summary == "生成《甲镇整改报告》，问题1项，用途：反馈签收"
    assert event.actor == office


def test_without_a_purpose_or_a_kind_nothing_is_made(client: Client, listed: IssueList, office: User) -> None:
    issue(listed, office)
    assert ask(client, office, "report", reason="  ").status_code == 422
    answer = ask(client, office, "speech")
    assert answer.status_code == 422
    assert 'value="反馈签收"' in unescape(answer.content.decode())
    assert not Event.objects.filter(subject_type="export").exists()


def test_a_unit_makes_its_own_and_finds_no_other(client: Client, listed: IssueList, office: User) -> None:
    issue(listed, office)
    issue(listed, office, at=WEST)
    cadre = make.user("cadre", Unit.objects.get(code=EAST))
    assert file_of(client, cadre, "report")
    assert client.get(f"/issues/documents/?unit={WEST}").status_code == 404
    assert client.get("/issues/documents/?unit=nowhere").status_code == 404
    assert client.get("/issues/documents/?list=nothing").status_code == 400


def test_too_many_problems_are_refused_in_words(
    client: Client, listed: IssueList, office: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issues.web.documents.MOST", 1)
    issue(listed, office)
    issue(listed, office)
    answer = ask(client, office, "feedback")
    assert answer.status_code == 409
    assert "请先选一张清单" in answer.content.decode()


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (34, "三十四"), (105, "一百零五"), (210, "二百一十")],
)
def test_headings_are_numbered_in_chinese(number: int, said: str) -> None:
    assert numeral(number) == said


def test_the_page_costs_the_same_however_many_problems(
    client: Client, listed: IssueList, office: User
) -> None:
    counts = []
    client.force_login(office)
    for more in (1, 4):
        for _ in range(more):
            issue(listed, office)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1]
