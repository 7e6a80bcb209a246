"""How far somebody sees: the own subtree, and what was merged into it once it was."""

from collections.abc import Callable

import pytest

from tests.townships.conftest import COUNTY, make_person
from townships.models import Unit
from townships.rules.roles import Level, Role
from townships.rules.scope import NO_SCOPE, Reach, scope_for
from townships.services import units

pytestmark = pytest.mark.django_db


def seen_from_the_east() -> set[str]:
    cadre = make_person(1, Role.CADRE, "990100101")
    return set(Unit.objects.in_scope(cadre.scope).values_list("name", flat=True))


def test_a_township_sees_itself_and_its_villages_alone(on_day: Callable[[str], None]) -> None:
    on_day("2018-06-06")
    units.load_county(COUNTY, by=None)
    assert seen_from_the_east() == {"东镇", "一村"}


def test_a_township_sees_what_was_merged_into_it_from_that_day_on(on_day: Callable[[str], None]) -> None:
    units.load_county(COUNTY, by=None)
    south = Unit.objects.get(code="990100103")
    Unit.objects.create(
        code="990100103201", name="南一村", short_name="南一", level="village", parent=south,
        path=f"{south.path}990100103201/",
    )  # fmt: skip
    on_day("2020-06-30")
    assert seen_from_the_east() == {"东镇", "一村", "南镇", "南一村"}


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_reach_and_an_office_in_a_department_acts_for_the_county(role: Role) -> None:
    scope = scope_for(role, Level.DEPARTMENT, "990100/D01/")
    assert scope.path == "990100/D01/"
    assert scope.root == "990100/"
    assert scope.covers("990100/") == (scope.reach is Reach.TREE)


@pytest.mark.parametrize(
    ("level", "reach"),
    [
        (Level.CITY, Reach.TREE),
        (Level.COUNTY, Reach.TREE),
        (Level.DEPARTMENT, Reach.FIELD),
        (Level.TOWNSHIP, Reach.UNIT),
        (Level.VILLAGE, Reach.UNIT),
        (Level.GROUP, Reach.UNIT),
    ],
)
def test_a_client_of_the_api_sees_what_its_unit_sees(level: Level, reach: Reach) -> None:
    assert scope_for(Role.API_CLIENT, level, "990100/X/").reach is reach


def test_somebody_without_a_unit_sees_nothing() -> None:
    assert not Unit.objects.in_scope(NO_SCOPE).exists()
