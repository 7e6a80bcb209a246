"""The head's signing pile: many plans on one page, each with its content; closings have no such page."""

from __future__ import annotations

from html import unescape

from django.test import Client
from django.urls import NoReverseMatch, reverse

from issues.models import Issue, Plan
from issues.rules.stages import State
from issues.rules.workflow import Verb
from rectify.lib import clock
from tests.issues.life.conftest import World
from townships.models import Delegation, Event


def waiting(world: World, leader: str = "刘某", **more: object) -> Issue:
    issue = world.issue(State.PLANNING, **more)
    Plan.objects.create(
        issue=issue, version=1, state="awaiting_head", unit=world.township, requirement="限期拆除",
        effect="拆除10户", leader=leader, person="唐某", steps=[{"text": "逐户签约", "person": "", "due_on": "2018-07-31"}],
        drafted_by=world.cadre, drafted_at=clock.now(),
    )  # fmt: skip
    return issue


def read(client: Client, user: object) -> str:
    client.force_login(user)
    return unescape(client.get("/issues/signing/").content.decode())


def test_many_plans_are_signed_at_once_each_with_its_content_in_sight(client: Client, world: World) -> None:
    one, two, left = waiting(world), waiting(world, "赵某"), waiting(world)
    page = read(client, world.head)
    assert page.count("逐户签约") == 3
    assert "赵某" in page
    ticked = [f"{issue.pk}:{issue.version}" for issue in (one, two)]
    answer = client.post("/issues/signing/", {"plan": ticked}, follow=True)
    assert "已签字报送2份整改计划" in answer.content.decode()
    states = {issue.pk: Issue.objects.get(pk=issue.pk).state for issue in (one, two, left)}
    assert states == {one.pk: "plan_submitted", two.pk: "plan_submitted", left.pk: "planning"}
    assert Event.objects.filter(subject_type="issue", action="sign_plan").count() == 2


def test_a_plan_that_moved_on_is_not_signed_and_the_others_are(client: Client, world: World) -> None:
    one, stale = waiting(world), waiting(world)
    client.force_login(world.head)
    ticked = [f"{one.pk}:{one.version}", f"{stale.pk}:{stale.version + 5}", "999:1", "x"]
    said = client.post("/issues/signing/", {"plan": ticked}, follow=True).content.decode()
    assert "已签字报送1份" in said
    assert f"{stale.number} 没有签：这个问题已被他人修改" in said
    assert "已不在等您签字的计划里" in said
    assert Issue.objects.get(pk=stale.pk).state == "planning"
    assert "什么也没有签" in client.post("/issues/signing/", follow=True).content.decode()


def test_only_who_signs_for_the_unit_finds_its_plans(client: Client, world: World) -> None:
    """W-028: the head of an answering unit, or whom the head delegated in writing until a date."""
    issue = waiting(world)
    for user in (world.cadre, world.neighbour_head, world.office, world.leader):
        assert issue.number not in read(client, user)
    Delegation.objects.create(
        head=world.head, delegate=world.cadre, document="镇委〔2018〕3号", from_on="2018-06-01",
        until_on="2018-06-30", made_at=clock.now(),
    )  # fmt: skip
    assert issue.number in read(client, world.cadre)
    assert "/issues/signing/?" in unescape(client.get("/").content.decode())


def test_nonsense_in_the_address_is_a_page_that_says_so(client: Client, world: World) -> None:
    client.force_login(world.head)
    assert client.get("/issues/signing/?colour=red").status_code == 400


def test_w_114_no_page_closes_many() -> None:
    for name in ("closing", "sign_off_all", "bulk_close"):
        try:
            reverse(f"issues:{name}")
        except NoReverseMatch:
            continue
        raise AssertionError(name)
    assert Verb.SIGN_OFF.value == "sign_off"


def test_the_pile_costs_the_same_however_high_it_is(client: Client, world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (2, 6):
        for _ in range(more):
            waiting(world)
        read(client, world.head)
        with CaptureQueriesContext(connection) as queries:
            read(client, world.head)
        counts.append(len(queries))
    assert counts[0] == counts[1]
