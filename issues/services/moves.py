"""What an issue is now, and figures of all days with it: place, category, list; last word; closure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from issues.models import Category, Issue
from issues.services.holding import Holding, lock, store
from issues.services.ledger import note_word
from rectify.lib import clock
from rectify.lib.posting import batches

KEYS = ("list_id", "category_id", "township_id", "counted_in")
FIELDS = (*KEYS, "stated_on", "last_word_on", "closed_on")


def rekey(issue: Issue, **changes: Any) -> None:
    """Move one issue to another ``list``, ``category``, ``township`` (model or None) or ``counted_in``."""
    named: dict[str, Any] = {}
    for name, value in changes.items():
        if name == "counted_in":
            named[name] = value
        else:
            named[f"{name}_id"] = None if value is None else value.pk
    rekey_all({issue.pk: named})


def rekey_all(changes: Mapping[int, Mapping[str, Any]], *, updated_at: datetime | None = None) -> None:
    """Issue id → new values of some of ``list_id``, ``category_id``, ``township_id``, ``counted_in``.

    The deltas of all days move with it: list and figure always agree. ValueError for another field. Who calls
    it records the event and the field changes.
    """
    for values in changes.values():
        if unknown := set(values) - set(KEYS):
            raise ValueError(f"figures are not grouped by {sorted(unknown)}")
    _set(changes, updated_at)


def say(issue: Issue, *, said_on: date) -> None:
    """Somebody who answers for the issue said on ``said_on`` how it stands, done or not."""
    say_all({issue.pk: said_on})


def say_all(days: Mapping[int, date], *, updated_at: datetime | None = None) -> None:
    """Issue id → the day of a word about it (stated, last word); unstated moves in the roll-ups."""
    _set({pk: {"said_on": day} for pk, day in days.items()}, updated_at)


def set_closed(issue: Issue, *, closed_on: date | None) -> None:
    """Count the issue as closed from ``closed_on`` on (None: not); the state is the workflow's matter."""
    _set({issue.pk: {"closed_on": closed_on}}, None)


def close_all(days: Mapping[int, date], *, updated_at: datetime | None = None) -> None:
    """Issue id → the day from which it counts as closed."""
    _set({pk: {"closed_on": day} for pk, day in days.items()}, updated_at)


@transaction.atomic
def _set(changes: Mapping[int, Mapping[str, Any]], updated_at: datetime | None) -> None:
    ids = lock(changes)
    updated_at = updated_at or clock.now()
    holding = Holding()
    for batch in batches(ids):
        held = holding.load(batch)
        for pk, one in held.items():
            for name, value in changes[pk].items():
                if name == "said_on":
                    note_word(one.issue, value)
                else:
                    setattr(one.issue, name, value)
            holding.change(one)
        store(held.values(), FIELDS, updated_at)
    _touch_departments(holding, changes)
    holding.settle()


def _touch_departments(holding: Holding, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """The new categories' departments see the issues from now on."""
    categories = {values["category_id"] for values in changes.values() if values.get("category_id")}
    if categories:
        departments = Category.objects.filter(pk__in=categories).order_by()
        holding.unit_ids.update(departments.values_list("department_id", flat=True))


__all__ = ["close_all", "rekey", "rekey_all", "say", "say_all", "set_closed"]
