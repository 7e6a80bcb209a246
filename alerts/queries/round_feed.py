"""Rounds as other programs read them: how many units stand how, the silent ones by name and code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from alerts.models import Filing, Round
from alerts.queries.round_pages import TOLD, collections_in_sight, matrix_of
from alerts.rules.rounds import Matter, Rhythm, Standing
from projects.models import Campaign
from rectify.lib import clock
from rectify.lib.keyset import WHOLE, Position, reached, rows_after
from townships.models import User

Record = dict[str, Any]
DAYS = ("first_on", "last_on", "due_on", "on_time_until", "closes_on")


def page_of_rounds(
    user: User, campaigns: Iterable[Campaign], *, after: Position | None, size: int
) -> tuple[list[Record], Position | None]:
    """``size`` rounds after a position, the oldest first, as far as ``user`` sees filings of them."""
    seen = Round.objects.filter(
        collection__in=collections_in_sight(user).filter(
            campaign__in=[campaign.pk for campaign in campaigns]
        ),
        pk__in=Filing.objects.visible_to(user).values("round"),
    )
    rows = rows_after(seen, WHOLE, after, size + 1, WHOLE)
    found = Round.objects.select_related("collection__campaign__unit").in_bulk([row["pk"] for row in rows])
    return [_record(found[row["pk"]], user) for row in rows[:size]], reached(rows, WHOLE, size)


def _record(one: Round, user: User) -> Record:
    collection = one.collection
    shown = matrix_of(one, [], user, clock.today())
    return {
        "collection": collection.title,
        "campaign": collection.campaign.code,
        "rhythm": collection.rhythm,
        "rhythm_label": Rhythm(collection.rhythm).label,
        "matter": collection.matter,
        "matter_label": Matter(collection.matter).label,
        "ground": collection.ground,
        "approver": collection.approver,
        **{name: getattr(one, name) for name in DAYS},
        "is_settled": one.settled_at is not None,
        "kinds": [
            {
                "kind": table.label,
                "units": len(table.rows),
                **{standing.value: dict(table.counts).get(standing, 0) for standing in TOLD},
                "silent_units": [
                    {"unit": row.unit.name, "unit_code": row.unit.code}
                    for row in table.rows
                    if row.now.standing is Standing.SILENT
                ],
            }
            for table in shown.tables
        ],
        "url": f"/rounds/{collection.pk}/?period={one.first_on}",
    }
