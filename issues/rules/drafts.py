"""From the fields a row was read as to the item it says: texts, dates, and the movements of quantity.

Fields are those of the import contract, as Python values (Decimal, Beijing dates, ``Deadline``). What the row
contradicts is a ``RowError``: it is left out as 待处理, like any other row error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from issues.rules.identity import content_digest, digest
from issues.rules.stages import Stage, State
from projects.rules.stages import Stage as WorkStage

NOTHING = Decimal(0)

ISSUE_TEXTS = (
    "source",
    "source_doc",
    "section",
    "description",
    "place",
    "household",
    "goal",
    "leader",
    "person",
    "progress",
    "state_text",
    "recognised",
    "note",
)
PROJECT_TEXTS = ("name", "place", "content", "leader", "person", "progress", "problem", "note")
LEAD_TEXTS = ("source", "category", "place", "description", "progress", "note")


class RowError(Exception):
    """A row contradicts itself. ``field`` names the column's field; the message is one Chinese sentence."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field = field_name
        self.message = message


@dataclass(frozen=True, slots=True)
class Move:
    """One movement: ``quantity`` in what the item is counted in, ``amount`` in 万元 or none."""

    stage: str
    quantity: Decimal
    happened_on: date
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DeadlineFacts:
    """A deadline as it is stored: class, day, whether it lasts, whether a person must still confirm it."""

    raw: str = ""
    deadline_class: str = "undetermined"
    due_on: date | None = None
    is_long: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Ahead:
    """先斩后奏 as a row tells it: works that began on ``started_on`` before their 下达, which came on
    ``allotted_on`` (None: it has not come)."""

    quantity: Decimal
    started_on: date
    allotted_on: date | None = None

    def __str__(self) -> str:
        return f"{self.started_on.isoformat()}已先行动工"


@dataclass(slots=True)
class Draft:
    """What a row says of one item. ``texts`` are model fields; units and places stay names until resolved."""

    row: int
    rows: list[int]
    hidden: str
    ledger_number: str
    identity: str
    content: str
    texts: dict[str, str]
    fields: Mapping[str, Any]
    extra: Mapping[str, str]
    cells: Mapping[str, str]
    moves: list[Move] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetDates:
    """The dates a sheet lends to its rows: found where no column says, 截至, and the day of today."""

    found_on: date
    as_of: date
    today: date
    immediate_days: int = 15


def deadline_facts(deadline: Any, found_on: date, immediate_days: int) -> DeadlineFacts:
    """``deadline`` as read (or None for a blank cell), with 立行立改 counted from the day it was found."""
    if deadline is None:
        return DeadlineFacts()
    due_on = deadline.due_on
    kind = str(deadline.kind)
    if kind == "immediate" and due_on is None:
        due_on = found_on + timedelta(days=immediate_days)
    return DeadlineFacts(
        raw=str(deadline.raw)[:300],
        deadline_class=kind,
        due_on=due_on,
        is_long=deadline.long,
        confirmed=str(deadline.confidence) == "certain",
    )


def _draft(row: Any, names: tuple[str, ...], identity: list[object]) -> Draft:
    fields = row.fields
    return Draft(
        row=row.row,
        rows=list(row.rows),
        hidden=row.hidden,
        ledger_number=str(fields.get("number") or ""),
        identity=digest(identity),
        content=content_digest(fields, row.extra),
        texts={name: str(fields[name]) for name in names if fields.get(name)},
        fields=fields,
        extra=row.extra,
        cells=row.cells,
    )


def issue_draft(row: Any, dates: SheetDates) -> Draft:
    """An issue: found on its day; done, as far as the row claims, on its own date, else 截至."""
    fields = row.fields
    where = [fields.get("township"), fields.get("village"), fields.get("place")]
    draft = _draft(
        row, ISSUE_TEXTS, [*where, fields.get("household"), fields.get("category"), fields.get("description")]
    )
    found_on = _not_after(fields.get("found_on") or dates.found_on, dates.today, "found_on", "发现时间")
    quantity = fields.get("quantity", Decimal(1))
    amount, done_amount = _amounts(fields)
    draft.moves.append(Move(Stage.FOUND, quantity, found_on, amount))
    claimed = _claimed(fields, quantity)
    if claimed == quantity and done_amount is None:
        done_amount = amount
    stated = fields.get("done") is not None or fields.get("done_quantity") is not None
    done_on = fields.get("done_on") if claimed else None
    if claimed or done_amount:
        claimed_on = _not_after(done_on or min(dates.as_of, dates.today), dates.today, "done_on", "完成时间")
        if claimed_on < found_on:
            if done_on:
                raise RowError("done_on", f"完成时间{done_on}早于发现时间{found_on}")
            claimed_on = found_on
        draft.moves.append(Move(Stage.CLAIMED, claimed, claimed_on, done_amount))
    deadline = deadline_facts(fields.get("deadline"), found_on, dates.immediate_days)
    active = bool(fields.get("actions") or fields.get("progress") or claimed)
    draft.values = {
        "counted_in": str(fields.get("counted_in") or "个")[:12],
        "found_on": found_on,
        "state": (State.RECTIFYING if active else State.REGISTERED).value,
        "deadline_raw": deadline.raw,
        "deadline_class": deadline.deadline_class,
        "due_on": deadline.due_on,
        "is_long": deadline.is_long,
        "deadline_confirmed": deadline.confirmed,
        "done": fields.get("done"),
        "done_on": done_on,
        "stated_on": found_on if stated else None,
        "last_word_on": min(dates.as_of, dates.today) if stated else None,
        "recognised_amount": fields.get("recognised_amount"),
    }
    return draft


def _claimed(fields: Mapping[str, Any], quantity: Decimal) -> Decimal:
    done_quantity: Decimal | None = fields.get("done_quantity")
    if done_quantity is not None:
        return done_quantity
    return quantity if fields.get("done") else NOTHING


def _amounts(fields: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    """Money found and put right, 万元; what was put right stood there, though the ledger leaves it out."""
    done: Decimal | None = fields.get("done_amount")
    amount: Decimal | None = fields.get("amount", done)
    if done is not None and amount is not None and done > amount:
        raise RowError("done_amount", f"已整改金额{done}万元大于问题金额{amount}万元")
    return amount, done


def _not_after(day: date, today: date, field_name: str, label: str) -> date:
    if day > today:
        raise RowError(field_name, f"{label}{day}晚于今天{today}")
    return day


def project_draft(row: Any, dates: SheetDates) -> Draft:
    """A project: each stage on its own date, never before the one under it (先斩后奏 waits for the 下达)."""
    fields = row.fields
    where = [fields.get("township"), fields.get("village"), fields.get("place")]
    draft = _draft(row, PROJECT_TEXTS, [*where, fields.get("name"), fields.get("content")])
    as_of = min(dates.as_of, dates.today)
    quantity = fields.get("quantity", Decimal(1))
    arranged_on = fields.get("arranged_on") or dates.found_on
    steps = [
        (WorkStage.ARRANGED, quantity, arranged_on),
        (
            WorkStage.ALLOTTED,
            quantity if fields.get("allotted", True) else NOTHING,
            fields.get("allotted_on"),
        ),
        (WorkStage.STARTED, _stage_quantity(fields, "started", quantity), fields.get("started_on")),
        (WorkStage.COMPLETED, _stage_quantity(fields, "completed", quantity), fields.get("completed_on")),
    ]
    before = _not_after(arranged_on, dates.today, "arranged_on", "安排日期")
    ahead = _ahead(fields, quantity, before, dates)
    limit = quantity
    for stage, amount, day in steps:
        if not amount and stage is WorkStage.ALLOTTED:
            break  # a start before the 下达 waits for it
        if not amount:
            limit = NOTHING
            continue
        if amount > limit:
            raise RowError(f"{stage}_quantity", f"{stage.label}{amount}超过上一环节的{limit}")
        limit = amount
        before = max(
            before, _not_after(day or max(as_of, before), dates.today, f"{stage}_on", f"{stage.label}时间")
        )
        draft.moves.append(Move(stage, amount, before))
    planned = fields.get("planned_start"), fields.get("planned_finish")
    start, finish = (deadline_facts(one, arranged_on, dates.immediate_days) for one in planned)
    draft.values = {
        "counted_in": str(fields.get("counted_in") or "个")[:12],
        "arranged_on": arranged_on,
        "investment": fields.get("investment"),
        "start_raw": start.raw[:200],
        "start_due_on": start.due_on,
        "start_class": start.deadline_class if start.raw else "",
        "start_confirmed": start.confirmed,
        "counted_from": next((one.counted_from for one in planned if one is not None), None),
        "finish_raw": finish.raw[:200],
        "finish_due_on": finish.due_on,
        "finish_class": finish.deadline_class if finish.raw else "",
        "finish_confirmed": finish.confirmed,
        "ahead": ahead,
    }
    return draft


def _ahead(
    fields: Mapping[str, Any], quantity: Decimal, arranged_on: date, dates: SheetDates
) -> Ahead | None:
    """What the row tells of a start without its 下达, or before it; None where it tells of none."""
    started = min(quantity, _stage_quantity(fields, "started", quantity))
    if not started:
        return None
    as_of = max(min(dates.as_of, dates.today), arranged_on)
    if not fields.get("allotted", True):
        return Ahead(started, max(fields.get("started_on") or as_of, arranged_on))
    allotted_on, started_on = fields.get("allotted_on"), fields.get("started_on")
    if allotted_on is None or started_on is None or not arranged_on <= started_on < allotted_on:
        return None
    return Ahead(started, started_on, allotted_on)


def _stage_quantity(fields: Mapping[str, Any], stage: str, quantity: Decimal) -> Decimal:
    given: Decimal | None = fields.get(f"{stage}_quantity")
    if given is not None:
        return given
    return quantity if fields.get(stage) else NOTHING


def fund_draft(row: Any, dates: SheetDates) -> Draft:
    """Money due by a norm against money issued, 万元, both as of the sheet's 截至."""
    fields = row.fields
    draft = _draft(row, ("note",), [fields.get("township")])
    day = min(dates.as_of, dates.today)
    for stage, name in ((WorkStage.DUE, "due_amount"), (WorkStage.FUNDED, "funded_amount")):
        if fields.get(name):
            draft.moves.append(Move(stage, NOTHING, day, fields[name]))
    draft.values = {"people": fields.get("people"), "arranged_on": day}
    return draft


def lead_draft(row: Any, dates: SheetDates) -> Draft:
    """A lead: no quantity moves; a valid one becomes an issue later, by a person."""
    fields = row.fields
    where = [fields.get("township"), fields.get("village"), fields.get("place")]
    draft = _draft(row, LEAD_TEXTS, [*where, fields.get("description")])
    anchor = fields.get("reported_on") or dates.as_of
    deadline = deadline_facts(fields.get("deadline"), anchor, dates.immediate_days)
    draft.values = {
        "reported_on": fields.get("reported_on"),
        "valid": fields.get("valid"),
        "deadline_raw": deadline.raw,
        "deadline_class": deadline.deadline_class,
        "due_on": deadline.due_on,
        "deadline_confirmed": deadline.confirmed,
        "reported_by_text": str(fields.get("reported_by") or "")[:100],
        "responsible_text": "、".join(fields.get("responsible_units") or [])[:200],
    }
    return draft
