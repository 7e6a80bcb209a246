"""Keeps a few processes alive together: started, watched, started again, ended; standard library alone.

Who starts what is decided by the `up` command. Rejected: honcho (does not see a killed worker), `worker -B`
(kill -9 leaves an orphaned beat).
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)

GRACE_SECONDS = 20.0
"""How long children may finish what they hold after SIGTERM, before SIGKILL."""
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 30.0
"""A child that lived this long starts again with the first pause."""
LOOK_SECONDS = 0.2


def end_with_parent(signal_number: int = signal.SIGTERM) -> None:
    """Ask the kernel to signal this process when its parent dies, however that happens."""
    _libc.prctl(PR_SET_PDEATHSIG, signal_number)


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose own parent dies, so that none of them is lost."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)


class AlreadyHeldError(Exception):
    """Another process holds the lock; `note` is what it wrote there."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


class Lock:
    """A lock file whose descriptor children inherit: held while any of them lives, freed by the kernel."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor = self._take()

    def _take(self) -> int:
        while True:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                note = os.pread(descriptor, 500, 0).decode("utf-8", "replace")
                os.close(descriptor)
                raise AlreadyHeldError(note) from None
            if self._is_current(descriptor):
                return descriptor
            os.close(descriptor)  # its holder unlinked it between our open and our flock

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.fstat(descriptor).st_ino == self.path.stat().st_ino
        except FileNotFoundError:
            return False

    def write(self, note: str) -> None:
        """Say who holds it, for the sentence a second start prints."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, note.encode("utf-8"), 0)

    def release(self) -> None:
        self.path.unlink(missing_ok=True)
        os.close(self.descriptor)


@dataclass
class Child:
    """One process to keep alive; `descriptors` are inherited by it."""

    name: str
    command: Sequence[str]
    descriptors: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    start_after: float = field(default=0.0)

    def start(self, environment: dict[str, str], moment: float) -> None:
        self.process = subprocess.Popen(
            self.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # celery's banners; logs go to stderr
            pass_fds=tuple(self.descriptors),
            preexec_fn=end_with_parent,  # safe: the supervisor has one thread
        )
        self.started_at = moment

    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ended(self, moment: float) -> None:
        """Plan the next start: soon after a long life, later and later when it keeps dying."""
        if moment - self.started_at >= STEADY_SECONDS:
            self.pause = FIRST_PAUSE_SECONDS
        self.process = None
        self.start_after = moment + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE_SECONDS)


class Supervisor:
    """Runs children in the foreground until SIGINT, SIGTERM or SIGHUP; leaves no process behind."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        environment: dict[str, str],
        say: Callable[[str], None],
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self.children = children
        self.environment = environment
        self.say = say
        self.grace_seconds = grace_seconds
        self.stopping = False

    def run(self, on_tick: Callable[[], None]) -> None:
        """Start all, call `on_tick` a few times a second, start again what dies; return when told to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        adopt_orphans()
        try:
            while not self.stopping:
                self._tend()
                on_tick()
                time.sleep(LOOK_SECONDS)
        finally:
            self._end_all()

    def _stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _tend(self) -> None:
        moment = time.monotonic()
        for child in self.children:
            if child.process is not None and not child.lives():
                code = child.process.returncode
                child.ended(moment)
                self.say(f"{child.name} 意外退出（{code}），{child.start_after - moment:.1f} 秒后重新启动。")
            if child.process is None and moment >= child.start_after:
                child.start(self.environment, moment)
        self._end_orphans()

    def _end_orphans(self) -> None:
        """Kill what a dead child left behind: its children have become ours, sooner or later."""
        known = {child.process.pid for child in self.children if child.process is not None}
        for pid in _children_of(os.getpid()) - known:
            _send(pid, signal.SIGKILL)
            _reap(pid)

    def _end_all(self) -> None:
        for child in self.children:
            if child.process is not None and child.lives():
                _send(child.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + self.grace_seconds
        while any(child.lives() for child in self.children) and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS / 4)
        for child in self.children:
            if child.process is not None and child.lives():
                child.process.kill()
                child.process.wait()
            child.process = None
        while orphans := _children_of(os.getpid()):
            for pid in orphans:
                _send(pid, signal.SIGKILL)
                _reap(pid)


def _children_of(pid: int) -> set[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return {int(word) for word in text.split()}


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        return
