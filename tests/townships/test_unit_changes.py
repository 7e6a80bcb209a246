"""Units change by hand: names stay, closed units point on, leaders are put in charge; each change is told."""

from datetime import date

import pytest

from tests.townships.conftest import Person
from townships.models import Event, Revision, Seat, Unit
from townships.queries.units import search, tree, unit_index, without_leader_in_charge
from townships.rules.roles import Duty, Level, Role
from townships.services import unit_changes
from townships.services.unit_changes import NewUnit
from townships.services.units import UnitError


def unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def test_a_renamed_unit_is_found_by_both_names(person: Person) -> None:
    office = person(Role.OFFICE)
    before = Revision.objects.get(unit_key=0).number
    unit_changes.rename(
        unit("990100101"), name="新东镇", short_name="新东", note="川府〔2018〕1号", by=office
    )
    for name in ("东镇", "新东镇"):
        match = unit_index().resolve(name)
        assert match is not None
        assert match.unit.code == "990100101"
    assert Event.objects.get(action="rename_unit").summary == "东镇更名为新东镇"
    assert Revision.objects.get(unit_key=0).number == before + 1


def test_a_unit_takes_back_its_former_name(person: Person) -> None:
    office = person(Role.OFFICE)
    unit_changes.rename(unit("990100102"), name="西山乡", short_name="", note="", by=office)
    assert dict(unit("990100102").names.values_list("name", "role"))["西山乡"] == "official"
    with pytest.raises(UnitError, match="相同"):
        unit_changes.rename(unit("990100102"), name="西山乡", short_name="", note="", by=office)


def test_an_alias_is_found_from_then_on(person: Person) -> None:
    office = person(Role.OFFICE)
    assert unit_index().resolve("东坝镇") is None
    unit_changes.add_name(unit("990100101"), name="东坝镇", by=office)
    assert unit_index().resolve("东坝镇") is not None
    with pytest.raises(UnitError, match="已经有"):
        unit_changes.add_name(unit("990100101"), name="东坝镇", by=office)


def test_a_closed_unit_points_to_its_successor(person: Person) -> None:
    office = person(Role.OFFICE)
    closed = unit_changes.close(
        unit("990100102"), on=date(2019, 1, 1), successor=unit("990100101"), note="", by=office
    )
    assert (closed.closed_on, closed.successor) == (date(2019, 1, 1), unit("990100101"))
    with pytest.raises(UnitError, match="已于"):
        unit_changes.close(closed, on=date(2020, 1, 1), successor=None, note="", by=office)


@pytest.mark.parametrize(
    ("code", "on", "successor", "said"),
    [
        ("990100102", date(2017, 1, 1), None, "晚于设立日期"),
        ("990100101", date(2019, 1, 1), "990100101201", "本单位或其下级"),
        ("990100101", date(2021, 1, 1), "990100103", "已经撤并"),
    ],
)
def test_a_closing_that_cannot_be_is_refused(
    person: Person, code: str, on: date, successor: str | None, said: str
) -> None:
    into = unit(successor) if successor else None
    with pytest.raises(UnitError, match=said):
        unit_changes.close(unit(code), on=on, successor=into, note="", by=person(Role.OFFICE))


def test_a_new_unit_has_names_and_empty_seats(person: Person) -> None:
    office = person(Role.OFFICE)
    new = NewUnit("D09", "甲县医保局", "医保局", Level.DEPARTMENT, unit("990100"), "政府")
    made = unit_changes.add(new, by=office)
    assert made.path == "990100/D09/"
    assert Seat.objects.filter(unit=made, user=None).count() == 3
    with pytest.raises(UnitError, match="已有单位使用"):
        unit_changes.add(new, by=office)


def test_only_a_leader_is_put_in_charge(person: Person) -> None:
    office, leader = person(Role.OFFICE), person(Role.LEADER)
    waiting = without_leader_in_charge(office).count()
    unit_changes.assign_seat(unit("D01"), duty=Duty.LEADER_IN_CHARGE, user=leader, by=office)
    assert without_leader_in_charge(office).count() == waiting - 1
    with pytest.raises(UnitError, match="县领导"):
        unit_changes.assign_seat(
            unit("D01"), duty=Duty.LEADER_IN_CHARGE, user=person(Role.CADRE, "D01"), by=office
        )
    unit_changes.vacate_seat(unit("D01"), duty=Duty.LEADER_IN_CHARGE, user=leader, by=office)
    assert without_leader_in_charge(office).count() == waiting


def test_the_tree_has_the_same_queries_for_more_units(person: Person, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    office = person(Role.OFFICE)
    with django_assert_num_queries(3):
        roots = tree(office)
    assert [root.unit.code for root in roots] == ["990100"]
    assert [branch.unit.name for branch in roots[0].children[:3]] == ["东镇", "西镇", "南镇"]
    assert roots[0].children[1].former == ["西山乡"]


def test_any_name_finds_a_unit_of_the_own_county_alone(person: Person) -> None:
    Unit.objects.create(code="880100", name="乙县", short_name="乙", level="county", path="880100/")
    stranger = person(Role.OFFICE, "880100")
    cadre = person(Role.CADRE, "990100102")
    assert [found.code for found, _ in search(cadre, "水利")] == ["D01"]
    assert [names for _, names in search(cadre, "西山")] == [["西山乡"]]
    assert search(stranger, "水利") == []
