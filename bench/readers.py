"""Thirty who read the board at the same time, each logged in, each asking again as soon as answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from statistics import median, quantiles

from bench import database
from bench.counting import HEADER, STATEMENTS
from bench.house import USER, House
from bench.processor import Seconds
from bench.results import Result, at_most
from bench.serving import Server, serve

READERS = 30
TAIL_MOST = 3.0


@dataclass(frozen=True, slots=True)
class Effort:
    """How many rounds, and how often each reads in one."""

    rounds: int
    times: int


FULL, QUICK = Effort(rounds=5, times=20), Effort(rounds=2, times=4)


@dataclass(slots=True)
class Round:
    """What all readers saw in one round: how long each answer took, what came instead of a page, how many
    statements each page sent (but for those that wrote down that somebody is there)."""

    waits: list[Seconds] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)

    @property
    def middle(self) -> Seconds:
        return median(self.waits)

    @property
    def tail(self) -> Seconds:
        """So long do ninety-nine of a hundred wait at most."""
        return quantiles(self.waits, n=100, method="inclusive")[-1]


class Readers:
    """The measures of many who read at once; ``page`` needs no answer from a cache of theirs."""

    def __init__(self, house: House, effort: Effort, page: str) -> None:
        self._house, self._effort, self._page = house, effort, page

    def results(self) -> Iterator[Result]:
        """How long the last of a hundred waits against the middle one; errors; statements of a page."""
        with serve(
            self._house, "rectify.wsgi:application", name=self._house.name, more={STATEMENTS: "1"}
        ) as server:
            people = [self._reader(server, number) for number in range(READERS)]
            self._round(people)  # from here on each worker has what it keeps
            alone = people[0].get(self._page)[1][HEADER]
            rounds = [self._round(people) for _ in range(self._effort.rounds)]
        answers = sum(len(one.waits) for one in rounds)
        yield self._tail(rounds)
        errors = [error for one in rounds for error in one.errors]
        note = f"of {answers + len(errors):,} answers" + "".join(f"; {error}" for error in errors[:1])
        yield Result("errors meanwhile", len(errors), "", "0", not errors, note=note)
        told = [count for one in rounds for count in one.statements]
        seen, most = set(told), max(map(int, told), default=0)
        note = (
            f"{', '.join(sorted(seen))} in {len(told):,} pages; {alone} for one reader alone; "
            f"{answers - len(told)} pages wrote down, as once a minute, that their reader is there"
        )
        yield Result(
            "statements of a page meanwhile", most, "", "constant", seen == {alone}, float(alone), note=note
        )

    def _tail(self, rounds: list[Round]) -> Result:
        ratios = [one.tail / one.middle for one in rounds]
        tail, middle = (
            median(found) for found in zip(*((one.tail, one.middle) for one in rounds), strict=True)
        )
        name = f"{READERS} readers of the board: p99 of the waiting against p50"
        each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        note = f"wall; {self._effort.times * READERS} answers in each round: {each}"
        return at_most(name, tail * 1000, middle * 1000, median(ratios), TAIL_MOST, "ms", note)

    def _reader(self, server: Server, number: int) -> Server:
        """A person of the office's kind with a login of his own."""
        username = f"{USER}-reader-{number}"
        _copy_account(self._house.name, username)
        reader = replace(server, cookies={})
        reader.log_in(self._house, username)
        return reader

    def _round(self, people: list[Server]) -> Round:
        found = Round()
        threads = [threading.Thread(target=self._read, args=(person, found)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    def _read(self, person: Server, found: Round) -> None:
        for _ in range(self._effort.times):
            started = time.monotonic()
            answer = "no answer"
            with suppress(OSError):
                status, headers, _ = person.get(self._page)
                answer = str(status)
            if answer != "200":
                found.errors.append(answer)
                continue
            found.waits.append(time.monotonic() - started)
            if HEADER in headers:
                found.statements.append(headers[HEADER])


def _copy_account(name: str, username: str) -> None:
    """One more account like the bench's own, with its password."""
    with database.connect(name) as connection:
        statement = (
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'townships_user' "
            "AND column_name NOT IN ('id', 'username')"
        )
        copied = ", ".join(f'"{column}"' for (column,) in database.rows(connection, statement))
        database.execute(
            connection,
            f"INSERT INTO townships_user (username, {copied}) "
            f"SELECT '{username}', {copied} FROM townships_user WHERE username = '{USER}'",
        )
