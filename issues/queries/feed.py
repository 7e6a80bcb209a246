"""Issues as other programs read them: plain objects, masked, with codes beside names. Constant queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from issues.models import Action, IssueUnit, PastDeadline
from issues.models.issues import IssueQuerySet
from issues.queries.choices import Choices
from issues.queries.listing import put_deadlines_in_force
from issues.rules.lights import issue_light
from issues.rules.stages import State, UnitRole
from projects.models import Campaign
from rectify.lib import keyset
from rectify.lib.keyset import CHANGED, reached, rows_after
from rectify.lib.masking import mask_text
from rectify.lib.plain import decimal, instant
from townships.queries.feed import named

COLUMNS = (
    "pk", "number", "ledger_number", "campaign__code", "list__code", "list__title", "category_id",
    "township_id", "village_id", "place", "description", "unit_id", "lead_unit_id", "counted_in",
    "found_at", "removed_at", "claimed_at", "confirmed_at", "amount_found_at", "state", "deadline_raw",
    "deadline_class", "due_on", "is_long", "deadline_confirmed", "found_on", "stated_on", "last_word_on",
    "closed_on", "source", "source_doc", "version", "updated_at",
)  # fmt: skip
TEXTS = ("section", "goal", "progress", "state_text", "recognised", "note")
DEADLINE = ("deadline_raw", "deadline_class", "due_on", "is_long", "deadline_confirmed")
PAST_DEADLINE = ("raw", "deadline_class", "due_on", "is_long", "confirmed")
Record = dict[str, Any]


@dataclass(frozen=True)
class Viewpoint:
    """What records are told with: the day, the basis of ``left``, the names that ids stand for. ``is_past``:
    the day was asked for, so that deadlines are those in force then."""

    known: Choices
    on: date
    basis: str = "claimed"
    is_past: bool = False


def page_of_records(
    found: IssueQuerySet, order: Sequence[str], *, after: keyset.Position | None, size: int, seen: Viewpoint
) -> tuple[list[Record], keyset.Position | None]:
    """``size`` records of ``found`` (from ``filtered``) after a position, and where to go on, if they do."""
    rows = rows_after(found, order, after, size + 1, (*COLUMNS, f"left_{seen.basis}_at"))
    return _records(rows[:size], seen), reached(rows, order, size)


def page_of_changes(
    found: IssueQuerySet,
    gone: IssueQuerySet,
    *,
    after: keyset.Position | None,
    size: int,
    seen: Viewpoint,
) -> tuple[list[Record], keyset.Position | None]:
    """As ``page_of_records`` in the order of changes, with a tombstone for each of ``gone`` between them."""
    rows = rows_after(found, CHANGED, after, size + 1, (*COLUMNS, f"left_{seen.basis}_at"))
    stones = rows_after(gone, CHANGED, after, size + 1, ("pk", "number", "updated_at"))
    both = sorted([*rows, *stones], key=lambda row: (row["updated_at"], row["pk"]))
    kept = both[:size]
    told = {record["number"]: record for record in _records([row for row in kept if "state" in row], seen)}
    return [told.get(row["number"]) or _tombstone(row) for row in kept], reached(both, CHANGED, size)


def record_of(found: IssueQuerySet, *, seen: Viewpoint) -> Record | None:
    """The one issue of ``found`` (from ``annotate_as_of``) with its texts, actions and former deadlines."""
    rows = list(found.values(*COLUMNS, *TEXTS, f"left_{seen.basis}_at")[:1])
    if not rows:
        return None
    (record,) = _records(rows, seen)
    pk = rows[0]["pk"]
    return {
        **record,
        **{name: mask_text(rows[0][name]) for name in TEXTS},
        "actions": [
            {"text": mask_text(text), "due_on": due_on, "done_on": done_on}
            for text, due_on, done_on in Action.objects.filter(issue=pk)
            .order_by("position")
            .values_list("text", "due_on", "done_on")
        ],
        "past_deadlines": [
            {**_deadline(*past), "from_on": from_on, "until_on": until_on}
            for from_on, until_on, *past in PastDeadline.objects.filter(issue=pk)
            .order_by("from_on")
            .values_list("from_on", "until_on", *PAST_DEADLINE)
        ],
    }


def campaigns_named(campaigns: Iterable[Campaign], known: Choices) -> Choices:
    """``known`` with these campaigns alone: codes of others are as unknown as none."""
    codes = {campaign.code: campaign.pk for campaign in campaigns}
    mine = set(codes.values())
    return Choices(
        campaigns=codes,
        lists={pk: one for pk, one in known.lists.items() if one.campaign in mine},
        categories={pk: one for pk, one in known.categories.items() if one.campaign in mine},
        units=known.units,
        sources={pk: named for pk, named in known.sources.items() if pk in mine},
        counted_in=known.counted_in,
    )


def on_no_list() -> Q:
    """What a program has to forget: taken back with its import, or gone to its parts."""
    return Q(state=State.WITHDRAWN.value) | Q(found=0)


# --- rows ---------------------------------------------------------------------------------------------------


def _tombstone(row: Mapping[str, Any]) -> Record:
    return {"number": row["number"], "deleted": True, "updated_at": instant(row["updated_at"])}


def _records(rows: list[dict[str, Any]], seen: Viewpoint) -> list[Record]:
    if seen.is_past:
        put_deadlines_in_force(rows, seen.on)
    answering = _answering([row["pk"] for row in rows], seen)
    return [_record(row, answering.get(row["pk"], []), seen) for row in rows]


def _record(row: Mapping[str, Any], units: list[Record], seen: Viewpoint) -> Record:
    category = seen.known.categories.get(row["category_id"])
    left = row[f"left_{seen.basis}_at"]
    light = issue_light(
        left=left,
        deadline_class=row["deadline_class"],
        due_on=row["due_on"],
        is_confirmed=row["deadline_confirmed"],
        on=seen.on,
    )
    return {
        "number": row["number"],
        "ledger_number": mask_text(row["ledger_number"]),
        "campaign": row["campaign__code"],
        "list": row["list__code"],
        "list_title": mask_text(row["list__title"]),
        "category": category.full_name if category else None,
        "category_code": category.code if category else None,
        **_named("township", row["township_id"], seen),
        **_named("village", row["village_id"], seen),
        "place": mask_text(row["place"]),
        "description": mask_text(row["description"]),
        "source": mask_text(row["source"]),
        "source_doc": mask_text(row["source_doc"]),
        **_named("unit", row["unit_id"], seen),
        **_named("lead_unit", row["lead_unit_id"], seen),
        "responsible_units": units,
        "counted_in": row["counted_in"],
        "quantity": decimal(row["found_at"]),
        "removed": decimal(row["removed_at"]),
        "claimed": decimal(row["claimed_at"]),
        "confirmed": decimal(row["confirmed_at"]),
        "left": decimal(left),
        "amount": decimal(row["amount_found_at"]),
        "state": row["state"],
        "state_label": State(row["state"]).label,
        "deadline": _deadline(*(row[column] for column in DEADLINE)),
        "light": light.level or None,
        "light_label": light.word or None,
        **{name: row[name] for name in ("found_on", "stated_on", "last_word_on", "closed_on", "version")},
        "updated_at": instant(row["updated_at"]),
        "url": f"/issues/{row['number']}/",
    }


def _named(name: str, pk: int | None, seen: Viewpoint) -> Record:
    return named(name, pk, seen.known.units, seen.on)


def _answering(issues: Sequence[int], seen: Viewpoint) -> dict[int, list[Record]]:
    """Issue → its units with their roles: lead, responsible, support. One query."""
    parts = IssueUnit.objects.filter(issue__in=issues).order_by("issue", "position")
    found: dict[int, list[Record]] = {}
    for issue, unit, name, role in parts.values_list("issue_id", "unit_id", "name", "role"):
        told = _named("unit", unit, seen) if unit else {"unit": mask_text(name), "unit_code": None}
        found.setdefault(issue, []).append({**told, "role": role})
    ranks = {role.value: rank for rank, role in enumerate(UnitRole)}
    return {issue: sorted(units, key=lambda unit: ranks[unit["role"]]) for issue, units in found.items()}


def _deadline(raw: str, kind: str, due_on: date | None, is_long: bool, confirmed: bool) -> Record:
    """As an import reports it: raw, class, due_on, long, confidence."""
    confidence = "certain" if confirmed else "confirm"
    return {"raw": mask_text(raw), "class": kind, "due_on": due_on, "long": is_long, "confidence": confidence}
