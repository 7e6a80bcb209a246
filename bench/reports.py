"""Reporting: what one report costs against its plain INSERTs and UPDATEs, and sixteen who report at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from statistics import median
from urllib.parse import urlencode
from uuid import uuid4

from bench import database, processor
from bench.floors import FIGURES
from bench.house import USER, House
from bench.results import Result, at_most, floor_holds
from bench.serving import PageFailed, Server, serve

REQUEST_MOST = 3.0
COMMITS_LEAST = 0.7
WRITERS = 16
EACH = 24
"""Issues that each of them reports on in turn."""
PAGE, FLOOR = "/issues/{}/report/", "/bench/report/{}/"


@dataclass(frozen=True, slots=True)
class Effort:
    """How many rounds; how often one reports in each; for how long all report at once."""

    rounds: int
    times: int
    seconds: float


FULL = Effort(rounds=7, times=40, seconds=4)
QUICK = Effort(rounds=3, times=8, seconds=1)


class Reporter:
    """A cadre of one township, logged in, with issues to report on."""

    def __init__(self, server: Server, house: House, username: str, numbers: list[str]) -> None:
        self.server = replace(server, cookies={})
        self.server.log_in(house, username)
        self.numbers = cycle(numbers)

    def report(self, path: str) -> None:
        """Send one form as a browser sends it."""
        form = {
            "csrfmiddlewaretoken": self.server.cookies["csrftoken"],
            "client_id": str(uuid4()),
            "quantity": "0.001",
            "happened_on": "2018-06-05",
            "narrative": f"已完成一部分，正在继续整改{uuid4()}",
            "kind": "after",
        }
        address = path.format(next(self.numbers))
        status, _, page = self.server.post(address, urlencode(form))
        if status != 302:
            raise PageFailed(f"{address} answered {status}: {page.decode()[-3000:]}")
        # A browser goes on to the page, which shows the receipt and takes it out of the cookie.
        self.server.cookies.pop("messages", None)


class Reports:
    """The measures of reporting; ``house`` holds the first ten thousand issues."""

    def __init__(self, house: House, effort: Effort, machine: float) -> None:
        self._house, self._effort, self._machine = house, effort, machine

    def results(self) -> Iterator[Result]:
        townships = _townships(self._house.name)
        with serve(self._house, "rectify.wsgi:application", name=self._house.name) as server:
            people = [
                Reporter(server, self._house, *_cadre(self._house.name, township)) for township in townships
            ]
            for path in (PAGE, FLOOR):
                for person in people:
                    person.report(path)
            costs = self._costs(server, people[0])
            ratio = median(page / floor for page, floor in zip(*costs.values(), strict=True))
            page, floor = (median(found) for found in costs.values())
            yield at_most("report", page, floor, ratio, REQUEST_MOST, "ms")
            yield floor_holds("floor of the report", floor, FIGURES["report"], self._machine, "ms")
            yield self._many(people, ratio)

    def _costs(self, server: Server, person: Reporter) -> dict[str, list[float]]:
        """CPU of one request in ms, page and floor in turn."""
        costs: dict[str, list[float]] = {PAGE: [], FLOOR: []}
        for _ in range(self._effort.rounds):
            for path, found in costs.items():
                pids = server.pids()
                spent = processor.total_cpu(pids)
                for _ in range(self._effort.times):
                    person.report(path)
                found.append((processor.total_cpu(pids) - spent) / self._effort.times * 1000)
        return costs

    def _many(self, people: list[Reporter], cost: float) -> Result:
        """Commits a second of all at once, page and floor in turn, less what one request costs more anyway:
        what the sixteen lose by waiting for each other's rows (adr/0006)."""
        rates: dict[str, list[float]] = {PAGE: [], FLOOR: []}
        for _ in range(self._effort.rounds):
            for path, found in rates.items():
                found.append(_rate(people, path, self._effort.seconds))
        plain = median(page / floor for page, floor in zip(*rates.values(), strict=True))
        ratio = plain * cost
        page, floor = (median(found) for found in rates.values())
        note = f"{plain:.2f} of the floor's commits, times {cost:.2f} that one request costs"
        goal, name = f">= {COMMITS_LEAST:g}", f"{len(people)} who report at once"
        return Result(name, page, "/s", goal, ratio >= COMMITS_LEAST, floor, ratio, note)


def _rate(people: list[Reporter], path: str, seconds: float) -> float:
    """Reports a second while all send one after another."""
    counts, failed = [0] * len(people), []
    started = time.monotonic()

    def run(position: int, person: Reporter) -> None:
        try:
            while time.monotonic() - started < seconds:
                person.report(path)
                counts[position] += 1
        except (PageFailed, OSError) as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=one) for one in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return sum(counts) / (time.monotonic() - started)


def _townships(name: str) -> list[int]:
    """The townships with most issues left."""
    statement = (
        "SELECT township_id FROM issues_issue WHERE claimed < found - removed AND township_id IS NOT NULL "
        "GROUP BY 1 HAVING COUNT(*) >= %s ORDER BY COUNT(*) DESC, 1 LIMIT %s"
    )
    with database.connect(name) as connection:
        return [pk for (pk,) in database.rows(connection, statement, [EACH, WRITERS])]


def _cadre(name: str, township: int) -> tuple[str, list[str]]:
    """A cadre of the township, made from the bench's own account, and the issues it answers for."""
    username = f"{USER}-{township}"
    with database.connect(name) as connection:
        copied = [
            column
            for (column,) in database.rows(
                connection,
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'townships_user' "
                "AND column_name NOT IN ('id', 'username', 'role', 'unit_id')",
            )
        ]
        names = ", ".join(f'"{column}"' for column in copied)
        database.execute(
            connection,
            f"INSERT INTO townships_user (username, role, unit_id, {names}) "
            f"SELECT '{username}', 'cadre', {township}, {names} "
            f"FROM townships_user WHERE username = '{USER}'",
        )
        statement = (
            "SELECT number FROM issues_issue WHERE township_id = %s AND claimed < found - removed AND ("
            "EXISTS (SELECT 1 FROM issues_issueunit WHERE issue_id = issues_issue.id AND unit_id = %s "
            "AND role IN ('lead', 'responsible')) OR NOT EXISTS (SELECT 1 FROM issues_issueunit "
            "WHERE issue_id = issues_issue.id AND unit_id IS NOT NULL AND role IN ('lead', 'responsible'))) "
            "ORDER BY number LIMIT %s"
        )
        found = database.rows(connection, statement, [township, township, EACH])
    return username, [number for (number,) in found]
