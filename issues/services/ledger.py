"""The issue ledger's verbs: post movements, take in new issues, withdraw an import's.

Primitives of other verbs: who calls them records the event and the fields changed, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from issues.models import Issue, IssueEntry
from issues.queries.sums import ROLLUP, ensure_rolled
from issues.rules.ledger import TOTALS, broken
from issues.rules.measures import NO_DEADLINE, DeadlineFact, ItemFacts, ordered_steps
from issues.rules.stages import Cause, Stage, State
from issues.services.holding import Held, Holding, lock
from rectify.lib import clock
from rectify.lib.measures import EntryFact, LedgerRefusal
from rectify.lib.posting import Movement, added, batches, change_rows, fact, line, refuse_day, reverse
from rectify.lib.prepared import insert
from townships.models import User
from townships.services import revisions


@dataclass(frozen=True, slots=True)
class Move:
    """One movement: ``quantity`` ± in what the issue is counted in, ``amount`` ± in 万元 or none."""

    stage: str
    quantity: Decimal
    happened_on: date
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What a movement makes of its issue's row: millionths that cached totals grow by; the days of the first
    and the last word as they are now."""

    added: dict[str, int]
    days: dict[str, date | None]


@dataclass(frozen=True, slots=True)
class Act:
    """What one act moves of one issue."""

    item_id: int
    moves: Sequence[Movement]


def post(
    *,
    item_id: int,
    moves: Sequence[Movement],
    by: User,
    cause: str,
    cause_id: int | None = None,
    recorded_at: datetime | None = None,
) -> list[IssueEntry]:
    """Write ``moves`` of one issue; see ``post_all``."""
    return post_all([Act(item_id, moves)], by=by, cause=cause, cause_id=cause_id, recorded_at=recorded_at)


def post_held(
    issue: Issue,
    move: Movement,
    *,
    by: User,
    cause: str,
    cause_id: int | None = None,
    recorded_at: datetime,
) -> Posted:
    """Write one movement of the issue that ``workflow.begin`` gave: its line and the roll-ups, refused as by
    ``post_all``. What it makes of the issue's row, the act's ``finish`` writes with the rest, once; it raises
    the revisions too."""
    holding = Holding(touching=False)
    held = holding.load([issue.pk], known=issue)[issue.pk]
    for written in _enter(held, [move], recorded_at, by, cause, cause_id):
        insert(written)
    holding.change(held)
    holding.settle()
    totals = zip(TOTALS, added([fact(move)], TOTALS), strict=True)
    days = {"stated_on": issue.stated_on, "last_word_on": issue.last_word_on}
    return Posted({name: value for name, value in totals if value}, days)


@transaction.atomic
def post_all(
    acts: Sequence[Act],
    *,
    by: User,
    cause: str,
    cause_id: int | None = None,
    recorded_at: datetime | None = None,
) -> list[IssueEntry]:
    """Write the movements of one act over many issues; constant queries per thousand. Returns the entries.

    All share ``recorded_at``, taken after the issues are held. Cached totals, roll-ups and revisions change
    in the same transaction; a claim sets the days of the first and last word. LedgerRefusal, naming the day:
    a date after today or before the issue was found, a running sum out of order on any day, nothing moved,
    an issue withdrawn or missing.
    """
    moves: dict[int, list[Movement]] = {}
    for act in acts:
        moves.setdefault(act.item_id, []).extend(act.moves)
    several = len(moves) > 1
    ids = lock(moves) if several else list(moves)
    holding = Holding()
    written: list[IssueEntry] = []
    for batch in batches(ids):
        held = holding.load(batch, locking=not several)
        recorded_at = recorded_at or clock.now()
        written += _write(held, moves, holding, recorded_at, by, cause, cause_id)
    written = IssueEntry.objects.bulk_create(written)
    holding.settle()
    return written


def _write(
    held: dict[int, Held],
    moves: Mapping[int, Sequence[Movement]],
    holding: Holding,
    recorded_at: datetime,
    by: User,
    cause: str,
    cause_id: int | None,
) -> list[IssueEntry]:
    """Move the cached totals of ``held`` and what ``holding`` gathers; the lines still to be written."""
    written: list[IssueEntry] = []
    for pk, one in held.items():
        written += _enter(one, moves[pk], recorded_at, by, cause, cause_id)
        holding.change(one)
    _store(held, {pk: [fact(move) for move in moves[pk]] for pk in held}, recorded_at)
    return written


def _enter(
    held: Held, moves: Sequence[Movement], recorded_at: datetime, by: User, cause: str, cause_id: int | None
) -> list[IssueEntry]:
    """Add ``moves`` to the facts of ``held`` if the ledger takes them; returns the lines to write."""
    facts = [fact(move) for move in moves]
    issue = held.issue
    if not facts:
        raise LedgerRefusal(f"{issue.number}：没有可记的变动。")
    unknown = {move.stage for move in facts} - set(Stage)
    if unknown:
        raise ValueError(f"no stage of an issue: {sorted(unknown)}")
    refuse_day(issue.number, facts, issue.found_on, clock.beijing_date(recorded_at))
    held.entries = sorted([*held.entries, *facts], key=lambda entry: entry.happened_on)
    if wrong := broken(held.entries):
        raise LedgerRefusal(f"{issue.number}：{wrong}")
    for move in facts:
        if move.stage == Stage.CLAIMED and move.quantity > 0:
            note_word(issue, move.happened_on)
    return [
        line(IssueEntry, issue.pk, move, recorded_at=recorded_at, by_id=by.pk, cause=cause, cause_id=cause_id)
        for move in moves
    ]


def note_word(issue: Issue, day: date) -> None:
    """The unit or the ledger said on ``day`` how the issue stands: the first and the last such day."""
    issue.stated_on = day if issue.stated_on is None else min(issue.stated_on, day)
    issue.last_word_on = day if issue.last_word_on is None else max(issue.last_word_on, day)


def _store(held: dict[int, Held], moved: dict[int, list[EntryFact]], updated_at: datetime) -> None:
    rows = [
        [pk, *added(moved[pk], TOTALS), one.issue.stated_on, one.issue.last_word_on]
        for pk, one in held.items()
    ]
    change_rows(Issue, rows, add=tuple(TOTALS), put=("stated_on", "last_word_on"), updated_at=updated_at)


# --- many at once -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewItem:
    """An issue just written with its entries and cached totals: what the roll-ups need of it."""

    campaign_id: int
    list_id: int
    category_id: int | None
    township_id: int | None
    counted_in: str
    facts: ItemFacts
    unit_ids: tuple[int | None, ...] = ()


def facts_of(
    moves: Iterable[Movement],
    *,
    deadline_class: str,
    due_on: date | None,
    deadline_confirmed: bool,
    stated_on: date | None,
    closed_on: date | None = None,
) -> ItemFacts:
    """The facts of a new issue, from its movements and its one deadline."""
    deadline = DeadlineFact(None, deadline_class, due_on, deadline_confirmed)
    return ItemFacts(tuple(fact(move) for move in moves), (deadline,), stated_on, closed_on)


def apply_new(items: Iterable[NewItem]) -> None:
    """Add issues just written (rows, entries, cached totals) to the roll-ups; in the writer's transaction.

    Call it once, with all of them: a generator will do. Memory grows with the kinds of issue (place ×
    category × dates), not with their number. LedgerRefusal where the entries of one are out of order.
    """
    deltas = ROLLUP.deltas()
    unit_ids: set[int | None] = set()
    for item in items:
        key = (item.campaign_id, item.list_id, item.category_id or 0, item.township_id or 0, item.counted_in)
        deltas.add(key, ordered_steps(item.facts))
        unit_ids.add(item.township_id)
        unit_ids.update(item.unit_ids)
    ROLLUP.apply(deltas)
    revisions.bump(unit_ids)


@transaction.atomic
def withdraw_items(
    ids: Iterable[int], *, by: User, cause_id: int | None = None, recorded_at: datetime | None = None
) -> int:
    """Take issues back: reversing entries on the same days, totals 0, state withdrawn. Returns how many.

    Set-based, a thousand at a time; those withdrawn before are passed over.
    """
    wanted = lock(ids)
    recorded_at = recorded_at or clock.now()
    holding = Holding()
    count = 0
    for batch in batches(wanted):
        present = list(
            Issue.objects.present().filter(pk__in=batch).order_by("pk").values_list("pk", flat=True)
        )
        if not present:
            continue
        for held in holding.load(present).values():
            holding.change(held, gone=True)
        reverse(
            IssueEntry,
            present,
            recorded_at=recorded_at,
            by_id=by.pk,
            cause=Cause.WITHDRAWAL,
            cause_id=cause_id,
        )
        rows = [[pk, *([0] * len(TOTALS)), State.WITHDRAWN.value] for pk in present]
        change_rows(Issue, rows, put=(*TOTALS, "state"), updated_at=recorded_at)
        count += len(present)
    holding.settle()
    return count


def roll_to(today: date) -> date:
    """Bring the issue balances up to ``today`` (idempotent, safe beside writers); returns the day reached."""
    return ensure_rolled(today)


__all__ = [
    "NO_DEADLINE",
    "Act",
    "LedgerRefusal",
    "Move",
    "NewItem",
    "Posted",
    "apply_new",
    "facts_of",
    "post",
    "post_all",
    "post_held",
    "roll_to",
    "withdraw_items",
]
