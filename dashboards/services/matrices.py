"""The matrix of townships and kinds: one reading of the sums, told by both and by each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboards.queries.sources import MEASURES
from dashboards.rules.matrix import KINDS, MOST_COLUMNS, Matrix, Sorting, holds, matrix, measure_of
from dashboards.rules.tallies import Block, Cell, TallyQuery, assemble, coarser
from dashboards.services.tallies import Reading, read
from projects.models import Campaign
from townships.models import User


@dataclass(frozen=True, slots=True)
class Matrices:
    """One matrix for each thing counted, of the measure asked for."""

    reading: Reading
    measure: str
    sorting: Sorting
    blocks: tuple[Matrix, ...]


def matrices(
    query: TallyQuery,
    measure: str,
    sorting: Sorting,
    user: User | None,
    *,
    campaigns: Sequence[Campaign] | None = None,
) -> Matrices:
    """What ``user`` sees of ``measure`` by township and category, or programme; TallyError as the tally's."""
    reading = read(replace(query, by=()), user, campaigns=campaigns)
    of = reading.query.of
    wanted = measure_of(of, measure)
    kind = KINDS[of]
    cells, branches = _columns(reading.cells, kind)
    told = zip(
        *(_blocks(reading, cells, by) for by in (("township",), (kind,), ("township", kind))), strict=True
    )
    setting = reading.setting(("township", kind))
    shown = [
        matrix(setting, wanted, parts, sorting, branches) for parts in told if holds(of, wanted, parts[0])
    ]
    return Matrices(reading, wanted, sorting, tuple(shown))


def _columns(cells: list[Cell], kind: str) -> tuple[list[Cell], set[str]]:
    """The cells by kinds that a page can hold side by side: where there are too many, by the tops of their
    tree, with the codes of those tops that stand for others below."""
    members = {cell.members[kind] for cell in cells if any(cell.vector)}
    tops = {member.root.code for member in members if member is not None}
    if len(members) <= MOST_COLUMNS or len(tops) < 2:
        return cells, set()
    below = {member.root.code for member in members if member is not None and member.root.code != member.code}
    return coarser(cells, kind), below


def _blocks(reading: Reading, cells: list[Cell], by: tuple[str, ...]) -> list[Block]:
    query = reading.query
    return assemble(cells, by, names=MEASURES[query.of], of=query.of, basis=query.basis)
