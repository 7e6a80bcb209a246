"""What verifications took back between two days (核减). What they looked at is in queries.checks."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Sum

from dashboards.queries.narrowing import FIELDS, Narrowing
from dashboards.queries.sources import Items
from dashboards.rules.tallies import ISSUES
from issues.models import IssueEntry
from issues.queries.moved import CUT
from rectify.lib.ledger import to_millionths
from rectify.lib.livesums import learned_by
from rectify.lib.measures import Row


def cut_rows(
    items: Items, found: Narrowing, by: str, *, since: date, until: date, known_at: datetime | None
) -> list[Row]:
    """What verifications took back from ``since`` to the end of ``until``, by one dimension and what is
    counted; one grouped query. As the list of ``moved=cut`` sums it."""
    entries = learned_by(IssueEntry.objects.filter(CUT, happened_on__gte=since), until, known_at)
    within = entries.filter(item__in=items.within(ISSUES, found).main)
    group = f"item__{FIELDS[ISSUES][by]}"
    sums = within.order_by().values_list(group, "item__counted_in").annotate(Sum("quantity"))
    return [Row((key,), counted_in, ("cut",), (-to_millionths(cut),)) for key, counted_in, cut in sums]
