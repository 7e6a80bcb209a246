"""Pages over a server of the office's kind: the list, the board, unchanged pages, a hundred times more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench import database, growth
from bench.floors import FIGURES
from bench.house import CAMPAIGN, House
from bench.results import Result, at_least, at_most, floor_holds
from bench.serving import Pair, Server, paired, serve

LIST_MOST = BOARD_MOST = 2.0
GROWTH_MOST = 1.3
UNCHANGED_LEAST = 5.0
BOARD = f"/dashboard/?campaign={CAMPAIGN}"
BOARD_FLOOR = f"/bench/dashboard/?campaign={CAMPAIGN}"
APPLICATION = "rectify.wsgi:application"
BARE = "django.core.wsgi:get_wsgi_application()"


@dataclass(frozen=True, slots=True)
class Effort:
    """How often everything is asked, and how many issues stand in the long list and in the end."""

    rounds: int
    times: int
    listed: int
    most: int


FULL = Effort(rounds=7, times=30, listed=100_000, most=1_000_000)
QUICK = Effort(rounds=3, times=10, listed=20_000, most=100_000)


def machine(house: House, effort: Effort) -> float:
    """How many times slower this machine is now than where dependencies.md was measured; at least 1."""
    with serve(house, BARE, settings="bench.floors.bare") as server:
        server.warm("/healthz")
        costs = [server.cost("/healthz", effort.times * 5).cpu for _ in range(effort.rounds)]
    return max(1.0, sorted(costs)[len(costs) // 2] / FIGURES["bare"])


class Pages:
    """The measures that need a server; ``house`` holds the first ten thousand issues when it begins."""

    def __init__(self, house: House, effort: Effort, machine: float) -> None:
        self._house, self._effort, self._machine = house, effort, machine

    def results(self, wanted: set[str]) -> Iterator[Result]:
        """The measures of ``wanted`` (list, dashboard, unchanged, million), from few issues to many."""
        with serve(self._house, APPLICATION, name=self._house.name) as server:
            server.log_in(self._house)
            small = None
            if wanted & {"dashboard", "million"}:
                small = self._pair(server, BOARD, BOARD_FLOOR)
            if small and "dashboard" in wanted:
                yield from self._board(small, growth.FIRST)
            if wanted & {"list", "unchanged"}:
                growth.grow(self._house.name, self._effort.listed)
            if "list" in wanted:
                yield from self._lists(server)
            if "unchanged" in wanted:
                yield from self._unchanged(server)
            if small and "million" in wanted:
                growth.grow(self._house.name, self._effort.most, slim=True)
                yield from self._growth(server, small)

    def _pair(self, server: Server, page: str, floor: str, headers: dict[str, str] | None = None) -> Pair:
        status = 304 if headers else 200
        return paired(
            server,
            (page, headers or {}, status),
            (floor, {}, 200),
            rounds=self._effort.rounds,
            times=self._effort.times,
        )

    def _board(self, pair: Pair, count: int) -> Iterator[Result]:
        name = f"board of {count:,} issues"
        yield at_most(name, pair.page.cpu, pair.floor.cpu, pair.ratio, BOARD_MOST, "ms", _wall(pair))
        yield floor_holds("floor of the board", pair.floor.cpu, FIGURES["dashboard"], self._machine, "ms")

    def _lists(self, server: Server) -> Iterator[Result]:
        count = f"{self._effort.listed:,}"
        township, category = _middle_cell(self._house.name)
        asked = f"campaign={CAMPAIGN}&category={category}&township={township}&measure=left&sort=-found"
        pair = self._pair(server, f"/issues/?{asked}", f"/bench/issues/?{asked}")
        name = f"issue list, 50 of {count}, one place and kind"
        yield at_most(name, pair.page.cpu, pair.floor.cpu, pair.ratio, LIST_MOST, "ms", _wall(pair))
        yield floor_holds(
            "floor of the issue list", pair.floor.cpu, FIGURES["issue_list"], self._machine, "ms"
        )
        asked = f"campaign={CAMPAIGN}&deadline_class=dated&measure=left&sort=-due"
        pair = self._pair(server, f"/issues/?{asked}", f"/bench/issues/?{asked}")
        name = f"issue list, 50 of {count}, every dated one"
        yield at_most(name, pair.page.cpu, pair.floor.cpu, pair.ratio, LIST_MOST, "ms", _wall(pair))

    def _unchanged(self, server: Server) -> Iterator[Result]:
        """Pages asked for with the tag they came with, against the whole page."""
        for name, path in (("board", BOARD), ("issue list", f"/issues/?campaign={CAMPAIGN}")):
            tag = server.get(path)[1]["etag"]
            pair = self._pair(server, path, path, {"If-None-Match": tag})
            ratio = 1 / pair.ratio
            yield at_least(f"304 of the {name}", pair.page.cpu, pair.floor.cpu, ratio, UNCHANGED_LEAST, "ms")

    def _growth(self, server: Server, small: Pair) -> Iterator[Result]:
        """The board of many against that of few, each by its floor, which takes the machine's mood out."""
        large = self._pair(server, BOARD, BOARD_FLOOR)
        ratio = (large.page.cpu / large.floor.cpu) / (small.page.cpu / small.floor.cpu)
        name = f"board of {self._effort.most:,} issues against {growth.FIRST:,}"
        yield at_most(name, large.page.cpu, small.page.cpu, ratio, GROWTH_MOST, "ms", _wall(large))
        yield from self._board(large, self._effort.most)


def _wall(pair: Pair) -> str:
    return f"wall {pair.page.wall:.1f} ms, floor {pair.floor.wall:.1f} ms"


def _middle_cell(name: str) -> tuple[str, str]:
    """Township and category of the board's cell that is neither among the full nor among the empty ones."""
    with database.connect(name) as connection:
        statement = (
            "SELECT unit.code, category.code FROM issues_issue "
            "JOIN townships_unit AS unit ON unit.id = township_id "
            "JOIN issues_category AS category ON category.id = category_id "
            "GROUP BY 1, 2 HAVING COUNT(*) >= 50 ORDER BY COUNT(*), 1, 2"
        )
        cells = database.rows(connection, statement)
    return cells[len(cells) // 2]
