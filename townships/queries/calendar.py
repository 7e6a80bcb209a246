"""The county's own working days, as a value for rules."""

from __future__ import annotations

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
