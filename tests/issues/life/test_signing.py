"""Signing for an issue, share by share."""

from __future__ import annotations

import pytest
from django.test import Client

from issues.models import Closure, Plan, Refusal, Share
from issues.rules.records import RefusalAnswer, RefusalKind
from issues.rules.stages import State
from issues.services.life import assigning, closing, planning, signing
from issues.services.workflow import Missing, Refused
from tests.issues.life.closing import application, finished
from tests.issues.life.conftest import World
from tests.issues.life.test_planning import WHOLE
from townships.models import Event


def test_the_unit_signs_and_the_issue_waits_for_its_plan(world: World) -> None:
    issue = world.issue(State.AWAITING_SIGNATURE)
    signing.sign(issue.pk, world.cadre)
    issue.refresh_from_db()
    assert issue.state == State.PLANNING
    event = Event.objects.get(subject_type="issue", subject_id=issue.pk, action="sign")
    assert event.summary == "甲镇签收"


def test_with_several_units_all_must_sign(world: World) -> None:
    issue = world.issue(State.AWAITING_SIGNATURE, units=[world.township, world.other])
    signing.sign(issue.pk, world.cadre)
    issue.refresh_from_db()
    assert issue.state == State.AWAITING_SIGNATURE
    with pytest.raises(Refused, match="本单位已经签收"):
        signing.sign(issue.pk, world.cadre)
    signing.sign(issue.pk, world.neighbour)
    issue.refresh_from_db()
    assert issue.state == State.PLANNING


def test_for_a_unit_that_does_not_answer_the_issue_is_not_there(world: World) -> None:
    issue = world.issue(State.AWAITING_SIGNATURE)
    with pytest.raises(Missing):
        signing.sign(issue.pk, world.neighbour)


def test_the_page_signs_and_says_why_it_cannot_twice(world: World, client: Client) -> None:
    issue = world.issue(State.AWAITING_SIGNATURE)
    client.force_login(world.cadre)
    page = client.get(f"/issues/{issue.number}/sign/")
    assert page.status_code == 200
    assert client.post(f"/issues/{issue.number}/sign/").status_code == 302
    again = client.post(f"/issues/{issue.number}/sign/")
    assert again.status_code == 409
    assert "本单位已经签收" in again.content.decode()


def test_a_form_opened_before_somebody_else_acted_is_stale(world: World, client: Client) -> None:
    issue = world.issue(State.AWAITING_SIGNATURE, units=[world.township, world.other])
    signing.sign(issue.pk, world.neighbour)
    client.force_login(world.cadre)
    answer = client.post(f"/issues/{issue.number}/sign/", {"version": issue.version})
    assert answer.status_code == 409
    assert "已被他人修改" in answer.content.decode()


def test_a_share_given_back_and_taken_over_sends_the_application_back(world: World) -> None:
    """The unit that takes it over signs for it and applies itself."""
    issue = finished(world)
    closing.apply(issue.pk, world.cadre, application())
    Share.objects.filter(issue=issue).update(state="awaiting")
    signing.refuse(issue.pk, world.cadre, kind=RefusalKind.NOT_OURS, words="不是我单位职责")
    answer = assigning.Answer(RefusalAnswer.REASSIGNED, "改由乙镇办理", unit=world.other)
    assigning.answer_refusal(issue.pk, world.office, refusal_id=Refusal.objects.get().pk, answer=answer)
    assert Closure.objects.get(issue=issue).state == "returned"
    with pytest.raises(Refused, match="没有等待签字的销号申请"):
        closing.sign(issue.pk, world.neighbour_head)
    event = Event.objects.get(subject_type="issue", subject_id=issue.pk, action="answer_refusal")
    assert event.summary.endswith("（销号申请退回，须重新申请）")
    signing.sign(issue.pk, world.neighbour)
    assert closing.apply(issue.pk, world.neighbour, application()).unit == world.other


def test_the_plan_of_a_unit_that_answers_no_longer_goes_back(world: World) -> None:
    """Its successor's head signs no plan of another unit; the successor writes its own."""
    issue = world.issue(State.PLANNING)
    planning.draft_and_send(issue.pk, world.cadre, WHOLE)
    units = assigning.Units(responsible=(assigning.Named.of(world.other),))
    assigning.assign(issue.pk, world.office, units=units, words="职责调整")
    first = Plan.objects.get(issue=issue)
    assert (first.state, first.decision_words) == (
        "returned",
        "责任单位已调整，请现在的单位重新制定整改计划。",
    )
    with pytest.raises(Refused):
        planning.sign_plan(issue.pk, world.neighbour_head)
    signing.sign(issue.pk, world.neighbour)
    assert planning.draft_and_send(issue.pk, world.neighbour, WHOLE).unit == world.other
    told = Event.objects.get(subject_type="issue", subject_id=issue.pk, action="assign").summary
    assert told.endswith("（整改计划第1版退回，须重新制定）")


def test_a_plan_that_was_handed_in_is_asked_for_again(world: World) -> None:
    issue = world.issue(State.PLANNING)
    planning.draft_and_send(issue.pk, world.cadre, WHOLE)
    planning.sign_plan(issue.pk, world.head)
    units = assigning.Units(responsible=(assigning.Named.of(world.other),))
    assigning.assign(issue.pk, world.office, units=units, words="职责调整")
    issue.refresh_from_db()
    assert issue.state == State.PLANNING.value


def test_with_one_more_unit_the_plan_of_the_first_stands(world: World) -> None:
    issue = world.issue(State.PLANNING)
    planning.draft_and_send(issue.pk, world.cadre, WHOLE)
    named = tuple(assigning.Named.of(one) for one in (world.township, world.other))
    assigning.assign(issue.pk, world.office, units=assigning.Units(responsible=named), words="增加责任单位")
    assert Plan.objects.get(issue=issue).state == "awaiting_head"
