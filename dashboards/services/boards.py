"""The board: one reading of the sums, told by kind, by place and by both, beside time and an earlier day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboards.access import items_for
from dashboards.queries.focus import goals, marks
from dashboards.queries.last_words import last_words
from dashboards.queries.sources import MEASURES
from dashboards.rules.boards import KINDS, MOST_COLUMNS, Panel, Told, panel, silent_places
from dashboards.rules.documents import document
from dashboards.rules.figures import MONEY
from dashboards.rules.focus import Ground, Tile, by_top, largest_tiles, marked_tiles
from dashboards.rules.headline import Then
from dashboards.rules.pace import Days
from dashboards.rules.since import Earlier, earlier_day
from dashboards.rules.tallies import ISSUES, PROJECTS, Block, Cell, TallyQuery, assemble, coarser
from dashboards.rules.works import WorkLine, over_line, programmes_below, work_lines
from dashboards.services.earlier_sums import earlier_sums
from dashboards.services.tallies import Reading, read
from projects.models import Campaign
from townships.models import User


@dataclass(frozen=True, slots=True)
class Board:
    """A reading with what the page and the sheet show of it; ``answer`` is the tally by kind, ``earlier`` the
    day it is compared with, ``tiles`` what stands first."""

    reading: Reading
    answer: dict[str, Any]
    days: Days
    earlier: Earlier
    tiles: tuple[Tile, ...]
    is_marked: bool
    panels: tuple[Panel, ...]


def board(
    query: TallyQuery, user: User | None, *, since: str = "", campaigns: Sequence[Campaign] | None = None
) -> Board:
    """Read once and tell it; TallyError as the tally's. ``since``: the day to compare with, a date or one of
    rules.since (nothing: last Sunday). ``campaigns``: as ``read`` takes them."""
    reading = read(query, user, campaigns=campaigns)
    campaign = reading.campaign
    then = earlier_day(since, reading.as_of, campaign.start_on)
    days = Days(campaign.start_on, campaign.end_on, reading.as_of, goals(campaign))
    kind = KINDS[reading.query.of]
    blocks = reading.blocks((kind,))
    by_kind = document(reading.setting((kind,)), blocks)
    told = _told(reading, by_kind, blocks, kind, user)
    before = earlier_sums(reading, then.on, user)
    setting = reading.setting(("township", kind))
    panels = [
        panel(
            setting,
            one,
            Then(then, before.get(one.both.counted_in, {}), days.planned),
            lines=_lines(reading, one, block),
        )
        for one, block in zip(told, blocks, strict=True)
    ]
    compares = any(one.compares_places for one in told)
    tiles, is_marked = _tiles(reading, kind, blocks, compares=compares)
    return Board(reading, by_kind, days, then, tiles, is_marked, tuple(panels))


def _told(
    reading: Reading, by_kind: dict[str, Any], blocks: list[Block], kind: str, user: User | None
) -> list[Told]:
    """Many kinds stand under the tops of their tree beside the townships."""
    by_place = reading.document(("township",))
    kinds = {row[kind] for block in by_kind["blocks"] for row in block["rows"]}
    cells = reading.cells
    if len(kinds) > MOST_COLUMNS:
        cells = coarser(cells, kind)
        blocks = [by_top(block) for block in blocks]
    both = _blocks(reading, cells, ("township", kind))
    last = _last_words(reading, by_place["blocks"], user)
    return [
        Told(*parts, last) for parts in zip(by_kind["blocks"], by_place["blocks"], both, blocks, strict=True)
    ]


def _last_words(reading: Reading, blocks: Sequence[dict[str, Any]], user: User | None) -> dict[str, date]:
    """When the townships that said nothing of what is shown last said anything; asked of those alone."""
    if reading.query.of != ISSUES:
        return {}
    silent = set().union(*(silent_places(block) for block in blocks))
    if not silent:
        return {}
    items = items_for(user, ISSUES, reading.campaign)
    return last_words(reading.campaign, items, silent, reading.as_of)


def _blocks(reading: Reading, cells: list[Cell], by: tuple[str, ...]) -> list[Block]:
    query = reading.query
    return assemble(cells, by, names=MEASURES[query.of], of=query.of, basis=query.basis)


def _lines(reading: Reading, told: Told, block: Block) -> list[WorkLine]:
    """What is not begun, programme by programme; of money the townships that were issued too much."""
    if reading.query.of != PROJECTS:
        return []
    if told.both.counted_in == MONEY:
        line = over_line(told.both, told.places)
        return [line] if line else []
    setting, below = reading.setting(("programme",)), programmes_below(reading.cells)
    return work_lines(setting, by_top(block), below, compares=told.compares_places)


def _tiles(
    reading: Reading, kind: str, blocks: list[Block], *, compares: bool
) -> tuple[tuple[Tile, ...], bool]:
    """What the office marked, else what has most left; nothing where the board is about one kind anyway."""
    if kind in reading.found.words:
        return (), False
    names = MEASURES[reading.query.of]
    ground = Ground(reading.setting(()), kind, reading.cells, blocks, names, compares)
    marked = marks(reading.campaign, reading.query.of)
    return (marked_tiles(ground, marked), True) if marked else (largest_tiles(ground), False)
