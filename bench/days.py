"""The board as of any day against the board of today, over a ledger that tells of more than a year.

In a copy of the house: the first issues are spread backwards over the days, and the roll-ups made anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bench import database
from bench.database import execute, rows
from bench.house import DAY, House
from bench.results import Result, at_most
from bench.serving import paired, serve

MOST = 2.0
SPREAD = 500
"""Days over which what happened on one day is spread."""
TODAY = date.fromisoformat(DAY)


class Days:
    """The measures of earlier days, by rounds of so many requests."""

    def __init__(self, house: House, rounds: int, times: int, board: str) -> None:
        self._house, self._rounds, self._times, self._board = house, rounds, times, board
        self._copy = f"{house.name}_days"

    def results(self) -> Iterator[Result]:
        database.create(self._copy, self._house.name)
        try:
            told = spread(self._house, self._copy)
            with serve(self._house, "rectify.wsgi:application", name=self._copy) as server:
                server.log_in(self._house)
                for word, day in asked(told):
                    pair = paired(
                        server,
                        (f"{self._board}&as_of={day}", {}, 200),
                        (self._board, {}, 200),
                        rounds=self._rounds,
                        times=self._times,
                    )
                    note = f"wall {pair.page.wall:.1f} ms, today {pair.floor.wall:.1f} ms"
                    name = f"board as of {word}, {day}, against today"
                    yield at_most(name, pair.page.cpu, pair.floor.cpu, pair.ratio, MOST, "ms", note)
        finally:
            database.drop(self._copy)


def asked(told: tuple[date, date]) -> list[tuple[str, date]]:
    """The days of a ledger that tells of the days from one to the other: when a tenth of them is over, the
    middle one in the middle of its month (whole months and both ends), yesterday."""
    first, last = told
    middle = (first + (last - first) / 2).replace(day=15)
    return [
        ("an early day", first + (last - first) / 10),
        ("a middle day", middle),
        ("yesterday", TODAY - timedelta(days=1)),
    ]


def spread(house: House, name: str) -> tuple[date, date]:
    """Move each issue of the house's database ``name``, with all that is known of it, up to SPREAD days back;
    the first day told of, and today.

    What is summed up is then made anew from the entries."""
    back = f"CAST(%s.id %% {SPREAD} AS int)"
    item, owner = back % "issues_issue", back % "issue"
    days = ("found_on", "due_on", "done_on", "stated_on", "last_word_on", "closed_on")
    with database.connect(name) as connection:
        execute(
            connection,
            "SET session_replication_role = replica",
            f"UPDATE issues_issue SET {', '.join(f'{day} = {day} - {item}' for day in days)}",
            f"UPDATE issues_issueentry AS entry SET happened_on = happened_on - {owner} "
            "FROM issues_issue AS issue WHERE issue.id = entry.item_id",
            f"UPDATE issues_pastdeadline AS past SET from_on = from_on - {owner}, "
            f"until_on = until_on - {owner} "
            "FROM issues_issue AS issue WHERE issue.id = past.issue_id",
        )
    house.manage("rebuild_tallies", env=house.env(name))
    with database.connect(name) as connection:
        execute(connection, "VACUUM (ANALYZE)")
        first = rows(connection, "SELECT MIN(happened_on) FROM issues_issueentry")[0][0]
    return first, TODAY
