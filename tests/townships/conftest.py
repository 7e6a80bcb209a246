"""A small county and its people, for every test of the room."""

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

import pytest
from django.test import Client

from townships.models import Unit, User
from townships.rules.county import County, UnitRow
from townships.rules.roles import Level, Role
from townships.services import accounts, units

PASSWORD = "Mima-2018-abc"

COUNTY = County(
    units=(
        UnitRow("990100", "甲县", "甲", Level.COUNTY),
        UnitRow("990100101", "东镇", "东", Level.TOWNSHIP, "镇", "990100", aliases=("东镇人民政府",)),
        UnitRow(
            "990100102",
            "西镇",
            "西",
            Level.TOWNSHIP,
            "镇",
            "990100",
            opened_on=date(2017, 5, 31),
            aliases=("西山乡", "西乡"),
            note="原西山乡撤乡设镇",
        ),
        UnitRow(
            "990100103",
            "南镇",
            "南",
            Level.TOWNSHIP,
            "镇",
            "990100",
            closed_on=date(2020, 6, 30),
            successor_code="990100101",
        ),
        UnitRow("990100101201", "一村", "一", Level.VILLAGE, "村", "990100101"),
        UnitRow(
            "D01", "甲县水务局", "水务局", Level.DEPARTMENT, "政府", "990100", aliases=("县水务局", "水利局")
        ),
        UnitRow("D02", "甲县督查室", "督查室", Level.DEPARTMENT, "党委", "990100"),
    ),
    sets={"专项部门": ("D01",)},
)

Person = Callable[..., User]


def make_person(number: int, role: Role, unit: str | None, **more: Any) -> User:
    """An account 人员N with PASSWORD at the unit of that code."""
    account = accounts.NewAccount(
        username=f"{role.value}-{number}",
        name=f"人员{number}",
        role=role,
        unit=Unit.objects.get(code=unit) if unit else None,
        password=PASSWORD,
        **more,
    )
    return accounts.create(account, by=None)[0]


@pytest.fixture
def county(db: None) -> Unit:
    """甲县 with three townships, a village and two departments."""
    units.load_county(COUNTY, by=None)
    return Unit.objects.get(code="990100")


@pytest.fixture
def person(county: Unit) -> Person:
    """`person(Role.CADRE, "990100101")`: an account with a password of its own."""
    numbers = count(1)

    def make(role: Role, unit: str | None = "990100", **more: Any) -> User:
        return make_person(next(numbers), role, unit, **more)

    return make


@pytest.fixture
def browser() -> Callable[[User], Client]:
    """`browser(user)`: a client that is logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        return client

    return log_in
