"""The county chain over all audit events: a seal a minute, and the proof that nothing was altered since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Max, QuerySet

from rectify.lib import clock
from townships.models import Event, Seal
from townships.rules.audit import subject_label
from townships.services.events import canonical, digest

CHUNK = 2000
SHOWN = 100
GUARDS = ("event_append_only", "seal_append_only")


@dataclass(slots=True)
class Proof:
    """What ``verify`` found: events checked, and every difference as a Chinese sentence."""

    checked: int = 0
    differences: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {"ok": not self.differences, "checked": self.checked, "differences": self.differences}


def seal() -> Seal | None:
    """Link the events written since the last seal into the county chain; None when there are none, or when a
    long act is still writing (the next minute seals them). Two sealers at once make one seal."""
    upto = _settled_upto()
    last = Seal.objects.order_by("-pk").first()
    after = last.last_event_id if last else 0
    if upto is None or upto <= after:
        return None
    count, fold = _fold(Event.objects.filter(pk__gt=after, pk__lte=upto))
    made = Seal(
        at=clock.real_now(), last_event_id=upto, events=count, previous_hash=last.hash if last else ""
    )
    made.hash = _seal_digest(made, fold)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # previous_hash is unique: another sealer was first
        return None
    return made


def _settled_upto() -> int | None:
    """The highest event id below which nothing can appear any more; None while that cannot be said.

    On PostgreSQL ids are given out before their transactions commit. A lock that waits for writers (and gives
    up after a blink, for a long import holds them) makes sure that no lower id is still on its way."""
    if connection.vendor != "postgresql":
        return _highest()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '300ms'")
            cursor.execute(f"LOCK TABLE {Event._meta.db_table} IN SHARE MODE")
            return _highest()
    except OperationalError:
        return None


def _highest() -> int | None:
    highest: int | None = Event.objects.aggregate(highest=Max("pk"))["highest"]
    return highest


def _fold(events: QuerySet[Event]) -> tuple[int, str]:
    return _fold_pairs(events.order_by("pk").values_list("pk", "hash").iterator(chunk_size=CHUNK))


def _fold_pairs(pairs: Iterator[tuple[int, str]]) -> tuple[int, str]:
    """How many events, and one hash over all their ids and hashes."""
    total, count = hashlib.sha256(), 0
    for pk, value in pairs:
        total.update(f"{pk}:{value}\n".encode())
        count += 1
    return count, total.hexdigest()


def _seal_digest(made: Seal, fold: str) -> str:
    content = {
        "previous_hash": made.previous_hash,
        "at": made.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "last_event_id": made.last_event_id,
        "events": made.events,
        "fold": fold,
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def verify() -> Proof:
    """Walk every chain and every seal. Finds altered, deleted, inserted and re-hashed events; what
    was written in the last minute, and is not sealed yet, is covered by its own chain only."""
    proof = Proof()
    _verify_chains(proof)
    _verify_seals(proof)
    if settings.RECTIFY_APPEND_ONLY and (missing := set(GUARDS) - _guards()):
        proof.differences.append(f"数据库中防改动的触发器缺少：{'、'.join(sorted(missing))}。")
    return proof


def _verify_chains(proof: Proof) -> None:
    events = Event.objects.order_by("subject_type", "subject_id", "seq").iterator(chunk_size=CHUNK)
    for (subject_type, subject_id), chain in groupby(
        events, key=lambda event: (event.subject_type, event.subject_id)
    ):
        subject = f"{subject_label(subject_type)}{subject_id}"
        seq, previous = 0, ""
        for event in chain:
            proof.checked += 1
            where = f"{subject}第{event.seq}条记录（{_moment(event.at)}）"
            if event.seq != seq + 1:
                proof.differences.append(f"{subject}第{seq + 1}条记录缺失。")
            elif event.previous_hash != previous:
                proof.differences.append(f"{where}与前一条记录接不上。")
            if digest(event) != event.hash:
                proof.differences.append(f"{where}的内容与指纹不符，已被改动。")
            seq, previous = event.seq, event.hash


def _verify_seals(proof: Proof) -> None:
    after, previous = 0, ""
    for number, made in enumerate(Seal.objects.order_by("pk").iterator(chunk_size=CHUNK), start=1):
        where = f"第{number}道封存（{_moment(made.at)}）"
        count, fold = _fold(Event.objects.filter(pk__gt=after, pk__lte=made.last_event_id))
        if made.previous_hash != previous:
            proof.differences.append(f"{where}与前一道接不上。")
        if count != made.events:
            proof.differences.append(f"{where}时有{made.events}条记录，现有{count}条。")
        elif _seal_digest(made, fold) != made.hash:
            proof.differences.append(f"{where}以后，其中的记录或封存本身被改动。")
        after, previous = made.last_event_id, made.hash


def _moment(at: datetime) -> str:
    return at.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _guards() -> set[str]:
    """The names of the triggers that keep events and seals append-only, as far as they exist."""
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name.removesuffix("_update").removesuffix("_delete") for (name,) in cursor.fetchall()}
