"""The table itself: every state can be left or is final, no verb without a label, refusals say why."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.access import verdicts
from issues.queries.situations import bare_situation, situation_of, situations
from issues.rules.situations import Situation
from issues.rules.stages import OPEN_STATES, State
from issues.rules.workflow import TABLE, Verb, refusal
from tests import factories
from tests.issues.life.conftest import World
from townships.models import Unit
from townships.rules.audit import action_label

TODAY = date(2018, 6, 6)


def test_the_table_names_every_verb_and_no_step_leaves_a_final_state() -> None:
    """What can still be done to a closed issue keeps it closed: a file number is added (W-107)."""
    assert set(TABLE) == set(Verb)
    for verb, step in TABLE.items():
        assert step.label, verb
        assert step.permissions, verb
        if not step.sources <= set(OPEN_STATES):
            assert step.target is None, verb
            assert step.sources == {State.CLOSED}, verb


def test_every_open_state_has_a_way_on() -> None:
    for state in OPEN_STATES:
        assert any(state in step.sources for step in TABLE.values()), state


def test_a_refusal_names_the_state_that_is_needed() -> None:
    reason = refusal(Verb.SIGN_OFF, Situation(State.RECTIFYING, TODAY))
    assert reason == "现在是“整改中”，“申请销号”才能销号。"


def test_an_answering_unit_may_report_but_never_verify(world: World) -> None:
    """W-055."""
    issue = world.issue()
    found = verdicts(world.cadre, issue, TODAY)
    assert found[Verb.REPORT].ok
    assert not found[Verb.VERIFY].ok
    assert not verdicts(world.head, issue, TODAY)[Verb.VERIFY].ok
    assert verdicts(world.staff, issue, TODAY)[Verb.VERIFY].ok
    answered = world.issue(units=[world.department])
    assert "不能核查自己的整改" in verdicts(world.staff, answered, TODAY)[Verb.VERIFY].reason
    assert "不由本部门主管" in verdicts(world.stranger, issue, TODAY)[Verb.VERIFY].reason


def test_a_township_acts_for_its_villages_and_a_village_not_for_its_township(world: World) -> None:
    village = world.township.children.first()
    assert village is not None
    of_village = world.issue(units=[village])
    assert situation_of(of_village, world.cadre, TODAY).person.answers
    assert situation_of(of_village, world.head, TODAY).person.signs_as_head
    assert not situation_of(of_village, world.neighbour, TODAY).person.answers


def test_who_answers_is_the_same_whether_asked_alone_or_with_all_facts(world: World) -> None:
    village = world.township.children.first()
    assert village is not None
    Unit.objects.filter(pk=world.other.pk).update(closed_on=TODAY, successor=world.township)
    unnamed, led, supported = world.issue(), world.issue(), world.issue(units=[world.department])
    unnamed.units.all().delete()
    led.units.update(role="lead")
    factories.responsible(led, world.other)
    factories.responsible(supported, world.township, role="support")
    issues = [world.issue(units=[unit]) for unit in (world.township, village, world.other, world.county)]
    world.people["away"] = factories.user("cadre", world.township, "away")
    world.away.is_active = False
    world.people["villager"] = factories.user("cadre", village, "villager")
    answers = []
    for issue in (*issues, unnamed, led, supported):
        for user in world.people.values():
            answers.append(situation_of(issue, user, TODAY).person.answers)
            assert bare_situation(issue, user, TODAY).person.answers is answers[-1], (issue, user.username)
    assert {True, False} == set(answers)


def test_the_facts_of_many_issues_cost_as_many_queries_as_those_of_one(world: World) -> None:
    one, many = [world.issue()], [world.issue() for _ in range(5)]
    with CaptureQueriesContext(connection) as first:
        situations(one, world.staff, TODAY)
    with CaptureQueriesContext(connection) as second:
        situations(many, world.staff, TODAY)
    assert len(first) == len(second)


def test_the_audit_trail_has_a_word_for_every_verb() -> None:
    assert {verb.value: action_label(verb.value) for verb in Verb} == {
        verb.value: step.label for verb, step in TABLE.items()
    }
