"""Letters whose reply is owed, for the scan: an overdue reply climbs the same ladder as an overdue issue."""

from __future__ import annotations

from datetime import date

from django.db.models import F, QuerySet

from alerts.models import Letter
from alerts.queries.source import Rows, Source
from alerts.rules.ladder import Subject
from alerts.rules.letters import OWING

OWED = [state.value for state in OWING]


def _owed(campaign: int) -> QuerySet[Letter]:
    return Letter.objects.filter(campaign=campaign, state__in=OWED, reply_due_on__isnull=False).order_by()


def reply_items(campaign: int, on: date) -> Rows:
    """One row a letter, for the unit that it was sent to; it counts from the day its reply is due, so that a
    reply returned with another day starts anew."""
    owed = _owed(campaign).annotate(
        item_key=F("pk"), item_number=F("number"), unit_key=F("unit_id"), anchor_day=F("reply_due_on")
    )
    return owed.values("item_key", "item_number", "unit_key", "anchor_day")


def reply_rows(campaign: int, on: date) -> list[Rows]:
    return [reply_items(campaign, on)]


SOURCES = (Source(Subject.REPLY, reply_rows, reply_items),)
