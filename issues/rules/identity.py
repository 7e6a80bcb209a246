"""When a row of a sheet is the same item as one already stored (import contract, "Identity")."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rectify.lib.cn_dates import Deadline


@dataclass(frozen=True, slots=True)
class Key:
    """What identity looks at. ``name`` is the household of an issue, the name of a project.

    ``ref`` is the row number of a row, the primary key of a stored item; ``hidden`` the item number that an
    export carries in its hidden column; ``content`` the digest of the whole row as it was imported."""

    ref: int
    hidden: str
    ledger_number: str
    name: str
    description: str
    identity: str
    content: str


@dataclass(slots=True)
class Matching:
    """``pairs``: row → item; ``twins``: rows that cannot be told apart from stored items; the rest is new."""

    pairs: dict[int, int] = field(default_factory=dict)
    twins: set[int] = field(default_factory=set)


def digest(parts: Iterable[object]) -> str:
    """32 hexadecimal characters of ``parts``; white space at the ends does not count."""
    return _hashed(["" if part is None else str(part).strip() for part in parts])


def content_digest(fields: Mapping[str, Any], extra: Mapping[str, str]) -> str:
    """The digest of everything a row says, and of what it was read as."""
    said = [
        f"{name}={_deadline(value) if type(value) is Deadline else value}".strip()
        for name, value in sorted(fields.items())
    ]
    kept = [f"+{path}={text}".strip() for path, text in sorted(extra.items())]
    return _hashed([*said, *kept])


def _deadline(value: Deadline) -> str:
    return f"{value.raw}={value.kind} {value.due_on} {value.confidence}"


def _hashed(parts: list[str]) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def match(rows: Sequence[Key], items: Sequence[Key]) -> Matching:
    """Pair rows with stored items of the same list: by hidden key, by number, by everything else.

    What cannot be told apart is reported in ``twins``, never guessed; rows equal to the last letter to
    as many stored items are those items."""
    found = Matching()
    free = {item.ref: item for item in items}
    open_rows = {row.ref: row for row in rows}
    _by_hidden_key(open_rows, free, found)
    _by_number(open_rows, free, found)
    _by_content(open_rows, free, found)
    _by_identity(open_rows, free, found)
    return found


def _take(row: int, item: int, open_rows: dict[int, Key], free: dict[int, Key], found: Matching) -> None:
    found.pairs[row] = item
    del open_rows[row], free[item]


def _by_hidden_key(open_rows: dict[int, Key], free: dict[int, Key], found: Matching) -> None:
    items = {item.hidden: item.ref for item in free.values()}
    for row in list(open_rows.values()):
        item = items.pop(row.hidden, None) if row.hidden else None
        if item is not None:
            _take(row.ref, item, open_rows, free, found)


def _by_number(open_rows: dict[int, Key], free: dict[int, Key], found: Matching) -> None:
    items: dict[str, list[Key]] = defaultdict(list)
    for item in free.values():
        if item.ledger_number:
            items[item.ledger_number].append(item)
    rows: dict[str, list[Key]] = defaultdict(list)
    for row in open_rows.values():
        if row.ledger_number in items:
            rows[row.ledger_number].append(row)
    for number, same in rows.items():
        for row in same:
            alike = [item for item in items[number] if item.ref in free and _agree(row, item)]
            rivals = [
                other
                for other in same
                if other.ref in open_rows and any(_agree(other, item) for item in alike)
            ]
            if len(alike) == 1 and len(rivals) == 1:
                _take(row.ref, alike[0].ref, open_rows, free, found)


def _agree(row: Key, item: Key) -> bool:
    return bool(row.name and row.name == item.name) or bool(
        row.description and row.description == item.description
    )


def _by_content(open_rows: dict[int, Key], free: dict[int, Key], found: Matching) -> None:
    """The same text as often on both sides: any pairing says the same."""
    items: dict[str, list[int]] = defaultdict(list)
    for item in free.values():
        items[item.content].append(item.ref)
    rows: dict[str, list[int]] = defaultdict(list)
    for row in open_rows.values():
        rows[row.content].append(row.ref)
    for content, same in rows.items():
        if content and len(same) == len(items.get(content, ())):
            for row_ref, item_ref in zip(same, items[content], strict=True):
                _take(row_ref, item_ref, open_rows, free, found)


def _by_identity(open_rows: dict[int, Key], free: dict[int, Key], found: Matching) -> None:
    row_counts = Counter(row.identity for row in open_rows.values())
    items: dict[str, list[int]] = defaultdict(list)
    for item in free.values():
        items[item.identity].append(item.ref)
    for row in list(open_rows.values()):
        same = items.get(row.identity, [])
        if len(same) == 1 and row_counts[row.identity] == 1:
            _take(row.ref, same[0], open_rows, free, found)
        elif same:
            found.twins.add(row.ref)
