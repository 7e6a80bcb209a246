"""未填报 as a subject of warning: units that are silent in a round whose days of grace are over."""

from __future__ import annotations

from datetime import date

from django.db.models import F

from alerts.models import Filing, Round
from alerts.queries.rounds import stand
from alerts.queries.source import Rows, Source
from alerts.rules.ladder import Subject
from alerts.rules.rounds import Standing


def _silent(campaign: int, day: date) -> list[Rows]:
    """Filings of open rounds that stay silent on ``day``; who settles or answers goes out of it."""
    open_ = Round.objects.filter(
        collection__campaign=campaign, settled_at__isnull=True, first_on__lte=day, closes_on__gte=day
    ).select_related("collection")
    silent = [
        told.filing.pk
        for one in open_
        for told in stand(one, one.filings.all(), day)
        if told.standing in (Standing.AWAITED, Standing.SILENT)
    ]
    rows = Filing.objects.filter(pk__in=silent).order_by()
    return [
        rows.values(
            item_key=F("pk"),
            item_number=F("round__collection__title"),
            unit_key=F("unit_id"),
            anchor_day=F("round__on_time_until"),
        )
    ]


SOURCES = (Source(Subject.FILING, rows=_silent, over="已报送或者已关门"),)
