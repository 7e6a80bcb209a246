"""What verifications looked at and took back (核减率): one grouped query, whatever their number, or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Sum

from dashboards.queries.narrowing import FIELDS, Narrowing
from dashboards.queries.sources import CHECKS, MEASURES, Items
from dashboards.rules.tallies import ISSUES
from issues.models import Verification
from rectify.lib.ledger import to_millionths
from rectify.lib.measures import Row
from rectify.lib.prepared import Prepared

NAMES = MEASURES[ISSUES]
REST = (0,) * (len(NAMES) - len(CHECKS))
_ANY = Prepared(
    lambda day: Verification.objects.filter(verified_on__lte=day).order_by().values_list("pk")[:1]
)


def check_rows(
    items: Items, found: Narrowing, *, by: Sequence[str], as_of: date, known_at: datetime | None
) -> list[Row]:
    """Rows by any dimensions with nothing but ``taken_back`` and ``examined`` until the end of ``as_of``, in
    the order of the measures; none where nothing was verified. What is checked twice counts twice."""
    if not _ANY.ask(as_of):  # before the first verification no issue is looked at for it
        return []
    checks = Verification.objects.filter(verified_on__lte=as_of)
    checks = checks.filter(issue__in=items.within(ISSUES, found).main)
    if known_at is not None:
        checks = checks.filter(recorded_at__lte=known_at)
    groups = (*(f"issue__{FIELDS[ISSUES][name]}" for name in by), "issue__counted_in")
    sums = checks.order_by().values_list(*groups).annotate(Sum("taken_back"), Sum("examined"))
    return [
        Row(tuple(key), counted_in, NAMES, (*REST, to_millionths(taken_back), to_millionths(examined)))
        for *key, counted_in, taken_back, examined in sums
    ]
