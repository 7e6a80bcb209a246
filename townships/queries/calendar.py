"""The county's own working days, as a value for rules."""

from __future__ import annotations

from dataclasses import dataclass

from rectify.lib.workdays import DayKind, Workdays
from townships.models import CalendarDay, CalendarYear
from townships.queries.revisions import until_changed


def workdays() -> Workdays:
    """The county's calendar; a year is official when it names its document, else 暂定."""
    return until_changed("workdays", None, _workdays)


def _workdays() -> Workdays:
    documents = dict(CalendarYear.objects.values_list("year", "document"))
    days = {
        row.day: DayKind(row.is_workday, row.name, documents.get(row.day.year, ""))
        for row in CalendarDay.objects.all()
    }
    return Workdays(
        days=days, official_years=frozenset(year for year, document in documents.items() if document)
    )


@dataclass(frozen=True, slots=True)
class Year:
    """A year's special days for the page; without ``document`` it is 暂定."""

    number: int
    document: str
    days: tuple[CalendarDay, ...]

    @property
    def holidays(self) -> int:
        return sum(not day.is_workday for day in self.days)

    @property
    def working_weekends(self) -> int:
        return sum(day.is_workday for day in self.days)


def year(number: int) -> Year:
    """The special days of a year, in order; a year that nobody listed has none."""
    listed = CalendarYear.objects.filter(year=number).first()
    days = tuple(CalendarDay.objects.filter(day__year=number).order_by("day"))
    return Year(number, listed.document if listed else "", days)


def years() -> list[int]:
    """The years that the county has."""
    return list(CalendarYear.objects.order_by("year").values_list("year", flat=True))
