"""Who is told of an issue: the units that answer for it and have not done their share, else the township."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, When
from django.db.models.expressions import Combinable

from alerts.queries.source import NAMED, Rows
from issues.models import Issue, IssueUnit, Share
from issues.rules.records import ShareState
from townships.models import Seat
from townships.rules.roles import Duty, Level

Condition = Callable[[str], Q]
"""Given the path to the issue ("" or "issue__"), which issues."""
Expression = Callable[[str], Combinable]
"""Given the path to the issue, a value of it."""


def rows_of(found: Condition, anchor: Expression, **more: Expression) -> list[Rows]:
    """Rows of a source for the issues found: one a unit that answers, or one for the township."""
    done = Share.objects.filter(issue=OuterRef("issue"), unit=OuterRef("unit"), state=ShareState.DONE.value)
    named = IssueUnit.objects.answering().filter(found("issue__")).exclude(Exists(done))
    answers = IssueUnit.objects.answering().filter(issue=OuterRef("pk"))
    placed = Issue.objects.filter(found("")).exclude(Exists(answers))
    return [
        _as_rows(named, "issue__", seats_stand_at("unit"), anchor, more),
        _as_rows(placed, "", F("township_id"), anchor, more),
    ]


def named() -> Rows:
    """Every unit that answers for an issue; null where it has done its share."""
    done = Share.objects.filter(issue=OuterRef("issue"), unit=OuterRef("unit"), state=ShareState.DONE.value)
    seats = Case(When(~Exists(done), then=seats_stand_at("unit")), output_field=BigIntegerField())
    units = IssueUnit.objects.answering().order_by().annotate(item_key=F("issue_id"), unit_key=seats)
    rows: Rows = units.values(*NAMED)
    return rows


def nobody_of(found: Condition, anchor: Expression) -> Rows:
    """The issues found that name no unit of ours and lie in no township."""
    answers = IssueUnit.objects.answering().filter(issue=OuterRef("pk"))
    lost = Issue.objects.filter(found(""), township__isnull=True).exclude(Exists(answers)).order_by()
    columns = {"item_key": F("pk"), "item_number": F("number"), "anchor_day": anchor("")}
    rows: Rows = lost.annotate(**columns).values(*columns)
    return rows


def items_of(found: Condition, anchor: Expression, **more: Expression) -> Rows:
    """The issues found, once each; where none is ``named`` the township answers."""
    return _as_rows(Issue.objects.filter(found("")), "", F("township_id"), anchor, more)


def _as_rows(found: Any, at: str, unit: Any, anchor: Expression, more: dict[str, Expression]) -> Rows:
    columns = {name: value(at) for name, value in more.items()}
    rows: Rows = (
        found.order_by()
        .annotate(
            item_key=F(f"{at}pk"),
            item_number=F(f"{at}number"),
            unit_key=unit,
            anchor_day=anchor(at),
            **columns,
        )
        .values("item_key", "item_number", "unit_key", "anchor_day", *columns)
    )
    return rows


def seats_stand_at(path: str) -> Case:
    """The unit at ``path``; a village where nobody sits is told through its township."""
    duties = (Duty.STAFF.value, Duty.HEAD.value)
    manned = Seat.objects.filter(user__isnull=False, duty__in=duties, unit__level=Level.VILLAGE.value)
    is_silent = Q(**{f"{path}__level": Level.VILLAGE.value}) & ~Q(**{f"{path}__in": manned.values("unit")})
    return Case(When(is_silent, then=F(f"{path}__parent_id")), default=F(f"{path}_id"))
