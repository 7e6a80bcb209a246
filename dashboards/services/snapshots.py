"""The snapshot of a bulletin: the tallies of its last day and of the day before it began, as known at one
instant. Nothing in it changes afterwards; every figure keeps the list that proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import transaction

from alerts.rules.rounds import Period
from dashboards.queries.bulletins import last_signed
from dashboards.queries.unreported import unreported
from dashboards.rules.indicators import VERSION
from dashboards.rules.ranking import RULE_CODE, rule_text
from dashboards.rules.snapshots import SIGNED_FIGURES, Snapshot
from dashboards.rules.tallies import ISSUES, PROJECTS, TallyQuery
from dashboards.services.tallies import Reading, earlier, read
from projects.models import Campaign
from rectify.lib import clock

BY: dict[str, dict[str, tuple[str, ...]]] = {
    ISSUES: {
        "total": (),
        "category": ("category",),
        "township": ("township",),
        "department": ("department",),
    },
    PROJECTS: {"total": (), "programme": ("programme",), "township": ("township",)},
}
"""What is told of issues and of works: the name in the snapshot → the tally's dimensions."""
ONE_DAY = timedelta(days=1)
ONLY = {"list": ISSUES, "category": ISSUES, "programme": PROJECTS}
"""What a special bulletin is narrowed by, and what alone it is then about."""


def take(
    campaign: Campaign, *, period: Period, basis: str, narrowed: Mapping[str, str]
) -> tuple[dict[str, Any], datetime]:
    """The snapshot as JSON keeps it, and its instant. The whole campaign, whoever asks: who may ask is the
    caller's to say. TallyError as a tally's.

    {"as_of", "previous_on", "known_at", "basis", "definition", "rule", "issues": {"total": tally, …},
    "projects": …, "previous": {"issues": …, "projects": …}, "unreported": […]}; "signed_before", where there
    is one, as ``_signed_before``."""
    with transaction.atomic():
        known_at = clock.now()
        previous_on = period.first - ONE_DAY
        told: dict[str, Any] = {
            "as_of": period.last.isoformat(),
            "previous_on": previous_on.isoformat(),
            "known_at": known_at.isoformat(),
            "basis": basis,
            "definition": VERSION,
            "rule": {"code": RULE_CODE, "text": rule_text(basis)},
            "narrowed": dict(narrowed),
            "previous": {},
            "unreported": [] if narrowed else unreported(campaign, period, clock.today()),
        }
        for of in _about(narrowed):
            reading = _reading(campaign, of, period.last, basis, narrowed)
            told[of] = _documents(reading, known_at)
            told["previous"][of] = _documents(_before(reading, previous_on), known_at)
        if not narrowed and (signed := _signed_before(campaign, previous_on, basis)):
            told["signed_before"] = signed
    return told, known_at


def _signed_before(campaign: Campaign, on: date, basis: str) -> dict[str, Any] | None:
    """{"number", "totals": {counted in: {figure: value}}}: what the last signed bulletin said of the day that
    this one compares with. Beside ``previous``, which is what is known of that day now, it shows what was
    recorded or corrected since; without it two signed papers would contradict each other unsaid."""
    bulletin = last_signed(campaign, on, basis)
    signed = Snapshot(bulletin.snapshot) if bulletin else None
    if bulletin is None or signed is None or not signed.tells(ISSUES):
        return None
    totals = {name: block["total"] for name, block in signed.blocks(ISSUES, "total").items()}
    return {
        "number": bulletin.number,
        "totals": {name: {code: row[code] for code in SIGNED_FIGURES} for name, row in totals.items()},
    }


def _about(narrowed: Mapping[str, str]) -> Sequence[str]:
    only = {ONLY[name] for name in narrowed}
    return sorted(only) or (ISSUES, PROJECTS)


def _reading(campaign: Campaign, of: str, as_of: date, basis: str, narrowed: Mapping[str, str]) -> Reading:
    """Read once by everything that is told."""
    also_by = tuple(dict.fromkeys(name for by in BY[of].values() for name in by))
    query = TallyQuery(campaign.code, of, as_of=as_of, basis=basis, filters=dict(narrowed))
    return read(query, also_by=also_by, campaigns=[campaign])


def _before(reading: Reading, day: date) -> Reading:
    """The same sums as of an earlier day, under the names of the reading's own."""
    return replace(
        reading, query=replace(reading.query, as_of=day), cells=earlier(reading, day, None), pending={}
    )


def _documents(reading: Reading, known_at: datetime) -> dict[str, Any]:
    return {name: _known(reading.document(by), known_at) for name, by in BY[reading.query.of].items()}


def _known(document: dict[str, Any], known_at: datetime) -> dict[str, Any]:
    """The tally with the instant at which it was known, in each proof too: the sums were read just then, so
    the entries recorded by then are those that were read, and the list stays what it is when more come."""
    stamp = urlencode({"known_at": known_at.isoformat()})
    document["known_at"] = known_at.isoformat()
    for block in document["blocks"]:
        for row in (*block["rows"], block["total"]):
            row["proof"] = f"{row['proof']}&{stamp}"
    return document
