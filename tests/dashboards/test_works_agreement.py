"""The lists behind the tallies of projects and money, for random works, viewers and days (invariant 2)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.rules.asking import query_from
from dashboards.rules.tallies import TallyQuery
from dashboards.services.funds import fund_list
from dashboards.services.tallies import tally
from projects.models import Project
from projects.queries.projects import filtered
from projects.rules.filters import ProjectFilter
from tests.dashboards.worlds import (
    FIRST,
    SPAN,
    TODAY,
    Work,
    World,
    build,
    make_world,
    merge,
    money,
    undone,
    works,
)
from townships.models import User

pytestmark = pytest.mark.django_db
WORKS = ("arranged", "allotted", "not_allotted", "started", "not_started", "completed")
ROLES = ("office", "leader", "cadre", "department_staff")
BY = [(), ("programme",), ("township",), ("programme", "township"), ("department",)]


@pytest.fixture
def world(on_day: Any) -> World:
    on_day(TODAY.isoformat())
    return make_world()


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
    rows=st.lists(works, min_size=1, max_size=7),
    funds=money,
    merges=st.booleans(),
    role=st.sampled_from(ROLES),
    days=st.integers(0, SPAN),
    by=st.sampled_from(BY),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_every_figure_of_works_has_its_list(
    world: World,
    rows: list[Work],
    funds: list[tuple[int, int, int, int]],
    merges: bool,
    role: str,
    days: int,
    by: tuple[str, ...],
) -> None:
    with undone():
        build(world, rows, funds)
        if merges:
            merge(world)
        user = world.viewers[role]
        answer = tally(TallyQuery(of="projects", by=by, as_of=FIRST + timedelta(days=days)), user)
        for block in answer["blocks"]:
            for row in (*block["rows"], block["total"]):
                (check_money if block["counted_in"] == "万元" else check_works)(row, user)
