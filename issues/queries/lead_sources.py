"""Where leads came from, tallied (W-008): for who sees leads whole. No address carries a source's words."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from issues.models.leads import LeadQuerySet
from issues.queries.lead_tallies import SUMS
from issues.rules.leads import share
from rectify.lib.masking import mask_text

MOST = 12
"""Sources that have a row of their own; the rest stand in one, so that all of them add up."""
UNSAID = "未写明"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Leads of one source; ``key`` names it in an address, "" for the row of all that are left."""

    key: str
    label: str
    reported: int
    valid: int
    without_result: int

    @property
    def rate(self) -> str:
        """有效 of 线索, one decimal."""
        return share(self.valid, self.reported)


def sources_of(leads: LeadQuerySet) -> list[SourceRow]:
    """One row a source, the most frequent first, together all of ``leads``. One query."""
    found = leads.order_by().values_list("source").annotate(**SUMS)
    rows = [
        SourceRow(_key(source), labelled(source), *numbers)
        for source, *numbers in sorted(found, key=lambda row: (-row[1], row[0]))
    ]
    rest = rows[MOST:]
    if not rest:
        return rows
    sums = (
        sum(row.reported for row in rest),
        sum(row.valid for row in rest),
        sum(row.without_result for row in rest),
    )
    return [*rows[:MOST], SourceRow("", f"另外{len(rest)}种来源", *sums)]


def source_named(leads: LeadQuerySet, key: str) -> str | None:
    """The source of ``leads`` that ``key`` names, as it is written; None where it names none. One query."""
    known = leads.order_by().values_list("source", flat=True).distinct()
    return next((source for source in known if _key(source) == key), None)


def labelled(source: str) -> str:
    """A source as pages name it: numbers of persons masked."""
    return mask_text(source) or UNSAID


def _key(source: str) -> str:
    return sha256(source.encode()).hexdigest()[:12]
