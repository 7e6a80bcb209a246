"""One page of the issue list: plain rows with names and lights. No ORM objects, constant queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, OrderBy

from issues.models import PastDeadline
from issues.models.issues import IssueQuerySet
from issues.queries.choices import Choices
from issues.rules.filters import IssueFilter
from issues.rules.lights import issue_light
from issues.rules.sight import HouseholdSight
from issues.rules.stages import OPEN_STATES, State, state_word
from rectify.lib.lights import Light
from rectify.lib.masking import mask_name, mask_text

PAGE_SIZE = 50
CLIPPED = 90
"""Characters of a description that two clipped lines can hold; the rest stays on the issue's page."""

SORT_COLUMNS: dict[str, tuple[str, ...]] = {
    "number": (),
    "ledger": ("list", "sheet", "row"),
    "category": ("category__path",),
    "place": ("township__code", "village__code"),
    "found": ("found_at",),
    "done": ("{basis}_at",),
    "left": ("left_{basis}_at",),
    "due": ("due_on",),
    "unit": ("unit__code",),
    "state": ("state",),
}
COLUMNS = (
    "pk", "number", "ledger_number", "category_id", "description", "township_id", "village_id", "place",
    "household", "counted_in", "found_at", "removed_at", "deadline_raw", "deadline_class", "due_on",
    "deadline_confirmed", "unit_id", "lead_unit_id", "state", "list_id", "is_taken_over", "supplement_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One line of the list as it is shown; quantities in ``counted_in``."""

    number: str
    ledger_number: str
    category: str
    category_path: str
    description: str
    is_clipped: bool
    place: str
    household: str
    counted_in: str
    found: Decimal
    removed: Decimal
    done: Decimal
    left: Decimal
    due_on: date | None
    deadline_raw: str
    light: Light
    unit: str
    state: str
    is_ended: bool
    is_supplement: bool


def ordered(found: IssueQuerySet, wanted: IssueFilter) -> IssueQuerySet:
    """In the order of ``wanted.sort``, those without a value last; by number where that says nothing."""
    name = wanted.sort.removeprefix("-")
    is_down = wanted.sort.startswith("-")
    columns = [column.format(basis=wanted.basis) for column in SORT_COLUMNS[name]]
    order = [OrderBy(F(column), descending=is_down, nulls_last=True) for column in columns]
    return found.order_by(*order, "-number" if is_down and name == "number" else "number")


def page_of(
    found: IssueQuerySet, wanted: IssueFilter, *, on: date, known: Choices, sight: HouseholdSight
) -> list[IssueRow]:
    """The rows of page ``wanted.page``, 50 a page; ``found`` from ``filtered``, lights as of ``on``."""
    start = (wanted.page - 1) * PAGE_SIZE
    columns = (*COLUMNS, f"{wanted.basis}_at", f"left_{wanted.basis}_at")
    rows = list(ordered(found, wanted).values(*columns)[start : start + PAGE_SIZE])
    if wanted.as_of is not None:
        put_deadlines_in_force(rows, on)
    return [_row(row, wanted, on, known, sight) for row in rows]


def put_deadlines_in_force(rows: list[dict[str, Any]], on: date) -> None:
    """Where a deadline has been changed since ``on``, show the one of then. One query."""
    by_pk = {row["pk"]: row for row in rows}
    past = PastDeadline.objects.filter(issue__in=by_pk, until_on__gt=on).order_by("issue", "-from_on")
    for pk, raw, kind, due_on, confirmed in past.values_list(
        "issue_id", "raw", "deadline_class", "due_on", "confirmed"
    ):
        by_pk[pk] |= {
            "deadline_raw": raw,
            "deadline_class": kind,
            "due_on": due_on,
            "deadline_confirmed": confirmed,
        }


def _row(
    row: Mapping[str, Any], wanted: IssueFilter, on: date, known: Choices, sight: HouseholdSight
) -> IssueRow:
    category = known.categories.get(row["category_id"])
    description = mask_text(row["description"])
    left = row[f"left_{wanted.basis}_at"]
    state = State(row["state"])
    return IssueRow(
        number=row["number"],
        ledger_number=row["ledger_number"],
        category=category.name if category else "",
        category_path=category.full_name if category else "",
        description=description[:CLIPPED],
        is_clipped=len(description) > CLIPPED,
        place=_place(row, on, known),
        household=shown_household(row, category.department if category else None, sight),
        counted_in=row["counted_in"],
        found=row["found_at"],
        removed=row["removed_at"],
        done=row[f"{wanted.basis}_at"],
        left=left,
        due_on=row["due_on"],
        deadline_raw=row["deadline_raw"],
        light=issue_light(
            left=left,
            deadline_class=row["deadline_class"],
            due_on=row["due_on"],
            is_confirmed=row["deadline_confirmed"],
            on=on,
        ),
        unit=known.units.label(row["unit_id"], on),
        state=state_word(state, known.lists[row["list_id"]].state_words, is_taken_over=row["is_taken_over"]),
        is_ended=state not in OPEN_STATES,
        is_supplement=row["supplement_id"] is not None,
    )


def _place(row: Mapping[str, Any], on: date, known: Choices) -> str:
    units = (known.units.label(row["township_id"], on), known.units.label(row["village_id"], on))
    return " ".join(unit for unit in units if unit) or mask_text(row["place"])


def shown_household(row: Mapping[str, Any], department: int | None, sight: HouseholdSight) -> str:
    """The household's name as this viewer may read it."""
    name: str = row["household"]
    if not name:
        return ""
    return mask_text(name) if sight.sees({**row, "department_id": department}) else mask_name(name)
