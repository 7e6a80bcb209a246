"""What became of each sheet, put into the report of the import contract."""

from __future__ import annotations

from typing import Any

from issues.rules.report import Kind, SheetReport
from issues.services.imports.planning import SheetPlan
from issues.services.imports.running import Outcome
from rectify.lib.masking import mask_text

WORDS = {
    "created": "新增",
    "updated": "更新",
    "unchanged": "未变",
    "missing": "缺少",
    "conflicts": "冲突",
    "pending": "待处理",
}


def report_json(outcome: Outcome) -> dict[str, Any]:
    """The whole report as JSON; personal values are masked in it."""
    for sheet in outcome.workbook.sheets:
        if sheet.kind is not Kind.SKIPPED:
            sheet.outcome = counts(sheet, outcome.plans.get(sheet.name), written=outcome.written)
    payload: dict[str, Any] = outcome.workbook.to_json()
    return payload


def report_lines(outcome: Outcome) -> list[str]:
    """The same for a person: a line per sheet, and the first twenty errors of each."""
    lines = [f"文件：{outcome.workbook.file}"]
    for sheet in outcome.workbook.sheets:
        if sheet.kind is Kind.SKIPPED:
            lines.append(f"“{sheet.name}”跳过：{sheet.why}")
            continue
        said = counts(sheet, outcome.plans.get(sheet.name), written=outcome.written)
        state = "已写入" if said["written"] else "未写入"
        numbers = "，".join(f"{word}{said[name]}" for name, word in WORDS.items())
        lines.append(f"“{sheet.name}”{state}：识别{len(sheet.rows)}行，{numbers}，错误{len(sheet.errors)}处")
        lines += [f"  第{error.row}行 {mask_text(error.message)}" for error in sheet.errors[:20]]
    return lines


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
