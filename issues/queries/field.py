"""A department's field over all townships: what there was, what is done, what was verified, who is silent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Max, Sum

from issues.models.issues import IssueQuerySet
from issues.queries.choices import Choices
from issues.queries.waiting import silent
from rectify.lib.ledger import QuantityField
from townships.rules.roles import Level


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One township, counted in one thing. ``code`` "" stands for issues without a township; ``last_word_on``:
    the newest word of any of its issues; ``silent``: issues without a word for fifteen days."""

    name: str
    code: str
    items: int
    found: Decimal
    removed: Decimal
    claimed: Decimal
    confirmed: Decimal
    last_word_on: date | None
    silent: int

    @property
    def left(self) -> Decimal:
        return self.found - self.removed - self.claimed


@dataclass(frozen=True, slots=True)
class Field:
    """The field as counted in one thing: townships by code, the total, and who has none of it."""

    counted_in: str
    lines: list[FieldLine]
    total: FieldLine
    without: list[str]


def field_of(issues: IssueQuerySet, known: Choices, today: date) -> list[Field]:
    """``issues`` (the department's own categories, in scope) by township, what is counted most often first.
    One query; a township merged into another stands under its successor."""
    rows = (
        issues.filter(found__gt=0)
        .order_by()
        .values("counted_in", "township_id")
        .annotate(
            items=Count("pk"),
            found_of=_sum("found"),
            removed_of=_sum("removed"),
            claimed_of=_sum("claimed"),
            confirmed_of=_sum("confirmed"),
            last=Max("last_word_on"),
            quiet=Count("pk", filter=silent(today)),
        )
    )
    found: dict[str, dict[int | None, list[FieldLine]]] = {}
    for row in rows:
        place = row["township_id"]
        final = None if place is None else known.units.final(place, today)
        line = FieldLine(
            name=known.units.label(final, today) or "未写明乡镇",
            code=known.units.nodes[final].code if final is not None else "",
            items=row["items"],
            found=row["found_of"],
            removed=row["removed_of"],
            claimed=row["claimed_of"],
            confirmed=row["confirmed_of"],
            last_word_on=row["last"],
            silent=row["quiet"],
        )
        found.setdefault(row["counted_in"], {}).setdefault(final, []).append(line)
    fields = [_field(counted_in, places, known, today) for counted_in, places in found.items()]
    return sorted(fields, key=lambda field: (-field.total.items, field.counted_in))


def _field(counted_in: str, places: dict[int | None, list[FieldLine]], known: Choices, today: date) -> Field:
    lines = [_added(parts[0].name, parts[0].code, parts) for parts in places.values()]
    lines.sort(key=lambda line: (not line.code, line.code))
    named = {line.code for line in lines}
    standing = known.units.at_level(Level.TOWNSHIP, today)
    without = [node.label for node in standing if node.code not in named]
    return Field(counted_in, lines, _added("合计", "", lines), without)


def _added(name: str, code: str, parts: Iterable[FieldLine]) -> FieldLine:
    parts = list(parts)
    words = [part.last_word_on for part in parts if part.last_word_on is not None]
    return FieldLine(
        name=name,
        code=code,
        items=sum(part.items for part in parts),
        found=sum((part.found for part in parts), Decimal(0)),
        removed=sum((part.removed for part in parts), Decimal(0)),
        claimed=sum((part.claimed for part in parts), Decimal(0)),
        confirmed=sum((part.confirmed for part in parts), Decimal(0)),
        last_word_on=max(words, default=None),
        silent=sum(part.silent for part in parts),
    )


def _sum(column: str) -> Sum:
    return Sum(F(column), output_field=QuantityField())
