"""What became of each sheet, put into the report of the import contract."""

from __future__ import annotations

from typing import Any

from issues.rules.report import Kind, SheetReport
from issues.services.imports.planning import SheetPlan
from issues.services.imports.running import Outcome


def report_json(outcome: Outcome) -> dict[str, Any]:
    """The whole report as JSON; personal values are masked in it."""
    for sheet in outcome.workbook.sheets:
        if sheet.kind is not Kind.SKIPPED:
            sheet.outcome = counts(sheet, outcome.plans.get(sheet.name), written=outcome.written)
    payload: dict[str, Any] = outcome.workbook.to_json()
    return payload


def counts(report: SheetReport, one: SheetPlan | None, *, written: bool) -> dict[str, Any]:
    """created, updated, unchanged, missing, conflicts, pending; without a campaign every row would be new."""
    wrong = len({error.row for error in report.errors})
    if one is None:
        zero = dict.fromkeys(("updated", "unchanged", "missing", "conflicts"), 0)
        return {"list": None, "written": False, "created": len(report.rows), **zero, "pending": wrong}
    return {
        "list": one.context.issue_list.code if one.context.issue_list else None,
        "written": written,
        "created": len(one.creations),
        "updated": len(one.updates),
        "unchanged": one.unchanged,
        "missing": len(one.missing),
        "conflicts": len({row for row, _ in one.conflicts}),
        "pending": wrong,
        "conflict_rows": [{"row": row, "message": message} for row, message in one.conflicts],
        "missing_numbers": one.missing,
    }
