"""What a board's blocks came to at the end of an earlier day: one row for each thing counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from dashboards.access import items_for
from dashboards.queries import sources
from dashboards.rules.figures import Sums
from dashboards.services.tallies import Reading
from rectify.lib import clock
from rectify.lib.measures import Row
from townships.models import User


def earlier_sums(reading: Reading, day: date, user: User | None) -> dict[str, Sums]:
    """What is counted → the sums of the reading's items at the end of ``day``; none before the first entry.

    From the roll-ups where they may answer, else from the entries of what ``user`` sees."""
    query, found = reading.query, reading.found
    if reading.is_whole and sources.can_roll(query.of, (), found, query.known_at):
        rows = sources.rolled(query.of, reading.campaign, found, as_of=day, today=clock.today(), by=())
    else:
        items = items_for(user, query.of, reading.campaign)
        rows = sources.live(query.of, items, found, by=(), as_of=day, known_at=query.known_at)
    return summed(rows)


def summed(rows: Iterable[Row]) -> dict[str, Sums]:
    """Rows by what they count alone."""
    sums: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        so_far = sums.setdefault(row.counted_in, dict.fromkeys(row.names, Decimal(0)))
        for name in row.names:
            so_far[name] += row[name]
    return dict(sums)
