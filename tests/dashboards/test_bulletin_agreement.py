"""Invariant 2 for bulletins: for any data, day and basis the snapshot is the tally, its rankings follow from it,
and every printed figure is the sum of the list that it names, as known at the snapshot's instant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.rules.rounds import Period
from dashboards.rules.bulletin_paper import Facts, parts_of
from dashboards.rules.bulletin_sections import Choice, Section, sections
from dashboards.rules.bulletin_templates import Part
from dashboards.rules.snapshots import Snapshot
from dashboards.rules.tallies import TallyQuery
from dashboards.services.snapshots import BY, take
from dashboards.services.tallies import tally
from rectify.lib.official import TableOut
from tests.dashboards.worlds import (
    FIRST,
    SEEN,
    SPAN,
    TODAY,
    Seed,
    Work,
    World,
    build,
    check_proofs,
    fill,
    make_world,
    money,
    seeds,
    undone,
    works,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(on_day: Any) -> World:
    on_day(TODAY.isoformat())
    return make_world()


@given(
    rows=st.lists(seeds, min_size=1, max_size=8),
    merges=st.booleans(),
    done=st.lists(works, max_size=4),
    funds=money,
    days=st.integers(1, SPAN),
    length=st.integers(1, 40),
    basis=st.sampled_from(["claimed", "confirmed"]),
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=5,
)
def test_a_bulletin_its_tallies_its_lists_and_its_paper_agree(
    world: World,
    rows: list[Seed],
    merges: bool,
    done: list[Work],
    funds: list[tuple[int, int, int, int]],
    days: int,
    length: int,
    basis: str,
) -> None:
    last = FIRST + timedelta(days=days)
    period = Period(max(FIRST, last - timedelta(days=length)), last)
    with undone():
        fill(world, rows, merges)
        build(world, done, funds)
        told, _ = take(world.campaign, period=period, basis=basis, narrowed={})
        for of, answers in BY.items():
            for name, by in answers.items():
                wanted = tally(TallyQuery(of=of, by=by, as_of=last, basis=basis))
                assert figures(told[of][name]) == figures(wanted)
        snapshot = Snapshot(told)
        made = sections(snapshot, Choice([part.value for part in Part], snapshot.counted()))
        seen = check_proofs(linked(made), world.viewers["office"])
        check_ranking(snapshot)
        check_paper(made)
        SEEN["bulletin figures"] += seen


def figures(answer: dict[str, Any]) -> Any:
    return [
        [{name: one for name, one in row.items() if name != "proof"} for row in (*block["rows"], block["total"])]
        for block in answer["blocks"]
    ]  # fmt: skip


def linked(made: list[Section]) -> Iterator[tuple[str, Decimal]]:
    """Every figure that has a list; names of rows have one too, but no number."""
    for section in made:
        for grid in section.grids:
            for row in grid.rows:
                yield from ((cell.href, Decimal(cell.text)) for cell in row[1:] if cell.href)
        for chart in section.charts:
            yield from ((bar.shown.href, Decimal(bar.shown.text)) for bar in chart.rows)


def check_ranking(snapshot: Snapshot) -> None:
    """Better is before worse, alike shares a place, and a place is one more than who stands before it."""
    for name in snapshot.counted():
        ranked = [one for one in snapshot.ranking("township", name) if one.place is not None]
        merits = [(-Fraction(one.done) / Fraction(one.base), one.left) for one in ranked]
        assert merits == sorted(merits)
        for one, merit in zip(ranked, merits, strict=True):
            assert one.place == 1 + sum(other < merit for other in merits)
        for (one, first), (other, second) in pairwise(zip(ranked, merits, strict=True)):
            assert (one.place == other.place) == (first == second)


def check_paper(made: list[Section]) -> None:
    """The document prints the cells that the page links."""
    facts = Facts("通报", "办公室文件", "办公室", "", "", "", (), "")
    tables = [part for part in parts_of(facts, made) if isinstance(part, TableOut)]
    grids = [grid for section in made for grid in section.grids]
    assert [table.rows for table in tables] == [
        [[cell.text for cell in row] for row in grid.rows] for grid in grids
    ]


def teardown_module() -> None:
    print(dict(SEEN))
