"""Pages over a server of the office's kind: the list, the boards, unchanged pages, a hundred times more, sums
that no roll-up holds, many readers at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench import database, growth, readers
from bench.floors import FIGURES
from bench.house import CAMPAIGN, REPOSITORY, House
from bench.results import Result, at_least, at_most, floor_holds
from bench.serving import Pair, Server, paired, serve

LIST_MOST = BOARD_MOST = 2.0
GROWTH_MOST = 1.3
LIVE_MOST = 1.5
UNCHANGED_LEAST = 5.0
BOARD = f"/dashboard/?campaign={CAMPAIGN}"
BOARD_FLOOR = f"/bench/dashboard/?campaign={CAMPAIGN}"
OF_WORKS = "&of=projects"
LIVE, LIVE_FLOOR = f"/dashboard/data/?campaign={CAMPAIGN}&by=department", f"/bench/live/?campaign={CAMPAIGN}"
PAST = "2018-05-10"
"""A day after which much happened, so that cached totals do not answer for it."""
LEDGERS = ("项目推进情况调度表.xlsx", "易搬资金下达核对表.xlsx")
"""The demo's ledgers of works and of funds."""
APPLICATION = "rectify.wsgi:application"
BARE = "django.core.wsgi:get_wsgi_application()"


@dataclass(frozen=True, slots=True)
class Effort:
    """How often everything is asked; how many issues stand in the long list, how many and how many works in
    the end; how many read at once."""

    rounds: int
    times: int
    listed: int
    most: int
    works: int
    reading: readers.Effort


FULL = Effort(7, 30, listed=100_000, most=1_000_000, works=100_000, reading=readers.FULL)
QUICK = Effort(3, 10, listed=20_000, most=100_000, works=10_000, reading=readers.QUICK)


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
        """The measures of ``wanted`` (list, dashboard, unchanged, million, live, readers), from few issues to
        many."""
        if wanted & {"dashboard", "million"}:
            import_works(self._house)
        with serve(self._house, APPLICATION, name=self._house.name) as server:
            server.log_in(self._house)
            small = self._boards(server) if wanted & {"dashboard", "million"} else None
            if small and "dashboard" in wanted:
                yield from self._against_floors(small, f"{growth.FIRST:,} issues", "the works imported")
            if wanted & {"list", "unchanged"}:
                growth.grow(self._house.name, self._effort.listed)
                yield from self._listed(server, wanted)
            if wanted & {"million", "live"}:
                growth.grow(self._house.name, self._effort.most, slim=True)
            if small and "million" in wanted:
                yield from self._growth(server, small)
            if "live" in wanted:
                yield from self._live(server)
        if "readers" in wanted:
            yield from readers.Readers(self._house, self._effort.reading, BOARD).results()

    def _listed(self, server: Server, wanted: set[str]) -> Iterator[Result]:
        if "list" in wanted:
            yield from self._lists(server)
        if "unchanged" in wanted:
            yield from self._unchanged(server)

    def _pair(self, server: Server, page: str, floor: str, headers: dict[str, str] | None = None) -> Pair:
        status = 304 if headers else 200
        return paired(
            server,
            (page, headers or {}, status),
            (floor, {}, 200),
            rounds=self._effort.rounds,
            times=self._effort.times,
        )

    def _boards(self, server: Server) -> tuple[Pair, Pair]:
        """The board of issues and the board of works."""
        return self._pair(server, BOARD, BOARD_FLOOR), self._pair(
            server, BOARD + OF_WORKS, BOARD_FLOOR + OF_WORKS
        )

    def _against_floors(self, boards: tuple[Pair, Pair], *of: str) -> Iterator[Result]:
        for pair, counted in zip(boards, of, strict=True):
            name = f"board of {counted}"
            yield at_most(name, pair.page.cpu, pair.floor.cpu, pair.ratio, BOARD_MOST, "ms", _wall(pair))
        floor = boards[0].floor.cpu
        yield floor_holds("floor of the board", floor, FIGURES["dashboard"], self._machine, "ms")

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

    def _growth(self, server: Server, small: tuple[Pair, Pair]) -> Iterator[Result]:
        """The boards of many against those of few, each by its floor, which takes the machine's mood out."""
        works = growth.grow_works(self._house.name, self._effort.works)
        large = self._boards(server)
        many = (f"{self._effort.most:,} issues", f"{works:,} works")
        few = (f"{growth.FIRST:,}", "those that were imported")
        for counted, first, before, now in zip(many, few, small, large, strict=True):
            ratio = (now.page.cpu / now.floor.cpu) / (before.page.cpu / before.floor.cpu)
            name = f"board of {counted} against {first}"
            yield at_most(name, now.page.cpu, before.page.cpu, ratio, GROWTH_MOST, "ms", _wall(now))
        yield from self._against_floors(large, *many)

    def _live(self, server: Server) -> Iterator[Result]:
        """Sums by department, which no roll-up knows, now and on an earlier day, against SQL by hand."""
        give_departments(self._house.name)
        for word, day in (("today", ""), (f"as of {PAST}", f"&as_of={PAST}")):
            page, floor = (LIVE + day, {}, 200), (LIVE_FLOOR + day, {}, 200)
            pair = paired(server, page, floor, rounds=self._effort.rounds, times=2, warm=4)
            name = f"live sums of {self._effort.most:,} issues by department, {word}"
            yield at_most(name, pair.page.cpu, pair.floor.cpu, pair.ratio, LIVE_MOST, "ms", _wall(pair))


def import_works(house: House) -> None:
    """The works and funds of the demo's ledgers, as the office imports them."""
    for ledger in LEDGERS:
        house.manage("import_sheet", str(REPOSITORY / "demo" / "ledgers" / ledger), "--campaign", CAMPAIGN)


def give_departments(name: str) -> None:
    """Each category a department that answers for it, by turns."""
    with database.connect(name) as connection:
        database.execute(
            connection,
            "UPDATE issues_category SET department_id = (SELECT id FROM townships_unit "
            "WHERE level = 'department' ORDER BY id OFFSET issues_category.id % 7 LIMIT 1)",
        )


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
