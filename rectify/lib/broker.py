"""The embedded broker: kombu's filesystem transport, whose files appear whole or not at all.

The stock transport opens the final name and then writes, so that a reader takes half a message
(kombu#1551: 79 of 5,000 corrupted in a race). Here a message is written under a temporary name and
renamed, and taken by a rename inside the same folder, so that exactly one consumer gets it.
A message taken is off the disk: tasks must be safe to miss.
"""

import fcntl
import json
import time
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.transport.filesystem import exchange_queue_t
from kombu.transport.virtual import BrokerState
from kombu.utils.json import dumps, loads

MESSAGE_SUFFIX = ".msg"
LOOK_SECONDS = 0.5


def write_whole(path: Path, text: str) -> None:
    """Write `text` so that a reader of `path` sees the old or the new content, never a part."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


class Channel(filesystem.Channel):
    """One folder of messages, `<time>_<uuid>.<queue>.msg`, and one of bindings."""

    @property
    def folder(self) -> Path:
        return Path(self.data_folder_in)

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}{MESSAGE_SUFFIX}"
        write_whole(self.folder / name, dumps(payload))

    def _get(self, queue: str) -> Any:  # type: ignore[override]
        waiting = self._listed(queue)
        if not waiting:
            waiting.extend(sorted(self._names(queue)))
        while waiting:
            name = waiting.popleft()
            taken = self.folder / f".{name}.taken"
            try:
                (self.folder / name).rename(taken)
            except FileNotFoundError:
                continue  # another consumer was first
            payload = taken.read_text(encoding="utf-8")
            taken.unlink()
            return loads(payload)
        raise Empty

    def _listed(self, queue: str) -> deque[str]:
        """Names of the last look into the folder, not tried yet (a look costs more than a message)."""
        if not hasattr(self, "_listings"):
            self._listings: dict[str, deque[str]] = {}
        return self._listings.setdefault(queue, deque())

    def _names(self, queue: str) -> Iterator[str]:
        suffix = f".{queue}{MESSAGE_SUFFIX}"
        names = (path.name for path in self.folder.iterdir())
        return (name for name in names if name.endswith(suffix) and not name.startswith("."))

    def _size(self, queue: str) -> int:
        return sum(1 for _ in self._names(queue))

    def _purge(self, queue: str) -> int:
        purged = 0
        for name in list(self._names(queue)):
            try:
                (self.folder / name).unlink()
            except FileNotFoundError:
                continue
            purged += 1
        return purged

    def get_table(self, exchange: str) -> list[exchange_queue_t]:
        try:
            rows = json.loads(self._exchange_file(exchange).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        return [exchange_queue_t(*row) for row in rows]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        binding = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._bindings_held():
            table = self.get_table(exchange)
            if binding not in table:
                self._store(exchange, [binding, *table])

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any
    ) -> None:
        self._purge(queue)
        binding = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._bindings_held():
            table = self.get_table(exchange)
            if binding in table:
                self._store(exchange, [row for row in table if row != binding])

    def _exchange_file(self, exchange: str) -> Path:
        return Path(super()._exchange_file(exchange))

    def _store(self, exchange: str, table: list[exchange_queue_t]) -> None:
        write_whole(self._exchange_file(exchange), json.dumps(table))

    @contextmanager
    def _bindings_held(self) -> Iterator[None]:
        """Hold the one lock over the bindings; freed by the kernel if the holder dies."""
        self.control_folder.mkdir(parents=True, exist_ok=True)
        with (self.control_folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """kombu knows it as `files://` (rectify/celery.py registers the name)."""

    Channel = Channel

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        # The stock class remembers bindings for the whole process: a second folder would get none.
        self.state = BrokerState()

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> None:
        """Look for messages, for half a second at most: between looks a worker notices that it shall stop."""
        super().drain_events(connection, timeout=timeout and min(timeout, LOOK_SECONDS), **kwargs)
