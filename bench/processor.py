"""CPU seconds and memory of processes, PostgreSQL's backends among them, read from /proc of this machine.

On a machine that others use too, wall time measures the others; CPU time measures us.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench import database

STEP_SECONDS = 0.05
PAGE = os.sysconf("SC_PAGE_SIZE")
Seconds = float


def cpu(pid: int) -> Seconds | None:
    """CPU time of a process's first thread so far, to the nanosecond; None when it is gone."""
    with suppress(OSError, ValueError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    return None


def total_cpu(pids: Iterable[int]) -> Seconds:
    """CPU time of all of ``pids`` that still run."""
    return sum(cpu(pid) or 0.0 for pid in pids)


def descendants(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for one in found:
        with suppress(OSError):
            found += [int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
    return found


def memory(pids: Iterable[int]) -> int:
    """Bytes of memory that ``pids`` hold together; pages they share count for each."""
    pages = 0
    for pid in pids:
        with suppress(OSError, IndexError):
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * PAGE


@dataclass(frozen=True, slots=True)
class Run:
    """What a command cost: CPU of its processes and of the database for it, wall time, memory at the peak."""

    process: Seconds
    database: Seconds
    wall: Seconds
    peak: int
    output: str

    @property
    def cpu(self) -> Seconds:
        return self.process + self.database


class CommandFailed(Exception):
    """A command of the bench ended badly; the text is what it said."""


def run(command: Sequence[str], env: Mapping[str, str], watched: str = "") -> Run:
    """Run to its end, its processes and the backends of the database ``watched`` observed all the while."""
    started = time.monotonic()
    child = subprocess.Popen(
        command,
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    watch = _Watch(child.pid, watched)
    watch.start()
    output = child.stdout.read() if child.stdout else ""
    _, status, usage = os.wait4(child.pid, 0)
    watch.stop()
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    if child.returncode:
        raise CommandFailed(f"{' '.join(command)}\n{output[-3000:]}")
    return Run(usage.ru_utime + usage.ru_stime, watch.database, wall, watch.peak, output)


class _Watch(threading.Thread):
    """Looks at a process tree and at a database's backends every now and then."""

    def __init__(self, pid: int, watched: str) -> None:
        super().__init__(daemon=True)
        self._pid, self._watched = pid, watched
        self._done = threading.Event()
        self._backends: dict[int, Seconds] = {}
        self.peak = 0

    @property
    def database(self) -> Seconds:
        """CPU of all backends seen; what one did in its last twentieth of a second is lost."""
        return sum(self._backends.values())

    def run(self) -> None:
        with database.connect("postgres") as server:
            while not self._done.is_set():
                self.peak = max(self.peak, memory(descendants(self._pid)))
                if self._watched:
                    self._look(server)
                self._done.wait(STEP_SECONDS)

    def _look(self, server: database.Connection) -> None:
        for pid in database.backends(server, self._watched):
            if (spent := cpu(pid)) is not None:
                self._backends[pid] = spent

    def stop(self) -> None:
        self._done.set()
        self.join()
