"""An issue names the project that solves it: on both pages, on record, counted once on each side."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest
from django.test import Client

from dashboards.rules.tallies import TallyQuery
from dashboards.services.tallies import tally
from issues.models import FieldChange, Issue
from issues.queries.issues import filtered
from issues.queries.solving import unpaired
from issues.rules.filters import IssueFilter
from issues.rules.workflow import Verb
from issues.services.life import solving
from issues.services.workflow import Refused, Stale
from projects.models import Project
from tests import factories
from tests.issues.life.conftest import World
from townships.models import Event


@pytest.fixture
def road(world: World) -> Project:
    works = factories.programme(world.campaign, "P1", "道路")
    return factories.project(
        works, world.office, township=world.township, name="甲镇公路", started=[(1, date(2018, 4, 1))]
    )


def page(client: Client, user: object, address: str) -> str:
    client.force_login(user)  # type: ignore[arg-type]
    return unescape(client.get(address).content.decode())


def test_the_unit_names_the_project_and_the_change_is_kept(world: World, road: Project) -> None:
    issue = world.issue()
    named = solving.name_project(issue.pk, world.cadre, number=road.number, version=issue.version)
    assert named.project == road
    change = FieldChange.objects.get(issue=issue, field="project")
    assert (change.before, change.after) == ("", f"{road.number} 甲镇公路")
    assert Event.objects.filter(subject_type="issue", action=Verb.NAME_PROJECT.value).count() == 1
    solving.name_project(issue.pk, world.office, number="")
    issue.refresh_from_db()
    assert issue.project is None
    assert FieldChange.objects.filter(issue=issue, field="project").count() == 2


def test_others_and_nonsense_are_refused_in_words(world: World, road: Project) -> None:
    issue = world.issue()
    elsewhere = factories.project(
        factories.programme(factories.campaign(world.county, "b"), "P1", "道路"), world.office
    )
    refusals = [
        (world.staff, road.number, "由责任单位、牵头单位或整改办指明"),
        (world.office, "XM2018-9", "没有编号为“XM2018-9”的项目"),
        (world.office, elsewhere.number, "属于另一项工作"),
        (world.cadre, elsewhere.number, "或者不在您的工作范围内"),
        (world.office, "", "解决项目没有变化"),
        (world.head, road.number, "不能"),
    ]
    for by, number, words in refusals:
        with pytest.raises(Refused, match=words):
            solving.name_project(issue.pk, by, number=number)
    with pytest.raises(Stale):
        solving.name_project(issue.pk, world.office, number=road.number, version=issue.version - 1)
    assert not Issue.objects.filter(project__isnull=False).exists()


def test_each_stands_on_the_others_page_for_who_sees_it(client: Client, world: World, road: Project) -> None:
    issue = world.issue(description="路面破损")
    hidden = world.issue(units=[world.other], township=world.other, description="另镇的问题")
    for one in (issue, hidden):
        solving.name_project(one.pk, world.office, number=road.number)
    told = page(client, world.cadre, f"/issues/{issue.number}/")
    assert "甲镇公路" in told
    assert "已动工" in told
    assert "路面破损" in page(client, world.cadre, f"/projects/{road.number}/")
    assert "另镇的问题" not in page(client, world.cadre, f"/projects/{road.number}/")
    outside = page(client, world.neighbour, f"/issues/{hidden.number}/")
    assert "不在您的工作范围内" in outside
    assert road.number not in outside


def test_the_page_of_the_act_offers_what_is_near(client: Client, world: World, road: Project) -> None:
    issue = world.issue()
    address = f"/issues/{issue.number}/name_project/"
    assert f'<option value="{road.number}">甲镇公路</option>' in page(client, world.cadre, address)
    assert client.post(address, {"project": "没有"}).status_code == 409
    assert client.post(address, {"project": road.number, "version": str(issue.version)}).status_code == 302
    found = filtered(Issue.objects.visible_to(world.office), IssueFilter(project=road.number))
    assert [one.number for one in found] == [issue.number]
    assert "解决项目" in page(client, world.office, f"/issues/?project={road.number}")


def test_the_pair_is_counted_apart_and_told_once(world: World, road: Project) -> None:
    """The issue among issues, the project among projects, no figure adds them; in one list of both, once."""
    issue = world.issue()

    def totals() -> list[object]:
        asked = (TallyQuery(campaign="gj2018"), TallyQuery(campaign="gj2018", of="projects"))
        return [tally(query, world.office)["blocks"] for query in asked]

    before = totals()
    solving.name_project(issue.pk, world.office, number=road.number)
    assert totals() == before
    alone = factories.project(road.programme, world.office)
    seen = Issue.objects.visible_to(world.office)
    assert list(unpaired(Project.objects.visible_to(world.office), seen)) == [alone]
    assert unpaired(Project.objects.all(), seen.none()).count() == 2
