"""未填报 as a subject of warning: units that are silent in a round whose days of grace are over."""

from __future__ import annotations

from datetime import date

from django.db.models import F

from alerts.models import Filing, Round
from alerts.queries.rounds import stand
from alerts.queries.source import Rows, Source
from alerts.rules.ladder import Subject
from alerts.rules.rounds import OWES_NOTHING, OWING


def _owing(campaign: int, day: date) -> list[Rows]:
    """Filings of open rounds that are still to come on ``day``; who answers goes out of it."""
    open_ = Round.objects.filter(
        collection__campaign=campaign, settled_at__isnull=True, first_on__lte=day, closes_on__gte=day
    ).select_related("collection")
    owing = [
        told.filing.pk
        for one in open_
        for told in stand(one, one.filings.all(), day)
        if told.standing in OWING
    ]
    rows = Filing.objects.filter(pk__in=owing).order_by()
    return [
        rows.values(
            item_key=F("pk"),
            item_number=F("round__collection__title"),
            unit_key=F("unit_id"),
            anchor_day=F("round__on_time_until"),
        )
    ]


SOURCES = (Source(Subject.FILING, rows=_owing, over=OWES_NOTHING),)
