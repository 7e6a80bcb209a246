"""Who answers, and who leads beside those that answer."""

from __future__ import annotations

from datetime import date

from issues.access import verdicts
from issues.models import IssueUnit
from issues.queries.situations import answering_units, situation_of
from issues.rules.answering import answering
from issues.rules.workflow import Verb
from tests import factories
from tests.issues.life.conftest import World

TODAY = date(2018, 6, 6)


def test_responsible_units_answer_else_the_lead() -> None:
    assert answering([("lead", "A"), ("responsible", "B"), ("support", "C")]) == ["B"]
    assert answering([("lead", "A"), ("support", "C")]) == ["A"]
    assert answering([("support", "C")]) == []


def test_a_lead_beside_a_responsible_unit_verifies_and_reviews_but_does_not_report(world: World) -> None:
    issue = world.issue(category=None)
    factories.responsible(issue, world.department, role="lead")
    found = verdicts(world.staff, issue, TODAY)
    assert found[Verb.VERIFY].ok
    assert not found[Verb.REPORT].ok
    assert situation_of(issue, world.office, TODAY).has_reviewer
    assert [one.unit for one in IssueUnit.objects.answering().filter(issue=issue)] == [world.township]


def test_a_lead_alone_answers(world: World) -> None:
    issue = world.issue()
    issue.units.all().delete()
    factories.responsible(issue, world.department, role="lead")
    assert answering_units([issue])[issue.pk].answering == [world.department]
    assert not verdicts(world.staff, issue, TODAY)[Verb.VERIFY].ok
