"""Rows of leads and of funds made whole."""

from __future__ import annotations

from decimal import Decimal

from issues.rules.cells import Row, is_nothing, keep_extra
from issues.rules.rows_issues import put_person, put_section
from issues.rules.sheet_scope import SheetScope
from rectify.lib.cn_text import fold
from rectify.lib.sheets.values import parse_valid
from rectify.lib.sheets.words import written

_OPEN_WORDS = ("核查中", "调查中", "正在", "待核", "未核", "核实中", "办理中", "处理中")


def finish_lead(row: Row, scope: SheetScope) -> None:
    """Complete the fields of a lead; neither valid nor invalid while it is looked into."""
    scope.put_place(row)
    put_section(row, scope)
    put_person(row)
    ref_on = scope.dates.ref_of(row)
    scope.dates.event(row, "reported_on", ref_on)
    if (deadline := scope.dates.deadline(row, "deadline", ref_on)) is not None:
        row.fields["deadline"] = deadline
    for column, value in row.later.get("valid", ()):
        if is_nothing(value):
            continue
        said = parse_valid(value)
        if said is not None and "valid" not in row.fields:
            row.fields["valid"] = said
            continue
        keep_extra(row, column.name, column.letter, value)
        if said is None and not any(word in fold(written(value)) for word in _OPEN_WORDS):
            scope.say(row, column, "valid", value, f"看不出是否有效：{written(value)[:40]}", False)


def finish_fund(row: Row, scope: SheetScope) -> None:
    """Complete the fields of a funds row; 超出 is only compared: max(0, 实际下达 − 应下达), 万元."""
    scope.put_place(row)
    due, funded = row.fields.get("due_amount"), row.fields.get("funded_amount")
    over = row.fields.get("over_amount")
    if due is None or funded is None or over is None:
        return
    expected = max(Decimal(0), funded - due)
    if over != expected:
        message = f"超出{written(over)}与实际下达减应下达的{written(expected)}不符"
        scope.say_of_field(row, "over_amount", over, message, False)
