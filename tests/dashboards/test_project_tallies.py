"""Tallies of projects: what waits for its start, money apart from works, the over-allotted in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from dashboards.rules.tallies import TallyQuery
from dashboards.services.tallies import tally
from projects.models import Campaign, Programme
from tests import factories as make
from townships.models import Unit, User

pytestmark = pytest.mark.django_db
OnDay = Callable[[str], None]
STARTED = date(2018, 3, 30)


@pytest.fixture
def gj(on_day: OnDay) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


def asked(**query: Any) -> dict[str, Any]:
    return tally(TallyQuery(of="projects", **query))


@pytest.fixture
def works(gj: Campaign, office: User) -> Programme:
    """甲镇: 168 户 arranged, 38 started; 乙镇: 20 all started; 丙乡: 6, none started."""
    repairs = make.programme(gj, "P1", "房屋改造")
    for code, arranged, started in (("990001101", 168, 38), ("990001102", 20, 20), ("990001103", 6, 0)):
        parts = [(started, STARTED)] if started else []
        make.project(repairs, office, arranged=arranged, counted_in="户", started=parts, township=at(code))
    return repairs


def test_not_started_is_told_with_the_worst_township(works: Programme) -> None:
    (block,) = asked(by=("programme",))["blocks"]
    (row,) = block["rows"]
    assert (row["arranged"], row["started"], row["not_started"], row["items"]) == ("194", "58", "136", 3)
    assert (row["worst"]["townships"], row["worst"]["not_started"]) == (["甲镇"], "130")
    assert row["rates"]["started_rate"]["percent"] == "29.9"
    assert "安排194户，136户未动工，其中甲镇就有130户" in block["sentence"]


def test_what_is_not_allotted_is_neither_started_nor_waiting(gj: Campaign, office: User) -> None:
    special = make.programme(gj, "P1", "专项项目")
    farming = make.programme(gj, "P2", "产业", special)
    make.project(farming, office, arranged=1, allotted=0, township=at("990001101"))
    make.project(farming, office, arranged=1, township=at("990001101"))
    make.project(farming, office, arranged=1, started=[(1, STARTED)], township=at("990001102"))
    answer = asked(filters={"programme": "专项项目"}, by=("programme",))
    (block,) = answer["blocks"]
    total = block["total"]
    assert (total["arranged"], total["allotted"], total["not_allotted"]) == ("3", "2", "1")
    assert (total["started"], total["not_started"]) == ("1", "1")
    assert block["rows"][0]["programme"] == "专项项目 / 产业"
    assert "专项项目安排3个，1个未下达，已下达的2个中1个未动工，全部在甲镇" in block["sentence"]


def test_nothing_started_is_told_as_such(gj: Campaign, office: User) -> None:
    clinics = make.programme(gj, "P1", "卫生室")
    for _ in range(3):
        make.project(clinics, office, township=at("990001101"))
    assert "卫生室安排3个，全部未启动" in asked(filters={"programme": "卫生室"})["sentence"]


def test_money_stands_in_its_own_block_with_the_most_over_first(gj: Campaign, office: User) -> None:
    moving = make.programme(gj, "P1", "搬迁资金")
    for code, due, funded in (
        ("990001101", "100", "1889.1"),
        ("990001102", "200", "150"),
        ("990001103", "300", "310.8"),
    ):
        make.fund(moving, office, due=due, funded=funded, township=at(code))
    (block,) = asked(by=("programme",))["blocks"]
    assert block["counted_in"] == "万元"
    row = block["rows"][0]
    assert (row["due"], row["funded"], row["over"], row["items"]) == ("600", "2349.9", "1799.9", 3)
    assert (row["worst"]["townships"], row["worst"]["over"]) == (["甲镇"], "1789.1")
    assert (
        "2个乡镇超额下达，合计超1799.9万元，最多的2个分别是甲镇超1789.1万元、丙乡超10.8万元"
        in block["sentence"]
    )


def test_a_day_before_the_start_knows_no_start(works: Programme) -> None:
    total = asked(as_of=date(2018, 3, 29))["blocks"][0]["total"]
    assert (total["started"], total["not_started"]) == ("0", "194")


@pytest.mark.parametrize("by", [(), ("programme",), ("township",), ("programme", "township")])
def test_roll_ups_and_entries_agree(
    works: Programme, office: User, monkeypatch: pytest.MonkeyPatch, by: tuple[str, ...]
) -> None:
    make.fund(works, office, due="5", funded="7.5", township=at("990001101"))
    from_rollups = asked(by=by)
    monkeypatch.setattr("dashboards.queries.sources.can_roll", lambda *arguments: False)
    assert from_rollups["blocks"] == asked(by=by)["blocks"]


def test_funds_stand_without_a_department(works: Programme, office: User) -> None:
    make.fund(works, office, due="5", funded="7.5", township=at("990001101"))
    money = asked(by=("department",))["blocks"][-1]
    assert [(row["department"], row["over"]) for row in money["rows"]] == [(None, "2.5")]
