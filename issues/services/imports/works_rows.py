"""Rows of projects and of funds: both lines of the works ledger, differing in their columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from issues.rules.drafts import PROJECT_TEXTS, Draft, Move, SheetDates, fund_draft, project_draft
from issues.rules.identity import Key
from issues.services.imports import works_history
from issues.services.imports.context import BATCH, ENTRY_COLUMNS, Changes, SheetContext
from issues.services.imports.recalling import FILES, Recalled
from projects.models import Fund, FundEntry, Programme, Project, ProjectChange, ProjectEntry
from projects.rules.changes import ChangeState
from projects.rules.programmes import JOINT
from projects.rules.stages import MONEY_STAGES, WORK_STAGES, Cause, Stage
from projects.services import ledger
from projects.services.holding import book_of
from projects.services.registering import BY_HAND, written
from rectify.lib import bulk
from rectify.lib.masking import is_mask_of, mask_text
from townships.services import sequences

ROW_COLUMNS = (
    "id",
    "campaign",
    "programme",
    "sheet_title",
    "number",
    "ledger_number",
    "township",
    "arranged_on",
    "note",
    "extra",
    "cells",
    "sheet_key",
    "row",
    "identity",
    "row_digest",
    "search_text",
    "version",
    "created_at",
    "updated_at",
    *(stage.value for stage in MONEY_STAGES),
)
PROJECT_VALUES = (
    "counted_in",
    "investment",
    "counted_from",
    "start_raw",
    "start_due_on",
    "start_class",
    "start_confirmed",
    "finish_raw",
    "finish_due_on",
    "finish_class",
    "finish_confirmed",
)
PROJECT_COLUMNS = (
    *ROW_COLUMNS,
    *(name for name in PROJECT_TEXTS if name != "note"),
    *PROJECT_VALUES,
    "village",
    "department",
    "department_text",
    "person_user",
    *(stage.value for stage in WORK_STAGES),
)
FUND_COLUMNS = (*ROW_COLUMNS, "people")
NOTHING = Decimal(0)
NORMS = (Stage.ARRANGED, Stage.DUE)
STEPS = ("start", "finish")
_COUNTS = re.compile(r"工作日|[天月年]内|日内|天$")
"""A text that counts its day from another."""
DECIDED_FIELDS = {"investment": "投资", "content": "建设内容", "place": "地点"}


def _base_values(draft: Draft, context: SheetContext, programme_name: str) -> dict[str, Any]:
    township = context.units.unit(draft.fields.get("township"))
    totals = {stage.value: NOTHING for stage in Stage}
    for move in draft.moves:
        totals[str(move.stage)] += move.quantity if move.amount is None else move.amount
    programme = _programme(programme_name, context) or context.programmes.make(programme_name)
    return {
        "campaign": context.campaign.pk,
        "programme": programme.pk,
        "sheet_title": context.title,
        "ledger_number": draft.ledger_number[:60],
        "township": township.pk if township else None,
        "arranged_on": draft.values["arranged_on"],
        "note": draft.texts.get("note", ""),
        "extra": dict(draft.extra),
        "cells": dict(draft.cells),
        "sheet_key": context.sheet_id,
        "row": draft.row,
        "identity": draft.identity,
        "row_digest": draft.content,
        "version": 1,
        "created_at": context.now,
        "updated_at": context.now,
        **totals,
    }


def _write(
    model: type[Project] | type[Fund],
    entry_model: type[ProjectEntry] | type[FundEntry],
    prefix: str,
    columns: Sequence[str],
    rows: list[tuple[Draft, dict[str, Any]]],
    context: SheetContext,
) -> None:
    written: list[int] = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        ids = bulk.take_ids(model, len(batch))
        written += ids
        serials = sequences.take(f"{prefix}{context.now.year}", len(batch))
        items, entries = [], []
        for pk, serial, (draft, values) in zip(ids, serials, batch, strict=True):
            values |= {"id": pk, "number": f"{prefix}{context.now.year}-{serial:06d}"}
            items.append([values[name] for name in columns])
            entries += [_entry(pk, move, context) for move in draft.moves]
        bulk.insert(model, columns, items)
        bulk.insert(entry_model, ENTRY_COLUMNS, entries)
    # Once a transaction: two imports side by side take the roll-ups' rows in one order.
    ledger.apply_new(model, written)


def _entry(pk: int, move: Move, context: SheetContext) -> list[Any]:
    return [
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


def _compare_texts(draft: Draft, item: Project | Fund, changes: Changes) -> None:
    for name, text in draft.texts.items():
        stored = getattr(item, name)
        if text != stored and not is_mask_of(text, stored) and text not in _said_before(item, name):
            changes.fields[name] = text
    extra = {path: text for path, text in draft.extra.items() if item.extra.get(path) != text}
    if extra:
        changes.fields["extra"] = {**item.extra, **extra}


def _said_before(item: Project | Fund, name: str) -> set[str]:
    """What a field was when people gave it another value, since a file last gave one."""
    found: set[str] = set()
    for change in getattr(item, "kept_changes", ()):
        if change.field == name:
            found = set() if change.cause in FILES else {*found, change.before}
    return found


def _compare_key(draft: Draft, item: Project | Fund, context: SheetContext, changes: Changes) -> None:
    """Township and programme are what figures group by: a file does not move a work, a person does."""
    township = context.units.unit(draft.fields.get("township"))
    if township is not None and township.pk != item.township_id:
        changes.conflicts.append(f"乡镇变为{township.name}")
    said = context.programme_said(draft.fields.get("programme"))
    programme = _programme(said, context)
    if (programme is None or programme.pk != item.programme_id) and not _moved_by_hand(item):
        changes.conflicts.append(f"项目类别变为{said}")


def _programme(said: str, context: SheetContext) -> Programme | None:
    """The programme that a row names, by its present or a former name. On the sheet of projects by hand the
    sheet's own name is none."""
    bare = said.removeprefix(f"{context.programme_name}{JOINT}") if context.title == BY_HAND else said
    return context.programmes.get(said) or context.programmes.get(bare)


def _moved_by_hand(item: Project | Fund) -> bool:
    """Whether a person has put the work into another programme: the ledger's older word changes nothing."""
    return any(change.field == "programme" for change in getattr(item, "kept_changes", ()))


def _compare_moves(draft: Draft, item: Project | Fund, context: SheetContext, changes: Changes) -> None:
    """What a row adds to each stage beyond what files brought; a smaller figure is a contradiction, except of
    the norm ``due``, and where it is what files said before people changed what is arranged."""
    figures = context.past.figures(item.pk)
    for move in draft.moves:
        said = move.quantity if move.amount is None else move.amount
        stored: Decimal = getattr(item, str(move.stage))
        brought = (figures.quantities if move.amount is None else figures.amounts)[move.stage]
        if said == stored or (said == brought and (said > stored or move.stage in NORMS)):
            continue
        if said < stored and move.stage is not Stage.DUE:
            changes.conflicts.append(f"{Stage(move.stage).label}已有{stored}，表中只有{said}")
        elif stored < said < brought or (draft.hidden and _is_unclear(Stage(move.stage), brought, stored)):
            changes.conflicts.append(
                f"{Stage(move.stage).label}：表中为{said}，而导入时为{brought}，后来更正为{stored}"
            )
        else:
            base = (brought or stored) if move.stage is Stage.DUE else max(brought, stored)
            quantity, amount = (said - base, None) if move.amount is None else (NOTHING, said - base)
            changes.moves.append(Move(move.stage, quantity, move.happened_on, amount))
    if changes.moves and (wrong := figures.refused(changes.moves, book_of(type(item)).broken)):
        changes.conflicts.append(f"表中的数字与已办理的不符：{wrong}")


def _is_unclear(stage: Stage, brought: Decimal, stored: Decimal) -> bool:
    """Whether an export's figure may have been counted from what stood or from what the ledger said."""
    return stored < brought or (stage is Stage.DUE and bool(brought) and stored != brought)


def _compare_dates(draft: Draft, item: Project, changes: Changes) -> None:
    """Dates that the ledger words anew. Both are counted from one day: it follows the one that changed unless
    the other, which stays, still counts from the former."""
    raws = {step: draft.values[f"{step}_raw"] for step in STEPS}
    changed = [
        step
        for step, raw in raws.items()
        if raw not in ("", getattr(item, f"{step}_raw"), *_said_before(item, f"{step}_raw"))
    ]
    for step in changed:
        for part in ("raw", "due_on", "class", "confirmed"):
            changes.fields[f"{step}_{part}"] = draft.values[f"{step}_{part}"]
    stays = [getattr(item, f"{step}_raw") for step in STEPS if step not in changed]
    if changed and (item.counted_from is None or not any(_COUNTS.search(raw) for raw in stays)):
        changes.fields["counted_from"] = draft.values["counted_from"]


def _keep_decided(changes: Changes) -> None:
    """What the leading group has decided once, a sheet does not change again (W-015)."""
    said = [label for name, label in DECIDED_FIELDS.items() if name in changes.fields]
    said += [Stage(move.stage).label for move in changes.moves if move.stage in NORMS]
    if said:
        what = "、".join(dict.fromkeys(said))
        changes.conflicts.append(f"{what}与领导小组决定的变更不同，须经变更申请才能改动")


def _update(draft: Draft, item: Project | Fund, changes: Changes, context: SheetContext) -> None:
    if isinstance(item, Project):
        works_history.keep(item, changes, context)
    for name, value in changes.fields.items():
        setattr(item, name, value)
    item.row_digest = draft.content
    item.version += 1
    item.save(update_fields=[*changes.fields, "row_digest", "version", "updated_at"])
    if changes.moves:
        works_history.post(item, changes.moves, context)


class ProjectImporter:
    """See ``KindImporter``."""

    def draft(self, row: Any, dates: SheetDates) -> Draft:
        return project_draft(row, dates)

    def existing(self, context: SheetContext) -> list[Key]:
        found = Project.objects.present().filter(campaign=context.campaign, sheet_title=context.title)
        return [
            Key(pk, number, ledger_number, name, "", identity, row_digest)
            for pk, number, ledger_number, name, identity, row_digest in found.values_list(
                "id", "number", "ledger_number", "name", "identity", "row_digest"
            )
        ]

    def load(self, ids: list[int]) -> dict[int, Project]:
        approved = ProjectChange.objects.filter(state=ChangeState.APPROVED)
        decided = Prefetch("changes", approved, "decided_changes")
        kept = Prefetch("field_changes", to_attr="kept_changes")
        flags = Prefetch("ahead", to_attr="flags")
        found = Project.objects.select_related("programme")
        return found.prefetch_related(decided, kept, flags).in_bulk(ids)

    def recall(self, ids: list[int]) -> Recalled:
        return Recalled(ProjectEntry, ids)

    def compare(self, draft: Draft, item: Project, context: SheetContext) -> Changes:
        changes = Changes()
        if not item.programme.has_allotment:
            works_history.allot_at_once(draft)
        _compare_texts(draft, item, changes)
        investment = draft.values["investment"]
        if investment not in (None, item.investment) and written(investment) not in _said_before(
            item, "investment"
        ):
            changes.fields["investment"] = investment
        _compare_dates(draft, item, changes)
        if draft.values["counted_in"] != item.counted_in:
            changes.conflicts.append(f"计量单位由“{item.counted_in}”变为“{draft.values['counted_in']}”")
        else:
            _compare_moves(draft, item, context, changes)
        _compare_key(draft, item, context, changes)
        works_history.compare_ahead(draft, item, changes)
        if getattr(item, "decided_changes", ()):
            _keep_decided(changes)
        return changes

    def create(self, drafts: list[Draft], context: SheetContext) -> None:
        rows = [(draft, self._values(draft, context)) for draft in drafts]
        _write(Project, ProjectEntry, "XM", PROJECT_COLUMNS, rows, context)
        works_history.flag([(values["id"], draft) for draft, values in rows], context)

    def _values(self, draft: Draft, context: SheetContext) -> dict[str, Any]:
        fields, units = draft.fields, context.units
        said = context.programme_said(fields.get("programme"))
        programme = _programme(said, context)
        if programme is not None and not programme.has_allotment:
            works_history.allot_at_once(draft)
        values = _base_values(draft, context, said)
        township = units.unit(fields.get("township"))
        village = units.village(township, fields.get("village"))
        department = units.unit(fields.get("department"))
        texts = {name: draft.texts.get(name, "") for name in PROJECT_TEXTS}
        places = [unit.name for unit in (township, village, department) if unit]
        search = mask_text(" ".join([*places, draft.ledger_number, *texts.values()])).lower()
        return {
            **values,
            **texts,
            "name": (texts["name"] or texts["content"] or context.programme_name)[:300],
            **{name: draft.values[name] for name in PROJECT_VALUES},
            "village": village.pk if village else None,
            "department": department.pk if department else None,
            "department_text": str(fields.get("department") or "")[:200],
            "person_user": units.person([department, township], texts["person"]),
            "search_text": search,
        }

    def update(self, draft: Draft, item: Project, changes: Changes, context: SheetContext) -> None:
        _update(draft, item, changes, context)


class FundImporter:
    """See ``KindImporter``."""

    def draft(self, row: Any, dates: SheetDates) -> Draft:
        return fund_draft(row, dates)

    def existing(self, context: SheetContext) -> list[Key]:
        found = Fund.objects.present().filter(campaign=context.campaign, sheet_title=context.title)
        return [
            Key(pk, number, ledger_number, "", "", identity, row_digest)
            for pk, number, ledger_number, identity, row_digest in found.values_list(
                "id", "number", "ledger_number", "identity", "row_digest"
            )
        ]

    def load(self, ids: list[int]) -> dict[int, Fund]:
        return Fund.objects.select_related("programme").in_bulk(ids)

    def recall(self, ids: list[int]) -> Recalled:
        return Recalled(FundEntry, ids)

    def compare(self, draft: Draft, item: Fund, context: SheetContext) -> Changes:
        changes = Changes()
        _compare_texts(draft, item, changes)
        if draft.values["people"] not in (None, item.people):
            changes.fields["people"] = draft.values["people"]
        _compare_moves(draft, item, context, changes)
        _compare_key(draft, item, context, changes)
        return changes

    def create(self, drafts: list[Draft], context: SheetContext) -> None:
        rows = []
        for draft in drafts:
            values = _base_values(draft, context, context.programme_name)
            search = f"{draft.fields.get('township') or ''} {values['note']}"
            rows.append(
                (draft, {**values, "people": draft.values["people"], "search_text": mask_text(search)})
            )
        _write(Fund, FundEntry, "ZJ", FUND_COLUMNS, rows, context)

    def update(self, draft: Draft, item: Fund, changes: Changes, context: SheetContext) -> None:
        _update(draft, item, changes, context)
