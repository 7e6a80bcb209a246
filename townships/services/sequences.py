"""Running numbers: the last one given out for a key, held until the transaction ends."""

from __future__ import annotations

from django.db import connection

from townships.models import Sequence


def take(key: str, count: int = 1) -> range:
    """The next ``count`` numbers of ``key`` (from 1), never given out twice; the caller writes WT2018-000123.

    Runs in the caller's transaction and holds the key's row until it ends: a rollback gives the numbers back.
    ValueError where ``count`` is not positive.
    """
    if count < 1:
        raise ValueError("count must be positive")
    table = Sequence._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ("key", "last") VALUES (%s, %s) ON CONFLICT ("key") '  # noqa: S608
            f'DO UPDATE SET "last" = "{table}"."last" + excluded."last" RETURNING "last"',
            [key, count],
        )
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)
