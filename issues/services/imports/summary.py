"""What the wizard's pages show of a reading, as JSON kept with the import: no page reads the file again.

Everything shown is masked; lists are cut to what a person can work through, their full numbers beside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from issues.models import Issue, IssueList
from issues.rules.field_labels import label_of
from issues.rules.identity import digest
from issues.rules.report import ColumnReport, Json, Kind, RowProblem, SheetReport, mask_extra
from issues.services.imports.changes import change_lines
from issues.services.imports.planning import SheetPlan
from issues.services.imports.running import Outcome
from rectify.lib.masking import mask_text

PREVIEW_ROWS: Final = 4
MOST_ERRORS: Final = 500
MOST_LISTED: Final = 200
MOST_GROUPS: Final = 60
CHUNK: Final = 500
_CLIPPED: Final = 40
_LABELLED_BY: Final = (
    "number",
    "township",
    "village",
    "household",
    "name",
    "description",
    "content",
    "category",
)


def summarise(outcome: Outcome, decisions: Json) -> Json:
    """The wizard's view of a reading and its plan; ``decisions`` are those it was read with."""
    sheets = [
        _sheet(report, outcome.plans.get(report.name), decisions.get("sheets", {}).get(report.name, {}))
        for report in outcome.workbook.sheets
    ]
    return {
        "sheets": sheets,
        "decisions": _decisions(outcome.workbook.sheets),
        "rows": sum(sheet["row_count"] for sheet in sheets),
        "error_rows": sum(sheet["error_rows"] for sheet in sheets),
    }


def _sheet(report: SheetReport, one: SheetPlan | None, decided: Json) -> Json:
    shown: Json = {
        "name": report.name,
        "kind": report.kind.value,
        "why": report.why,
        "title": mask_text(report.title),
        "as_of": report.as_of.isoformat() if report.as_of else "",
        "found_on": report.found_on.isoformat() if report.found_on else "",
        "header_rows": list(report.header_rows),
        "first_data_row": report.first_data_row,
        "last_data_row": report.last_data_row,
        "layout": report.layout,
        "columns": [{**column.to_json(), "reads": column.reads} for column in report.columns],
        "row_count": len(report.rows),
        "error_rows": len({error.row for error in report.errors}),
    }
    if report.kind is Kind.SKIPPED:
        return shown
    labels = _Labels(report, decided.get("rows", {}))
    return shown | {
        "preview": [{"row": row.row, "cells": labels.cells(row.row)} for row in report.rows[:PREVIEW_ROWS]],
        "skipped": [
            {"row": one.row, "why": one.why, "text": _clipped("　".join(labels.cells(one.row).values()))}
            for one in report.skipped[:MOST_LISTED]
        ],
        "skipped_count": len(report.skipped),
        "warnings": _grouped(report.warnings),
        "warning_count": len(report.warnings),
        "errors": _errors(report, labels),
        "suspects": [
            [{"row": row, "label": labels.of(row)} for row in group[:20]]
            for group in report.suspects[:MOST_GROUPS]
        ],
        "suspect_count": len(report.suspects),
        "plan": _plan(one, labels) if one is not None else None,
    }


class _Labels:
    """Rows of a sheet as a person recognises them, personal values masked."""

    def __init__(self, report: SheetReport, corrected: Json) -> None:
        self._report, self._corrected = report, corrected
        self._names = {column.letter: column.name for column in report.columns}
        by_field: dict[str, str] = {}
        for column in report.columns:
            if column.field:
                by_field.setdefault(column.field, column.letter)
        self.by_field = by_field

    def cells(self, row: int) -> dict[str, str]:
        """Letter → text as it stands, with a person's corrections."""
        written = {**self._report.cells_of(row), **self._corrected.get(str(row), {})}
        return {letter: mask_extra(self._names.get(letter, ""), text) for letter, text in written.items()}

    def of(self, row: int) -> str:
        """The row in a few words: number, place, household, what is wrong."""
        cells = self.cells(row)
        letters = [self.by_field[name] for name in _LABELLED_BY if name in self.by_field]
        texts = [cells[letter] for letter in dict.fromkeys(letters) if cells.get(letter)]
        return _clipped(" ".join(texts[:6]))


def _clipped(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _CLIPPED else f"{flat[:_CLIPPED]}…"


def _grouped(problems: Iterable[RowProblem]) -> list[Json]:
    """Warnings once per column and sentence, with the number of rows; the most frequent first."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for problem in problems:
        groups[problem.column, mask_text(problem.message)].append(problem.row)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[1][0]))
    return [
        {"column": column, "message": message, "rows": len(rows), "first_row": rows[0]}
        for (column, message), rows in ordered[:MOST_GROUPS]
    ]


def _errors(report: SheetReport, labels: _Labels) -> list[Json]:
    """The rows that cannot be read, each with the cells to put right."""
    by_row: dict[int, list[RowProblem]] = defaultdict(list)
    for error in report.errors:
        by_row[error.row].append(error)
    names = {column.letter: column for column in report.columns}
    return [
        {
            "row": row,
            "label": labels.of(row),
            "cells": _wrong_cells(by_row[row], report.kind, names, labels, labels.cells(row)),
        }
        for row in sorted(by_row)[:MOST_ERRORS]
    ]


def _wrong_cells(
    errors: list[RowProblem],
    kind: Kind,
    names: dict[str, ColumnReport],
    labels: _Labels,
    cells: dict[str, str],
) -> list[Json]:
    wrong: dict[str, Json] = {}
    for error in errors:
        letter = error.column or labels.by_field.get(error.field or "", "")
        column = names.get(letter)
        shown = wrong.setdefault(
            letter,
            {
                "column": letter,
                "name": column.name if column else label_of(kind, error.field or ""),
                "text": cells.get(letter, ""),
                "messages": [],
                "values": [],
            },
        )
        shown["messages"].append(mask_text(error.message))
        shown["values"].append(mask_text(error.value))
    return list(wrong.values())


def _decisions(sheets: Iterable[SheetReport]) -> list[Json]:
    """What a person decides once per written form, over all sheets; the weightiest first. ``raw`` is for the
    services alone: pages show ``text`` and send ``key``."""
    merged: dict[tuple[str, str], Json] = {}
    for sheet in sheets:
        for decision in sheet.decisions:
            key = (decision.about, decision.text)
            if key in merged:
                merged[key]["rows"] += decision.rows
            else:
                named = {"key": digest([decision.about, decision.text]), "raw": decision.text}
                merged[key] = decision.to_json() | named | {"sheet": sheet.name}
    return sorted(merged.values(), key=lambda one: (one["about"] != "unit", -one["rows"]))


def _plan(one: SheetPlan, labels: _Labels) -> Json:
    """What writing would do; rows of each kind up to ``MOST_LISTED``."""
    target = one.context.issue_list
    changed = {draft.row for draft, _, _ in one.updates} | {row for row, _ in one.conflicts}
    created = {draft.row for draft in one.creations}
    unchanged = [draft.row for draft in one.drafts if draft.row not in changed | created]
    updates = one.updates[:MOST_LISTED]
    items = one.importer.load([item_id for _, item_id, _ in updates])
    return {
        "list": {"code": target.code, "title": target.title, "locked": target.locked_at is not None}
        if target
        else None,
        "title": one.context.title,
        "counts": {
            "created": len(one.creations),
            "updated": len(one.updates),
            "unchanged": one.unchanged,
            "missing": len(one.missing),
            "conflicts": len({row for row, _ in one.conflicts}),
        },
        "created": [
            {"row": draft.row, "label": labels.of(draft.row)} for draft in one.creations[:MOST_LISTED]
        ],
        "updated": [
            {
                "row": draft.row,
                "number": items[item_id].number,
                "label": labels.of(draft.row),
                "lines": change_lines(one.report.kind, items[item_id], changes),
            }
            for draft, item_id, changes in updates
            if item_id in items
        ],
        "unchanged": [{"row": row, "label": labels.of(row)} for row in unchanged[:MOST_LISTED]],
        "conflicts": [
            {"row": row, "label": labels.of(row), "lines": [mask_text(sentence)]}
            for row, sentence in one.conflicts[:MOST_LISTED]
        ],
        "missing": [{"number": number} for number in one.missing[:MOST_LISTED]],
        "twins": _stored_twins(one, labels),
    }


def _stored_twins(one: SheetPlan, labels: _Labels) -> list[Json]:
    """New rows whose place, household, category and description stand in a list already."""
    if one.report.kind is not Kind.ISSUES:
        return []
    rows = {draft.identity: draft.row for draft in one.creations}
    lists = list(IssueList.objects.filter(campaign=one.context.campaign).values_list("pk", flat=True))
    found: dict[str, list[str]] = defaultdict(list)
    keys = list(rows)
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        same = Issue.objects.present().filter(list__in=lists, identity__in=chunk).order_by()  # by its index
        for identity, number in same.values_list("identity", "number"):
            found[identity].append(number)
        if len(found) >= MOST_LISTED:
            break
    order = sorted(found, key=lambda identity: rows[identity])[:MOST_LISTED]
    return [
        {
            "row": rows[identity],
            "label": labels.of(rows[identity]),
            "numbers": sorted(found[identity])[:5],
        }
        for identity in order
    ]
