"""Digests and the outbox: thousands of alerts become one message a person, which four workers at once send
once each, to a mail server on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench import database
from bench.house import REPOSITORY, House
from bench.results import Result
from tests.alerts.receivers import SMTPReceiver, keys_of_mails, receiver

WORKERS = 4


@dataclass(frozen=True, slots=True)
class Effort:
    people: int
    alerts: int


FULL, QUICK = Effort(200, 5_000), Effort(20, 500)


class Deliveries:
    """The measures of delivery, in a database of their own."""

    def __init__(self, house: House, effort: Effort) -> None:
        self._house, self._effort = House(house.folder, f"{database.HOUSE}_deliveries"), effort

    def results(self) -> Iterator[Result]:
        try:
            self._house.build()
            yield from self._measured()
        finally:
            database.drop(self._house.name)

    def _measured(self) -> Iterator[Result]:
        people, alerts = self._effort.people, self._effort.alerts
        with receiver(SMTPReceiver) as post_office:
            env = self._house.env(EMAIL_URL=f"smtp://127.0.0.1:{post_office.port}")
            self._run(env, "build", str(people), str(alerts))
            workers = [self._start(env, "work") for _ in range(WORKERS)]
            done = [json.loads(worker.communicate()[0]) for worker in workers]
            self._run(env, "work")  # what a worker made after the others had looked
            told = self._run(env, "told")
            arrived = Counter(keys_of_mails(post_office))
        digests = len(arrived)
        name = f"{alerts:,} alerts to {people} people"
        note = (
            "making {making:.1f} s, sending {sending:.1f} s wall, the slowest of four workers at once".format(
                **{word: max(one[word] for one in done) for word in ("making", "sending")}
            )
        )
        yield Result(
            name, digests, "digests", f"<= {people}", 0 < digests <= people and told == alerts, note=note
        )
        twice = sum(count - 1 for count in arrived.values())
        yield Result(f"sent twice by {WORKERS} workers", twice, "mails", "0", twice == 0)

    def _start(self, env: dict[str, str], *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "bench.telling", *words]
        return subprocess.Popen(command, cwd=REPOSITORY, env=env, stdout=subprocess.PIPE, text=True)

    def _run(self, env: dict[str, str], *words: str) -> Any:
        worker = self._start(env, *words)
        answer = worker.communicate()[0]
        if worker.returncode:
            raise subprocess.CalledProcessError(worker.returncode, words)
        return json.loads(answer)
