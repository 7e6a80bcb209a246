"""整改计划 as a value: its steps and nodes, what it still lacks, which nodes cannot be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

LONG = "long"
REQUIREMENT, STEPS, LEADER, PERSON, EFFECT = "整改要求", "整改措施", "责任领导", "责任人", "整改效果"
NODES, FUNDS = "时间节点", "资金来源"
PLACE = "地点"
PARTS = (REQUIREMENT, STEPS, LEADER, PERSON, EFFECT, NODES, FUNDS)
"""What a plan is made of, as a return names what is missing."""
_BETWEEN_NAMES = re.compile(r"[、，,;；/／|\n]+")


@dataclass(frozen=True, slots=True)
class Step:
    """One measure; ``person`` empty: the plan's own."""

    text: str
    person: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """By ``on`` the ``quantity`` (in what the issue is counted in) is done, or what ``text`` says."""

    on: date
    quantity: Decimal | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a plan says; ``extra``: name of a field its list asks → what was written."""

    requirement: str = ""
    effect: str = ""
    leader: str = ""
    person: str = ""
    fund_source: str = ""
    steps: tuple[Step, ...] = ()
    nodes: tuple[Node, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list asks besides: money (W-080), fields by name and label. One that asks for a 地点 must be
    answered (W-079), others may stay empty."""

    deadline_class: str = ""
    funds: bool = False
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, label) for name, label in self.extra if PLACE in label)


def names_in(text: str) -> list[str]:
    """The persons a text names: 张三、李四 are two."""
    return [name for name in (part.strip() for part in _BETWEEN_NAMES.split(text)) if name]


def missing(plan: Content, asked: Asked) -> list[str]:
    """What the plan still lacks, by name (W-005, W-044, W-076, W-078); empty: it may be sent."""
    lacking = [
        (not plan.requirement.strip(), REQUIREMENT),
        (not plan.steps, STEPS),
        (not plan.effect.strip(), EFFECT),
        (not names_in(plan.leader), LEADER),
        (len(names_in(plan.leader)) > 1, f"{LEADER}（只能是一人）"),
        (not names_in(plan.person), PERSON),
        (len(names_in(plan.person)) > 1, f"{PERSON}（只能是一人）"),
        (_lacks_nodes(plan, asked), _nodes_wanted(asked)),
        (asked.funds and not plan.fund_source.strip(), FUNDS),
        *((not plan.extra.get(name, "").strip(), label) for name, label in asked.places),
    ]
    return [name for is_missing, name in lacking if is_missing]


def _lacks_nodes(plan: Content, asked: Asked) -> bool:
    """A plan has dates: nodes, or a date with every step; what takes long has nodes (W-076)."""
    if plan.nodes:
        return False
    return asked.deadline_class == LONG or any(step.due_on is None for step in plan.steps)


def _nodes_wanted(asked: Asked) -> str:
    if asked.deadline_class == LONG:
        return f"{NODES}（长期坚持的问题须有路线图）"
    return f"{NODES}（或者给每项措施写明期限）"


def wrong_nodes(nodes: Sequence[Node], due: Decimal, counted_in: str) -> str:
    """Why the nodes cannot be: more than ``due`` is to be put right, or less by a later day; "" if not so."""
    last = Decimal(0)
    for node in sorted(nodes, key=lambda one: one.on):
        if node.quantity is None:
            continue
        if node.quantity > due:
            return f"{node.on}的节点超过了应整改的{_plain(due)}{counted_in}。"
        if node.quantity < last:
            return f"{node.on}的节点少于前一个节点；请写到那一天累计完成的数量。"
        last = node.quantity
    return ""


def kept_days(old: Sequence[tuple[str, date | None]], new: Sequence[str]) -> list[date | None]:
    """The days on which the ``new`` steps were done: a step whose text stays keeps its day."""
    days: dict[str, list[date | None]] = {}
    for text, done_on in old:
        days.setdefault(text.strip(), []).append(done_on)
    return [known.pop(0) if (known := days.get(text.strip())) else None for text in new]


# --- as stored ----------------------------------------------------------------------------------------------


def stored_steps(steps: Sequence[Step]) -> list[dict[str, str]]:
    return [
        {"text": one.text, "person": one.person, "due_on": one.due_on.isoformat() if one.due_on else ""}
        for one in steps
    ]


def stored_nodes(nodes: Sequence[Node]) -> list[dict[str, str]]:
    return [
        {
            "on": one.on.isoformat(),
            "quantity": "" if one.quantity is None else f"{one.quantity:f}",
            "text": one.text,
        }
        for one in sorted(nodes, key=lambda node: node.on)
    ]


def read_steps(stored: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    return tuple(
        Step(one["text"], one["person"], date.fromisoformat(one["due_on"]) if one["due_on"] else None)
        for one in stored
    )


def read_nodes(stored: Sequence[Mapping[str, Any]]) -> tuple[Node, ...]:
    return tuple(
        Node(
            date.fromisoformat(one["on"]),
            Decimal(one["quantity"]) if one["quantity"] else None,
            one["text"],
        )
        for one in stored
    )


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
