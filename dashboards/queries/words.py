"""When somebody last said something of some issues, and of how many nobody did for fifteen days (W-022)."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Max

from dashboards.queries.members import cells_of
from dashboards.queries.narrowing import FIELDS, Narrowing
from dashboards.queries.sources import Items
from dashboards.rules.sections import Words
from dashboards.rules.tallies import ISSUES
from issues.queries.waiting import silent
from projects.models import Campaign
from rectify.lib.measures import Row

NAMES = ("last", "silent")


def words(campaign: Campaign, items: Items, found: Narrowing, by: str, today: date) -> Words:
    """By one dimension and what is counted, as it is today; one query, and those of the members' names."""
    issues = items.within(ISSUES, found).main.filter(found__gt=0).order_by()
    counted = issues.values_list(FIELDS[ISSUES][by], "counted_in").annotate(
        last=Max("last_word_on"), quiet=Count("pk", filter=silent(today))
    )
    rows = [
        Row((key,), counted_in, NAMES, (last.toordinal() if last else 0, quiet))
        for key, counted_in, last, quiet in counted
    ]
    told: dict[tuple[str | None, str], tuple[date | None, int]] = {}
    for cell in cells_of(campaign, (by,), rows, today):
        member = cell.members[by]
        key = (member.code if member else None, cell.counted_in)
        last, quiet = cell.vector
        before = told.get(key, (None, 0))
        days = [day for day in (before[0], date.fromordinal(last) if last else None) if day is not None]
        told[key] = (max(days, default=None), before[1] + quiet)
    return told
