"""Deadlines have versions: overdue as of a day follows the one in force on it; a change moves roll-ups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from issues.models import Issue, PastDeadline
from issues.rules.measures import DeadlineFact
from issues.services.holding import Held, Holding, lock, store
from rectify.lib import clock
from rectify.lib.measures import LedgerRefusal
from rectify.lib.posting import batches
from townships.models import User

FIELDS = ("deadline_raw", "deadline_class", "due_on", "is_long", "deadline_confirmed")


@dataclass(frozen=True, slots=True)
class DeadlineChange:
    """The deadline an issue shall have from ``in_force_from`` on.

    Where that is the day the present one began (at first the day the issue was found), the present one is
    replaced as if it had never been: a text read wrongly, a guess confirmed."""

    item_id: int
    deadline_class: str
    due_on: date | None
    is_long: bool
    confirmed: bool
    raw: str
    in_force_from: date


def change_deadline(
    issue: Issue,
    *,
    deadline_class: str,
    due_on: date | None,
    is_long: bool = False,
    confirmed: bool = True,
    raw: str = "",
    in_force_from: date,
    by: User,
    cause: str,
) -> None:
    """Give one issue another deadline; see ``change_deadlines``."""
    change = DeadlineChange(issue.pk, deadline_class, due_on, is_long, confirmed, raw, in_force_from)
    change_deadlines([change], by=by, cause=cause)


@transaction.atomic
def change_deadlines(
    changes: Sequence[DeadlineChange], *, by: User, cause: str, changed_at: datetime | None = None
) -> None:
    """Give issues other deadlines, one change each; what was in force until then is kept as past.

    Overdue and its sisters move in the roll-ups of all days since. LedgerRefusal: in force from a day after
    today or before the present deadline began, a dated one without a date, an issue withdrawn or missing.
    """
    wanted = {change.item_id: change for change in changes}
    ids = lock(wanted)
    changed_at = changed_at or clock.now()
    today = clock.beijing_date(changed_at)
    holding = Holding()
    for batch in batches(ids):
        held = holding.load(batch)
        past = []
        for pk, one in held.items():
            _check(one, wanted[pk], today)
            past += _supersede(one, wanted[pk], changed_at, by, cause)
            holding.change(one)
        PastDeadline.objects.bulk_create(past)
        store(held.values(), FIELDS, changed_at)
    holding.settle()


def _check(held: Held, change: DeadlineChange, today: date) -> None:
    number, begun = held.issue.number, held.deadline_from
    if change.deadline_class == "dated" and change.due_on is None:
        raise LedgerRefusal(f"{number}：有期限的时限必须写明到期日。")
    if change.in_force_from > today:
        raise LedgerRefusal(f"{number}：新时限不能从今天以后的{change.in_force_from}起生效。")
    if change.in_force_from < begun:
        raise LedgerRefusal(f"{number}：现行时限自{begun}起生效，新时限不能更早（{change.in_force_from}）。")


def _supersede(
    held: Held, change: DeadlineChange, changed_at: datetime, by: User, cause: str
) -> list[PastDeadline]:
    """Put the new deadline on the issue; returns the old one as past if it was in force for a day."""
    issue, begun = held.issue, held.deadline_from
    past = []
    if change.in_force_from > begun:
        fact = DeadlineFact(
            change.in_force_from, issue.deadline_class, issue.due_on, issue.deadline_confirmed
        )
        held.past.append((begun, fact))
        past.append(
            PastDeadline(
                issue_id=issue.pk,
                from_on=begun,
                until_on=change.in_force_from,
                raw=issue.deadline_raw,
                deadline_class=issue.deadline_class,
                due_on=issue.due_on,
                is_long=issue.is_long,
                confirmed=issue.deadline_confirmed,
                changed_at=changed_at,
                changed_by=by,
                cause=str(cause),
            )
        )
    issue.deadline_raw, issue.deadline_class, issue.due_on = (
        change.raw[:300],
        change.deadline_class,
        change.due_on,
    )
    issue.is_long, issue.deadline_confirmed = change.is_long, change.confirmed
    return past


__all__ = ["DeadlineChange", "change_deadline", "change_deadlines"]
