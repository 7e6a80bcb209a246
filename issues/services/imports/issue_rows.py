"""Rows of issues: written in batches, compared field by field with what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from issues.models import Action, Issue, IssueEntry, IssueUnit, Plan
from issues.rules.drafts import ISSUE_TEXTS, DeadlineFacts, Draft, Move, SheetDates, issue_draft
from issues.rules.identity import Key
from issues.rules.records import PlanState
from issues.rules.stages import Cause, Stage, State, UnitRole
from issues.services import ledger
from issues.services.imports.context import BATCH, ENTRY_COLUMNS, Changes, SheetContext, names_project
from issues.services.imports.issue_changes import update_issue
from rectify.lib import bulk
from rectify.lib.masking import is_mask_of, mask_text
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

Parts = list[tuple[UnitRole, str]]


def parts_of(draft: Draft) -> Parts:
    """The units a row names, in its order, each with its role; one lead at most."""
    fields = draft.fields
    parts: Parts = [(UnitRole.LEAD, fields["lead_unit"])] if fields.get("lead_unit") else []
    parts += [(UnitRole.RESPONSIBLE, name) for name in fields.get("responsible_units") or []]
    parts += [(UnitRole.SUPPORT, name) for name in fields.get("support_units") or []]
    return parts


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

    # --- comparing ------------------------------------------------------------------------------------------

    def compare(self, draft: Draft, item: Issue, context: SheetContext) -> Changes:
        changes = Changes()
        for name, text in draft.texts.items():
            stored = getattr(item, name)
            if text != stored and not is_mask_of(text, stored):
                changes.fields[name] = text
        self._compare_places(draft, item, context, changes)
        self._compare_parts(draft, item, changes)
        self._compare_deadline(draft, item, changes)
        self._compare_quantities(draft, item, context, changes)
        if draft.values["recognised_amount"] not in (None, item.recognised_amount):
            changes.fields["recognised_amount"] = draft.values["recognised_amount"]
        project = context.project(draft.extra)
        if project is not None and project.pk != item.project_id:
            changes.fields["project"] = project
        extra = {
            path: text
            for path, text in draft.extra.items()
            if item.extra.get(path) != text and not (project is not None and names_project(path))
        }
        if extra:
            changes.fields["extra"] = {**item.extra, **extra}
        return changes

    def _compare_places(self, draft: Draft, item: Issue, context: SheetContext, changes: Changes) -> None:
        category = draft.fields.get("category")
        if category and (item.category is None or category != item.category.full_name):
            changes.fields["category"] = category
        township = context.units.unit(draft.fields.get("township"))
        if township is not None and township.pk != item.township_id:
            changes.fields["township"] = township
        village = context.units.village(township or item.township, draft.fields.get("village"))
        if village is not None and village.pk != item.village_id:
            changes.fields["village"] = village

    def _compare_parts(self, draft: Draft, item: Issue, changes: Changes) -> None:
        parts = parts_of(draft)
        stored = [(UnitRole(part.role), part.name) for part in item.units.all()]
        if parts and sorted(parts) != sorted(stored):
            changes.fields["units"] = parts
        actions = list(draft.fields.get("actions") or [])
        is_planned = bool(getattr(item, "plans_in_force", ()))  # then the approved plan says what is done
        if actions and not is_planned and actions != [action.text for action in item.actions.all()]:
            changes.fields["actions"] = actions

    def _compare_deadline(self, draft: Draft, item: Issue, changes: Changes) -> None:
        raw = draft.values["deadline_raw"]
        if raw and raw != item.deadline_raw:
            changes.fields["deadline"] = DeadlineFacts(
                raw,
                draft.values["deadline_class"],
                draft.values["due_on"],
                draft.values["is_long"],
                draft.values["deadline_confirmed"],
            )

    def _compare_quantities(self, draft: Draft, item: Issue, context: SheetContext, changes: Changes) -> None:
        moves = {move.stage: move for move in draft.moves}
        found = moves[Stage.FOUND]
        if draft.values["counted_in"] != item.counted_in:
            changes.conflicts.append(f"计量单位由“{item.counted_in}”变为“{draft.values['counted_in']}”")
            return
        difference = found.quantity - item.found
        amount = None if found.amount is None else found.amount - item.amount_found
        if difference or amount:
            if conflict := _shrunk(found, item):
                changes.conflicts.append(conflict)
            else:
                changes.moves.append(Move(Stage.FOUND, difference, item.found_on, amount))
        claimed = moves.get(Stage.CLAIMED)
        self._compare_claim(draft, item, claimed, changes)

    def _compare_claim(self, draft: Draft, item: Issue, claimed: Move | None, changes: Changes) -> None:
        said = claimed.quantity if claimed else Decimal(0)
        stated = draft.fields.get("done") is not None or draft.fields.get("done_quantity") is not None
        if said < item.claimed:
            if stated:
                changes.conflicts.append(f"已上报完成{item.claimed}，表中只有{said}")
            return
        moved = draft.values["done_on"]
        if said == item.claimed:
            if claimed and moved and item.done_on and moved != item.done_on:
                changes.conflicts.append(f"完成时间由{item.done_on}变为{moved}")
            elif stated and item.stated_on is None:
                changes.fields["stated_on"] = draft.values["stated_on"]
            return
        if claimed is not None and claimed.happened_on < item.found_on:
            changes.conflicts.append(f"完成时间{claimed.happened_on}早于发现时间{item.found_on}")
        elif claimed is not None:
            amount = None if claimed.amount is None else claimed.amount - item.amount_claimed
            changes.moves.append(Move(Stage.CLAIMED, said - item.claimed, claimed.happened_on, amount))

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


def _shrunk(found: Move, item: Issue) -> str:
    """Why another quantity or amount of what was found contradicts the issue; "" where it does not."""
    taken, taken_amount = item.removed + item.claimed, item.amount_removed + item.amount_claimed
    if item.list.locked_at is not None:
        return f"清单已锁定，数量由{item.found}变为{found.quantity}"
    if found.quantity < taken:
        return f"数量由{item.found}变为{found.quantity}，少于已上报完成和调出的{taken}"
    if found.amount is not None and found.amount < taken_amount:
        return f"金额由{item.amount_found}变为{found.amount}万元，少于已上报完成和调出的{taken_amount}"
    return ""


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
