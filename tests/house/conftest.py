"""A house of its own for tests that start real processes: a folder, a database, a free port."""

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from tests.conftest import REPOSITORY


@pytest.fixture
def free_port() -> int:
    """A TCP port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def scratch_database_url() -> Iterator[str]:
    """An empty database on the engine of this run: "" (embedded SQLite) or a fresh PostgreSQL one."""
    server = os.environ.get("RECTIFY_TEST_DATABASE_URL", "").rsplit("/", 1)[0]
    if not server:
        yield ""
        return
    name = f"rectify_scratch_{uuid.uuid4().hex[:12]}"
    connection = psycopg2.connect(f"{server}/postgres")
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(f'CREATE DATABASE "{name}"')
    yield f"{server}/{name}"
    cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.close()


@pytest.fixture
def scratch_redis_url() -> str:
    """An empty Redis database on the engine of this run; "" for the embedded queue."""
    server = os.environ.get("RECTIFY_TEST_REDIS_URL", "").rsplit("/", 1)[0]
    if not server:
        return ""
    url = f"{server}/14"
    redis.Redis.from_url(url).flushdb()
    return url


@pytest.fixture
def house(tmp_path: Path, scratch_database_url: str, scratch_redis_url: str) -> dict[str, str]:
    """The environment of an own, empty house: settings as in the office, not those of the tests."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RECTIFY_", "DJANGO_", "MAKE"))
    }
    return environment | {
        "DJANGO_SETTINGS_MODULE": "rectify.settings",
        "RECTIFY_VAR": str(tmp_path / "var"),
        "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
        "DATABASE_URL": scratch_database_url,
        "REDIS_URL": scratch_redis_url,
        "DEBUG": "0",
    }


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
