"""The lists behind the tallies of projects and money, for random works, viewers and days (invariant 2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.rules.asking import query_from
from dashboards.rules.tallies import TallyQuery
from dashboards.services.funds import fund_list
from dashboards.services.tallies import tally
from projects.models import Programme, Project
from projects.queries.projects import filtered
from projects.rules.filters import ProjectFilter
from tests import factories as make
from townships.models import Unit, User

pytestmark = pytest.mark.django_db
FIRST, TODAY = date(2018, 1, 1), date(2018, 6, 6)
SPAN = (TODAY - FIRST).days
WORKS = ("arranged", "allotted", "not_allotted", "started", "not_started", "completed")
ROLES = ("office", "leader", "cadre", "department_staff")
BY = [(), ("programme",), ("township",), ("programme", "township"), ("department",)]


@dataclass(frozen=True)
class Seed:
    place: int | None
    programme: int
    counted_in: str
    arranged: int
    allotted: int
    started: int
    completed: int
    on: int
    has_department: bool


seeds = st.builds(
    Seed,
    place=st.none() | st.integers(0, 2),
    programme=st.integers(0, 2),
    counted_in=st.sampled_from(["个", "户", "万元"]),
    arranged=st.integers(1, 9),
    allotted=st.integers(0, 9),
    started=st.integers(0, 9),
    completed=st.integers(0, 9),
    on=st.integers(0, SPAN - 20),
    has_department=st.booleans(),
)
funds = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 9)), max_size=4)


@dataclass(frozen=True)
class World:
    """A county with people and programmes, without works."""

    viewers: dict[str, User]
    places: list[Unit]
    kinds: list[Programme]


@pytest.fixture
def world(on_day: Any) -> World:
    on_day(TODAY.isoformat())
    campaign = make.campaign(make.county())
    top = make.programme(campaign, "P1", "专项")
    at = {"cadre": "990001101", "department_staff": "D-A"}
    return World(
        viewers={role: make.user(role, Unit.objects.get(code=at.get(role, make.COUNTY))) for role in ROLES},
        places=[Unit.objects.get(code=code) for code in ("990001101", "990001102", "990001103")],
        kinds=[top, make.programme(campaign, "P2", "产业", top), make.programme(campaign, "P3", "道路")],
    )


def fill(world: World, rows: list[Seed], money: list[tuple[int, int, int]], merges: bool) -> None:
    office, places, kinds = world.viewers["office"], world.places, world.kinds
    for seed in rows:
        allotted = min(seed.allotted, seed.arranged)
        started = min(seed.started, allotted)
        completed = min(seed.completed, started)
        on = FIRST + timedelta(days=seed.on)
        make.project(
            kinds[seed.programme], office, arranged=seed.arranged, allotted=allotted, arranged_on=on,
            counted_in=seed.counted_in, township=None if seed.place is None else places[seed.place],
            started=[(started, on + timedelta(days=5))] if started else [],
            completed=[(completed, on + timedelta(days=9))] if completed else [],
            department=Unit.objects.get(code="D-A") if seed.has_department else None,
        )  # fmt: skip
    for place, due, funded in money:
        if due or funded:
            make.fund(
                kinds[2], office, due=f"{due}.5" if due else "0", funded=str(funded), township=places[place]
            )
    if merges:
        Unit.objects.filter(pk=places[2].pk).update(closed_on=FIRST + timedelta(days=60), successor=places[0])


def check_works(row: dict[str, Any], user: User) -> None:
    wanted = ProjectFilter.from_params(dict(parse_qsl(urlsplit(row["proof"]).query)), today=TODAY)
    items = list(filtered(Project.objects.visible_to(user), wanted))
    assert len(items) == row["items"]
    for name in WORKS:
        assert sum(getattr(item, f"{name}_at") for item in items) == Decimal(row[name]), name
        some = list(filtered(Project.objects.visible_to(user), wanted.with_(measure=name)))
        assert sum(getattr(item, f"{name}_at") for item in some) == Decimal(row[name]), name


def check_money(row: dict[str, Any], user: User) -> None:
    assert row["proof"].startswith("/dashboard/funds/?")
    params = dict(parse_qsl(urlsplit(row["proof"]).query))
    query = query_from({**params, "of": "projects"}, today=TODAY)
    assert len(fund_list(query, "", user).lines) == row["items"]
    for name in ("due", "funded", "paid", "over"):
        assert getattr(fund_list(query, name, user).total, name) == Decimal(row[name]), name


@given(
    rows=st.lists(seeds, min_size=1, max_size=7),
    money=funds,
    merges=st.booleans(),
    role=st.sampled_from(ROLES),
    days=st.integers(0, SPAN),
    by=st.sampled_from(BY),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_every_figure_of_works_has_its_list(
    world: World,
    rows: list[Seed],
    money: list[tuple[int, int, int]],
    merges: bool,
    role: str,
    days: int,
    by: tuple[str, ...],
) -> None:
    with transaction.atomic():
        fill(world, rows, money, merges)
        user = world.viewers[role]
        answer = tally(TallyQuery(of="projects", by=by, as_of=FIRST + timedelta(days=days)), user)
        for block in answer["blocks"]:
            for row in (*block["rows"], block["total"]):
                (check_money if block["counted_in"] == "万元" else check_works)(row, user)
        transaction.set_rollback(True)
