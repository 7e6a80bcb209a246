"""What one issue or project was warned of, and what comes next if nobody acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from alerts.models import Alert, LightChange
from alerts.queries.items import about
from alerts.queries.ladder import light_level, seats_in_words
from alerts.queries.rungs import rules_in_force
from alerts.queries.sources import SOURCES
from alerts.rules.ladder import LADDER, Colour, ItemKind, Level, Subject
from alerts.rules.rungs import Standing, next_planned
from townships.models import User
from townships.queries.branches import unit_tree

TURNS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Rung:
    """One planned day on which seats were told, for the ``time``-th time on this rung."""

    subject: Subject
    level: Level
    light: str
    word: str
    time: int
    planned_on: date
    made_on: date
    is_backlog: bool
    seats: list[str]
    ended: str


@dataclass(frozen=True, slots=True)
class Told:
    """Rungs told, the newest first; changes of the light; the next planned one of each subject."""

    rungs: list[Rung]
    turns: list[LightChange]
    coming: list[tuple[Subject, Standing]]


def told_of(kind: ItemKind, pk: int, campaign_id: int, *, user: User, on: date) -> Told:
    """All of an item already in the viewer's sight; six queries and one a subject that stands."""
    alerts = Alert.objects.visible_to(user).filter(about(kind, [pk]))
    turns = LightChange.objects.filter(item_kind=kind.value, item_id=pk).order_by("-pk")[:TURNS_SHOWN]
    return Told(_rungs(alerts), list(turns), _coming(kind, pk, campaign_id, on))


def _rungs(alerts: Any) -> list[Rung]:
    tree = unit_tree()
    rows = alerts.order_by("-planned_on", "-height", "-step", "unit__code", "-duty").values(
        "subject", "anchor_on", "height", "step", "planned_on", "made_on", "unit_id", "duty", "colour",
        "word", "is_backlog", "voided_at", "void_cause", "handled_at",
    )  # fmt: skip
    days: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        day = (row["subject"], row["anchor_on"], row["height"], row["step"])
        days.setdefault(day, []).append(row)
    ordinals: dict[tuple[Any, ...], int] = {}
    of_rung: dict[tuple[Any, ...], int] = {}
    for day in sorted(days):
        of_rung[day[:3]] = ordinals[day] = of_rung.get(day[:3], 0) + 1
    return [_rung(seats, ordinals[day], tree) for day, seats in days.items()]


def _rung(seats: list[dict[str, Any]], time: int, tree: Any) -> Rung:
    first = seats[0]
    return Rung(
        subject=Subject(first["subject"]),
        level=LADDER[first["height"] - 1],
        light=light_level(Colour(first["colour"])),
        word=first["word"],
        time=time,
        planned_on=first["planned_on"],
        made_on=first["made_on"],
        is_backlog=first["is_backlog"],
        seats=seats_in_words(seats, tree, first["made_on"]),
        ended=_ended(seats),
    )


def _ended(seats: list[dict[str, Any]]) -> str:
    """作废 with its cause, or 已处理 where every seat has handled it."""
    if cause := next((seat["void_cause"] for seat in seats if seat["voided_at"]), ""):
        return f"作废：{cause}"
    return "已处理" if all(seat["handled_at"] for seat in seats) else ""


def _coming(kind: ItemKind, pk: int, campaign_id: int, on: date) -> list[tuple[Subject, Standing]]:
    """By the rules in force today; a rung of points comes on no day that could be told."""
    rules = rules_in_force(campaign_id, on)
    found = []
    for subject, source in SOURCES.items():
        if source.subject.item is not kind or source.items is None or source.has_points:
            continue
        items = source.items(campaign_id, on).filter(item_key=pk)
        anchor = items.values_list("anchor_day", flat=True).first()
        standing = next_planned(rules.of(subject), anchor, on) if anchor is not None else None
        if standing is not None:
            found.append((subject, standing))
    return sorted(found, key=lambda one: one[1].planned_on)
