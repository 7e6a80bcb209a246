"""Statements sent to the database, of a whole process or of each page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from psycopg2.extensions import cursor

STATEMENTS = "BENCH_STATEMENTS"
"""Set in a server's environment: each page says in a header how many statements it sent."""
HEADER = "x-bench-statements"


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


def told(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware of a sync worker, which answers one request at a time. A page that also wrote down, as once
    a minute, that its reader is there, says nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        before = CountingCursor.sent
        response = get_response(request)
        if not request.session.modified:
            response[HEADER] = str(CountingCursor.sent - before)
        return response

    return middleware
