"""The server's settings with the floors beside the pages; BENCH_COUNTS names where to count statements."""

import atexit
import os
from pathlib import Path
from typing import Any

from psycopg2.extensions import cursor

from rectify.settings import *  # noqa: F403
from rectify.settings import DATABASES

ROOT_URLCONF = "bench.urls"


class CountingCursor(cursor):
    """Counts what is sent to the database: every statement, every COPY, every row of executemany."""

    sent = 0

    def execute(self, *args: Any) -> None:
        CountingCursor.sent += 1
        super().execute(*args)

    def executemany(self, statement: Any, rows: Any) -> None:
        rows = list(rows)
        CountingCursor.sent += len(rows)
        super().executemany(statement, rows)

    def copy_expert(self, *args: Any) -> None:
        CountingCursor.sent += 1
        super().copy_expert(*args)


def _write(path: str) -> None:
    Path(path).write_text(str(CountingCursor.sent), encoding="ascii")


if counts := os.environ.get("BENCH_COUNTS"):
    DATABASES["default"].setdefault("OPTIONS", {})["cursor_factory"] = CountingCursor
    atexit.register(_write, counts)
