"""The server's settings with the floors beside the pages; BENCH_COUNTS names where to count statements."""

import atexit
import os
from pathlib import Path

from bench.counting import STATEMENTS, CountingCursor
from rectify.settings import *  # noqa: F403
from rectify.settings import DATABASES, MIDDLEWARE

ROOT_URLCONF = "bench.urls"


def _write(path: str) -> None:
    Path(path).write_text(str(CountingCursor.sent), encoding="ascii")


DATABASES["default"]["CONN_MAX_AGE"] = None
"""A connection closed between two looks at /proc would take what it cost away, and one opened send more."""

if (counts := os.environ.get("BENCH_COUNTS")) or STATEMENTS in os.environ:
    DATABASES["default"].setdefault("OPTIONS", {})["cursor_factory"] = CountingCursor
if counts:
    atexit.register(_write, counts)
if STATEMENTS in os.environ:
    MIDDLEWARE = ["bench.counting.told", *MIDDLEWARE]
