"""The bench itself: its floors stay small, its table says what fails, and on small data all of it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from bench import database, growth, workbook
from bench.house import CAMPAIGN, House
from bench.pages import APPLICATION, BOARD, BOARD_FLOOR
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


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(growth, "FIRST", 60)
    built = House(tmp_path, f"{database.HOUSE}_smoke")
    try:
        built.build()
        yield built
    finally:
        database.drop(built.name)


@pytest.mark.engines
@pytest.mark.skipif(not ON_POSTGRESQL, reason="pages are measured on PostgreSQL")
def test_grown_ledgers_hold_and_pages_and_floors_show_the_same_rows(house: House) -> None:
    path = workbook.build(house.folder / "rows.xlsx", growth.FIRST)
    house.manage("import_sheet", str(path), "--campaign", CAMPAIGN)
    growth.grow(house.name, 3 * growth.FIRST)
    growth.grow(house.name, 5 * growth.FIRST, slim=True)
    command = [sys.executable, "manage.py", "verify_ledger", "--json"]
    proof = subprocess.run(command, env=house.env(), capture_output=True, text=True, check=False)
    assert proof.returncode == 0, proof.stdout
    query = f"campaign={CAMPAIGN}&deadline_class=dated&measure=left&sort=-due"
    with serve(house, APPLICATION, name=house.name) as server:
        server.log_in(house)
        page, floor = (server.get(f"{start}?{query}")[2] for start in ("/issues/", "/bench/issues/"))
        assert page.count(b"<tr>") == floor.count(b"<tr>") > 40
        boards = [server.get(path)[2] for path in (BOARD, BOARD_FLOOR)]
        assert boards[0].count(b"<td") == boards[1].count(b"<td") > 30
        assert server.cost(BOARD, 2).cpu > 0
