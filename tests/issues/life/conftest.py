"""A small county with one locked list, one issue, and the people whose hands it passes through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from issues.models import Issue, IssueList, Share
from issues.rules.stages import State
from projects.models import Campaign
from rectify.lib import clock
from tests import factories
from townships.models import Unit, User


@dataclass
class World:
    """People by what they do; ``issue()`` makes one more issue answered by 甲镇."""

    county: Unit
    campaign: Campaign
    listed: IssueList
    township: Unit
    other: Unit
    department: Unit
    category: Any
    people: dict[str, User]

    def __getattr__(self, name: str) -> User:
        try:
            return self.people[name]
        except KeyError as error:
            raise AttributeError(name) from error

    def issue(
        self, state: State = State.RECTIFYING, *, units: list[Unit] | None = None, **fields: Any
    ) -> Issue:
        """An issue of 10 户 (unless said) of the category that 住建局 leads, at 甲镇."""
        fields = {"quantity": 10, "township": self.township, "category": self.category, **fields}
        made = factories.issue(self.listed, self.office, state=state.value, **fields)
        answering = units or [self.township]
        factories.responsible(made, *answering)
        Issue.objects.filter(pk=made.pk).update(unit=answering[0], state_since=clock.now())
        waiting = state is State.AWAITING_SIGNATURE
        for unit in answering:
            Share.objects.create(
                issue=made,
                unit=unit,
                role="responsible",
                state="awaiting" if waiting else "accepted",
                since=clock.now(),
            )
        made.refresh_from_db()
        return made


@pytest.fixture
def world(db: None, on_day: Callable[[str], None]) -> World:
    """The day is 2018-06-06; 甲镇 answers, 住建局 leads the field, 财政局 has nothing to do with it."""
    on_day("2018-06-06")
    county = factories.county()
    town, other = Unit.objects.get(name="甲镇"), Unit.objects.get(name="乙镇")
    department, finance = Unit.objects.get(code="D-A"), Unit.objects.get(code="D-B")
    people = {
        "office": factories.user("office", county, "office"),
        "second": factories.user("office", county, "second"),
        "leader": factories.user("leader", county, "leader"),
        "cadre": factories.user("cadre", town, "cadre"),
        "head": factories.user("unit_head", town, "head"),
        "neighbour": factories.user("cadre", other, "neighbour"),
        "neighbour_head": factories.user("unit_head", other, "neighbour_head"),
        "staff": factories.user("department_staff", department, "staff"),
        "stranger": factories.user("department_staff", finance, "stranger"),
    }
    campaign = factories.campaign(county, start_on=date(2018, 6, 1), end_on=date(2018, 9, 8))
    listed = factories.issue_list(campaign, locked_at=clock.now())
    category = factories.category(campaign, "C001", "超面积", department=department)
    return World(county, campaign, listed, town, other, department, category, people)
