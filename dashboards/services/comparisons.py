"""Two days compared: a reading as of the later day, the same sums as of the earlier, what was cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from dashboards.access import items_for
from dashboards.queries.cuts import cut_rows
from dashboards.queries.members import cells_of
from dashboards.queries.sources import MEASURES
from dashboards.rules.comparisons import (
    BY,
    Cuts,
    Period,
    comparison,
    cuts_of,
    flow_blocks,
    table_of,
)
from dashboards.rules.tables import Table
from dashboards.rules.tallies import DIMENSION_LABELS, ISSUES, Block, Cell, TallyError, TallyQuery, assemble
from dashboards.services.tallies import Reading, earlier, read
from projects.models import Campaign
from rectify.lib import clock
from townships.models import User

USUAL_DAYS = 7
"""周调度: without a first day the week before is compared."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One block as the page shows it."""

    counted_in: str
    table: Table
    sentence: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """``answer`` is the comparison as data; ``has_opening``: whether the first day had anything on record."""

    reading: Reading
    period: Period
    by: str
    answer: dict[str, Any]
    panels: tuple[Panel, ...]
    has_opening: bool


def compare(
    query: TallyQuery, start: date | None, user: User | None, *, campaigns: Sequence[Campaign] | None = None
) -> Comparison:
    """What moved from the end of ``start`` to the end of ``query.as_of``, for ``user``, by ``query.by``: one
    dimension of BY. TallyError as the tally's, and where the first day is not before the last."""
    by = _dimension(query)
    end = query.as_of or clock.today()
    period = Period(start or end - timedelta(days=USUAL_DAYS), end)
    if period.start >= end:
        raise TallyError(f"起始日 {period.start.isoformat()} 应早于截止日 {end.isoformat()}。")
    reading = read(replace(query, by=(by,), as_of=end), user, campaigns=campaigns)
    then = earlier(reading, period.start, user)
    blocks = flow_blocks(
        _blocks(reading, then, by),
        _blocks(reading, reading.cells, by),
        _cuts(reading, period, by, user),
        of=query.of,
        basis=query.basis,
    )
    setting = reading.setting((by,))
    answer = comparison(setting, period, blocks)
    panels = [
        Panel(block.counted_in, table_of(setting, block, told), told["sentence"])
        for block, told in zip(blocks, answer["blocks"], strict=True)
    ]
    return Comparison(reading, period, by, answer, tuple(panels), bool(then))


def _dimension(query: TallyQuery) -> str:
    known = BY.get(query.of)
    if known is None:
        raise TallyError(f"统计对象只能是 issues（问题）或 projects（项目），不能是“{query.of}”。")
    wanted = query.by or known[:1]
    if len(wanted) > 1 or wanted[0] not in known:
        words = "、".join(f"{name}（{DIMENSION_LABELS[name]}）" for name in known)
        raise TallyError(f"两日对比只能按其中一项：{words}。")
    return wanted[0]


def _blocks(reading: Reading, cells: list[Cell], by: str) -> list[Block]:
    query = reading.query
    return assemble(cells, (by,), names=MEASURES[query.of], of=query.of, basis=query.basis)


def _cuts(reading: Reading, period: Period, by: str, user: User | None) -> Cuts:
    query = reading.query
    if query.of != ISSUES:
        return {}
    rows = cut_rows(
        items_for(user, ISSUES, reading.campaign),
        reading.found,
        by,
        since=period.first_day,
        until=period.end,
        known_at=query.known_at,
    )
    return cuts_of(cells_of(reading.campaign, (by,), rows, reading.as_of), by)
