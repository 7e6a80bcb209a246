"""The inbox: what a person was told at the seats he still sits in, grouped by item, highest rung first.

Nothing here says who has read what (design, section 8); an alert is open or handled, for the whole seat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet

from alerts.models import Alert, Telling
from alerts.queries.items import about
from alerts.queries.seats import OPEN, at_seats, seats_of
from alerts.rules.ladder import LADDER, ItemKind, Level, Subject
from alerts.rules.telling import ItemKey, address, why
from issues.models import Issue
from projects.models import Project
from rectify.lib.clock import beijing_date
from rectify.lib.masking import mask_text
from townships.models import Seat, User
from townships.queries.branches import UnitTree, unit_tree
from townships.rules.roles import Duty

SHOWN = 60
"""Characters of an issue's text on the list."""


@dataclass(frozen=True, slots=True)
class Line:
    """One alert of an item: which deadline, which rung, why it is told to this person."""

    level: Level
    word: str
    colour: str
    subject: Subject
    anchor_on: date
    planned_on: date
    why: str
    is_backlog: bool
    handled_on: date | None
    handled_by: str


@dataclass(frozen=True, slots=True)
class InboxItem:
    """An item with its lines, highest rung first. ``text`` is masked, "" where the item is out of sight."""

    key: ItemKey
    number: str
    text: str
    href: str
    lines: list[Line]

    @property
    def head(self) -> Line:
        return self.lines[0]


def told_to(user: User) -> QuerySet[Alert]:
    """Alerts in force that the person was told at seats he still sits in."""
    told = Telling.objects.filter(alert=OuterRef("pk"), user=user)
    return Alert.objects.filter(Exists(told), at_seats(seats_of(user)), voided_at__isnull=True)


def unhandled(user: User) -> int:
    """How many items wait in the inbox: the badge on every page, so one query, from what he was told."""
    sits = Seat.objects.filter(user=user, unit=OuterRef("alert__unit"), duty=OuterRef("alert__duty"))
    told = Telling.objects.filter(
        Exists(sits), user=user, alert__voided_at__isnull=True, alert__handled_at__isnull=True
    )
    return told.order_by().values("alert__item_kind", "alert__item_id").distinct().count()


def groups(user: User, *, is_handled: bool = False, level: Level | None = None) -> QuerySet[Any, Any]:
    """Items in the order of the list: highest rung, then longest waiting; handled ones latest first."""
    found: QuerySet[Any, Any] = told_to(user).filter(handled_at__isnull=not is_handled)
    grouped: QuerySet[Any, Any] = found.order_by().values("item_kind", "item_id")
    if is_handled:
        handled: QuerySet[Any, Any] = grouped.annotate(at=Max("handled_at"))
        return handled.order_by("-at", "item_kind", "item_id")
    grouped = grouped.annotate(top=Max("height"), first=Min("planned_on"))
    if level is not None:
        grouped = grouped.filter(top=level.height)
    return grouped.order_by("-top", "first", "item_kind", "item_id")


def counts(user: User) -> dict[Level, int]:
    """How many items stand on which rung as their highest, highest first."""
    tops = groups(user).values_list("top", flat=True)
    found: dict[Level, int] = {}
    for top in tops:
        found[LADDER[top - 1]] = found.get(LADDER[top - 1], 0) + 1
    return found


def key_of(row: dict[str, Any]) -> ItemKey:
    """The item of a row of ``groups``."""
    return ItemKey(ItemKind(row["item_kind"]), row["item_id"])


def items(user: User, keys: list[ItemKey], *, is_handled: bool = False) -> list[InboxItem]:
    """The items with their lines and texts, in the order of ``keys``; four queries, whatever their number."""
    if not keys:
        return []
    alerts = (
        told_to(user)
        .filter(of_items(keys), handled_at__isnull=not is_handled)
        .select_related("handled_by")
        .order_by("-height", "-planned_on", "pk")
    )
    by_key: dict[ItemKey, list[Alert]] = {}
    for alert in alerts:
        by_key.setdefault(ItemKey(ItemKind(alert.item_kind), alert.item_id), []).append(alert)
    texts, tree = _texts(user, keys), unit_tree()
    return [_item(key, by_key[key], texts.get(key, ""), tree) for key in keys if key in by_key]


def of_items(keys: list[ItemKey]) -> Q:
    """The condition on alerts that they are about one of the items."""
    by_kind: dict[ItemKind, list[int]] = {}
    for key in keys:
        by_kind.setdefault(key.kind, []).append(key.id)
    wanted = Q(pk__in=[])
    for kind, ids in by_kind.items():
        wanted |= about(kind, ids)
    return wanted


def neighbours(user: User, key: ItemKey) -> tuple[ItemKey | None, ItemKey | None]:
    """The items before and after one in the list; one that is no longer there comes before the first."""
    keys = [key_of(row) for row in groups(user)]
    place = keys.index(key) if key in keys else -1
    before = keys[place - 1] if place > 0 else None
    after = keys[place + 1] if place + 1 < len(keys) else None
    return before, after


def seat_words(user: User) -> list[tuple[str, int]]:
    """Why this person is told at all: each seat in words, with how many open alerts it has."""
    seats = seats_of(user)
    rows = Alert.objects.filter(OPEN, at_seats(seats)).order_by().values("unit_id", "duty")
    tree = unit_tree()
    open_ = {(row["unit_id"], row["duty"]): row["n"] for row in rows.annotate(n=Count("pk"))}
    return [
        (why(Duty(seat.duty), tree.nodes[seat.unit_id].label), open_.get((seat.unit_id, seat.duty), 0))
        for seat in seats
    ]


def _item(key: ItemKey, alerts: list[Alert], text: str, tree: UnitTree) -> InboxItem:
    number = alerts[0].number
    return InboxItem(key, number, text, address(key, number), [_line(alert, tree) for alert in alerts])


def _line(alert: Alert, tree: UnitTree) -> Line:
    return Line(
        level=LADDER[alert.height - 1],
        word=alert.word,
        colour=alert.colour,
        subject=Subject(alert.subject),
        anchor_on=alert.anchor_on,
        planned_on=alert.planned_on,
        why=why(Duty(alert.duty), tree.nodes[alert.unit_id].label),
        is_backlog=alert.is_backlog,
        handled_on=beijing_date(alert.handled_at) if alert.handled_at else None,
        handled_by=alert.handled_by.name if alert.handled_by else "",
    )


def _texts(user: User, keys: list[ItemKey]) -> dict[ItemKey, str]:
    issues = [key.id for key in keys if key.kind is ItemKind.ISSUE]
    projects = [key.id for key in keys if key.kind is ItemKind.PROJECT]
    found = {
        ItemKey(ItemKind.ISSUE, pk): text or name
        for pk, text, name in Issue.objects.visible_to(user)
        .filter(pk__in=issues)
        .annotate(kind=F("category__name"))
        .values_list("pk", "description", "kind")
    }
    found |= {
        ItemKey(ItemKind.PROJECT, pk): name
        for pk, name in Project.objects.visible_to(user).filter(pk__in=projects).values_list("pk", "name")
    }
    return {key: _short(mask_text(text or "")) for key, text in found.items()}


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
