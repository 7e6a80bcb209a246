"""The scan: whatever nears or has passed its date is told to the right seats, once; what is over is voided.

Set-based: a few statements a subject and stretch of items, so that memory does not follow the rows.
Safe to run twice, at once, late, after a crash, with the clock moved back: what was told stands in the table
of alerts, and each statement asks only for what does not.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import DatabaseError, OperationalError, connection
from django.db.models import Max

from alerts.models import Scan
from alerts.queries.asked import Asked, Span
from alerts.queries.items import ends_of, number_of
from alerts.queries.rungs import InForce, rules_in_force
from alerts.queries.source import Source
from alerts.queries.sources import SOURCES
from alerts.queries.standing import known_subjects, unheard
from alerts.rules.ladder import LADDER, ItemKind
from alerts.services.scan_stretch import look_at
from alerts.services.scan_writing import Seats, look_at_sizes, turn
from projects.models import Campaign
from rectify.lib import clock
from townships.models import Seat
from townships.queries.branches import UnitTree, unit_tree
from townships.rules.roles import Duty
from townships.services import revisions

logger = logging.getLogger(__name__)
SPAN = {"postgresql": 1_000_000, "sqlite": 20_000}
"""Ids one turn looks at. PostgreSQL reads its tables once a turn; SQLite lets nobody else write meanwhile."""
EVERYTHING = Span(0, 2**62)
BETWEEN = timedelta(hours=1)


@dataclass(slots=True)
class Outcome:
    """What a scan made, or would make: by rung, unit and duty; what could not be judged, each with why."""

    on: date
    is_preview: bool
    made: Seats = field(default_factory=Counter)
    voided: int = 0
    returned: int = 0
    skipped: list[dict[str, str]] = field(default_factory=list)

    @property
    def created(self) -> dict[str, int]:
        """Rung's word → alerts, lowest rung first."""
        by_height: Counter[int] = Counter()
        for (height, _, _), count in self.made.items():
            by_height[height] += count
        return {LADDER[height - 1].label: by_height[height] for height in sorted(by_height)}

    def recipients(self) -> int:
        """How many people sit in the seats that are told. One query."""
        told = {(unit, duty) for _, unit, duty in self.made}
        seats = Seat.objects.filter(user__is_active=True).values_list("unit_id", "duty", "user_id")
        return len({user for unit, duty, user in seats if (unit, duty) in told})


def scan(*, on: date, preview: bool = False) -> Outcome:
    """Look at everything on the Beijing date ``on``; it may lie ahead of today. ``preview`` writes nothing.

    A day before that of the last finished scan makes nothing: what has been told stays told."""
    outcome = Outcome(on, preview)
    last = Scan.objects.filter(finished_at__isnull=False).aggregate(on=Max("on"))["on"]
    if last is not None and on < last:
        return outcome
    run = None if preview else Scan.objects.create(on=on, started_at=clock.now())
    if run is not None:
        look_at_sizes()
    known = known_subjects()
    for campaign in Campaign.objects.order_by("pk"):
        _Campaign(campaign, outcome, last, known).look()
    if run is not None:
        run.finished_at = clock.now()
        run.created, run.skipped = outcome.created, outcome.skipped
        run.save()
        if outcome.made or outcome.voided or outcome.returned:
            revisions.bump([None])  # pages and answers that show alerts are new
    return outcome


def scan_if_due() -> Outcome | None:
    """The first scan of a day as soon as anybody is awake, then one an hour: dates move, things get done."""
    today, now = clock.today(), clock.now()
    last = Scan.objects.filter(finished_at__isnull=False).order_by("-pk").first()
    if last is not None and last.finished_at is not None:
        is_fresh = timedelta() <= now - last.finished_at < BETWEEN
        if last.on > today or (last.on == today and is_fresh):
            return None
    return scan(on=today)


class _Campaign:
    """One campaign's share of a scan. Its rules are read once: an edit meanwhile is heard the next time."""

    def __init__(self, campaign: Campaign, outcome: Outcome, last: date | None, known: set[str]) -> None:
        self._campaign, self._outcome, self._last, self._known = campaign, outcome, last, known
        self._rules: InForce = rules_in_force(campaign.pk, outcome.on)
        tree = unit_tree()
        self._successors = successors(tree, outcome.on)
        self._offices = offices_of(campaign)

    def look(self) -> None:
        for source in SOURCES.values():
            rungs = self._rules.of(source.subject)
            if not rungs and source.subject.value not in self._known:
                continue
            try:
                self._subject(self._asked(source, rungs))
            except OperationalError:
                raise
            except (DatabaseError, ArithmeticError, LookupError, ValueError) as error:
                logger.exception("the scan of %s in %s failed", source.subject, self._campaign.code)
                self._skip(source.subject.label, f"这类期限未能扫描：{_first_line(error)}")

    def _asked(self, source: Source, rungs: tuple[Any, ...]) -> Asked:
        on, last = self._outcome.on, self._last
        unseen = on if last is None else last
        return Asked(
            source=source,
            rungs=rungs,
            campaign_id=self._campaign.pk,
            campaign_unit=self._campaign.unit_id,
            rules_id=None if self._rules.rules is None else self._rules.rules.pk,
            on=on,
            made_at=clock.now(),
            offices=self._offices,
            successors=self._successors,
            # Points begin with no day of their own: only at the first scan of all are they 存量.
            unseen_before=date.min if source.has_points and last is not None else unseen,
            is_new=source.subject.value not in self._known,
        )

    def _subject(self, asked: Asked) -> None:
        for number in unheard(asked):
            self._skip(number, f"{asked.source.subject.label}：{asked.source.why}")
        for span in spans(asked.source.subject.item):
            self._by_halves(asked, span)

    def _by_halves(self, asked: Asked, span: Span) -> None:
        """Do a stretch; where the database refuses, its halves, down to the one item that is broken: that one
        is reported, all others are done."""
        if span.first > span.last:
            return
        try:
            with turn():
                done = look_at(asked, span, is_preview=self._outcome.is_preview)
        except OperationalError:
            raise
        except DatabaseError as error:
            ids = _ids(asked, span)
            if len(ids) < 2:
                self._broken(asked, ids, error)
            for half in _around(ids, span):
                self._by_halves(asked, half)
        else:
            self._outcome.made += done.made
            self._outcome.voided += done.voided
            self._outcome.returned += done.returned

    def _broken(self, asked: Asked, ids: list[int], error: DatabaseError) -> None:
        subject = asked.source.subject
        number = number_of(subject.item, ids[0]) if ids else subject.label
        self._skip(number, f"{subject.label}：{_first_line(error)}")

    def _skip(self, number: str, why: str) -> None:
        self._outcome.skipped.append({"number": number, "why": why})


def spans(kind: ItemKind) -> Iterator[Span]:
    """Stretches of the ids of all items of a kind."""
    ends = ends_of(kind)
    if ends is None:
        yield EVERYTHING
        return
    size = SPAN[connection.vendor]
    for first in range(ends[0], ends[1] + 1, size):
        yield Span(first, first + size - 1)


def offices_of(campaign: Campaign) -> tuple[int, ...]:
    """Units under the campaign's with a seat of 督查室; the campaign's own where there is none."""
    seats = Seat.objects.filter(
        duty=Duty.SUPERVISION.value, unit__path__startswith=campaign.unit.path, unit__closed_on=None
    )
    found = seats.order_by("unit").values_list("unit", flat=True).distinct()
    return tuple(found) or (campaign.unit_id,)


def successors(tree: UnitTree, on: date) -> dict[int, int]:
    """Closed unit → the one that is told instead, on ``on``."""
    final = {pk: tree.final(pk, on) for pk, node in tree.nodes.items() if node.successor is not None}
    return {pk: unit for pk, unit in final.items() if unit != pk}


def _ids(asked: Asked, span: Span) -> list[int]:
    """Items of the source in a stretch."""
    source, campaign, on = asked.source, asked.campaign_id, asked.on
    found = source.rows(campaign, on) if source.items is None else [source.items(campaign, on)]
    ids: set[int] = set()
    for rows in found:
        ids.update(rows.filter(item_key__range=(span.first, span.last)).values_list("item_key", flat=True))
    return sorted(ids)


def _around(ids: list[int], span: Span) -> list[Span]:
    """A stretch in two, between its items; around the last one that is left; nothing of what has none."""
    if not ids:
        return []
    if len(ids) == 1:
        return [Span(span.first, ids[0] - 1), Span(ids[0] + 1, span.last)]
    middle = ids[len(ids) // 2]
    return [Span(span.first, middle - 1), Span(middle, span.last)]


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:200]
