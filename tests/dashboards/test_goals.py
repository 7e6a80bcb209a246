"""重点和节点目标: set as a whole by the office, refused with a reason, on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from dashboards.models import Focus, Target
from dashboards.queries.focus import goals, marked
from dashboards.rules.pace import Goal
from dashboards.services.goals import GoalError, NewMark, put_first, set_goals
from issues.models import Category
from projects.models import Campaign
from tests import factories as make
from townships.models import Event, User

OnDay = Callable[[str], None]


@pytest.fixture
def gj(db: None, on_day: OnDay) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county(), start_on=date(2018, 6, 1), end_on=date(2018, 9, 8))


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


@pytest.fixture
def kinds(gj: Campaign) -> list[Category]:
    return [make.category(gj, f"C{at}", name) for at, name in enumerate(("甲类", "乙类", "丙类"))]


def goal(month: int, day: int, share: int) -> Goal:
    return Goal(date(2018, month, day), Decimal(share))


def form(marks: list[tuple[str, str]] = [], goals: list[tuple[str, str, str]] = []) -> dict[str, Any]:  # noqa: B006
    """What the page's form posts."""
    data: dict[str, Any] = {}
    for prefix in ("marks", "goals"):
        data |= {f"{prefix}-TOTAL_FORMS": 8, f"{prefix}-INITIAL_FORMS": 8}
    for at, (field, kind) in enumerate(marks):
        data |= {f"marks-{at}-field": field, f"marks-{at}-kind": kind}
    for at, (on, share, name) in enumerate(goals):
        data |= {f"goals-{at}-on": on, f"goals-{at}-share": share, f"goals-{at}-name": name}
    return data


def test_marks_are_set_as_a_whole_in_their_order_and_on_record(
    gj: Campaign, office: User, kinds: list[Category]
) -> None:
    works = make.programme(gj, "P1", "乡三有")
    assert put_first(gj, [NewMark(kinds[1], "住房"), NewMark(works)], by=office)
    assert marked(gj) == [("category:C1", "住房"), ("programme:P1", "")]
    assert not put_first(gj, [NewMark(kinds[1], "住房"), NewMark(works)], by=office)
    assert put_first(gj, [NewMark(kinds[2])], by=office)
    assert marked(gj) == [("category:C2", "")]
    said = Event.objects.filter(subject_type="campaign", action="set_focus").order_by("seq")
    assert [one.summary for one in said] == ["看板重点设为：乙类、乡三有", "看板重点设为：丙类"]


def test_what_cannot_stand_first_is_refused(gj: Campaign, office: User, kinds: list[Category]) -> None:
    other = make.category(make.campaign(gj.unit, "other", "另一项"), "C1", "别处")
    refused = {
        "不属于这项工作": [NewMark(other)],
        "写了两次": [NewMark(kinds[0]), NewMark(kinds[0], "住房")],
        "最长40个字": [NewMark(kinds[0], "长" * 41)],
        "最多设8项": [NewMark(make.category(gj, f"D{at}", f"类{at}")) for at in range(9)],
    }
    for says, marks in refused.items():
        with pytest.raises(GoalError, match=says):
            put_first(gj, marks, by=office)
    assert not Focus.objects.exists()


def test_goals_are_set_as_a_whole_and_on_record(gj: Campaign, office: User) -> None:
    assert set_goals(gj, [goal(9, 30, 100), goal(6, 30, 60)], by=office)
    assert [(one.on.month, int(one.share)) for one in goals(gj)] == [(6, 60), (9, 100)]
    assert not set_goals(gj, [goal(6, 30, 60), goal(9, 30, 100)], by=office)
    assert set_goals(gj, [], by=office)
    assert not Target.objects.exists()
    said = Event.objects.filter(subject_type="campaign", action="set_goals").order_by("seq")
    assert [one.summary for one in said] == [
        "节点目标设为：2018-06-30完成60%、2018-09-30完成100%",
        "不再设节点目标",
    ]


@pytest.mark.parametrize(
    ("goals_", "says"),
    [
        ([goal(6, 30, 60), goal(6, 30, 70)], "同一天只能设一个"),
        ([goal(6, 30, 60), goal(7, 30, 60)], "比前面的高"),
        ([goal(5, 30, 60)], "早于工作开始的日期"),
        ([goal(6, 30, 0)], "1到100之间的整数"),
        ([goal(6, 30, 101)], "1到100之间的整数"),
        ([Goal(date(2018, 6, 30), Decimal("60.5"))], "1到100之间的整数"),
        ([goal(6, day, day) for day in range(2, 11)], "最多设8个"),
    ],
)
def test_goals_that_make_no_plan_are_refused(
    gj: Campaign, office: User, goals_: list[Goal], says: str
) -> None:
    with pytest.raises(GoalError, match=says):
        set_goals(gj, goals_, by=office)
    assert not Target.objects.exists()


def test_the_office_sets_both_on_one_page(
    client: Client, gj: Campaign, office: User, kinds: list[Category]
) -> None:
    client.force_login(office)
    sent = form([("住房", "category:C0"), ("", "category:C2")], [("2018-09-30", "100", "清零目标")])
    answer = client.post("/dashboard/goals/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/dashboard/?campaign=gj2018")
    assert marked(gj) == [("category:C0", "住房"), ("category:C2", "")]
    shown = client.get("/dashboard/goals/").content.decode()
    assert 'value="category:C2" selected' in shown
    assert 'value="清零目标"' in shown


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (form([("住房", "")]), "还要选一个类别或专项"),
        (form(goals=[("2018-09-30", "", "")]), "要一起写"),
        (form(goals=[("2018-09-30", "120", "")]), "100"),
        (form([("", "category:none")]), "marks-0-kind"),
        (form([("", "category:C0"), ("", "category:C0")]), "写了两次"),
    ],
)
def test_a_form_that_says_half_is_shown_again_with_the_reason(
    client: Client, gj: Campaign, office: User, kinds: list[Category], sent: dict[str, Any], says: str
) -> None:
    client.force_login(office)
    answer = client.post("/dashboard/goals/", sent)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert not Focus.objects.exists()
    assert not Target.objects.exists()


def test_a_refused_goal_leaves_the_marks_as_they_were(
    client: Client, gj: Campaign, office: User, kinds: list[Category]
) -> None:
    client.force_login(office)
    answer = client.post("/dashboard/goals/", form([("", "category:C0")], [("2018-05-01", "50", "")]))
    assert "早于工作开始的日期" in answer.content.decode()
    assert not Focus.objects.exists()


def test_the_board_offers_the_page_to_the_office_alone(client: Client, gj: Campaign, office: User) -> None:
    make.issue(make.issue_list(gj), office, category=make.category(gj, "C1", "漏雨"))
    for role, is_offered in (("office", True), ("leader", False)):
        client.force_login(make.user(role, gj.unit))
        assert ("/dashboard/goals/" in client.get("/dashboard/").content.decode()) is is_offered
