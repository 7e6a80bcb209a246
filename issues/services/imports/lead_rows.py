"""Rows of leads: stored beside the ledger, closed by default, no quantity moves."""

from __future__ import annotations

from typing import Any

from issues.models import Lead
from issues.rules.drafts import LEAD_TEXTS, Draft, SheetDates, lead_draft
from issues.rules.identity import Key
from issues.services.imports.context import BATCH, Changes, SheetContext
from rectify.lib import bulk
from rectify.lib.masking import is_mask_of
from townships.services import sequences

PREFIX = "XS"
COMPARED = (
    "reported_on",
    "valid",
    "deadline_raw",
    "reported_by_text",
    "responsible_text",
)
COLUMNS = (
    "id",
    "campaign",
    "number",
    "sheet_title",
    "ledger_number",
    *LEAD_TEXTS,
    *COMPARED,
    "deadline_class",
    "due_on",
    "deadline_confirmed",
    "reported_by",
    "handling_unit",
    "township",
    "village",
    "extra",
    "cells",
    "sheet",
    "row",
    "identity",
    "content",
    "registered_by",
    "judgement",
    "result",
    "created_at",
    "updated_at",
)


class LeadImporter:
    """See ``KindImporter``."""

    def draft(self, row: Any, dates: SheetDates) -> Draft:
        return lead_draft(row, dates)

    def existing(self, context: SheetContext) -> list[Key]:
        leads = Lead.objects.present().filter(campaign=context.campaign, sheet_title=context.title)
        return [
            Key(pk, number, ledger_number, "", description, identity, content)
            for pk, number, ledger_number, description, identity, content in leads.values_list(
                "id", "number", "ledger_number", "description", "identity", "content"
            )
        ]

    def load(self, ids: list[int]) -> dict[int, Lead]:
        return Lead.objects.select_related("township").in_bulk(ids)

    def recall(self, ids: list[int]) -> None:
        """No quantity moves."""

    def compare(self, draft: Draft, item: Lead, context: SheetContext) -> Changes:
        changes = Changes()
        for name, text in draft.texts.items():
            if text != getattr(item, name) and not is_mask_of(text, getattr(item, name)):
                changes.fields[name] = text
        for name in COMPARED:
            if name == "valid" and item.judged_by_id is not None:
                continue  # a person said so since
            if draft.values[name] not in (None, "", getattr(item, name)):
                changes.fields[name] = draft.values[name]
        if "deadline_raw" in changes.fields:
            for name in ("deadline_class", "due_on", "deadline_confirmed"):
                changes.fields[name] = draft.values[name]
        return changes

    def create(self, drafts: list[Draft], context: SheetContext) -> None:
        for start in range(0, len(drafts), BATCH):
            batch = drafts[start : start + BATCH]
            ids = bulk.take_ids(Lead, len(batch))
            serials = sequences.take(f"{PREFIX}{context.now.year}", len(batch))
            rows = []
            for pk, serial, draft in zip(ids, serials, batch, strict=True):
                values = self._values(draft, context)
                values |= {"id": pk, "number": f"{PREFIX}{context.now.year}-{serial:06d}"}
                rows.append([values[name] for name in COLUMNS])
            bulk.insert(Lead, COLUMNS, rows)

    def _values(self, draft: Draft, context: SheetContext) -> dict[str, Any]:
        fields, units = draft.fields, context.units
        township = units.unit(fields.get("township"))
        village = units.village(township, fields.get("village"))
        reporter = units.unit(fields.get("reported_by"))
        handlers = [units.unit(name) for name in fields.get("responsible_units") or []]
        handler = next((unit for unit in handlers if unit is not None), None)
        return {
            "campaign": context.campaign.pk,
            "sheet_title": context.title,
            "ledger_number": draft.ledger_number[:60],
            **{name: draft.texts.get(name, "") for name in LEAD_TEXTS},
            **draft.values,
            "reported_by": reporter.pk if reporter else None,
            "handling_unit": handler.pk if handler else None,
            "township": township.pk if township else None,
            "village": village.pk if village else None,
            "extra": dict(draft.extra),
            "cells": dict(draft.cells),
            "sheet": context.sheet_id,
            "row": draft.row,
            "identity": draft.identity,
            "content": draft.content,
            "registered_by": context.by.pk,
            "judgement": "",
            "result": "",
            "created_at": context.now,
            "updated_at": context.now,
        }

    def update(self, draft: Draft, item: Lead, changes: Changes, context: SheetContext) -> None:
        for name, value in changes.fields.items():
            setattr(item, name, value)
        item.content = draft.content
        item.save(update_fields=[*changes.fields, "content", "updated_at"])
