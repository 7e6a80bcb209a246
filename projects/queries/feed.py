"""Projects and campaigns as other programs read them: plain objects, masked, codes beside names. Constant
queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from projects.models import Campaign, Programme, ProjectEntry
from projects.models.projects import ProjectQuerySet
from projects.queries.choices import Choices
from projects.queries.projects import MONIES, SUMMED, finish_light
from projects.queries.standing import with_ahead
from projects.rules.stages import Stage
from projects.rules.standing import standing
from rectify.lib.keyset import CHANGED, WHOLE, Position, reached, rows_after
from rectify.lib.masking import mask_text
from rectify.lib.plain import decimal, instant
from townships.queries.feed import named

FIGURES = (*SUMMED, *MONIES)
COLUMNS = (
    "pk", "number", "ledger_number", "name", "campaign__code", "programme_id", "township_id", "village_id",
    "place", "standard", "document", "ahead_on", "department_id", "department_text", "counted_in",
    "investment", "arranged_on", "start_raw", "start_due_on", "start_class", "start_confirmed", "finish_raw",
    "finish_due_on", "finish_class", "finish_confirmed", "version", "updated_at",
    *(f"{name}_at" for name in FIGURES),
)  # fmt: skip
TEXTS = ("content", "progress", "problem", "note")
CAMPAIGN = (
    "pk", "code", "name", "unit__name", "unit__code", "start_on", "end_on", "list_lock_on", "plan_due_on",
)  # fmt: skip
DAYS = ("start_on", "end_on", "list_lock_on", "plan_due_on")
Record = dict[str, Any]
Told = tuple[list[Record], Position | None]


@dataclass(frozen=True)
class Viewpoint:
    """What records are told with: the day, and the names that ids stand for."""

    known: Choices
    on: date


# --- campaigns ----------------------------------------------------------------------------------------------


def page_of_campaigns(campaigns: Iterable[Campaign], *, after: Position | None, size: int) -> Told:
    """``size`` of these campaigns after a position, and where to go on, if they do. One query."""
    mine = Campaign.objects.filter(pk__in=[campaign.pk for campaign in campaigns])
    rows = rows_after(mine, WHOLE, after, size + 1, CAMPAIGN)
    return [_campaign(row) for row in rows[:size]], reached(rows, WHOLE, size)


def campaign_record(campaigns: Iterable[Campaign], code: str) -> Record | None:
    """The one of these campaigns with ``code``, with its programmes in the order of their tree."""
    named_so = [campaign.pk for campaign in campaigns if campaign.code == code]
    rows = list(Campaign.objects.filter(pk__in=named_so).values(*CAMPAIGN))
    if not rows:
        return None
    programmes = Programme.objects.filter(campaign__in=named_so).order_by("path")
    return {
        **_campaign(rows[0]),
        "programmes": [
            {
                "programme": name,
                "programme_code": code,
                "parent_code": parent,
                "department": department,
                "department_code": department_code,
            }
            for name, code, parent, department, department_code in programmes.values_list(
                "full_name", "code", "parent__code", "department__name", "department__code"
            )
        ],
    }


def _campaign(row: Mapping[str, Any]) -> Record:
    return {
        "code": row["code"],
        "name": row["name"],
        "unit": row["unit__name"],
        "unit_code": row["unit__code"],
        **{name: row[name] for name in DAYS},
        "url": f"/dashboard/?campaign={row['code']}",
    }


# --- projects -----------------------------------------------------------------------------------------------


def page_of_projects(found: ProjectQuerySet, *, after: Position | None, size: int, seen: Viewpoint) -> Told:
    """``size`` records of ``found`` (from ``filtered``) after a position, and where to go on, if they do."""
    rows = rows_after(with_ahead(found), WHOLE, after, size + 1, COLUMNS)
    return [_record(row, seen) for row in rows[:size]], reached(rows, WHOLE, size)


def page_of_changes(
    found: ProjectQuerySet, gone: ProjectQuerySet, *, after: Position | None, size: int, seen: Viewpoint
) -> Told:
    """As ``page_of_projects`` in the order of changes, with a tombstone for each of ``gone`` between them."""
    rows = rows_after(with_ahead(found), CHANGED, after, size + 1, COLUMNS)
    stones = rows_after(gone, CHANGED, after, size + 1, ("pk", "number", "updated_at"))
    both = sorted([*rows, *stones], key=lambda row: (row["updated_at"], row["pk"]))
    told = [_record(row, seen) if "name" in row else _tombstone(row) for row in both[:size]]
    return told, reached(both, CHANGED, size)


def project_record(found: ProjectQuerySet, *, seen: Viewpoint) -> Record | None:
    """The one project of ``found`` (from ``annotate_as_of``) with its texts and its ledger."""
    rows = list(with_ahead(found).values(*COLUMNS, *TEXTS)[:1])
    if not rows:
        return None
    (row,) = rows
    entries = ProjectEntry.objects.filter(item=row["pk"]).order_by("happened_on", "pk")
    return {
        **_record(row, seen),
        **{name: mask_text(row[name]) for name in TEXTS},
        "entries": [
            {
                "stage": stage,
                "stage_label": Stage(stage).label,
                "quantity": decimal(quantity),
                "amount": None if amount is None else decimal(amount),
                "happened_on": happened_on,
                "recorded_at": instant(recorded_at),
            }
            for stage, quantity, amount, happened_on, recorded_at in entries.values_list(
                "stage", "quantity", "amount", "happened_on", "recorded_at"
            )
        ],
    }


def campaigns_named(campaigns: Sequence[Campaign], known: Choices) -> Choices:
    """``known`` with these campaigns alone: codes of others are as unknown as none."""
    codes = {campaign.code: campaign.pk for campaign in campaigns}
    mine = set(codes.values())
    return Choices(
        campaigns=codes,
        programmes={pk: one for pk, one in known.programmes.items() if one.campaign in mine},
        units=known.units,
        counted_in=known.counted_in,
        first_year=known.first_year,
    )


def _tombstone(row: Mapping[str, Any]) -> Record:
    return {"number": row["number"], "deleted": True, "updated_at": instant(row["updated_at"])}


def _record(row: Mapping[str, Any], seen: Viewpoint) -> Record:
    programme = seen.known.programmes.get(row["programme_id"])
    units, on = seen.known.units, seen.on
    figures = {name: row[f"{name}_at"] for name in FIGURES}
    so = standing(figures)
    light = finish_light(figures, row["finish_due_on"], row["finish_confirmed"], on)
    return {
        "number": row["number"],
        "ledger_number": mask_text(row["ledger_number"]),
        "name": mask_text(row["name"]),
        "campaign": row["campaign__code"],
        "programme": programme.full_name if programme else None,
        "programme_code": programme.code if programme else None,
        **named("township", row["township_id"], units, on),
        **named("village", row["village_id"], units, on),
        "place": mask_text(row["place"]),
        **_department(row, seen),
        "standard": mask_text(row["standard"]),
        "document": mask_text(row["document"]),
        "stage": so.value,
        "stage_label": so.label,
        "ran_ahead_on": row["ahead_on"],
        "counted_in": row["counted_in"],
        **{name: decimal(value) for name, value in figures.items()},
        "investment": None if row["investment"] is None else decimal(row["investment"]),
        "arranged_on": row["arranged_on"],
        "start_deadline": _deadline(row, "start"),
        "finish_deadline": _deadline(row, "finish"),
        "light": light.level if light else None,
        "light_label": light.word if light else None,
        "version": row["version"],
        "updated_at": instant(row["updated_at"]),
        "url": f"/projects/{row['number']}/",
    }


def _department(row: Mapping[str, Any], seen: Viewpoint) -> Record:
    """The responsible unit; one that is none of ours has a name and no code."""
    if row["department_id"] is not None:
        return named("department", row["department_id"], seen.known.units, seen.on)
    return {"department": mask_text(row["department_text"]) or None, "department_code": None}


def _deadline(row: Mapping[str, Any], name: str) -> Record:
    """As of issues: raw, class, due_on, confidence; the class is null where the ledger says nothing."""
    return {
        "raw": mask_text(row[f"{name}_raw"]),
        "class": row[f"{name}_class"] or None,
        "due_on": row[f"{name}_due_on"],
        "confidence": "certain" if row[f"{name}_confirmed"] else "confirm",
    }
