"""One issue by its number: the lesser question first, the same answer as the whole rule."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.models import Issue
from issues.queries.sight import issue_in_sight
from tests import factories
from tests.issues.life.conftest import World
from townships.models import User


@pytest.fixture
def somewhere(world: World) -> list[Issue]:
    """At the town, at a village of it, elsewhere but answered by the town, of the department's field
    elsewhere, withdrawn."""
    village = world.township.children.get(name="甲一村")
    there = [
        world.issue(),
        world.issue(village=village),
        world.issue(township=world.other, units=[world.township]),
        world.issue(township=world.other, units=[world.other]),
        world.issue(),
    ]
    Issue.objects.filter(pk=there[-1].pk).update(state="withdrawn")
    return there


def test_it_is_found_by_exactly_those_who_see_it(world: World, somewhere: list[Issue]) -> None:
    people = [
        *world.people.values(),
        factories.user("cadre", world.township.children.get(name="甲一村"), "villager"),
        factories.user("cadre", world.department, "clerk"),
        factories.user("auditor", world.county, "auditor"),
    ]
    world.neighbour.is_active = False
    for person in people:
        seen = set(Issue.objects.visible_to(person))
        found = {issue for issue in somewhere if issue_in_sight(issue.number, person) == issue}
        assert found == seen & set(somewhere), person.username
        assert issue_in_sight("WT-none", person) is None


def test_who_sits_at_its_place_costs_one_small_question(world: World, somewhere: list[Issue]) -> None:
    cadre = User.objects.select_related("unit").get(pk=world.cadre.pk)
    with CaptureQueriesContext(connection) as asked:
        assert issue_in_sight(somewhere[0].number, cadre) == somewhere[0]
    assert len(asked) == 1
    assert "townships_unit" not in asked[0]["sql"]
