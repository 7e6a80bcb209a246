"""存量, 增量 and what was left over time: two days of one reading, what was added later, the days between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dashboards.access import items_for
from dashboards.queries import sources
from dashboards.queries.cuts import cut_rows
from dashboards.queries.moves import Moves, live_moves, rolled_moves
from dashboards.queries.sources import Items
from dashboards.rules.comparisons import Period
from dashboards.rules.figures import ZERO, Sums
from dashboards.rules.flows import FlowTable, flow_table, flows_of
from dashboards.rules.movements import Flow
from dashboards.rules.sentences import row_word
from dashboards.rules.since import Earlier, earlier_day
from dashboards.rules.tallies import ISSUES, TallyQuery
from dashboards.rules.trends import Trend, days_between, first_day, trend
from dashboards.services.earlier_sums import earlier_sums, summed
from dashboards.services.tallies import Reading, read
from projects.models import Campaign
from rectify.lib.measures import units
from townships.models import User


@dataclass(frozen=True, slots=True)
class FlowPanel:
    """One block: what came in and went between two days, what was left on the days before."""

    counted_in: str
    word: str
    table: FlowTable
    trend: Trend
    had_record: bool


@dataclass(frozen=True, slots=True)
class Flows:
    """``period``: from the end of the earlier day to the end of the board's."""

    reading: Reading
    earlier: Earlier
    period: Period
    panels: tuple[FlowPanel, ...]
    has_increment: bool


def flows(
    query: TallyQuery, user: User | None, *, since: str = "", campaigns: Sequence[Campaign] | None = None
) -> Flows:
    """What moved since ``since`` (as a board's) for ``user``; TallyError as the board's.

    The number of queries does not depend on rows or days."""
    reading = read(query, user, campaigns=campaigns)
    campaign, as_of = reading.campaign, reading.as_of
    then = earlier_day(since, as_of, campaign.start_on)
    period = Period(then.on, as_of)
    items = items_for(user, query.of, campaign)
    before = earlier_sums(reading, then.on, user)
    later = _increments(reading, items, period) if query.of == ISSUES else {}
    cuts = _cuts(reading, items, period)
    start = first_day(campaign.start_on, as_of)
    moves = _moves(reading, items, start)
    panels = []
    for block in reading.blocks(()):
        name, now = block.counted_in, block.total.sums
        total = flows_of(query.of, query.basis, before.get(name, {}), now, cuts.get(name, ZERO))
        word = row_word(name, len(block.total.kinds)) if query.of == ISSUES else name
        setting = reading.setting(())
        panels.append(
            FlowPanel(
                name,
                word,
                flow_table(setting, period, block, word, total, _of(later, name, total)),
                trend(setting, name, now, moves.get(name, {}), days_between(start, as_of)),
                bool(before.get(name)),
            )
        )
    return Flows(reading, then, period, tuple(panels), bool(later))


def _of(later: Mapping[str, Flow], name: str, total: Flow) -> Flow | None:
    """The increment of a block; nothing of a block that has none while others do."""
    if not later:
        return None
    return later.get(name) or dict.fromkeys(total, ZERO)


def _increments(reading: Reading, items: Items, period: Period) -> dict[str, Flow]:
    """What is counted → the flow of what was added after a lock; few, so they are summed live."""
    query = reading.query
    added = Items(items.main.filter(supplement__isnull=False))
    before, now = (_live(reading, added, day) for day in (period.start, period.end))
    if not now:
        return {}
    cuts = _cuts(reading, added, period)
    return {
        name: flows_of(query.of, query.basis, before.get(name, {}), now.get(name, {}), cuts.get(name, ZERO))
        for name in {*before, *now}
    }


def _live(reading: Reading, items: Items, day: date) -> dict[str, Sums]:
    query = reading.query
    return summed(sources.live(query.of, items, reading.found, by=(), as_of=day, known_at=query.known_at))


def _cuts(reading: Reading, items: Items, period: Period) -> dict[str, Decimal]:
    """What is counted → what verifications took back between the two days."""
    if reading.query.of != ISSUES:
        return {}
    found: dict[str, Decimal] = {}
    rows = cut_rows(
        items,
        reading.found,
        "list",
        since=period.first_day,
        until=period.end,
        known_at=reading.query.known_at,
    )
    for row in rows:
        found[row.counted_in] = found.get(row.counted_in, ZERO) + units(row.vector[0])
    return found


def _moves(reading: Reading, items: Items, start: date) -> Moves:
    query, found = reading.query, reading.found
    if reading.is_whole and sources.can_roll(query.of, (), found, query.known_at):
        return rolled_moves(query.of, reading.campaign, found, after=start, until=reading.as_of)
    return live_moves(query.of, items, found, after=start, until=reading.as_of, known_at=query.known_at)
