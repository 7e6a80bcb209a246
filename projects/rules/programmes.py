"""专项 as a tree: its order on pages, and what would make nonsense of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

JOINT = " / "
NAME_LENGTH, FULL_LENGTH, PATH_LENGTH = 100, 255, 120


class Member(Protocol):
    """A programme as the tree needs it; ``above`` is the id of its parent."""

    @property
    def pk(self) -> int: ...
    @property
    def above(self) -> int | None: ...
    @property
    def position(self) -> int: ...
    @property
    def code(self) -> str: ...


M = TypeVar("M", bound=Member)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a programme shall be; ``parent``: its id, None at the top. ``department``: a unit's id."""

    name: str
    parent: int | None = None
    department: int | None = None
    has_allotment: bool = True
    allot_due_on: date | None = None


def in_order(members: Iterable[M]) -> list[M]:
    """All of them as the tree is read: each below its parent, siblings by place, then by code."""
    below: dict[int | None, list[M]] = {}
    for member in members:
        below.setdefault(member.above, []).append(member)
    for siblings in below.values():
        siblings.sort(key=lambda one: (one.position, one.code))
    found: list[M] = []
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        member = waiting.pop()
        found.append(member)
        waiting += reversed(below.get(member.pk, []))
    return found


def name_problem(name: str, above: str, siblings: Mapping[str, int], own: int | None) -> str:
    """Why ``name`` cannot stand below ``above`` (its full name, "" at the top); "" where it can.
    ``siblings``: folded name → id."""
    name = name.strip()
    if not name:
        return "专项名称不能为空。"
    if "/" in name:
        return "专项名称不能含“/”。"
    if len(name) > NAME_LENGTH or len(full_name(above, name)) > FULL_LENGTH:
        return f"专项名称最长{NAME_LENGTH}个字，连同上级最长{FULL_LENGTH}个字。"
    taken = siblings.get(name.casefold())
    return f"这一级已有名为“{name}”的专项。" if taken not in (None, own) else ""


def full_name(above: str, name: str) -> str:
    return f"{above}{JOINT}{name}" if above else name


def is_below(path: str, branch: str) -> bool:
    """Whether ``path`` is in the branch: the programme itself, or under it."""
    return path.startswith(branch)


def swapped(order: Sequence[int], pk: int, step: int) -> list[int]:
    """The siblings ``order`` with ``pk`` one place up (−1) or down (+1); unchanged at the end."""
    found = list(order)
    place = found.index(pk)
    other = place + step
    if 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    return found
