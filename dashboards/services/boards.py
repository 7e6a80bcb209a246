"""The board: one reading of the sums, told by kind, by place and by both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.queries.sources import MEASURES
from dashboards.rules.boards import KINDS, MOST_COLUMNS, Panel, Told, panel
from dashboards.rules.documents import document
from dashboards.rules.tallies import Block, Cell, TallyQuery, assemble, coarser
from dashboards.services.tallies import Reading, read
from projects.models import Campaign
from townships.models import User


@dataclass(frozen=True, slots=True)
class Board:
    """A reading with what the page and the sheet show of it; ``answer`` is the tally by kind."""

    reading: Reading
    answer: dict[str, Any]
    panels: tuple[Panel, ...]


def board(query: TallyQuery, user: User | None, *, campaigns: Sequence[Campaign] | None = None) -> Board:
    """Read once and tell it three ways; TallyError as the tally's. ``campaigns``: as ``read`` takes them."""
    reading = read(query, user, campaigns=campaigns)
    kind = KINDS[reading.query.of]
    columns = reading.blocks((kind,))
    by_kind = document(reading.setting((kind,)), columns)
    by_place = reading.document(("township",))
    setting = reading.setting(("township", kind))
    kinds = {row[kind] for block in by_kind["blocks"] for row in block["rows"]}
    cells = reading.cells
    if len(kinds) > MOST_COLUMNS:
        cells = coarser(reading.cells, kind)
        columns = _blocks(reading, cells, (kind,))
    both = _blocks(reading, cells, ("township", kind))
    panels = [
        panel(setting, Told(*told))
        for told in zip(by_kind["blocks"], by_place["blocks"], both, columns, strict=True)
    ]
    return Board(reading, by_kind, tuple(panels))


def _blocks(reading: Reading, cells: list[Cell], by: tuple[str, ...]) -> list[Block]:
    query = reading.query
    return assemble(cells, by, names=MEASURES[query.of], of=query.of, basis=query.basis)
