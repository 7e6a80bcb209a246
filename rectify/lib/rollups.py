"""Roll-ups of a ledger: balances without a day, deltas by day and by month, all with the same key.

As of D = balance − deltas after D. The balance stands for the day ``rolled_to``: deltas may lie ahead of
it (an item becomes overdue the day after its due date) and enter it when that day is reached. Written only
additively, in key order, in the transaction of the entries. What an item counts for, the rooms' rules say.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, models, transaction

from rectify.lib.measures import Row, Steps, Vector

BATCH = 1_000
BEFORE_ALL = date(1900, 1, 1)
ONE_DAY = timedelta(days=1)

Key = tuple[Any, ...]
Cells = dict[Key, list[int]]


class Deltas:
    """Changes of roll-ups gathered in memory: (key, day) → vector. Bounded by keys × days, not by items."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.cells: Cells = {}

    def add(self, key: Key, steps: Steps, times: int = 1) -> None:
        """Add ``times`` × ``steps`` under ``key``; −1 takes them back."""
        for day, vector in steps.items():
            add_to(self.cells, (*key, day), vector, times)


def add_to(cells: Cells, key: Key, vector: Sequence[int], times: int = 1) -> None:
    """Add ``times`` × ``vector`` to the cell of ``key``."""
    cell = cells.get(key)
    if cell is None:
        cells[key] = [value * times for value in vector]
        return
    for position, value in enumerate(vector):
        if value:
            cell[position] += value * times


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


@dataclass(frozen=True, slots=True)
class Rollup:
    """The tables of one ledger's roll-ups. ``keys`` and ``measures`` are columns; 0 in a key means none."""

    balance: type[models.Model]
    day: type[models.Model]
    month: type[models.Model]
    roll: type[models.Model]
    keys: tuple[str, ...]
    measures: tuple[str, ...]

    # --- writing --------------------------------------------------------------------------------------------

    def deltas(self) -> Deltas:
        return Deltas(len(self.measures))

    def apply(self, deltas: Deltas) -> None:
        """Add ``deltas`` to all three tables, in the caller's transaction, three statements a thousand cells.

        Balances take what lies up to ``rolled_to``, which is held until commit so that no roll comes between.
        Call once a transaction (locks are taken in key order).
        """
        if not any(any(vector) for vector in deltas.cells.values()):
            return
        for model, cells in self.tables(deltas, self.hold()).items():
            self._upsert(model, cells)

    def _upsert(self, model: type[models.Model], cells: Cells) -> None:
        rows = [(*key, *cells[key]) for key in sorted(cells) if any(cells[key])]
        key_columns = (*self.keys, *self._dated(model))
        columns = (*key_columns, *self.measures)
        if connection.vendor == "postgresql" and len(rows) > BATCH:
            self._merge(model, key_columns, rows)
            return
        one_row = f"({', '.join(['%s'] * len(columns))})"
        with connection.cursor() as cursor:
            for start in range(0, len(rows), BATCH):
                batch = rows[start : start + BATCH]
                values = "VALUES " + ", ".join([one_row] * len(batch))
                cursor.execute(
                    self._insert(model, key_columns, values), [value for row in batch for value in row]
                )

    def _merge(
        self, model: type[models.Model], key_columns: Sequence[str], rows: list[tuple[Any, ...]]
    ) -> None:
        """Many cells at once: COPY to a stage and one statement, several times faster than VALUES."""
        columns = _names((*key_columns, *self.measures))
        counted = len(self.keys) - 1  # the one text among the columns
        line = "\t".join(["%s"] * (len(key_columns) + len(self.measures))) + "\n"
        lines = io.StringIO(
            "".join(
                line % (*row[:counted], row[counted].translate(_ESCAPES), *row[counted + 1 :]) for row in rows
            )
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMP TABLE rollup_stage ON COMMIT DROP AS "  # noqa: S608
                f'SELECT {columns} FROM "{model._meta.db_table}" WITH NO DATA'
            )
            cursor.copy_expert(f"COPY rollup_stage ({columns}) FROM STDIN", lines)
            order = _names(key_columns)
            source = f"SELECT {columns} FROM rollup_stage ORDER BY {order}"  # noqa: S608
            cursor.execute(self._insert(model, key_columns, source))
            cursor.execute("DROP TABLE rollup_stage")

    def _insert(self, model: type[models.Model], key_columns: Sequence[str], source: str) -> str:
        table = model._meta.db_table
        added = ", ".join(f'"{name}" = "{table}"."{name}" + excluded."{name}"' for name in self.measures)
        return (
            f'INSERT INTO "{table}" ({_names((*key_columns, *self.measures))}) {source} '
            f"ON CONFLICT ({_names(key_columns)}) DO UPDATE SET {added}"
        )

    # --- the day the balances stand for ---------------------------------------------------------------------

    def hold(self) -> date:
        """``rolled_to``, kept as it is until the transaction ends; writers hold it together.

        FOR KEY SHARE lets writers in side by side and keeps the roll out (Django knows no such lock); SQLite
        has one writer anyway.
        """
        return self._held("FOR KEY SHARE")

    def rolled_to(self) -> date:
        """The day the balances stand for; long ago where nothing was ever rolled."""
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT MAX("rolled_to") FROM "{self.roll._meta.db_table}"')  # noqa: S608
            return _date(cursor.fetchone()[0]) or BEFORE_ALL

    def _held(self, lock: str) -> date:
        table = self.roll._meta.db_table
        suffix = lock if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT "rolled_to" FROM "{table}" WHERE "id" = 1 {suffix}')  # noqa: S608
            row = cursor.fetchone()
            if row is None:
                cursor.execute(
                    f'INSERT INTO "{table}" ("id", "rolled_to") VALUES (1, %s) ON CONFLICT DO NOTHING',  # noqa: S608
                    [BEFORE_ALL],
                )
                cursor.execute(f'SELECT "rolled_to" FROM "{table}" WHERE "id" = 1 {suffix}')  # noqa: S608
                row = cursor.fetchone()
        return _date(row[0]) or BEFORE_ALL

    def roll_to(self, today: date) -> date:
        """Bring the balances up to ``today``, over all days missed at once. Returns ``rolled_to``.

        Does nothing where they stand there already or beyond (a demo's day may move back). Safe to repeat and
        to run beside writers and other rolls: it alone holds the row.
        """
        with transaction.atomic():
            rolled_to = self._held("FOR UPDATE")
            if rolled_to >= today:
                return rolled_to
            sums = ", ".join(f'SUM("{name}")' for name in self.measures)
            source = (
                f'SELECT {_names(self.keys)}, {sums} FROM "{self.day._meta.db_table}" '  # noqa: S608
                f'WHERE "day" > %s AND "day" <= %s GROUP BY {_names(self.keys)} ORDER BY {_names(self.keys)}'
            )
            with connection.cursor() as cursor:
                cursor.execute(self._insert(self.balance, self.keys, source), [rolled_to, today])
            self.roll._default_manager.filter(pk=1).update(rolled_to=today)
            return today

    def catch_up(self, today: date) -> date:
        """``roll_to(today)`` where the balances lag behind, else one small read. Returns ``rolled_to``."""
        rolled_to = self.rolled_to()
        return rolled_to if rolled_to >= today else self.roll_to(today)

    def clear(self) -> None:
        """Empty the three tables, holding writers out until the transaction ends."""
        self._held("FOR UPDATE")
        for model in (self.balance, self.day, self.month):
            model._default_manager.all().delete()

    # --- reading --------------------------------------------------------------------------------------------

    def sums(
        self, *, as_of: date, today: date, by: Sequence[str], where: Mapping[str, Iterable[int] | None]
    ) -> list[Row]:
        """Figures as of the end of ``as_of`` (≤ ``today``), grouped by columns ``by`` and what is counted.

        ``where`` narrows key columns to values (None: not at all). Catches up where the balances lag behind.
        Rows all zero are left out; 0 in a key comes back as None.
        """
        if as_of > today:
            raise ValueError("a day after today has no figures")
        expected, caught_up = today, False  # as nearly always: one statement then
        while True:
            rolled_to, rows = self._read(as_of, expected, by, where)
            if rolled_to == expected or (rolled_to is None and caught_up):
                return rows
            expected, caught_up = self.catch_up(today), True

    def moves(
        self, *, after: date, until: date, where: Mapping[str, Iterable[int] | None]
    ) -> list[tuple[date, Row]]:
        """What changed on each day in (``after``, ``until``], by what is counted; days without change are
        left out. One statement over the days' own rows, whatever the number of items."""
        condition, narrow = _condition(where)
        totals = ", ".join(f'CAST(SUM("{name}") AS BIGINT)' for name in self.measures)
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT "day", "counted_in", {totals} FROM "{self.day._meta.db_table}" '  # noqa: S608
                f'WHERE "day" > %s AND "day" <= %s AND {condition} '
                'GROUP BY "day", "counted_in" ORDER BY 1, 2',
                [after, until, *narrow],
            )
            found = cursor.fetchall()
        return [
            (_date(row[0]) or BEFORE_ALL, Row((), row[1], self.measures, vector))
            for row in found
            if any(vector := row[2:])
        ]

    def _read(
        self, as_of: date, rolled_to: date, by: Sequence[str], where: Mapping[str, Iterable[int] | None]
    ) -> tuple[date | None, list[Row]]:
        """One statement, hence one snapshot: the figures, and the day the balances really stood for."""
        condition, narrow = _condition(where)
        groups = (*by, "counted_in")
        parts = [self._part(self.balance, groups, "", condition)]
        values: list[Any] = [*narrow]
        for model, column, first, last in self._spans(as_of, rolled_to):
            span = f'"{column}" >= %s AND "{column}" <= %s'
            parts.append(self._part(model, groups, "-", f"{span} AND {condition}"))
            values += [first, last, *narrow]
        # PostgreSQL adds whole numbers up to decimals, which Python reads slowly.
        totals = ", ".join(f'CAST(SUM("{name}") AS BIGINT)' for name in self.measures)
        order = ", ".join(str(position + 1) for position in range(len(groups)))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {_names(groups)}, {totals}, "  # noqa: S608
                f'(SELECT MAX("rolled_to") FROM "{self.roll._meta.db_table}") '
                f"FROM ({' UNION ALL '.join(parts)}) AS summed GROUP BY {_names(groups)} ORDER BY {order}",
                values,
            )
            found = cursor.fetchall()
        return (_date(found[0][-1]) if found else None), [
            Row(tuple(key or None for key in row[: len(by)]), row[len(by)], self.measures, vector)
            for row in found
            if any(vector := row[len(groups) : -1])
        ]

    def _part(self, model: type[models.Model], groups: Sequence[str], sign: str, condition: str) -> str:
        measures = ", ".join(f'{sign}"{name}" AS "{name}"' for name in self.measures)
        return f'SELECT {_names(groups)}, {measures} FROM "{model._meta.db_table}" WHERE {condition}'  # noqa: S608

    def _spans(self, as_of: date, rolled_to: date) -> list[tuple[type[models.Model], str, date, date]]:
        """The days in (``as_of``, ``rolled_to``]: whole months from the months' table, both ends by day."""
        first, last = as_of + ONE_DAY, rolled_to
        if first > last:
            return []
        whole_from = first if first.day == 1 else month_of(month_of(first) + timedelta(days=31))
        whole_until = last if (last + ONE_DAY).day == 1 else month_of(last) - ONE_DAY
        if whole_from > whole_until:
            return [(self.day, "day", first, last)]
        spans: list[tuple[type[models.Model], str, date, date]] = [
            (self.month, "month", whole_from, whole_until)
        ]
        if first < whole_from:
            spans.append((self.day, "day", first, whole_from - ONE_DAY))
        if whole_until < last:
            spans.append((self.day, "day", whole_until + ONE_DAY, last))
        return spans

    def cells(self, model: type[models.Model], where: Mapping[str, Iterable[int] | None]) -> Cells:
        """The rows of one of the tables as they are stored: (key, day or month) → vector."""
        columns = (*self.keys, *self._dated(model))
        condition, values = _condition(where)
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT {_names((*columns, *self.measures))} FROM "{model._meta.db_table}" '  # noqa: S608
                f"WHERE {condition}",
                values,
            )
            return {self._key(row[: len(columns)]): list(row[len(columns) :]) for row in cursor}

    def _dated(self, model: type[models.Model]) -> tuple[str, ...]:
        return {self.day: ("day",), self.month: ("month",)}.get(model, ())

    def _key(self, values: Sequence[Any]) -> Key:
        dated = [_date(value) for value in values[len(self.keys) :]]
        return (*values[: len(self.keys)], *dated)

    def tables(self, deltas: Deltas, rolled_to: date) -> dict[type[models.Model], Cells]:
        """What the three tables hold where ``deltas`` are all there is."""
        balances: Cells = {}
        months: Cells = {}
        for key, vector in deltas.cells.items():
            place, day = key[:-1], key[-1]
            add_to(months, (*place, month_of(day)), vector)
            if day <= rolled_to:
                add_to(balances, place, vector)
        return {self.balance: balances, self.day: deltas.cells, self.month: months}

    def first_day(self, *, measure: str, where: Mapping[str, Iterable[int] | None]) -> date | None:
        """The first day on which ``measure`` changed under the keys of ``where``."""
        condition, values = _condition(where)
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT MIN("day") FROM "{self.day._meta.db_table}" WHERE "{measure}" <> 0 AND {condition}',  # noqa: S608
                values,
            )
            return _date(cursor.fetchone()[0])


def _condition(where: Mapping[str, Iterable[int] | None]) -> tuple[str, list[int]]:
    parts, values = [], []
    for column, wanted in where.items():
        if wanted is None:
            continue
        chosen = sorted(set(wanted))
        parts.append(f'"{column}" IN ({", ".join(["%s"] * len(chosen))})' if chosen else "1 = 0")
        values += chosen
    return " AND ".join(parts) or "1 = 1", values


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _date(value: Any) -> date | None:
    """A date as the engine's driver gives it: SQLite hands out text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


__all__ = ["Deltas", "Rollup", "Row", "Vector", "add_to", "month_of"]
