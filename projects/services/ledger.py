"""The ledger of projects and funds: post movements, take in new ones, move them, withdraw an import's.

Primitives of other verbs: who calls them records the event and the fields changed, in the same transaction.
Works move by quantity, in what the project is counted in; money moves by amount, in 万元, with quantity 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from projects.models import Fund, FundEntry, Project, ProjectEntry
from projects.queries.sums import ensure_rolled
from projects.rules.stages import MONEY_STAGES, Cause
from projects.services.holding import Book, Held, Holding, Work, book_of, key_of, lock
from rectify.lib import clock
from rectify.lib.measures import EntryFact, LedgerRefusal
from rectify.lib.posting import Movement, added, batches, change_rows, fact, line, refuse_day, reverse
from townships.models import User

Entry = ProjectEntry | FundEntry


@dataclass(frozen=True, slots=True)
class Move:
    """One movement: works give ``quantity`` ±, money ``amount`` ± in 万元. ``cause``: why, where that is
    another reason than the act's own."""

    stage: str
    quantity: Decimal
    happened_on: date
    amount: Decimal | None = None
    cause: tuple[str, int] | None = None


def post(
    item: Work,
    *,
    moves: Sequence[Movement],
    by: User,
    cause: str,
    cause_id: int | None = None,
    recorded_at: datetime | None = None,
) -> Sequence[Entry]:
    """Write ``moves`` of one project or fund; see ``post_all``."""
    return post_all(
        type(item), {item.pk: moves}, by=by, cause=cause, cause_id=cause_id, recorded_at=recorded_at
    )


@transaction.atomic
def post_all(
    model: type[Project] | type[Fund],
    moves: Mapping[int, Sequence[Movement]],
    *,
    by: User,
    cause: str,
    cause_id: int | None = None,
    recorded_at: datetime | None = None,
) -> Sequence[Entry]:
    """Item id → movements of one act; constant queries per thousand. Returns the entries.

    All share ``recorded_at``, taken after the items are held; cached totals, roll-ups and revisions change in
    the same transaction. LedgerRefusal, naming the day: a date after today or before the item was arranged, a
    running sum out of order on any day, nothing moved, an item withdrawn or missing.
    """
    book = book_of(model)
    several = len(moves) > 1
    ids = lock(book, moves) if several else list(moves)
    holding = Holding(book)
    written: list[Any] = []
    for batch in batches(ids):
        held = holding.load(batch, locking=not several)
        recorded_at = recorded_at or clock.now()
        rows = []
        for pk, one in held.items():
            facts = _enter(book, one, moves[pk], clock.beijing_date(recorded_at))
            holding.change(one)
            rows.append([pk, *added(facts, book.totals)])
            for move in moves[pk]:
                why, why_id = getattr(move, "cause", None) or (cause, cause_id)
                written.append(
                    line(
                        book.entry, pk, move, recorded_at=recorded_at, by_id=by.pk, cause=why, cause_id=why_id
                    )
                )
        change_rows(book.item, rows, add=tuple(book.totals), updated_at=recorded_at)
    entries: Sequence[Entry] = book.entry._default_manager.bulk_create(written)
    holding.settle()
    return entries


def _enter(book: Book, held: Held, moves: Sequence[Movement], today: date) -> list[EntryFact]:
    """Add ``moves`` to the facts of ``held`` if the ledger takes them."""
    item, facts = held.item, [fact(move) for move in moves]
    if not facts:
        raise LedgerRefusal(f"{item.number}：没有可记的变动。")
    for move in facts:
        if move.stage not in book.stages:
            raise ValueError(f"no stage of {book.item.__name__}: {move.stage}")
        if (move.quantity if move.stage in MONEY_STAGES else move.amount) != 0:
            raise ValueError("works move by quantity, money by amount")
    refuse_day(item.number, facts, item.arranged_on, today)
    held.entries = sorted([*held.entries, *facts], key=lambda entry: entry.happened_on)
    if wrong := book.broken(held.entries):
        raise LedgerRefusal(f"{item.number}：{wrong}")
    return facts


def apply_new(model: type[Project] | type[Fund], ids: Iterable[int]) -> None:
    """Add items just written (rows, entries, cached totals) to the roll-ups; in the writer's transaction.

    Call it once, with all of them. LedgerRefusal where the entries of one are out of order.
    """
    holding = Holding(book_of(model))
    for batch in batches(sorted(ids)):
        for held in holding.load(batch).values():
            if wrong := holding.book.broken(held.entries):
                raise LedgerRefusal(f"{held.item.number}：{wrong}")
            holding.gather(key_of(held.item), held.steps(), 1)
    holding.settle()


@transaction.atomic
def rekey(item: Work, **changes: Any) -> None:
    """Move an item to another ``programme`` or ``township`` (model or None), a project to ``counted_in``.

    The deltas of all days move with it: list and figure always agree. ValueError for another field.
    """
    allowed = {"programme", "township"} | ({"counted_in"} if isinstance(item, Project) else set())
    if unknown := set(changes) - allowed:
        raise ValueError(f"figures are not grouped by {sorted(unknown)}")
    holding = Holding(book_of(type(item)))
    held = holding.load([item.pk], locking=True)[item.pk]
    for name, value in changes.items():
        setattr(held.item, name, value)
    holding.change(held)
    put = [name if name == "counted_in" else f"{name}_id" for name in changes]
    row = [item.pk, *(getattr(held.item, name) for name in put)]
    change_rows(holding.book.item, [row], put=put, updated_at=clock.now())
    holding.settle()


@transaction.atomic
def withdraw_items(
    model: type[Project] | type[Fund],
    ids: Iterable[int],
    *,
    by: User,
    cause_id: int | None = None,
    recorded_at: datetime | None = None,
) -> int:
    """Take items back: reversing entries on the same days, totals 0, withdrawn_at set. Returns how many.

    Set-based, a thousand at a time; those withdrawn before are passed over.
    """
    book = book_of(model)
    wanted = lock(book, ids)
    recorded_at = recorded_at or clock.now()
    holding = Holding(book)
    count = 0
    for batch in batches(wanted):
        here = book.item._default_manager.filter(pk__in=batch, withdrawn_at__isnull=True).order_by("pk")
        present = list(here.values_list("pk", flat=True))
        if not present:
            continue
        for held in holding.load(present).values():
            holding.change(held, gone=True)
        reverse(
            book.entry,
            present,
            recorded_at=recorded_at,
            by_id=by.pk,
            cause=Cause.WITHDRAWAL,
            cause_id=cause_id,
        )
        rows = [[pk, *([0] * len(book.totals)), recorded_at] for pk in present]
        change_rows(book.item, rows, put=(*book.totals, "withdrawn_at"), updated_at=recorded_at)
        count += len(present)
    holding.settle()
    return count


def roll_to(today: date) -> date:
    """Bring the project balances up to ``today`` (idempotent, safe beside writers); returns that day."""
    return ensure_rolled(today)


__all__ = ["LedgerRefusal", "Move", "apply_new", "post", "post_all", "rekey", "roll_to", "withdraw_items"]
