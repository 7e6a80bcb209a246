"""A house of its own for tests that start real processes: a folder, a database, a free port."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.conftest import REPOSITORY


@pytest.fixture
def free_port() -> int:
    """A TCP port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def manage(house: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command in that house: `manage("backup", "x.tar", check=False)`."""

    def run(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command,
            cwd=REPOSITORY,
            env=house | (environment or {}),
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def wait_until(question: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Ask ten times a second until the answer is yes; fail with `what` when time is up."""
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, f"waited {seconds} s for: {what}"
        time.sleep(0.1)
