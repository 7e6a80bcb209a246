"""Alerts as other programs read them: who was told of which deadline of which item; never the item's text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alerts.models.alerts import AlertQuerySet
from alerts.queries.ladder import address_of
from alerts.rules.ladder import LADDER, ItemKind, Subject
from rectify.lib.keyset import WHOLE, Position, reached, rows_after
from rectify.lib.plain import instant
from townships.rules.roles import Duty

Record = dict[str, Any]
COLUMNS = (
    "pk", "campaign__code", "item_kind", "item_id", "number", "subject", "anchor_on", "height", "step",
    "unit__name", "unit__code", "duty", "colour", "word", "is_backlog", "planned_on", "made_on", "made_at",
    "handled_at", "voided_at", "void_cause",
)  # fmt: skip


def page_of_alerts(
    found: AlertQuerySet, *, after: Position | None, size: int
) -> tuple[list[Record], Position | None]:
    """``size`` alerts after a position, the oldest first. One query."""
    rows = rows_after(found, WHOLE, after, size + 1, COLUMNS)
    return [_record(row) for row in rows[:size]], reached(rows, WHOLE, size)


def _record(row: Mapping[str, Any]) -> Record:
    level, kind = LADDER[row["height"] - 1], ItemKind(row["item_kind"])
    return {
        "campaign": row["campaign__code"],
        "item": kind.value,
        "item_label": kind.label,
        "number": row["number"],
        "subject": row["subject"],
        "subject_label": Subject(row["subject"]).label,
        "anchor_on": row["anchor_on"],
        "rung": level.value,
        "rung_label": level.label,
        "step": row["step"],
        "unit": row["unit__name"],
        "unit_code": row["unit__code"],
        "duty": row["duty"],
        "duty_label": Duty(row["duty"]).label,
        "colour": row["colour"],
        "word": row["word"],
        "is_backlog": row["is_backlog"],
        "planned_on": row["planned_on"],
        "made_on": row["made_on"],
        "made_at": instant(row["made_at"]),
        "handled_at": instant(row["handled_at"]) if row["handled_at"] else None,
        "voided_at": instant(row["voided_at"]) if row["voided_at"] else None,
        "void_cause": row["void_cause"],
        "url": address_of(kind, row["item_id"], row["number"]),
    }
