"""Audit events: written in the transaction of the act, chained per subject. Seals are in seals.py."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from rectify.lib import clock
from rectify.lib.masking import mask_text
from rectify.lib.prepared import Prepared, insert
from townships.models import Event, User

ATTEMPTS = 20
CHUNK = 1000
SUMMARY_LENGTH = 300
_LAST = Prepared(
    lambda subject_type, subject_id: (
        Event.objects.filter(subject_type=subject_type, subject_id=subject_id)
        .order_by("-seq")
        .values_list("seq", "hash")[:1]
    )
)


@dataclass(frozen=True, slots=True)
class Draft:
    """An event to be written. ``facts`` is JSON of text, whole numbers, booleans, lists and objects: no
    floats, which the two engines would give back differently."""

    subject_type: str
    subject_id: int
    action: str
    summary: str
    facts: dict[str, Any] = field(default_factory=dict)


def record(
    *,
    subject_type: str,
    subject_id: int,
    action: str,
    summary: str,
    by: User | None,
    facts: dict[str, Any] | None = None,
) -> Event:
    """Add one event to the chain of its subject, in the caller's transaction.

    ``summary`` is one Chinese sentence, masked and cut to 300 characters; ``by`` is None where nobody is
    known (a failed login). Concurrent writers on one subject queue up; neither is lost."""
    return record_many([Draft(subject_type, subject_id, action, summary, facts or {})], by=by)[0]


def record_many(drafts: Sequence[Draft], *, by: User | None) -> list[Event]:
    """Add many events at one instant, in the caller's transaction; queries grow with thousands, not rows."""
    ordered = sorted(drafts, key=lambda draft: (draft.subject_type, draft.subject_id))
    at = clock.real_now()
    for _ in range(ATTEMPTS):
        events = _chained(ordered, at, by)
        if _written(events):
            return events
    raise RuntimeError(f"no place in the event chain after {ATTEMPTS} attempts")


def _written(events: list[Event]) -> bool:
    """Whether they were written; not where somebody else took a sequence number. The caller's transaction
    stays alive."""
    if len(events) == 1:
        return insert(events[0], unless_taken=True)
    try:
        with transaction.atomic():
            Event.objects.bulk_create(events, batch_size=CHUNK)
    except IntegrityError:
        return False
    return True


def _chained(drafts: Sequence[Draft], at: datetime, by: User | None) -> list[Event]:
    heads = _heads(drafts)
    events = []
    for draft in drafts:
        key = (draft.subject_type, draft.subject_id)
        seq, previous = heads.get(key, (0, ""))
        event = Event(
            subject_type=draft.subject_type,
            subject_id=draft.subject_id,
            seq=seq + 1,
            at=at,
            actor=by,
            action=draft.action,
            summary=mask_text(draft.summary)[:SUMMARY_LENGTH].replace("\x00", ""),
            facts=_plain(draft.facts),
            previous_hash=previous,
        )
        event.hash = digest(event)
        heads[key] = (event.seq, event.hash)
        events.append(event)
    return events


def _heads(drafts: Sequence[Draft]) -> dict[tuple[str, int], tuple[int, str]]:
    """The last (seq, hash) of every subject that has events."""
    if len(drafts) == 1:
        return _head(drafts[0])
    heads: dict[tuple[str, int], tuple[int, str]] = {}
    wanted: dict[str, list[int]] = {}
    for draft in drafts:
        wanted.setdefault(draft.subject_type, []).append(draft.subject_id)
    for subject_type, ids in wanted.items():
        for chunk in _chunks(sorted(set(ids))):
            later = Event.objects.filter(
                subject_type=subject_type, subject_id=OuterRef("subject_id"), seq__gt=OuterRef("seq")
            )
            last = Event.objects.filter(subject_type=subject_type, subject_id__in=chunk).exclude(
                Exists(later)
            )
            for subject_id, seq, value in last.values_list("subject_id", "seq", "hash"):
                heads[subject_type, subject_id] = (seq, value)
    return heads


def _head(draft: Draft) -> dict[tuple[str, int], tuple[int, str]]:
    """The same for one subject: the end of its index."""
    last = _LAST.ask(draft.subject_type, draft.subject_id)
    return {(draft.subject_type, draft.subject_id): last[0]} if last else {}


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def digest(event: Event) -> str:
    """SHA-256 over the canonical JSON of all fields of ``event`` but its id and its hash."""
    content = {
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "seq": event.seq,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor_id,
        "action": event.action,
        "summary": event.summary,
        "facts": event.facts,
        "previous_hash": event.previous_hash,
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def canonical(content: Any) -> str:
    """JSON with sorted keys and no spaces: the same bytes for the same content."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """``facts`` as both engines give them back; TypeError for floats and what JSON cannot hold."""
    plain: dict[str, Any] = {str(name): _plain_value(value) for name, value in facts.items()}
    return plain


def _plain_value(value: Any) -> Any:
    if isinstance(value, dict):
        return _plain(value)
    if isinstance(value, list | tuple):
        return [_plain_value(item) for item in value]
    if isinstance(value, str):
        return str(value).replace("\x00", "")
    if value is None or isinstance(value, bool | int):
        return value
    raise TypeError(f"an audit event cannot hold {value!r}: give it as text")
