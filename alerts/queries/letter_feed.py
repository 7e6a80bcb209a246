"""Signed letters as other programs read them: plain objects, codes beside names. Constant queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from alerts.models import Letter, LetterCopy, LetterItem
from alerts.models.letters import LetterQuerySet
from alerts.rules.letters import LetterKind, LetterState, is_overdue
from issues.models import Issue
from rectify.lib.keyset import Position, reached, rows_after
from rectify.lib.masking import mask_text
from rectify.lib.plain import instant
from townships.models import User

COLUMNS = (
    "pk", "number", "kind", "state", "title", "organ", "campaign__code", "unit__name", "unit__code",
    "signed_on", "reply_due_on", "received_at", "closed_at", "recalls__number", "updated_at",
)  # fmt: skip
SAME = ("number", "organ", "signed_on", "reply_due_on")
Record = dict[str, Any]


def letters_seen(user: User) -> LetterQuerySet:
    """What was signed and is in the caller's sight: a draft is nothing to another system."""
    return Letter.objects.visible_to(user).sent()


def page_of_letters(
    letters: LetterQuerySet,
    order: Sequence[str],
    user: User,
    on: date,
    *,
    after: Position | None,
    size: int,
) -> tuple[list[Record], Position | None]:
    """``size`` letters after a position, and where to go on, if they do. Three queries."""
    rows = rows_after(letters, order, after, size + 1, COLUMNS)
    kept = [row["pk"] for row in rows[:size]]
    issues, copies = _issues(kept, user), _copies(kept)
    records = [_record(row, issues[row["pk"]], copies[row["pk"]], on) for row in rows[:size]]
    return records, reached(rows, order, size)


def _issues(ids: list[int], user: User) -> dict[int, list[str]]:
    """Letter → the numbers of its issues that the caller sees."""
    named = LetterItem.objects.filter(
        letter__in=ids, issue__in=Issue.objects.visible_to(user).filter(letter_items__letter__in=ids)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for letter, number in named.order_by("position").values_list("letter_id", "issue__number"):
        found[letter].append(number)
    return found


def _copies(ids: list[int]) -> dict[int, list[str]]:
    """Letter → codes of the units it is copied to; names of persons are not in the API."""
    found: dict[int, list[str]] = defaultdict(list)
    named = LetterCopy.objects.filter(letter__in=ids, unit__isnull=False).order_by("position")
    for letter, code in named.values_list("letter_id", "unit__code"):
        found[letter].append(code)
    return found


def _record(row: dict[str, Any], issues: list[str], copies: list[str], on: date) -> Record:
    state = LetterState(row["state"])
    return {
        **{name: row[name] for name in SAME},
        "campaign": row["campaign__code"],
        "kind": row["kind"],
        "kind_label": LetterKind(row["kind"]).label,
        "title": mask_text(row["title"]),
        "unit": row["unit__name"],
        "unit_code": row["unit__code"],
        "copied_to": copies,
        "issues": issues,
        "state": state.value,
        "state_label": state.label,
        "overdue": is_overdue(state, row["reply_due_on"], on),
        "received_at": None if row["received_at"] is None else instant(row["received_at"]),
        "closed_at": None if row["closed_at"] is None else instant(row["closed_at"]),
        "recalls": row["recalls__number"],
        "updated_at": instant(row["updated_at"]),
        "url": f"/letters/{row['pk']}/",
    }
