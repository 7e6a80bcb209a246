"""The paper of a letter: everything that is printed, in reading order, as plain values that can be frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

CENTRED = frozenset({0})


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: heading and millimetres of each column, cells as printed; ``caption``: its name as 附件."""

    columns: tuple[tuple[str, float], ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """``is_letter``: 信函格式. ``table`` stands between ``body`` and ``demands``, ``attached`` on a page of
    its own. ``signer`` and ``day`` are empty before the signature; ``has_receipt``: boxes for both hands and
    a 回执 to send back."""

    kind: str
    organ: str
    number: str
    title: str
    addressee: str
    body: tuple[str, ...]
    demands: tuple[str, ...]
    is_letter: bool = True
    table: Grid | None = None
    attached: Grid | None = None
    contact: str = ""
    day: str = ""
    signer: str = ""
    copies: tuple[str, ...] = ()
    has_receipt: bool = False

    def frozen(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def thawed(cls, kept: Mapping[str, Any]) -> Paper:
        """What ``frozen`` kept."""
        values = dict(kept)
        for name in ("body", "demands", "copies"):
            values[name] = tuple(values[name])
        for name in ("table", "attached"):
            values[name] = _grid(values[name]) if values[name] else None
        return cls(**values)


def _grid(kept: Mapping[str, Any]) -> Grid:
    return Grid(
        columns=tuple((heading, width) for heading, width in kept["columns"]),
        rows=tuple(tuple(row) for row in kept["rows"]),
        caption=kept["caption"],
    )
