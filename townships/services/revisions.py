"""Revision counters: raised by every write that changes what pages show; a page's 304 hangs on them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from townships.models import Revision

WITHOUT_UNIT = 0


def bump(unit_ids: Iterable[int | None]) -> None:
    """Raise the counter of each unit once, in the order of ids, in the caller's transaction.

    None is passed over; where nothing is left, counter 0 (things without a unit) is raised.
    Call it last in a transaction (roll-ups first, counters after): no two writers then wait for each other.
    """
    keys = sorted({unit_id for unit_id in unit_ids if unit_id is not None}) or [WITHOUT_UNIT]
    table = Revision._meta.db_table
    marks = ", ".join(["(%s, 1)"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ("unit_key", "number") VALUES {marks} ON CONFLICT ("unit_key") '  # noqa: S608
            f'DO UPDATE SET "number" = "{table}"."number" + 1',
            keys,
        )
