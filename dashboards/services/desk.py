"""The desk: for a person and a day, the sentence that matters and what waits, each with its list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboards.rules.figures import MONEY
from dashboards.rules.indicators import Indicator, indicator
from dashboards.rules.proofs import narrowed
from dashboards.rules.tables import Number
from dashboards.rules.tallies import ISSUES, PROJECTS, TallyQuery
from dashboards.services.tallies import read
from dashboards.services.waiting import Waits, waits
from projects.models import Campaign
from townships.models import User

DUTIES = {
    "overdue": "过了期限还没有整改完",
    "unconfirmed": "时限是系统推断的，请核对原文后确认",
    "undetermined": "没有写明时限，请补上",
    "unstated": "台账和责任单位都没有说是否整改，请报情况",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to see to: a figure that should be nothing, once for each thing counted (its title)."""

    said: Indicator
    duty: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands on the desk: what waits for the person, the tally of issues, that of projects, and what a
    ledger still lacks."""

    waits: Waits
    issues: dict[str, Any]
    projects: dict[str, Any]
    waiting: tuple[Waiting, ...]


def desk(campaign: Campaign, user: User) -> Desk:
    """The desk of ``user`` in ``campaign``, today, on the claimed basis."""
    issues = read(TallyQuery(campaign=campaign.code), user).document(())
    projects = read(TallyQuery(campaign=campaign.code, of=PROJECTS, by=("programme",)), user)
    waiting = [
        Waiting(indicator(ISSUES, name), duty, _numbers(issues, name)) for name, duty in DUTIES.items()
    ]
    lacking = tuple(one for one in waiting if one.numbers)
    return Desk(waits(campaign, user), issues, projects.document(("programme",)), lacking)


def _numbers(answer: dict[str, Any], name: str) -> tuple[Number, ...]:
    measure = indicator(ISSUES, name).measure
    return tuple(
        Number(
            block["total"][name],
            narrowed(block["total"]["proof"], measure),
            title=block["counted_in"],
            is_money=block["counted_in"] == MONEY,
        )
        for block in answer["blocks"]
        if block["total"][name] != "0"
    )
