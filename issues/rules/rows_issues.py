"""A row of an issue ledger made whole: place, section, quantity, dates, and whether it is done."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from issues.rules.cells import Row, is_nothing, keep_extra
from issues.rules.report import ColumnReport
from issues.rules.row_dates import last_of
from issues.rules.sheet_scope import SheetScope
from rectify.lib.cn_dates import Confidence, Deadline, DeadlineClass
from rectify.lib.cn_text import fold
from rectify.lib.sheets.types import Value
from rectify.lib.sheets.values import parse_boolean, parse_done
from rectify.lib.sheets.words import written

_COMPLETED: Final = re.compile(r"实际|销号|办结|整改完成|完成整改|到位|化解|结案")
_SIGNED_OFF: Final = re.compile(r"销号")
_JOINED_FIELDS: Final = ("description", "goal", "progress", "note", "category")
_LISTS: Final = ("responsible_units", "support_units")


def finish(row: Row, scope: SheetScope) -> None:
    """Complete the fields of an issue row; says errors and warnings through the scope."""
    scope.put_place(row)
    put_section(row, scope)
    put_person(row)
    put_quantity(row, scope)
    ref_on = scope.dates.ref_of(row)
    later = row.later
    for name in ("found_on", "done_on"):
        if name in later:
            scope.dates.event(row, name, ref_on)
    _settle_found_on(row)
    deadline = scope.dates.deadline(row, "deadline", ref_on) if "deadline" in later else None
    put_deadline(row, deadline)
    if "action_due" in later:
        _put_action_dates(row, scope, ref_on)
    put_done(row, scope, deadline)
    check_quantities(row, scope)


def _settle_found_on(row: Row) -> None:
    """Found in March stands for 31 March, but not after the day in March on which it was done."""
    found_on, done_on = row.fields.get("found_on"), row.fields.get("done_on")
    if "found_on" in row.coarse and done_on is not None and done_on < found_on:
        row.fields["found_on"] = done_on


def put_section(row: Row, scope: SheetScope) -> None:
    """The heading above the row: its category where the table has no column for it, else its section."""
    headings = scope.table.sections.get(row.number)
    if headings:
        row.fields["section" if scope.has("category") else "category"] = " / ".join(headings)


def put_person(row: Row) -> None:
    """Who stood behind a "/" beside the unit is the person, where no column of its own names one."""
    if row.person and row.fields.setdefault("person", row.person) != row.person:
        row.extra.setdefault("责任人（单位栏）", row.person)


def put_quantity(row: Row, scope: SheetScope) -> None:
    """The counted amount: 1 个 where the table does not count."""
    fields = row.fields
    if "quantity" not in fields:
        fields["quantity"] = Decimal(1)
        fields["counted_in"] = scope.counted_in if scope.counted_in != "万元" else "个"
    fields.setdefault("counted_in", scope.counted_in)


def put_deadline(row: Row, deadline: Deadline | None) -> None:
    """The deadline object, with what a 长期坚持 column of its own says."""
    if "deadline_long" not in row.later:
        if deadline is not None:
            row.fields["deadline"] = deadline
        return
    long = next(
        (
            said
            for _, value in row.later.get("deadline_long", ())
            if (said := parse_boolean(value)) is not None
        ),
        None,
    )
    for column, value in row.later.get("deadline_long", ()):
        if parse_boolean(value) is None and not is_nothing(value):
            keep_extra(row, column.name, column.letter, value)
    if deadline is None and long:
        raw = row.later["deadline_long"][0][0].column.path[-1]
        deadline = Deadline(raw, DeadlineClass.LONG, None, True, Confidence.CERTAIN)
    if deadline is not None:
        row.fields["deadline"] = deadline if long is None else _with_long(deadline, long)


def _with_long(deadline: Deadline, long: bool) -> Deadline:
    return Deadline(
        deadline.raw,
        deadline.kind,
        deadline.due_on,
        long,
        deadline.confidence,
        deadline.means_done,
        deadline.problem,
    )


def _put_action_dates(row: Row, scope: SheetScope, ref_on: Any) -> None:
    """An action's own date belongs to it where there is one date for each action; it stays in `extra` too."""
    cells = row.later.get("action_due", ())
    for column, value in cells:
        keep_extra(row, column.name, column.letter, value)
    found = scope.dates.all_deadlines(row, "action_due", ref_on)
    if found and len(found) == len(row.fields.get("actions", ())):
        row.fields["action_deadlines"] = found


def put_done(row: Row, scope: SheetScope, deadline: Deadline | None) -> None:
    """Whether the ledger says that the issue is done; left out where it does not say."""
    said = _said_in_columns(row, scope)
    if said is None and "state_text" in row.fields:
        said = _state(row.fields["state_text"], scope.name_of("state_text"))
    if said is None and deadline is not None and deadline.means_done:
        said = True
    quantity, done_quantity = row.fields.get("quantity"), row.fields.get("done_quantity")
    if said is None and done_quantity is not None and quantity is not None and done_quantity == quantity:
        said = True
    if said is None and _happened(row, scope):
        said = True
    if said is not None:
        row.fields["done"] = said


def _state(value: Value, name: str) -> bool | None:
    """What a state word says; 已化解 under 是否化解 answers in the column's own word."""
    said = parse_done(value)
    if said is not None or not isinstance(value, str):
        return said
    word = fold(value).rstrip("。.;")
    is_answer = word.startswith("已") and len(word) >= 3 and word[1:] in fold(name)
    return True if is_answer else None


def _happened(row: Row, scope: SheetScope) -> bool:
    """Whether a date of completion not after 截至 says that it is done, where nothing else says anything.

    完成时间 alone may be meant as a deadline: it speaks only beside a column that says what is done."""
    done_on = row.fields.get("done_on")
    if done_on is None or "done_quantity" in row.fields or done_on > scope.last_day:
        return False
    return scope.has("done") or bool(_COMPLETED.search(scope.name_of("done_on")))


def _said_in_columns(row: Row, scope: SheetScope) -> bool | None:
    """What the columns of `done` say: 是否完成 before 是否销号, whichever stands first."""
    cells = row.later.get("done", [])
    if len(cells) > 1:
        cells = sorted(cells, key=lambda cell: bool(_SIGNED_OFF.search(cell[0].name)))
    said: bool | None = None
    for column, value in cells:
        if is_nothing(value) and written(value) not in ("无", "没有"):
            continue
        found = _state(value, column.name)
        if said is not None:
            keep_extra(row, column.name, column.letter, value)
        elif found is None:
            _keep_unclear(row, column, value, scope)
        else:
            said = found
    return said


def _keep_unclear(row: Row, column: ColumnReport, value: Value, scope: SheetScope) -> None:
    keep_extra(row, column.name, column.letter, value)
    text = written(value)
    if "序时" not in text:
        scope.say(row, column, "done", value, f"看不出是否完成：{text[:40]}", False)


def check_quantities(row: Row, scope: SheetScope) -> None:
    """Done is not more than there is, and the rest is what is left."""
    quantity, done_quantity = row.fields["quantity"], row.fields.get("done_quantity")
    remaining = row.fields.get("remaining_quantity")
    if done_quantity is not None and done_quantity > quantity:
        message = f"已完成{written(done_quantity)}超过数量{written(quantity)}"
        scope.say_of_field(row, "done_quantity", done_quantity, message, True)
        return
    done = done_quantity
    if done is None and row.fields.get("done") is not None:
        done = quantity if row.fields["done"] else None
    if remaining is not None and done is not None and remaining != quantity - done:
        message = f"剩余{written(remaining)}不等于{written(quantity)}减{written(done)}"
        scope.say_of_field(row, "remaining_quantity", remaining, message, False)


def gather(rows: list[Row], scope: SheetScope) -> Row:
    """One issue out of the rows of a merged number and description: what all of them say, in order.

    Lists and measures are added up, texts joined, a one-valued field keeps its first value (others go to
    `extra`), it is done where every row is."""
    first, rest = rows[0], rows[1:]
    deadlines = [row.fields["deadline"] for row in rows if "deadline" in row.fields]
    stated = [row.fields["done"] for row in rows if "done" in row.fields]
    for row in rest:
        for name, value in row.fields.items():
            _add(first, name, value, scope)
        for path, text in row.extra.items():
            kept = first.extra.get(path)
            first.extra[path] = text if kept is None or text in kept.split("；") else f"{kept}；{text}"
        first.is_wrong = first.is_wrong or row.is_wrong
    if deadlines:
        first.fields["deadline"] = last_of(deadlines)
    if stated:
        first.fields["done"] = all(stated)
    return first


def _add(first: Row, name: str, value: Any, scope: SheetScope) -> None:
    if name in ("deadline", "done", "quantity", "counted_in"):
        return
    kept = first.fields.get(name)
    if kept is None:
        first.fields[name] = value
    elif name in ("actions", "action_deadlines"):
        first.fields[name] = [*kept, *value]
    elif name in _LISTS:
        first.fields[name] = list(dict.fromkeys([*kept, *value]))
    elif kept != value and isinstance(value, str):
        if name in _JOINED_FIELDS:
            joint = " / " if name == "category" else "；"
            first.fields[name] = kept if value in kept.split(joint) else kept + joint + value
        else:
            path = scope.name_of(name)
            first.extra[path] = f"{first.extra[path]}；{value}" if path in first.extra else value
