"""What somebody else finds beside what the unit's own signed check says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from issues.models import Issue, IssueList, Part
from issues.queries.selfchecks import self_check_of, suspicions
from issues.services.life import locking, parts, registering
from issues.services.life.registering import Where
from tests import factories
from tests.issues.life.conftest import World
from tests.issues.life.test_lists import typed
from townships.models import Unit, User

HELD = "自查漏报待核"


@pytest.fixture
def checked(world: World, on_day: Callable[[str], None]) -> IssueList:
    """On 2 June 甲镇 signs that 张某某's house is too large, 乙镇 that nothing is wrong; then the lock."""
    on_day("2018-06-02")
    listed = factories.issue_list(world.campaign, "L2", "安全住房")
    parts.start(listed.pk, [world.township, world.other], world.office)
    part = Part.objects.get(list=listed, unit=world.township)
    where = Where(category=world.category, township=world.township, responsible=(world.township,))
    told = typed(description="人均超过25平方米", texts={"household": "张某某"})
    registering.register_own(part.pk, told, where, world.cadre)
    parts.sign(part.pk, world.head, is_zero=False)
    other = Part.objects.get(list=listed, unit=world.other)
    parts.sign(other.pk, world.neighbour_head, is_zero=True, words="逐户排查，没有发现")
    locking.lock_list(listed.pk, world.office)
    on_day("2018-06-06")
    return listed


def finding(world: World, **more: str) -> dict[str, object]:
    """What the office types of a finding at 甲镇."""
    return {
        "description": "生产用房做厨房",
        "category": world.category.pk,
        "township": str(world.township.pk),
        "quantity": "1",
        "counted_in": "户",
        "found_on": "2018-06-05",
        "deadline_class": "undetermined",
        "source": "县督查室暗访",
        "reason": "暗访发现",
        **more,
    }


def post(client: Client, world: World, listed: IssueList, told: dict[str, object]) -> tuple[int, str]:
    client.force_login(world.office)
    answer = client.post(f"/lists/{listed.pk}/register/", told, follow=True)
    return answer.status_code, answer.content.decode()


def shown(client: Client, user: User, issue: Issue) -> str:
    client.force_login(user)
    return client.get(f"/issues/{issue.number}/").content.decode()


def test_what_a_locked_list_lacks_is_suspected_with_both_records(
    world: World, checked: IssueList, client: Client
) -> None:
    """W-003: 暗访 finds household X, which the township's locked list lacks."""
    status, html = post(client, world, checked, finding(world, household="李某某"))
    assert status == 200
    assert "甲镇已签字的自查清单中没有，未纳入台账，已列为自查漏报待核" in html
    issue = Issue.objects.get(list=checked, household="李某某")
    assert issue.supplement is not None
    html = shown(client, world.office, issue)
    for record in (HELD, "县督查室暗访，2018年6月5日发现", "安全住房", "已报，head于2018-06-02", "不作结论"):
        assert record in html
    assert HELD in shown(client, world.cadre, issue)
    assert HELD not in shown(client, world.staff, issue)


def test_what_the_list_has_is_pointed_to_and_not_suspected(
    world: World, checked: IssueList, client: Client
) -> None:
    """W-003: the same for a household that is on the list; made all the same, it is marked as a double."""
    first = Issue.objects.get(list=checked)
    told = finding(world, household="张某某")
    status, html = post(client, world, checked, told)
    assert (status, Issue.objects.count()) == (422, 1)
    assert f'<a href="/issues/{first.number}/">已在清单中：{first.number}</a>' in html
    assert "甲镇自查填报" in html
    assert "生产用房做厨房" in html
    html = post(client, world, checked, {**told, "sure": "on"})[1]
    assert "漏报" not in html
    second = Issue.objects.exclude(pk=first.pk).get()
    html = shown(client, world.office, second)
    assert HELD not in html
    assert "可能重复" in html
    assert first.number in html
    assert first.number in shown(client, world.cadre, second)


def test_two_visits_make_two_issues_that_no_ledger_had(
    world: World, checked: IssueList, client: Client
) -> None:
    """W-023: problems of two sampled households, one in each township, 未纳入台账."""
    other = {"township": str(world.other.pk), "household": "王某某", "description": "厕所未改造"}
    for told in (finding(world, household="李某某"), finding(world, **other)):
        assert "未纳入台账" in post(client, world, checked, told)[1]
    new = suspicions(checked)
    assert [(one.issue.household, one.issue.unit, one.parts[0].state) for one in new] == [
        ("李某某", None, "reported"),
        ("王某某", None, "zero"),
    ]
    client.force_login(world.office)
    html = client.get(f"/lists/{checked.pk}/").content.decode()
    assert all(one.issue.number in html for one in new)
    assert "零问题，2018-06-02" in html
    assert "逐户排查，没有发现" in shown(client, world.neighbour, new[1].issue)
    client.force_login(world.cadre)
    assert HELD not in client.get(f"/lists/{checked.pk}/").content.decode()


@pytest.mark.parametrize(
    "more",
    [
        {"source": "乡镇自查"},
        {"found_on": date(2018, 6, 1)},
        {"state": "rejected"},
        {"source": ""},
    ],
)
def test_what_was_known_before_or_is_no_finding_is_not_suspected(
    world: World, checked: IssueList, more: dict[str, object]
) -> None:
    told = {"source": "审计", "found_on": date(2018, 6, 5), "household": "李某某", **more}
    issue = factories.issue(checked, world.office, township=world.township, **told)
    assert self_check_of(issue, world.office) is None
    assert suspicions(checked) == []


def test_a_unit_that_has_not_signed_has_missed_nothing(world: World, checked: IssueList) -> None:
    third = Unit.objects.get(name="丙乡")
    issue = factories.issue(
        checked, world.office, township=third, found_on=date(2018, 6, 5), source="群众信访"
    )
    assert self_check_of(issue, world.office) is None


def test_what_the_unit_lists_afterwards_takes_the_suspicion_not_away(
    world: World, checked: IssueList
) -> None:
    found = {"township": world.township, "found_on": date(2018, 6, 5), "household": "李某某"}
    issue = factories.issue(checked, world.office, source="暗访", category=world.category, **found)
    factories.issue(checked, world.office, category=world.category, reported_by=world.township, **found)
    check = self_check_of(issue, world.office)
    assert check is not None
    assert check.is_suspected


def test_a_village_answers_with_its_township_s_check(world: World, checked: IssueList) -> None:
    village = Unit.objects.get(name="甲一村")
    found = {"township": world.township, "village": village, "found_on": date(2018, 6, 6)}
    issue = factories.issue(checked, world.office, source="县巡察组", household="李某某", **found)
    factories.responsible(issue, village)
    check = self_check_of(issue, world.head)
    assert check is not None
    assert [part.unit for part in check.parts] == [world.township]


def test_suspicions_ask_a_constant_number_of_queries(world: World, checked: IssueList) -> None:
    found = {"township": world.township, "found_on": date(2018, 6, 5), "source": "暗访"}
    asked = []
    for more in (1, 9):
        for number in range(more):
            factories.issue(checked, world.office, household=f"{more}某{number}", **found)
        with CaptureQueriesContext(connection) as queries:
            count = len(suspicions(checked))
        asked.append((count, len(queries)))
    assert asked[0] == (1, asked[1][1])
    assert asked[1][0] == 10
