"""`make test`: the suite on SQLite, and what touches a database or a queue again on PostgreSQL + Redis.

An engine is used when its URL is given or a server answers on its standard local port (role postgres, no
password); one that answers but refuses fails the run, because silence there would look like success.
"""

import hashlib
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg2
import redis

REPOSITORY = Path(__file__).resolve().parent.parent
OLDEST_POSTGRESQL = 15_00_00


class EngineRefusedError(Exception):
    """An engine answers but cannot be used; the text says why."""


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def postgresql_url() -> str:
    """The URL to test on, "" when there is no server; the database in it need not exist."""
    if given := os.environ.get("RECTIFY_TEST_DATABASE_URL", ""):
        return given
    clone = hashlib.sha256(str(REPOSITORY).encode()).hexdigest()[:8]
    return f"postgres://postgres@127.0.0.1:5432/rectify_{clone}" if _answers(5432) else ""


def redis_url() -> str:
    """The URL to test on, "" when there is no server."""
    if given := os.environ.get("RECTIFY_TEST_REDIS_URL", ""):
        return given
    return "redis://127.0.0.1:6379/15" if _answers(6379) else ""


def postgresql_version(url: str) -> str:
    """The server's version; EngineRefusedError when it does not let us in or is too old."""
    server = url.rsplit("/", 1)[0] + "/postgres"
    try:
        connection = psycopg2.connect(server.replace("postgres://", "postgresql://", 1), connect_timeout=5)
    except psycopg2.OperationalError as error:
        raise EngineRefusedError(f"PostgreSQL answers but refuses: {str(error).strip()}") from error
    version = connection.server_version
    connection.close()
    if version < OLDEST_POSTGRESQL:
        raise EngineRefusedError(f"PostgreSQL 15 or newer is needed, this is {version // 10000}")
    return f"PostgreSQL {version // 10000}.{version % 10000}"


def redis_version(url: str) -> str:
    """The server's version; EngineRefusedError when it does not let us in."""
    try:
        info = redis.Redis.from_url(url, socket_connect_timeout=5).info("server")
    except redis.RedisError as error:
        raise EngineRefusedError(f"Redis answers but refuses: {error}") from error
    return f"Redis {info['redis_version']}"


def run_pytest(arguments: list[str], engines: dict[str, str]) -> int:
    """One run of pytest with these engines; returns its exit code."""
    names = ("RECTIFY_TEST_DATABASE_URL", "RECTIFY_TEST_REDIS_URL", "RECTIFY_TEST_ENGINES_ONLY")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, env=environment | engines, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run on every engine there is; the exit code of the first failure, else 0."""
    database, queue = postgresql_url(), redis_url()
    try:
        found = [postgresql_version(database)] if database else []
        found += [redis_version(queue)] if queue else []
    except EngineRefusedError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    first = f"SQLite {sqlite3.sqlite_version} + embedded queue"
    second = " + ".join(found)
    print(
        f"Engines: {first}{'; then ' + second if second else '; no PostgreSQL or Redis answers'}", flush=True
    )
    code = run_pytest(arguments, {})
    if code or not second:
        return code
    print(f"\nThe same on {second}: tests that touch a database or a queue", flush=True)
    engines = {"RECTIFY_TEST_DATABASE_URL": database, "RECTIFY_TEST_REDIS_URL": queue}
    return run_pytest(arguments, engines | {"RECTIFY_TEST_ENGINES_ONLY": "1"})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
