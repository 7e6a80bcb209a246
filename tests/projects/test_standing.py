"""环节, 逾期, 标记, 年度: what the list, its numbers and REST find by them, as of any day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects.models import Programme, Project
from projects.queries.projects import filtered
from projects.rules.filters import STAGES, ProjectFilter
from projects.rules.stages import Stage
from projects.rules.standing import Standing, standing
from projects.services import ahead, progress
from rectify.lib.criteria import FilterRefused
from tests import factories as make
from townships.models import User

TODAY = date(2018, 6, 6)
LATE_DUE = date(2018, 3, 31)


def figures(*totals: int) -> dict[str, Decimal]:
    names = ("arranged", "allotted", "started", "completed", "accepted")
    return {name: Decimal(total) for name, total in zip(names, totals, strict=True)}


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ((5, 0, 0, 0, 0), Standing.ARRANGED),
        ((5, 3, 0, 0, 0), Standing.ALLOTTED),
        ((5, 3, 1, 1, 0), Standing.STARTED),
        ((5, 5, 5, 5, 4), Standing.COMPLETED),
        ((5, 5, 5, 5, 5), Standing.ACCEPTED),
        ((0, 0, 0, 0, 0), Standing.ARRANGED),
    ],
)
def test_w009_a_project_stands_on_one_rung(totals: tuple[int, ...], expected: Standing) -> None:
    assert standing(figures(*totals)) is expected


@pytest.fixture
def office(db: None, on_day: Callable[[str], None]) -> User:
    on_day("2018-06-06")
    return make.user("office", make.county())


@pytest.fixture
def works(office: User) -> Programme:
    assert office.unit is not None
    return make.programme(make.campaign(office.unit), "P1", "道路")


def numbers(office: User, **params: str) -> list[str]:
    wanted = ProjectFilter.from_params(params, today=TODAY)
    return sorted(filtered(Project.objects.visible_to(office), wanted).values_list("number", flat=True))


def test_the_rungs_part_all_projects_on_every_day(office: User, works: Programme) -> None:
    made = [
        make.project(works, office, allotted=0),
        make.project(works, office, arranged=2, allotted=1),
        make.project(works, office, arranged=2, started=[(1, date(2018, 4, 1))]),
        make.project(works, office, started=[(1, date(2018, 4, 1))], completed=[(1, date(2018, 5, 1))]),
    ]
    by_stage = {stage: numbers(office, stage=stage) for stage in STAGES}
    assert by_stage == {
        "arranged": [made[0].number],
        "allotted": [made[1].number],
        "started": [made[2].number],
        "completed": [made[3].number],
        "accepted": [],
    }
    then = {stage: numbers(office, stage=stage, as_of="2018-04-15") for stage in STAGES}
    assert then["started"] == sorted(one.number for one in made[2:])
    assert sum(map(len, then.values())) == len(made)


def test_w013_w014_what_is_late_and_what_was_done_late(office: User, works: Programme) -> None:
    Programme.objects.filter(pk=works.pk).update(allot_due_on=LATE_DUE)

    def project(**more: Any) -> str:
        return make.project(works, office, start_due_on=LATE_DUE, **more).number

    waiting = project(allotted=0)
    unsure = project(start_confirmed=False)
    begun_late = project(started=[(1, date(2018, 4, 10))])
    in_time = project(started=[(1, LATE_DUE)])
    in_part = project(arranged=3, started=[(2, date(2018, 3, 1)), (1, date(2018, 4, 2))])
    assert numbers(office, late="started") == [waiting]
    assert numbers(office, late="started", as_of="2018-04-09") == sorted([waiting, begun_late])
    assert numbers(office, late="started_done") == sorted([begun_late, in_part])
    assert numbers(office, late="allotted") == [waiting]
    assert numbers(office, late="allotted_done") == []
    assert numbers(office, late="started", as_of="2018-03-31") == []
    assert in_time not in numbers(office, late="started_done")
    assert unsure not in numbers(office, late="started")


def test_w014_the_page_says_by_how_many_days_the_allotment_was_late(
    client: Client, office: User, works: Programme
) -> None:
    """Due 03-31, done 04-10: 逾期10天办结."""
    Programme.objects.filter(pk=works.pk).update(allot_due_on=LATE_DUE)
    made = make.project(works, office, arranged_on=date(2018, 4, 10))
    client.force_login(office)
    page = unescape(client.get(f"/projects/{made.number}/").content.decode())
    assert "2018年4月10日下达，逾期10天办结" in page


def test_a_year_is_that_of_the_arrangement_and_nonsense_is_refused(office: User, works: Programme) -> None:
    before = make.project(works, office, arranged_on=date(2017, 5, 1))
    now = make.project(works, office)
    assert numbers(office, year="2017") == [before.number]
    assert numbers(office, year="2018") == [now.number]
    for given in ({"year": "18"}, {"year": "2019"}, {"stage": "x"}, {"late": "x"}, {"flag": "x"}):
        with pytest.raises(FilterRefused):
            numbers(office, **given)


def test_the_list_shows_rung_and_marks_and_every_select_finds_its_rows(
    client: Client, office: User, works: Programme
) -> None:
    made = make.project(works, office, allotted=0, start_due_on=LATE_DUE, name="甲镇公路")
    ahead.note(made, quantity=Decimal(1), started_on=date(2018, 5, 12), words="", by=office)
    client.force_login(office)
    page = unescape(client.get("/projects/?flag=ahead_waiting&stage=arranged&year=2018").content.decode())
    for said in ("未下达", "先行动工", "逾期未动工", "先行动工，等下达", "2018年"):
        assert said in page
    assert "没有符合这些条件的项目" in client.get("/projects/?flag=change_waiting").content.decode()


def test_rest_tells_standard_rung_and_the_day_it_ran_ahead(
    client: Client, office: User, works: Programme
) -> None:
    made = make.project(works, office, allotted=0, standard="路面宽4.5米", document="某项〔2018〕1号")
    ahead.note(made, quantity=Decimal(1), started_on=date(2018, 5, 12), words="", by=office)
    client.force_login(office)
    (record,) = client.get("/api/v1/projects/?flag=ahead_waiting").json()["results"]
    assert (record["standard"], record["document"]) == ("路面宽4.5米", "某项〔2018〕1号")
    assert (record["stage"], record["stage_label"]) == ("arranged", "未下达")
    assert record["ran_ahead_on"] == "2018-05-12"
    assert client.get(f"/api/v1/projects/{made.number}/").json()["standard"] == "路面宽4.5米"
    refused = client.get("/api/v1/projects/?stage=nowhere")
    assert refused.status_code == 400
    assert "环节" in refused.json()["detail"]
    parameters = client.get("/api/v1/schema/?format=json").json()["paths"]["/api/v1/projects/"]["get"][
        "parameters"
    ]
    assert {"stage", "late", "flag", "year"} <= {one["name"] for one in parameters}


def test_queries_of_a_project_do_not_grow_with_its_story(
    client: Client, office: User, works: Programme
) -> None:
    made = make.project(works, office, arranged=20, allotted=0)

    def asked() -> int:
        client.force_login(office)
        client.get(f"/projects/{made.number}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/projects/{made.number}/")
        return len(queries)

    ahead.note(made, quantity=Decimal(1), started_on=date(2018, 5, 12), words="", by=office)
    few = asked()
    for _ in range(8):
        ahead.note(made, quantity=Decimal(1), started_on=date(2018, 5, 12), words="", by=office)
        progress.record(made, Stage.FUNDED, quantity=Decimal(1), happened_on=TODAY, by=office)
    assert asked() == few <= 24
