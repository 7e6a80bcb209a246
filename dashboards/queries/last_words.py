"""When a township last said anything of a campaign's issues, for places of which nothing is said here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Max

from dashboards.queries.sources import Items
from projects.models import Campaign
from townships.queries.branches import unit_tree


def last_words(campaign: Campaign, items: Items, codes: Collection[str], as_of: date) -> dict[str, date]:
    """Code → the day of the last word until ``as_of``, whatever list or category it was about; one query over
    the issues of these townships alone, none where there are no codes.

    An issue keeps its last word only: on an earlier day one that has spoken since counts as silent."""
    if not codes:
        return {}
    tree = unit_tree()
    known = {pk: code for code in codes for pk in tree.counting_as(tree.by_code[code].pk, as_of, own=True)}
    spoken = items.main.filter(campaign=campaign, township__in=list(known), last_word_on__lte=as_of)
    found: dict[str, date] = {}
    for township, last in spoken.order_by().values_list("township").annotate(Max("last_word_on")):
        code = known[township]
        found[code] = max(last, found.get(code, last))
    return found
