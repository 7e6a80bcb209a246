"""The bench itself: its floors stay small, its table says what fails, and on small data all of it runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from copy import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bench import database, days, growth, readers, workbook
from bench.house import CAMPAIGN, House
from bench.pages import (
    APPLICATION,
    BOARD,
    BOARD_FLOOR,
    LIVE,
    LIVE_FLOOR,
    OF_WORKS,
    PAST,
    give_departments,
    import_works,
)
from bench.results import at_least, at_most, floor_holds, table
from bench.serving import serve

FLOORS = Path(growth.__file__).parent / "floors"
ON_POSTGRESQL = os.environ.get("RECTIFY_TEST_DATABASE_URL", "").startswith("postgres")


def test_no_floor_is_longer_than_sixty_lines() -> None:
    for path in FLOORS.glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 60, path.name


def test_a_promise_is_broken_only_beyond_its_bound() -> None:
    assert at_most("a", 2.0, 1.0, 2.0, 2.0, "ms").holds
    assert not at_most("a", 2.1, 1.0, 2.1, 2.0, "ms").holds
    assert at_least("a", 1.0, 5.0, 5.0, 5.0, "ms").holds
    assert not at_least("a", 1.0, 4.9, 4.9, 5.0, "ms").holds


def test_a_floor_may_cost_twice_its_figure_on_this_machine_and_no_more() -> None:
    assert floor_holds("a", 24.0, 6.0, 2.0, "ms").holds
    assert not floor_holds("a", 24.1, 6.0, 2.0, "ms").holds


def test_the_table_says_what_failed() -> None:
    shown = table([at_most("board", 3.0, 1.0, 3.0, 2.0, "ms", "wall 4 ms")])
    assert "FAILED" in shown
    assert "wall 4 ms" in shown


def test_a_ledger_of_any_length_has_fifteen_columns_and_a_household_a_row(tmp_path: Path) -> None:
    path = workbook.build(tmp_path / "rows.xlsx", 1_300)
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert len(rows) == 1_303
    assert {len(row) for row in rows} == {15}
    assert len({row[3] for row in rows[3:]}) == 1_300


def test_only_databases_of_the_bench_are_ever_dropped() -> None:
    with pytest.raises(ValueError, match="not the bench's"):
        database.drop("rectify")


def test_of_a_hundred_the_slowest_one_is_the_tail() -> None:
    one = readers.Round(waits=[0.1] * 98 + [0.3, 9.0])
    assert one.middle == 0.1
    assert 0.3 < one.tail < 0.5


def test_earlier_days_lie_within_the_ledger_and_one_in_the_middle_of_a_month() -> None:
    asked = [day for _, day in days.asked((date(2016, 8, 24), date(2018, 6, 6)))]
    assert asked == sorted(asked)
    assert asked[0] > date(2016, 8, 24)
    assert asked[1].day == 15
    assert asked[2] == date(2018, 6, 5)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with a few issues, and the works of the demo's ledgers."""
    folder = tmp_path_factory.mktemp("bench")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    house = House(folder, f"{database.HOUSE}_smoke{worker}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(growth, "FIRST", 60)
        try:
            house.build()
            path = workbook.build(folder / "rows.xlsx", growth.FIRST)
            house.manage("import_sheet", str(path), "--campaign", CAMPAIGN)
            import_works(house)
            yield house
        finally:
            database.drop(house.name)


@pytest.fixture
def house(built: House) -> Iterator[House]:
    """A copy of it, which a test may change."""
    own = copy(built)
    own.name = f"{built.name}_own"
    database.create(own.name, built.name)
    yield own
    database.drop(own.name)


def proved(house: House, name: str = "") -> None:
    command = [sys.executable, "manage.py", "verify_ledger", "--json"]
    proof = subprocess.run(command, env=house.env(name), capture_output=True, text=True, check=False)
    assert proof.returncode == 0, proof.stdout


on_postgresql = pytest.mark.skipif(not ON_POSTGRESQL, reason="pages are measured on PostgreSQL")


@pytest.mark.engines
@on_postgresql
def test_grown_ledgers_hold_and_pages_and_floors_show_the_same_rows(house: House) -> None:
    growth.grow(house.name, 3 * growth.FIRST)
    growth.grow(house.name, 5 * growth.FIRST, slim=True)
    assert growth.grow_works(house.name, 1_000) == 1_060
    give_departments(house.name)
    proved(house)
    query = f"campaign={CAMPAIGN}&deadline_class=dated&measure=left&sort=-due"
    with serve(house, APPLICATION, name=house.name) as server:
        server.log_in(house)
        page, floor = (server.get(f"{start}?{query}")[2] for start in ("/issues/", "/bench/issues/"))
        assert page.count(b"<tr>") == floor.count(b"<tr>") > 40
        for of in ("", OF_WORKS):
            boards = [server.get(path + of)[2] for path in (BOARD, BOARD_FLOOR)]
            assert boards[0].count(b"<td") == boards[1].count(b"<td") > 30
        for day in ("", f"&as_of={PAST}"):
            told, floor = (json.loads(server.get(path + day)[2]) for path in (LIVE, LIVE_FLOOR))
            assert _figures_of_page(told) == _figures_of_floor(floor) != []
        assert server.cost(BOARD, 2).cpu > 0


def _figures_of_page(told: dict[str, Any]) -> list[Any]:
    """Of each department: what is counted, how many issues, found, claimed, overdue, unstated."""
    names = ("total", "claimed", "overdue", "unstated")
    return sorted(
        [block["counted_in"], row["items"], *(int(row[name]) for name in names)]
        for block in told["blocks"]
        for row in block["rows"]
    )


def _figures_of_floor(floor: dict[str, Any]) -> list[Any]:
    departments: dict[tuple[int, str], list[int]] = {}
    for department, _, counted_in, items, *sums in floor["rows"]:
        found, claimed, overdue, unstated = (int(sums[at] or 0) for at in (0, 2, 5, 8))
        so_far = departments.setdefault((department, counted_in), [0] * 5)
        figures = [items, *(value // 1_000_000 for value in (found, claimed, overdue, unstated))]
        departments[department, counted_in] = [*map(sum, zip(so_far, figures, strict=True))]
    return sorted([counted_in, *figures] for (_, counted_in), figures in departments.items())


@pytest.mark.engines
@on_postgresql
def test_a_ledger_spread_over_many_days_holds_and_shows_each_of_them(house: House) -> None:
    told = days.spread(house, house.name)
    assert told[0] < date(2018, 1, 1)
    proved(house)
    with serve(house, APPLICATION, name=house.name) as server:
        server.log_in(house)
        for _, day in days.asked(told):
            status, _, page = server.get(f"{BOARD}&as_of={day}")
            assert (status, page.count(b"<td") > 20) == (200, True)


@pytest.mark.engines
@on_postgresql
def test_many_readers_all_get_their_page_by_as_many_statements(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "READERS", 3)
    waiting, errors, statements = readers.Readers(house, readers.Effort(1, 3), BOARD).results()
    assert waiting.value > 0
    assert errors.holds, errors
    assert statements.holds, statements
