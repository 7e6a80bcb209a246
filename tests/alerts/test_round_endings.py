"""Warnings of rounds: the day before as its rung says, until the door; who has answered is chased no more."""

from __future__ import annotations

from datetime import date

import pytest

from alerts.models import Alert, Round
from alerts.rules.ladder import Subject
from alerts.services import rounds
from alerts.services.scan import scan
from projects.models import Campaign
from tests.alerts.test_rounds import (
    OnDay,
    asked,
    cadre,
    campaign,
    county,
    issue_of,
    office,
    reported,
    town,
)
from townships.models import User

__all__ = ["campaign", "county", "office"]
pytestmark = pytest.mark.django_db


def test_a_unit_is_reminded_the_day_before_and_told_until_the_door_shuts(
    campaign: Campaign, office: User, on_day: OnDay
) -> None:
    issue_of(campaign, office, town(101))
    asked(campaign, office, grace_days=1, door_days=3)
    first = Round.objects.earliest("first_on")
    told = {}
    for day in range(5, 20):
        on_day(f"2018-06-{day:02d}")
        rounds.keep()
        scan(on=date(2018, 6, day))
        made = Alert.objects.filter(
            subject=Subject.FILING.value, made_on=date(2018, 6, day), anchor_on=first.on_time_until
        )
        if made:
            told[day - first.on_time_until.day] = sorted({one.height for one in made})
    assert told == {-1: [1], 1: [2], 3: [3]}
    voided = Alert.objects.filter(subject=Subject.FILING.value, anchor_on=first.on_time_until)
    assert {one.void_cause for one in voided} == {"已报送或者已关门"}


def test_who_has_answered_is_chased_no_more(campaign: Campaign, office: User, on_day: OnDay) -> None:
    issue = issue_of(campaign, office, town(101))
    asked(campaign, office)
    rounds.chase(Round.objects.earliest("first_on"), by=office)
    nudges = Alert.objects.filter(subject=Subject.NUDGED.value)
    rounds.keep()
    assert nudges.open().count() == nudges.count() > 0
    reported(issue, cadre(town(101)), date(2018, 6, 4))
    rounds.keep()
    assert not nudges.open().exists()
    assert set(nudges.values_list("void_cause", flat=True)) == {"已报送或者已关门"}
