"""Whom a letter is copied to, as the system proposes: the leader in charge of the unit, those who lead."""

from __future__ import annotations

from collections.abc import Sequence

from issues.models import Category, Issue
from townships.models import Seat, Unit, User
from townships.rules.roles import Duty


def proposed_copies(addressee: Unit, issues: Sequence[Issue]) -> list[tuple[str, Unit | None]]:
    """分管领导 of the addressee by name (W-038), then the lead units and departments of the issues."""
    seats = Seat.objects.filter(unit=addressee, duty=Duty.LEADER_IN_CHARGE.value, user__is_active=True)
    leaders = [seat.user for seat in seats.select_related("user").order_by("pk") if seat.user]
    wanted = {issue.lead_unit_id for issue in issues if issue.lead_unit_id}
    categories = {issue.category_id for issue in issues if issue.category_id}
    fields = Category.objects.filter(pk__in=categories, department__isnull=False)
    wanted |= set(fields.values_list("department_id", flat=True))
    wanted.discard(addressee.pk)
    units = Unit.objects.filter(pk__in=wanted, closed_on=None).order_by("code")
    return [(written_name(leader), None) for leader in leaders] + [(unit.name, unit) for unit in units]


def written_name(person: User) -> str:
    """副县长周某; 周某同志 where no office is known."""
    return f"{person.title}{person.name}" if person.title else f"{person.name}同志"
