"""Units over REST: the directory of the caller's county, with every name a ledger may use."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.callers import Caller, check_described
from townships.models import Unit, UnitName
from townships.rules.roles import Role
from townships.services import accounts, unit_changes

pytestmark = pytest.mark.django_db
EAST, WEST = "990001101", "990001102"
ADDRESS = "/api/v1/units/"


@pytest.fixture
def county() -> Unit:
    return make.county()


@pytest.fixture
def platform(county: Unit) -> Caller:
    return Caller(Role.API_CLIENT, county, ADDRESS)


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


def test_a_unit_is_told_with_its_place_its_days_and_its_other_names(platform: Caller) -> None:
    east = at(EAST)
    for name, role in (("甲乡", "former"), ("甲街", "alias"), ("甲", "short")):
        UnitName.objects.create(unit=east, name=name, role=role)
    Unit.objects.filter(pk=east.pk).update(closed_on=date(2018, 5, 1), successor=at(WEST))
    assert platform.read(f"{ADDRESS}{EAST}/") == {
        "code": EAST, "name": "甲镇", "short_name": "甲镇", "level": "township", "level_label": "乡镇",
        "kind": "", "parent": "某县", "parent_code": "990001", "opened_on": None, "closed_on": "2018-05-01",
        "successor": "乙镇", "successor_code": WEST, "former_names": ["甲乡"], "aliases": ["甲街"],
        "url": f"/units/{EAST}/",
    }  # fmt: skip
    check_described("UnitPage", platform.read())


def test_the_list_is_narrowed_to_a_level_or_a_branch(platform: Caller) -> None:
    def codes(**asked: str) -> list[str]:
        return [record["code"] for record in platform.all(**asked, page_size=4)]

    assert len(codes()) == 12
    assert codes(level="township") == [EAST, WEST, "990001103"]
    assert codes(under=EAST) == [EAST, f"{EAST}001", f"{EAST}002"]
    assert codes(under=EAST, level="village") == [f"{EAST}001", f"{EAST}002"]


@pytest.mark.parametrize("role", [Role.API_CLIENT, Role.CADRE, Role.DISCIPLINE, Role.AUDITOR])
def test_everybody_reads_the_directory_of_the_own_county_alone(county: Unit, role: Role) -> None:
    make.unit("880001", "邻县", "county")
    caller = Caller(role, at(EAST) if role in (Role.API_CLIENT, Role.CADRE) else county, ADDRESS)
    assert len(caller.all()) == 12
    assert caller.get(f"{ADDRESS}880001/").status_code == 404
    assert caller.get(f"{ADDRESS}?under=880001").status_code == 400


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", "没有“colour”这个筛选条件"),
        ("level=province", "没有“province”这一项"),
        ("under=nowhere", "没有代码为“nowhere”的单位"),
        ("under=%00", "不能识别的字符"),
        ("cursor=x", "cursor 无法识别"),
    ],
)
def test_nonsense_is_refused_in_chinese(platform: Caller, query: str, said: str) -> None:
    answer = platform.get(f"{ADDRESS}?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("code", ["%00", "x" * 300, "%F0%9F%92%A9"])
def test_a_code_that_is_none_is_not_found(platform: Caller, code: str) -> None:
    assert platform.get(f"{ADDRESS}{code}/").status_code == 404


def test_the_directory_answers_304_until_a_unit_changes(county: Unit) -> None:
    for caller in (Caller(Role.API_CLIENT, county, ADDRESS), Caller(Role.CADRE, at(EAST), ADDRESS)):
        first = caller.get()
        assert caller.get("", **{"If-None-Match": first["ETag"]}).status_code == 304
        name = f"乙{caller.token[:4]}"
        unit_changes.add_name(at(WEST), name=name, former=True, by=accounts.system_user())
        changed = caller.get("", **{"If-None-Match": first["ETag"]})
        assert changed.status_code == 200
        assert name in changed.content.decode()


def test_queries_do_not_grow_with_the_rows(platform: Caller) -> None:
    def asked(size: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            platform.read(page_size=size)
        return len(queries)

    assert asked(2) == asked(12) <= 10
