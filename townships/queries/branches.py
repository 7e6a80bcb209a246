"""The unit tree as a value: names, and which units count as one on a day (mergers folded into successors)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from townships.models import Unit
from townships.queries.revisions import until_changed
from townships.rules.roles import Level

NAMED_IN_FULL = (Level.TOWNSHIP, Level.VILLAGE)


@dataclass(frozen=True, slots=True)
class Node:
    """A unit as lists need it; ``label`` is its name, for departments the short one."""

    pk: int
    code: str
    label: str
    name: str
    level: str
    path: str
    closed_on: date | None
    successor: int | None


@dataclass(frozen=True)
class UnitTree:
    """All units by id. What closed on or before a day counts as its successor, a chain of them to the end."""

    nodes: Mapping[int, Node]

    @cached_property
    def by_code(self) -> dict[str, Node]:
        return {node.code: node for node in self.nodes.values()}

    @cached_property
    def _closed(self) -> list[Node]:
        return [
            node for node in self.nodes.values() if node.closed_on is not None and node.successor is not None
        ]

    def final(self, pk: int, on: date) -> int:
        """The unit that ``pk`` counts as on ``on``."""
        seen: set[int] = set()
        while pk not in seen:
            seen.add(pk)
            node = self.nodes[pk]
            if node.closed_on is None or node.closed_on > on or node.successor is None:
                break
            pk = node.successor
        return pk

    def label(self, pk: int | None, on: date) -> str:
        """The name under which the unit's items stand on ``on``; empty without a unit."""
        return "" if pk is None else self.nodes[self.final(pk, on)].label

    def counting_as(self, pk: int, on: date, *, own: bool = False) -> list[int]:
        """Ids of all units whose items count as the unit or its branch on ``on``; with ``own`` as it alone.

        A closed unit asked for is answered by its successor, for there its items stand."""
        pk = self.final(pk, on)
        folded = [node for node in self._closed if node.closed_on and node.closed_on <= on]
        if own:
            return [pk, *(node.pk for node in folded if self.final(node.pk, on) == pk)]
        branch = self._under([self.nodes[pk].path])
        came = self._under(node.path for node in folded if self.final(node.pk, on) in branch)
        left = self._under(
            node.path for node in folded if node.pk in branch and self.final(node.pk, on) not in branch
        )
        return sorted((branch | came) - left)

    def at_level(self, level: Level, on: date) -> list[Node]:
        """Units of a level that stand on ``on``, by code."""
        standing = (node for node in self.nodes.values() if node.closed_on is None or node.closed_on > on)
        return sorted((node for node in standing if node.level == level), key=lambda node: node.code)

    def _under(self, paths: Iterable[str]) -> set[int]:
        starts = tuple(paths)
        return {node.pk for node in self.nodes.values() if node.path.startswith(starts)} if starts else set()


def load_unit_tree() -> UnitTree:
    """The tree, read anew. One query."""
    rows = Unit.objects.values_list(
        "pk", "code", "short_name", "name", "level", "path", "closed_on", "successor_id"
    )
    return UnitTree(
        {
            pk: Node(
                pk, code, name if level in NAMED_IN_FULL else short, name, level, path, closed, successor
            )
            for pk, code, short, name, level, path, closed, successor in rows
        }
    )


def unit_tree() -> UnitTree:
    """The tree, kept until a unit changes. One query."""
    return until_changed("unit tree", None, load_unit_tree)
