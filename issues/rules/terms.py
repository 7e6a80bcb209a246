"""How long the steps before rectification may take; the county's working days come from outside."""

from __future__ import annotations

from datetime import date, timedelta

from rectify.lib.workdays import Workdays

SIGNING_WORKDAYS = 3
"""A unit signs for its share, or gives it back, within so many working days after it was given it (W-072)."""
ANSWER_WORKDAYS = 3
"""The office answers a share given back within so many working days."""
OMISSION_WORKDAYS = 5
"""A unit explains what its own check lacks within so many working days after it was registered (W-003)."""
PLAN_DAYS = 3
"""Where the campaign names no date, the plan is due so many days after the list was locked (W-005)."""


def answer_due(refused_on: date, workdays: Workdays) -> date:
    """By when the office answers."""
    return workdays.add(refused_on, ANSWER_WORKDAYS)


def signing_due(given_on: date, workdays: Workdays) -> date:
    """By when the unit signs for what it was given on that day."""
    return workdays.add(given_on, SIGNING_WORKDAYS)


def omission_due(registered_on: date, workdays: Workdays) -> date:
    """By when the unit explains why its own check lacks what was registered on that day."""
    return workdays.add(registered_on, OMISSION_WORKDAYS)


def last_day_to_be_late(on: date, workdays: Workdays) -> date:
    """The latest day of which a share that still waits on ``on`` is late."""
    day = on - timedelta(days=1)
    while signing_due(day, workdays) >= on:
        day -= timedelta(days=1)
    return day


def plan_due(locked_on: date, campaign_due: date | None) -> date:
    """By when an issue of a list locked on that day has its plan."""
    return campaign_due or locked_on + timedelta(days=PLAN_DAYS)
