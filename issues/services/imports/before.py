"""What an import changed of older items, as it was before: kept beside its file, to be taken back.

One file for each act of writing (the import, every row mended later), a line an item. Its name, hash and
number of items stand in the import's options, written in the transaction of the act: a file without its act
is nobody's.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from django.conf import settings
from django.db import models

from issues.models import Action, Import, Issue, IssueUnit, Lead, PastDeadline
from issues.rules.report import Json
from projects.models import Fund, Project

MODELS: Final[dict[str, type[models.Model]]] = {
    "issues": Issue,
    "projects": Project,
    "funds": Fund,
    "leads": Lead,
}
FOLDER: Final = "imports/before"
ISSUE_ROWS: Final[dict[str, type[models.Model]]] = {"units": IssueUnit, "actions": Action}
"""What hangs on an issue and is written anew as a whole."""


class BeforeLost(Exception):
    """What stood there before is not on the server any more; the message is one Chinese sentence."""


@dataclass(slots=True)
class Before:
    """One older item: ``mark`` and ``left`` tell its state before the act and as the act left it; ``values``
    are its columns, ``rows`` its units and actions, ``past`` the ids of its superseded deadlines."""

    kind: str
    item_id: int
    mark: str
    left: str
    values: Json
    rows: dict[str, list[Json]] = field(default_factory=dict)
    past: list[int] = field(default_factory=list)


def mark_of(item: models.Model) -> str:
    """What changes whenever somebody acts on the item: its version; of a lead, which has none, the time."""
    return item.updated_at.isoformat() if isinstance(item, Lead) else str(getattr(item, "version"))  # noqa: B009


def values_of(item: models.Model, *, without: Iterable[str] = ()) -> Json:
    """Column → value, as JSON holds it."""
    left_out = set(without)
    return {
        one.attname: _plain(getattr(item, one.attname))
        for one in item._meta.concrete_fields
        if one.attname not in left_out
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def python_of(model: type[models.Model], values: Json) -> dict[str, Any]:
    """Column → value as the model holds it; columns that the model has no more are left out."""
    fields = {one.attname: one for one in model._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in values.items() if name in fields}


def rows_of(kind: str, ids: Iterable[int]) -> dict[int, dict[str, list[Json]]]:
    """Issue id → its units and actions in their order; nothing for other kinds."""
    found: dict[int, dict[str, list[Json]]] = {}
    if kind != "issues":
        return found
    ids = list(ids)
    for name, model in ISSUE_ROWS.items():
        rows: Iterable[Any] = model._default_manager.filter(issue__in=ids)
        for row in rows:
            kept = found.setdefault(row.issue_id, {one: [] for one in ISSUE_ROWS})
            kept[name].append(values_of(row, without=["id", "issue_id"]))
    return found


class Keeper:
    """Keeps what an act changes; as a context: the file goes with an act that fails."""

    def __init__(self, source: Import) -> None:
        self._name = f"{FOLDER}/{source.pk}-{secrets.token_hex(8)}.jsonl.gz"
        self._stream: gzip.GzipFile | None = None
        self._items = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not None:
            self._stream.close()
            if kind is not None:
                _path(self._name).unlink(missing_ok=True)

    def keep(self, kind: str, ids: list[int]) -> list[Before]:
        """The items as they stand, locked by the transaction; give the list to ``write`` once changed."""
        items = MODELS[kind]._default_manager.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
        hanging = rows_of(kind, ids)
        past: dict[int, list[int]] = {}
        if kind == "issues":
            for issue_id, pk in PastDeadline.objects.filter(issue__in=ids).values_list("issue_id", "pk"):
                past.setdefault(issue_id, []).append(pk)
        return [
            Before(
                kind,
                item.pk,
                mark_of(item),
                "",
                values_of(item),
                hanging.get(item.pk, {one: [] for one in ISSUE_ROWS} if kind == "issues" else {}),
                past.get(item.pk, []),
            )
            for item in items
        ]

    def write(self, kept: list[Before]) -> None:
        """Write the lines of items that have been changed now."""
        if not kept:
            return
        if self._stream is None:
            _path(self._name).parent.mkdir(parents=True, exist_ok=True)
            self._stream = gzip.open(_path(self._name), "wb", compresslevel=3)  # noqa: SIM115 (closed on exit)
        model = MODELS[kept[0].kind]
        left = {
            item.pk: mark_of(item)
            for item in model._default_manager.filter(pk__in=[one.item_id for one in kept])
        }
        for one in kept:
            line = [one.kind, one.item_id, one.mark, left[one.item_id], one.values, one.rows, one.past]
            self._stream.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        self._items += len(kept)

    def settle(self, source: Import, superseded: Iterable[int] = ()) -> None:
        """Note the file, and earlier 待处理 rows that the act settled, in ``source.options`` (not saved)."""
        if self._stream is not None:
            self._stream.close()
            sha256 = hashlib.sha256(_path(self._name).read_bytes()).hexdigest()
            noted = {"name": self._name, "sha256": sha256, "items": self._items}
            source.options["before"] = [*source.options.get("before", ()), noted]
        if rows := list(superseded):
            source.options["superseded"] = rows


def kept_items(source: Import) -> int:
    """How many changes of older items have what was before on record."""
    return sum(one["items"] for one in source.options.get("before", ()))


def superseded_rows(source: Import) -> list[int]:
    """Ids of the earlier 待处理 rows that the import settled."""
    return list(source.options.get("superseded", ()))


def read(source: Import) -> Iterator[Before]:
    """What was before, the last change first; BeforeLost where a file is gone or not what was written."""
    for noted in reversed(source.options.get("before", ())):
        try:
            content = _path(noted["name"]).read_bytes()
        except OSError as error:
            raise BeforeLost("更改前的内容已不在服务器上，不能整份撤回；请逐条更正。") from error
        if hashlib.sha256(content).hexdigest() != noted["sha256"]:
            raise BeforeLost("更改前的内容与写入时的不一致，不能整份撤回；请逐条更正。")
        for line in reversed(gzip.decompress(content).split(b"\n")[:-1]):
            yield Before(*json.loads(line))


def _path(name: str) -> Path:
    return Path(settings.PRIVATE_FILES_DIR) / name
