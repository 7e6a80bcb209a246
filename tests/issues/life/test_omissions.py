"""自查漏报: the unit answers, a person decides, and only then is anything counted (W-003, W-004, W-023)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboards.services.waiting import waits
from issues.models import Issue, IssueList, Omission, Part
from issues.queries.issues import filtered
from issues.queries.omissions import of_campaign, of_list, omitted_from
from issues.rules.filters import IssueFilter
from issues.rules.omissions import Ruling
from issues.services.life import omissions
from issues.services.workflow import Missing, Refused
from rectify.lib import clock
from tests import factories
from tests.issues.life import test_selfchecks
from tests.issues.life.conftest import World
from tests.issues.life.hands import IDENTITY, PHONE
from townships.models import Event, User

WHY = "自查时这一户外出务工，没有入户，漏登。"
GROUND = "签字前即已存在，应列而未列。"
OnDay = Callable[[str], None]
checked = test_selfchecks.checked


@pytest.fixture
def found(world: World, checked: IssueList) -> Issue:
    """W-003: on 5 June 暗访 finds 李某某 at 甲镇, whom its signed check lacks; registered on the 6th, a
    Wednesday: the unit answers by the 13th."""
    return finding(world, checked)


def finding(world: World, listed: IssueList, **more: object) -> Issue:
    told = {"township": world.township, "found_on": date(2018, 6, 5), "household": "李某某"}
    told |= {"source": "县督查室暗访", "category": world.category, **more}
    return factories.issue(listed, world.office, **told)


def explain(issue: Issue, by: User, words: str = WHY) -> Omission:
    return omissions.explain(issue.number, by, words=words)


def rule(issue: Issue, by: User, ruling: Ruling = Ruling.OMITTED, words: str = GROUND) -> Omission:
    return omissions.rule(issue.number, by, ruling=ruling, words=words)


def counted(user: User) -> list[str]:
    """Numbers that the list of what was ruled an omission shows to ``user``."""
    issues = filtered(Issue.objects.visible_to(user), IssueFilter(omitted="1"))
    return list(issues.order_by("number").values_list("number", flat=True))


def turns(world: World, user: User) -> tuple[int, int, int]:
    """待说明, 待核定, 已核定 as the person sees them."""
    lines = of_campaign(world.campaign, user)
    return len(lines.unexplained), len(lines.unruled), len(lines.ruled)


def on_desk(world: World, user: User) -> dict[str, int]:
    return {line.label: line.count for line in waits(world.campaign, user).lists if "漏报" in line.label}


def shown(client: Client, user: User, path: str) -> str:
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_unit_explains_the_office_rules_and_only_then_it_counts(
    world: World, found: Issue, client: Client
) -> None:
    """W-003: the locked list lacks household X, an outside finding adds it."""
    part = Part.objects.get(unit=world.township)
    assert turns(world, world.office) == turns(world, world.cadre) == (1, 0, 0)
    assert (on_desk(world, world.cadre), on_desk(world, world.office)) == ({"自查漏报待说明": 1}, {})
    explain(found, world.cadre)
    assert turns(world, world.office) == turns(world, world.cadre) == (0, 1, 0)
    assert (on_desk(world, world.cadre), on_desk(world, world.office)) == ({}, {"自查漏报待核定": 1})
    assert counted(world.office) == omitted_from(part, world.office) == []
    assert "经核定" not in shown(client, world.office, f"/lists/parts/{part.pk}/")
    made = rule(found, world.office)
    assert (made.ruling, made.ruled_by, list(made.parts.all())) == ("omitted", world.office, [part])
    assert turns(world, world.office) == turns(world, world.head) == (0, 0, 1)
    assert counted(world.office) == counted(world.head) == omitted_from(part, world.head) == [found.number]
    assert counted(world.neighbour) == []
    assert "1项，由整改办逐项核定" in shown(client, world.head, f"/lists/parts/{part.pk}/")
    html = shown(client, world.office, f"/issues/{found.number}/")
    for said in ("县督查室暗访，2018年6月5日发现", "已报，head于2018-06-02", WHY, "漏报成立", GROUND):
        assert said in html


def test_two_visits_are_two_suspicions_answered_each_by_its_own_unit(
    world: World,
    found: Issue,
    checked: IssueList,
    client: Client,
) -> None:
    """W-023: a household in each of two townships, 未纳入台账; neither unit sees the other's."""
    other = finding(world, checked, township=world.other, household="王某某")
    assert turns(world, world.office) == (2, 0, 0)
    assert turns(world, world.neighbour) == (1, 0, 0)
    with pytest.raises(Missing):
        explain(other, world.cadre)
    explain(other, world.neighbour_head)
    html = shown(client, world.neighbour, "/issues/omissions/")
    assert other.number in html
    assert found.number not in html
    rule(other, world.office, Ruling.NOT_OMITTED, "签字以后才改变用途。")
    assert counted(world.office) == []
    assert [line.ruling for line in of_list(checked, world.office).ruled] == [Ruling.NOT_OMITTED]


def test_silence_of_five_working_days_does_not_hold_up_the_ruling(
    world: World, found: Issue, on_day: OnDay
) -> None:
    """Registered on Wednesday 6 June: on the 13th the unit may still speak, on the 14th the office decides."""
    on_day("2018-06-13")
    with pytest.raises(Refused, match="还没有说明，期限是2018-06-13；过期仍不说明的，可以核定"):
        rule(found, world.office)
    on_day("2018-06-14")
    assert on_desk(world, world.office) == {"自查漏报待核定": 1}
    assert on_desk(world, world.cadre) == {"自查漏报待说明": 1}
    made = rule(found, world.office)
    assert (made.explanation, made.explained_by) == ("", None)


def test_who_may_not_explain_or_rule_is_told_why(world: World, found: Issue) -> None:
    with pytest.raises(Missing):
        explain(found, world.stranger)
    with pytest.raises(Missing):
        explain(found, world.staff)
    with pytest.raises(Refused, match=r"整改办／督查室不能签收问题|不能签收"):
        explain(found, world.office)
    with pytest.raises(Refused, match="还没有说明"):
        rule(found, world.office)
    explain(found, world.head)
    for person in (world.cadre, world.leader):
        with pytest.raises(Refused, match="不能核定自查漏报"):
            rule(found, person)
    rule(found, world.second)
    with pytest.raises(Refused, match="已核定为“漏报成立”，不能再说明"):
        explain(found, world.cadre)
    with pytest.raises(Refused, match="不能重复核定"):
        rule(found, world.office)


def test_an_office_does_not_rule_about_its_own_unit(world: World, found: Issue) -> None:
    judge = factories.user("office", world.county, "judge")
    listed = factories.issue_list(world.campaign, "L3", "机关作风")
    part = Part.objects.create(
        list=listed, unit=world.county, state="zero", signed_by=world.leader, signed_at=clock.now()
    )
    issue = factories.issue(listed, world.office, source="审计", found_on=clock.today())
    factories.responsible(issue, world.county)
    assert part.unit == judge.unit
    with pytest.raises(Refused, match="须由其他单位的人核定"):
        rule(issue, judge)


def test_words_may_be_said_better_until_the_ruling_and_are_kept_masked(
    world: World, found: Issue, client: Client
) -> None:
    explain(found, world.cadre)
    explain(found, world.head, f"户主{IDENTITY}在外务工，电话{PHONE}打不通。")
    assert Omission.objects.get().explained_by == world.head
    html = shown(client, world.office, f"/issues/{found.number}/")
    told = " ".join(Event.objects.filter(subject_type="omission").values_list("summary", flat=True))
    assert "在外务工" in html
    assert WHY in told
    assert all(secret not in text for secret in (IDENTITY, PHONE) for text in (html, told))


@pytest.mark.parametrize(
    ("words", "said"),
    [("漏了", "至少5个字"), ("字" * 501, "不能超过500个字"), ("机密★10年的情况", "密级标志")],
)
def test_words_that_say_nothing_or_bear_a_mark_are_refused(
    world: World, found: Issue, words: str, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        explain(found, world.cadre, words)
    explain(found, world.cadre)
    with pytest.raises(Refused, match=said):
        rule(found, world.office, words=words)
    assert counted(world.office) == []


def test_what_is_no_suspicion_any_more_needs_no_answer(
    world: World,
    found: Issue,
    checked: IssueList,
) -> None:
    explain(found, world.cadre)
    Issue.objects.filter(pk=found.pk).update(
        household="张某某"
    )  # a misread name: the list has this household
    with pytest.raises(Refused, match="没有自查漏报的疑点"):
        rule(found, world.office)
    assert turns(world, world.office) == (0, 0, 0)


def test_the_pages_carry_a_suspicion_from_the_desk_to_its_ruling(
    world: World, found: Issue, client: Client
) -> None:
    home = f"/issues/{found.number}/"
    assert f'href="{home}omission/explain/"' in shown(client, world.cadre, home)
    assert "还没有说明，期限2018年6月13日" in shown(client, world.cadre, f"{home}omission/explain/")
    assert client.post(f"{home}omission/explain/", {"words": "忘了"}).status_code == 409
    assert client.post(f"{home}omission/explain/", {"words": WHY}).url == home
    assert client.get(f"{home}omission/rule/").status_code == 409
    html = shown(client, world.office, f"{home}omission/rule/")
    assert WHY in html
    told = {"ruling": "", "words": GROUND}
    assert client.post(f"{home}omission/rule/", told).status_code == 422
    answer = client.post(f"{home}omission/rule/", {**told, "ruling": "same"})
    assert answer.url == f"{home}propose_merger/"
    assert client.get(answer.url).status_code == 200
    for user in (world.office, world.cadre):
        assert "同一问题" in shown(client, user, home)


def test_a_suspicion_is_told_to_nobody_else_until_it_is_found_to_be_an_omission(
    world: World, found: Issue, client: Client
) -> None:
    home = f"/issues/{found.number}/"
    explain(found, world.cadre)
    assert "漏报" not in shown(client, world.staff, home)
    client.force_login(world.staff)
    assert client.get(f"{home}omission/explain/").status_code == 404
    assert found.number not in shown(client, world.staff, "/issues/omissions/")
    rule(found, world.office)
    html = shown(client, world.staff, home)
    assert "漏报成立" in html
    assert "/lists/parts/" not in html
    client.force_login(world.stranger)
    assert client.get(f"{home}omission/explain/").status_code == 404


def test_fifty_found_by_oneself_are_told_as_a_share_and_never_against_the_unit(
    world: World,
    found: Issue,
    checked: IssueList,
    client: Client,
) -> None:
    """W-004: A registered 50 itself, B missed one that was ruled on: the omission is B's alone."""
    for number in range(50):
        finding(world, checked, reported_by=world.township, household=f"某{number}", source="")
    other = finding(world, checked, township=world.other, household="王某某")
    explain(other, world.neighbour)
    rule(other, world.office)
    html = shown(client, world.office, f"/lists/{checked.pk}/")
    assert "<dt>自查发现</dt><dd>51项，占全部53项的96.2%</dd>" in html
    assert counted(world.office) == [other.number]
    assert omitted_from(Part.objects.get(unit=world.township), world.office) == []
    wanted = shown(client, world.office, f"/issues/?campaign={world.campaign.code}&omitted=1")
    assert other.number in wanted
    assert found.number not in wanted


def test_nobody_rules_on_what_he_explained_not_even_in_the_database(world: World, found: Issue) -> None:
    made = explain(found, world.cadre)
    told = {"ruling": "omitted", "ruling_words": GROUND, "ruled_at": clock.now()}
    for wrong in ({**told, "ruled_by": world.cadre}, told, {"ruling": "omitted"}, {"explanation": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Omission.objects.filter(pk=made.pk).update(**wrong)


def test_the_page_asks_a_constant_number_of_queries(
    world: World,
    checked: IssueList,
    client: Client,
) -> None:
    shown(client, world.office, "/issues/omissions/")
    asked = []
    for more in (1, 6):
        for number in range(more):
            issue = finding(world, checked, household=f"{more}某{number}")
            explain(issue, world.cadre)
            rule(issue, world.office)
            explain(finding(world, checked, household=f"{more}又{number}"), world.cadre)
        with CaptureQueriesContext(connection) as queries:
            client.get("/issues/omissions/")
        asked.append(len(queries))
    assert asked[0] == asked[1]
