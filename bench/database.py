"""The bench's own PostgreSQL databases: made and dropped by every run, never another one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2

SERVER = os.environ.get("RECTIFY_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/").rpartition("/")[0]
"""A server of this machine: what its processes cost is read from /proc."""
HOUSE = "bench_rectify"
"""The database of pages; imports run in a copy of it. Nothing whose name begins otherwise is ever dropped."""
Connection = Any


def url(name: str) -> str:
    """DATABASE_URL of one of the bench's databases."""
    return f"{SERVER}/{name}"


def dsn(name: str) -> str:
    """The same as libpq takes it."""
    return url(name).replace("postgres://", "postgresql://", 1)


@contextmanager
def connect(name: str) -> Iterator[Connection]:
    """A connection in which every statement is its own transaction."""
    connection = psycopg2.connect(dsn(name))
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()


def rows(connection: Connection, statement: str, values: Any = None) -> list[Any]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def execute(connection: Connection, *statements: str) -> None:
    """Run statements that give no rows."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def create(name: str, template: str = "template0") -> None:
    """Make a database anew; with ``template`` as a copy of one that nobody uses."""
    drop(name)
    with connect("postgres") as server:
        execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        # One process a query: CPU of processes that come and go could not be counted.
        execute(server, f'ALTER DATABASE "{name}" SET max_parallel_workers_per_gather = 0')


def drop(name: str) -> None:
    """Drop one of the bench's databases if it is there."""
    if not name.startswith(HOUSE):
        raise ValueError(f"not the bench's: {name}")
    with connect("postgres") as server:
        execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def backends(server: Connection, name: str) -> list[int]:
    """Process ids of the clients' backends in a database."""
    statement = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
    return [pid for (pid,) in rows(server, statement, [name])]


def version() -> str:
    """The server's version."""
    with connect("postgres") as server:
        return str(rows(server, "SHOW server_version")[0][0])
