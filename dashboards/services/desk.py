"""The desk: for a person and a day, the sentence that matters and what waits, each with its list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboards.rules.figures import MONEY
from dashboards.rules.indicators import Indicator, indicator
from dashboards.rules.proofs import narrowed
from dashboards.rules.tallies import ISSUES, TallyQuery
from dashboards.services.tallies import read
from projects.models import Campaign
from townships.models import User

WAITING = ("overdue", "unconfirmed", "undetermined", "unstated")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to see to: a figure that should be nothing, with the list of its items."""

    said: Indicator
    value: str
    counted_in: str
    href: str

    @property
    def is_money(self) -> bool:
        return self.counted_in == MONEY


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands on the desk: the tally of issues, that of projects, and what waits."""

    issues: dict[str, Any]
    projects: dict[str, Any]
    waiting: tuple[Waiting, ...]


def desk(campaign: Campaign, user: User) -> Desk:
    """The desk of ``user`` in ``campaign``, today, on the claimed basis."""
    issues = read(TallyQuery(campaign=campaign.code), user).document(())
    projects = read(TallyQuery(campaign=campaign.code, of="projects", by=("programme",)), user)
    return Desk(issues, projects.document(("programme",)), tuple(_waiting(issues)))


def _waiting(answer: dict[str, Any]) -> list[Waiting]:
    return [
        Waiting(said, total[said.code], block["counted_in"], narrowed(total["proof"], said.measure))
        for said in (indicator(ISSUES, name) for name in WAITING)
        for block in answer["blocks"]
        for total in (block["total"],)
        if total[said.code] != "0"
    ]
