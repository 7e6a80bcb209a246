"""A row of a project sheet made whole: programme, stages with their dates, planned dates."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from issues.rules.cells import Row, is_nothing, keep_extra
from issues.rules.sheet_scope import SheetScope
from rectify.lib.sheets.values import parse_allotted, parse_completed, parse_started
from rectify.lib.sheets.words import written

_FINISHED: Final = re.compile(r"完工|竣工|建成|完成|验收|投入使用|投用|交付")
_STEPS: Final = ("allotted_on", "started_on", "completed_on")


def finish(row: Row, scope: SheetScope) -> None:
    """Complete the fields of a project row."""
    scope.put_place(row)
    _put_programme(row, scope)
    fields = row.fields
    fields.setdefault("quantity", Decimal(1))
    fields.setdefault("counted_in", scope.counted_in if scope.counted_in != "万元" else "个")
    if row.person:
        fields.setdefault("person", row.person)
    ref_on = scope.dates.ref_of(row)
    for name in ("arranged_on", *_STEPS):
        scope.dates.event(row, name, ref_on)
    for name in ("planned_start", "planned_finish"):
        if (deadline := scope.dates.deadline(row, name, ref_on)) is not None:
            fields[name] = deadline
    _put_started(row, scope)
    _put_completed(row, scope)
    _put_arranged(row, scope)
    _put_allotted(row, scope)
    _check_quantities(row, scope)


def _put_programme(row: Row, scope: SheetScope) -> None:
    """The sheet's programme, then 项目类别, else the headings above the row."""
    own = row.fields.get("programme")
    headings = scope.table.sections.get(row.number, ())
    if scope.has("programme"):
        if headings:
            row.fields["section"] = " / ".join(headings)
        parts = [scope.programme, own or ""]
    else:
        parts = [scope.programme, *headings]
    row.fields["programme"] = " / ".join(part for part in parts if part)


def _put_started(row: Row, scope: SheetScope) -> None:
    """已开工, 在建, 已完工 or a date of start; a word beats a date."""
    for column, value in row.later.get("started", ()):
        if is_nothing(value) and written(value) not in ("无", "没有"):
            continue
        said = parse_started(value)
        if said is None or "started" in row.fields:
            keep_extra(row, column.name, column.letter, value)
        else:
            row.fields["started"] = said
            if said and _FINISHED.search(written(value)) and parse_completed(value):
                row.fields["completed"] = True
        if said is None:
            scope.say(row, column, "started", value, f"看不出是否开工：{written(value)[:40]}", False)
    if "started" not in row.fields and "started_on" in row.fields:
        row.fields["started"] = True


def _put_completed(row: Row, scope: SheetScope) -> None:
    for column, value in row.later.get("completed", ()):
        if is_nothing(value) and written(value) not in ("无", "没有"):
            continue
        said = parse_completed(value)
        if said is None:
            keep_extra(row, column.name, column.letter, value)
            scope.say(row, column, "completed", value, f"看不出是否完工：{written(value)[:40]}", False)
        else:
            row.fields["completed"] = said
    completed_on = row.fields.get("completed_on")
    if "completed" not in row.fields and completed_on is not None and completed_on <= scope.last_day:
        row.fields["completed"] = True
    if row.fields.get("completed") and not scope.has("started"):
        row.fields["started"] = True


def _put_arranged(row: Row, scope: SheetScope) -> None:
    """1 January of the title's year where no column says, never after a dated step."""
    if "arranged_on" not in row.fields:
        steps = [row.fields[name] for name in _STEPS if name in row.fields]
        row.fields["arranged_on"] = min([date(scope.year, 1, 1), *steps])


def _put_allotted(row: Row, scope: SheetScope) -> None:
    """Every row where no column says; allotted but undated: on the day it started, else 截至."""
    fields = row.fields
    if not scope.has("allotted"):
        fields["allotted"] = True
        fields.setdefault("allotted_on", fields["arranged_on"])
        return
    for column, value in row.later.get("allotted", ()):
        said = parse_allotted(value)
        if said is None and not is_nothing(value):
            keep_extra(row, column.name, column.letter, value)
            scope.say(row, column, "allotted", value, f"看不出是否下达：{written(value)[:40]}", False)
        elif said is not None:
            fields.setdefault("allotted", said)
    if "allotted" not in fields:
        fields["allotted"] = "allotted_on" in fields or bool(fields.get("started"))
    if fields["allotted"]:
        fields.setdefault("allotted_on", fields.get("started_on", scope.last_day))


def _check_quantities(row: Row, scope: SheetScope) -> None:
    quantity = row.fields["quantity"]
    for name, word in (("started_quantity", "开工"), ("completed_quantity", "完工")):
        done = row.fields.get(name)
        if done is not None and done > quantity:
            message = f"{word}{written(done)}超过数量{written(quantity)}"
            scope.say_of_field(row, name, done, message, True)
            return
        if done == quantity:
            row.fields.setdefault(name.removesuffix("_quantity"), True)
