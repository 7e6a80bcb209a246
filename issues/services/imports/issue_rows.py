"""Rows of issues: written in batches, compared field by field with what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from issues.models import Action, Issue, IssueEntry, IssueUnit, Plan
from issues.rules.drafts import ISSUE_TEXTS, Draft, SheetDates, issue_draft
from issues.rules.identity import Key
from issues.rules.records import PlanState
from issues.rules.stages import Cause, Stage, State
from issues.services import ledger
from issues.services.imports.context import BATCH, ENTRY_COLUMNS, Changes, SheetContext
from issues.services.imports.issue_changes import update_issue
from issues.services.imports.issue_comparing import Parts, compare_issue, parts_of
from issues.services.imports.recalling import Recalled
from rectify.lib import bulk
from rectify.lib.masking import mask_text
from townships.models import Unit
from townships.services import sequences

PREFIX = "WT"
ISSUE_COLUMNS = (
    "id",
    "campaign",
    "list",
    "number",
    "ledger_number",
    "state",
    *ISSUE_TEXTS,
    "category",
    "township",
    "village",
    "counted_in",
    "found_on",
    "unit",
    "lead_unit",
    "leader_user",
    "person_user",
    "deadline_raw",
    "deadline_class",
    "due_on",
    "is_long",
    "deadline_confirmed",
    "done",
    "done_on",
    "stated_on",
    "last_word_on",
    "recognised_amount",
    "fund_source",
    "archive_number",
    "project",
    "state_since",
    "is_taken_over",
    "extra",
    "cells",
    "sheet",
    "row",
    "identity",
    "content",
    "found",
    "removed",
    "claimed",
    "confirmed",
    "amount_found",
    "amount_removed",
    "amount_claimed",
    "amount_confirmed",
    "search_text",
    "version",
    "created_at",
    "updated_at",
)
UNIT_COLUMNS = ("issue", "unit", "name", "role", "position")
ACTION_COLUMNS = ("issue", "position", "text", "person", "due_on", "done_on")

LONGEST: dict[str, int | None] = {
    name: getattr(Issue._meta.get_field(name), "max_length", None) for name in ISSUE_TEXTS
}
"""Characters each text can hold; None where there is no bound."""
NOTHING = Decimal(0)


class IssueImporter:
    """See ``KindImporter``."""

    def draft(self, row: Any, dates: SheetDates) -> Draft:
        return issue_draft(row, dates)

    def existing(self, context: SheetContext) -> list[Key]:
        if context.issue_list is None:
            return []
        items = Issue.objects.filter(list=context.issue_list).exclude(state=State.WITHDRAWN)
        return [
            Key(pk, number, ledger_number, household, description, identity, content)
            for pk, number, ledger_number, household, description, identity, content in items.values_list(
                "id", "number", "ledger_number", "household", "description", "identity", "content"
            )
        ]

    def load(self, ids: list[int]) -> dict[int, Issue]:
        found = Issue.objects.filter(pk__in=ids).select_related("category", "township", "village", "list")
        in_force = Prefetch("plans", Plan.objects.filter(state=PlanState.APPROVED), "plans_in_force")
        return {item.pk: item for item in found.prefetch_related("units", "actions", "shares", in_force)}

    def recall(self, ids: list[int]) -> Recalled:
        return Recalled(IssueEntry, ids)

    def compare(self, draft: Draft, item: Issue, context: SheetContext) -> Changes:
        return compare_issue(draft, item, context)

    # --- writing new ones -----------------------------------------------------------------------------------

    def create(self, drafts: list[Draft], context: SheetContext) -> None:
        ledger.apply_new(self._written(drafts, context))

    def _written(self, drafts: list[Draft], context: SheetContext) -> Iterator[ledger.NewItem]:
        """Write the drafts batch by batch; gives each to the roll-ups once it is written."""
        for start in range(0, len(drafts), BATCH):
            batch = drafts[start : start + BATCH]
            ids = bulk.take_ids(Issue, len(batch))
            year = context.now.year
            serials = sequences.take(f"{PREFIX}{year}", len(batch))
            rows = [
                self._values(pk, f"{PREFIX}{year}-{serial:06d}", draft, context)
                for pk, serial, draft in zip(ids, serials, batch, strict=True)
            ]
            bulk.insert(Issue, ISSUE_COLUMNS, ([row[name] for name in ISSUE_COLUMNS] for row in rows))
            pairs = list(zip(ids, batch, strict=True))
            bulk.insert(IssueEntry, ENTRY_COLUMNS, _each(pairs, lambda pk, one: entry_rows(pk, one, context)))
            bulk.insert(
                IssueUnit, UNIT_COLUMNS, _each(pairs, lambda pk, one: part_rows(pk, parts_of(one), context))
            )
            bulk.insert(
                Action,
                ACTION_COLUMNS,
                _each(pairs, lambda pk, one: action_rows(pk, one.fields.get("actions") or [])),
            )
            for row, draft in zip(rows, batch, strict=True):
                yield new_item(row, draft)
            context.advance(len(batch))

    def _values(self, pk: int, number: str, draft: Draft, context: SheetContext) -> dict[str, Any]:
        fields, units = draft.fields, context.units
        if context.issue_list is None:
            raise RuntimeError("a list is made before its rows")
        category = context.categories.make(fields["category"]) if fields.get("category") else None
        township = units.unit(fields.get("township"))
        village = units.village(township, fields.get("village"))
        lead = units.unit(fields.get("lead_unit"))
        answering = [lead, *(units.unit(name) for name in fields.get("responsible_units") or [])]
        unit = next((one for one in answering if one is not None), None)
        project = context.project(draft.extra)
        moves = {move.stage: move for move in draft.moves}
        claimed = moves.get(Stage.CLAIMED)
        texts = {name: draft.texts.get(name, "") for name in ISSUE_TEXTS}
        return {
            "id": pk,
            "campaign": context.campaign.pk,
            "list": context.issue_list.pk,
            "number": number,
            "ledger_number": draft.ledger_number[:60],
            **{name: text[: LONGEST[name]] for name, text in texts.items()},
            **draft.values,
            "category": category.pk if category else None,
            "township": township.pk if township else None,
            "village": village.pk if village else None,
            "unit": unit.pk if unit else None,
            "lead_unit": lead.pk if lead else None,
            "leader_user": units.person([*answering, township], texts["leader"]),
            "person_user": units.person([*answering, township], texts["person"]),
            "fund_source": "",
            "archive_number": "",
            "project": project.pk if project else None,
            "state_since": context.now,
            "is_taken_over": False,
            "extra": dict(draft.extra),
            "cells": dict(draft.cells),
            "sheet": context.sheet_id,
            "row": draft.row,
            "identity": draft.identity,
            "content": draft.content,
            "found": moves[Stage.FOUND].quantity,
            "removed": NOTHING,
            "claimed": claimed.quantity if claimed else NOTHING,
            "confirmed": NOTHING,
            "amount_found": moves[Stage.FOUND].amount or NOTHING,
            "amount_removed": NOTHING,
            "amount_claimed": (claimed.amount if claimed else None) or NOTHING,
            "amount_confirmed": NOTHING,
            "search_text": search_text(number, draft, [township, village]),
            "version": 1,
            "created_at": context.now,
            "updated_at": context.now,
        }

    # --- changing stored ones -------------------------------------------------------------------------------

    def update(self, draft: Draft, item: Issue, changes: Changes, context: SheetContext) -> None:
        update_issue(draft, item, changes, context)


def new_item(values: dict[str, Any], draft: Draft) -> ledger.NewItem:
    """What the roll-ups need of a row just written."""
    return ledger.NewItem(
        campaign_id=values["campaign"],
        list_id=values["list"],
        category_id=values["category"],
        township_id=values["township"],
        counted_in=values["counted_in"],
        facts=ledger.facts_of(
            draft.moves,
            deadline_class=values["deadline_class"],
            due_on=values["due_on"],
            deadline_confirmed=values["deadline_confirmed"],
            stated_on=values["stated_on"],
        ),
        unit_ids=(values["unit"], values["lead_unit"]),
    )


def _each(
    pairs: list[tuple[int, Draft]], rows: Callable[[int, Draft], Iterator[list[Any]]]
) -> Iterator[list[Any]]:
    for pk, draft in pairs:
        yield from rows(pk, draft)


def entry_rows(pk: int, draft: Draft, context: SheetContext) -> Iterator[list[Any]]:
    """The ledger lines of a new issue, in ENTRY_COLUMNS."""
    for move in draft.moves:
        yield [
            pk,
            str(move.stage),
            move.quantity,
            move.amount,
            move.happened_on,
            context.now,
            context.by.pk,
            Cause.IMPORT.value,
            context.cause_id,
        ]


def part_rows(pk: int, parts: Parts, context: SheetContext) -> Iterator[list[Any]]:
    """The units of an issue, in UNIT_COLUMNS."""
    for position, (role, name) in enumerate(parts):
        unit = context.units.unit(name)
        yield [pk, unit.pk if unit else None, name[:100], role.value, position]


def action_rows(pk: int, actions: list[str]) -> Iterator[list[Any]]:
    """The steps of a plan, in ACTION_COLUMNS."""
    for position, text in enumerate(actions):
        yield [pk, position, text, "", None, None]


def search_text(number: str, draft: Draft, places: list[Unit | None]) -> str:
    """What free-text search looks in: never household names, never an ID or phone number in clear."""
    fields = draft.fields
    parts = [
        draft.ledger_number,
        str(fields.get("category") or ""),
        *(unit.name for unit in places if unit),
        str(fields.get("lead_unit") or ""),
        *(str(name) for name in fields.get("responsible_units") or []),
        *(draft.texts.get(name, "") for name in ("description", "place", "source", "source_doc", "section")),
        *(draft.texts.get(name, "") for name in ("goal", "leader", "person", "progress", "note")),
    ]
    # Our own number stays outside: with the ledger's behind it, it would look like digits to be masked.
    return f"{number} {mask_text(' '.join([part for part in parts if part]))}".lower()
