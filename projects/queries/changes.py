"""Changes of a project as its pages tell them: before and after, who asked, what was decided; masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from projects.models import Project, ProjectChange, ProjectEntry
from projects.rules.changes import (
    FIELD_LABELS,
    LEDGER,
    QUANTITIES,
    UNITS,
    ChangeKind,
    ChangeState,
    undecided,
)
from projects.rules.measures import MONEY
from projects.rules.stages import Cause, Stage
from rectify.lib import clock
from rectify.lib.masking import mask_text
from townships.models import User
from townships.queries.branches import UnitTree, unit_tree

UNSAID = "没有写明"


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A field of a request: 安排数量, 5公里, 6公里."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One request; ``meeting`` and ``decided`` are empty while it waits."""

    change: ProjectChange
    kind: str
    state: str
    is_ended: bool
    values: list[ShownValue]
    reason: str
    asked: str
    meeting: str
    words: str
    decided: str


def changes_of(project: Project, *, on: date) -> list[ShownChange]:
    """The requests of ``project``, newest first; one query."""
    found = project.changes.select_related("asked_by__unit", "decided_by__unit").order_by("-pk")
    tree = unit_tree()
    return [_shown(project, change, tree, on) for change in found]


def undecided_of(project: Project, entries: Iterable[ProjectEntry]) -> list[str]:
    """What a later file moved of the arranged quantity or the money due, in words: 安排增加1公里."""
    moves: dict[tuple[int | None, Stage], Decimal] = {}
    for entry in sorted(entries, key=lambda one: one.pk):
        if entry.stage in LEDGER and entry.cause in (Cause.IMPORT, Cause.WITHDRAWAL):
            key = (entry.cause_id, Stage(entry.stage))
            moved = entry.quantity if entry.amount is None else entry.amount
            moves[key] = moves.get(key, Decimal(0)) + moved
    return [_moved(project, stage, moved) for stage, moved in undecided(moves)]


def _moved(project: Project, stage: Stage, moved: Decimal) -> str:
    counted_in = project.counted_in if stage is Stage.ARRANGED else MONEY
    way = "减少" if moved < 0 else "增加"
    return f"{stage.label}{way}{plain(abs(moved))}{counted_in}"


def _shown(project: Project, change: ProjectChange, tree: UnitTree, on: date) -> ShownChange:
    def told(name: str, value: str | int | None) -> str:
        if value is None:
            return UNSAID
        if name in UNITS:
            return tree.label(int(value), on)
        if name in QUANTITIES:
            counted_in = project.counted_in if name == "arranged" else MONEY
            return f"{plain(Decimal(value))}{counted_in}"
        return mask_text(str(value))

    return ShownChange(
        change=change,
        kind=ChangeKind(change.kind).label,
        state=ChangeState(change.state).label,
        is_ended=change.state != ChangeState.PENDING,
        values=[
            ShownValue(label, told(name, change.before[name]), told(name, change.after[name]))
            for name, label in FIELD_LABELS.items()
            if name in change.after
        ],
        reason=mask_text(change.reason),
        asked=f"{_who(change.asked_by)}，{change.asked_at.astimezone(clock.BEIJING):%Y-%m-%d}",
        meeting=_meeting(change),
        words=mask_text(change.decision_words),
        decided=_decided(change),
    )


def _meeting(change: ProjectChange) -> str:
    day = change.met_on
    told = [mask_text(change.meeting), f"{day.year}年{day.month}月{day.day}日" if day else ""]
    return "，".join(part for part in told if part)


def _decided(change: ProjectChange) -> str:
    if change.decided_by is None or change.decided_at is None:
        return ""
    return f"{_who(change.decided_by)}，{change.decided_at.astimezone(clock.BEIJING):%Y-%m-%d}登记"


def _who(user: User) -> str:
    return f"{user.name}（{user.unit.name}）" if user.unit else user.name


def plain(value: Decimal) -> str:
    """A quantity as a person writes it: 1,210.8."""
    return f"{int(value):,}" if value == value.to_integral_value() else f"{value.normalize():,f}"
