"""The ladder as a list: one line an item and deadline, on the rung where it stands, with the seats told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, Count, Exists, Max, Min, OuterRef, Q
from django.db.models.functions import Concat

from alerts.models import Alert, LadderRecord
from alerts.models.alerts import AlertQuerySet
from alerts.queries.items import about
from alerts.rules.alert_filters import AlertFilter
from alerts.rules.ladder import LADDER, Colour, ItemKind, Level, Subject
from issues.models import Issue
from projects.models import Campaign, Project
from rectify.lib.criteria import FilterRefused
from rectify.lib.masking import mask_text
from townships.models import Seat, User
from townships.queries.branches import UnitTree
from townships.rules.roles import Duty

PAGE_SIZE = 50
CLIPPED = 80
KEY = ("item_kind", "item_id", "subject", "anchor_on")
LINE = (*KEY, "number", "height")
STATES: dict[str, Q] = {
    "open": Q(voided_at__isnull=True, handled_at__isnull=True),
    "handled": Q(voided_at__isnull=True, handled_at__isnull=False),
    "voided": Q(voided_at__isnull=False),
    "all": Q(),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One item and deadline on the page; ``alert`` the newest of its rung, told ``times`` times; ``address``
    is empty where the viewer has no page of it."""

    alert: int
    kind: ItemKind
    item_id: int
    number: str
    text: str
    address: str
    subject: Subject
    anchor_on: date
    level: Level
    light: str
    word: str
    times: int
    since: date
    made_on: date
    is_backlog: bool
    seats: list[str]
    cause: str
    record: LadderRecord | None

    @property
    def is_recorded_by_people(self) -> bool:
        """约谈 and 移交: due now, done by somebody, written down."""
        return self.level in (Level.TALK, Level.HANDOVER)


def filtered(
    alerts: AlertQuerySet, wanted: AlertFilter, *, unit_ids: list[int] | None, township_ids: list[int] | None
) -> AlertQuerySet:
    """``alerts`` in scope, narrowed; the ids are what ``wanted``'s codes stand for, None: all."""
    found = alerts.filter(STATES[wanted.state])
    if wanted.campaign:
        found = found.filter(campaign__code=wanted.campaign)
    if wanted.subject:
        found = found.filter(subject=wanted.subject)
    if wanted.backlog:
        found = found.filter(is_backlog=wanted.backlog == "1")
    if wanted.q:
        found = found.filter(number__icontains=wanted.q)
    if wanted.made_on:
        found = found.filter(made_on=wanted.made_on)
    if unit_ids is not None:
        found = found.filter(unit__in=unit_ids)
    if wanted.mine:  # an office's seat hears of everybody's
        found = found.exclude(duty=Duty.SUPERVISION.value)
    if township_ids is not None:
        found = found.filter(_at_place(township_ids))
    return found


def _at_place(township_ids: list[int]) -> Q:
    issues = Issue.objects.filter(pk=OuterRef("item_id"), township__in=township_ids)
    projects = Project.objects.filter(pk=OuterRef("item_id"), township__in=township_ids)
    return (Q(item_kind=ItemKind.ISSUE.value) & Q(Exists(issues))) | (
        Q(item_kind=ItemKind.PROJECT.value) & Q(Exists(projects))
    )


def ids_of_unit(tree: UnitTree, code: str, on: date) -> list[int] | None:
    """The unit of that code with all that counts as it; None for no code. Refuses an unknown one."""
    if not code:
        return None
    node = tree.by_code.get(code)
    if node is None:
        raise FilterRefused(f"没有代码为“{code}”的单位。")
    return tree.counting_as(node.pk, on)


def led_by(user: User) -> list[int]:
    """Units that the person is in charge of (分管, 联系)."""
    seats = Seat.objects.filter(user=user, duty=Duty.LEADER_IN_CHARGE.value)
    return list(seats.values_list("unit", flat=True))


def standing(found: AlertQuerySet) -> Any:
    """The lines of ``found``: each item and deadline on its highest rung there, highest first."""
    lines = _highest(found).order_by().values(*LINE)
    return lines.annotate(times=Count("step", distinct=True), since=Min("planned_on"), last=Max("made_on"))


def _highest(found: AlertQuerySet) -> AlertQuerySet:
    same = {name: OuterRef(name) for name in KEY}
    return found.exclude(Exists(found.filter(**same, height__gt=OuterRef("height")).order_by()))


def rung_counts(found: AlertQuerySet) -> dict[Level, int]:
    """How many items and deadlines stand on each rung; one query."""
    one = Concat("item_kind", "item_id", "subject", "anchor_on", output_field=CharField())
    rows = _highest(found).order_by().values_list("height").annotate(items=Count(one, distinct=True))
    by_height = dict(rows)
    return {level: by_height.get(level.height, 0) for level in LADDER}


def pressing(user: User, campaign: Campaign) -> int:
    """How many items and deadlines in the viewer's sight stand on 督办 or higher; one query."""
    high = (
        Alert.objects.visible_to(user).open().filter(campaign=campaign, height__gte=Level.SUPERVISION.height)
    )
    one = Concat("item_kind", "item_id", "subject", "anchor_on", output_field=CharField())
    return high.aggregate(items=Count(one, distinct=True))["items"] or 0


def page_of(found: AlertQuerySet, wanted: AlertFilter, *, user: User, tree: UnitTree) -> list[Line]:
    """The lines of page ``wanted.page``; a fixed number of queries."""
    lines = standing(found)
    if wanted.rung:
        lines = lines.filter(height=Level(wanted.rung).height)
    start = (wanted.page - 1) * PAGE_SIZE
    rows = list(lines.order_by("-height", "since", "number", "subject")[start : start + PAGE_SIZE])
    seats, texts, records = _seats(found, rows), _texts(rows, user), _records(rows)
    return [_line(row, seats[_key(row)], texts, records, tree) for row in rows]


def _line(
    row: Mapping[str, Any],
    told: Sequence[Mapping[str, Any]],
    texts: Mapping[tuple[str, int], str],
    records: Mapping[tuple[str, int, int], LadderRecord],
    tree: UnitTree,
) -> Line:
    item = (row["item_kind"], row["item_id"])
    kind, newest = ItemKind(row["item_kind"]), told[0]
    return Line(
        alert=newest["pk"],
        kind=kind,
        item_id=row["item_id"],
        number=row["number"],
        text=texts.get(item, ""),
        address=address_of(kind, row["item_id"], row["number"]) if kind not in READ or item in texts else "",
        subject=Subject(row["subject"]),
        anchor_on=row["anchor_on"],
        level=LADDER[row["height"] - 1],
        light=light_level(Colour(newest["colour"])),
        word=newest["word"],
        times=row["times"],
        since=row["since"],
        made_on=row["last"],
        is_backlog=any(seat["is_backlog"] for seat in told),
        seats=seats_in_words(told, tree, row["last"]),
        cause=newest["void_cause"],
        record=records.get((*item, row["height"])),
    )


def seats_in_words(told: Iterable[Mapping[str, Any]], tree: UnitTree, on: date) -> list[str]:
    """住建局主要负责人、分管领导: the seats of each unit, once; 督查室 of several offices, once."""
    duties: dict[str, list[str]] = {}
    for seat in told:
        own = duties.setdefault(tree.label(seat["unit_id"], on), [])
        if (duty := Duty(seat["duty"]).label) not in own:
            own.append(duty)
    said = [f"{unit}{'、'.join(own)}" for unit, own in duties.items() if own != [Duty.SUPERVISION.label]]
    watches = len(said) < len(duties)
    return [*said, Duty.SUPERVISION.label] if watches else said


def light_level(colour: Colour) -> str:
    """Which of the house's four lights draws the colour; the word beside it is the campaign's own."""
    soon = (Colour.BLUE, Colour.YELLOW, Colour.GREEN)
    return "overdue" if colour in (Colour.RED, Colour.ORANGE) else "soon" if colour in soon else "none"


def _seats(found: AlertQuerySet, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[Any, ...], list[Any]]:
    """Of each line the alerts of its rung, newest first, one a seat."""
    rows = list(rows)
    wanted = Q(pk__in=[])
    for kind, ids in _ids(rows).items():
        wanted |= about(ItemKind(kind), ids)
    alerts = (
        found.filter(wanted)
        .order_by("-step", "unit__code", "-duty")
        .values(*LINE, "pk", "unit_id", "duty", "colour", "word", "is_backlog", "void_cause")
    )
    told: dict[tuple[Any, ...], list[Any]] = {}
    for alert in alerts:
        told.setdefault(_key(alert), []).append(alert)
    return told


def _ids(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[int]]:
    by_kind: dict[str, list[int]] = {}
    for row in rows:
        by_kind.setdefault(row["item_kind"], []).append(row["item_id"])
    return by_kind


def _texts(rows: Iterable[Mapping[str, Any]], user: User) -> dict[tuple[str, int], str]:
    """What the items are about, masked, of those in the viewer's sight."""
    ids = _ids(rows)
    issues = Issue.objects.visible_to(user).filter(pk__in=ids.get(ItemKind.ISSUE.value, []))
    projects = Project.objects.visible_to(user).filter(pk__in=ids.get(ItemKind.PROJECT.value, []))
    texts = {(ItemKind.ISSUE.value, pk): text for pk, text in issues.values_list("pk", "description")}
    texts |= {(ItemKind.PROJECT.value, pk): text for pk, text in projects.values_list("pk", "name")}
    return {item: mask_text(text)[:CLIPPED] for item, text in texts.items()}


def _records(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int, int], LadderRecord]:
    """The newest record of 约谈 or 移交 of each item and rung."""
    wanted = Q(pk__in=[])
    for kind, ids in _ids(rows).items():
        wanted |= Q(item_kind=kind, item_id__in=ids)
    found = LadderRecord.objects.filter(wanted).select_related("recorded_by").order_by("happened_on", "pk")
    return {(one.item_kind, one.item_id, one.height): one for one in found}


READ = (ItemKind.ISSUE, ItemKind.PROJECT)
"""Kinds whose text and page are shown to who sees the item."""


def address_of(kind: ItemKind, pk: int, number: str) -> str:
    """The page where the item stands; empty where it has none of its own."""
    if kind in (ItemKind.ISSUE, ItemKind.REFUSAL, ItemKind.CLOSURE):
        return f"/issues/{number}/"
    if kind is ItemKind.PROJECT:
        return f"/projects/{number}/"
    return {ItemKind.LETTER: f"/letters/{pk}/", ItemKind.PART: "/lists/", ItemKind.FILING: "/rounds/"}[kind]


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in (*KEY, "height"))
