"""The county's calendar: seeded from the national one, changed by the office, every change audited."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from rectify.lib import clock
from rectify.lib.workdays import Workdays
from townships.models import CalendarDay, CalendarYear
from townships.services import events, revisions

FIRST_YEAR = 2015
# The State Council's notices, by year; the list itself comes from the `holidays` package.
DOCUMENT = "国务院办公厅关于{year}年部分节假日安排的通知"


def seed(years: Iterable[int] | None = None) -> list[int]:
    """Add the years that the county does not have yet (2015 to next year); returns them. Known years stay
    as they are. A year without an official list gets no document: 暂定."""
    wanted = set(years if years is not None else range(FIRST_YEAR, clock.real_now().year + 2))
    with transaction.atomic():
        missing = sorted(wanted - set(CalendarYear.objects.values_list("year", flat=True)))
        if not missing:
            return []
        national = Workdays.from_holidays(missing)
        CalendarYear.objects.bulk_create(
            CalendarYear(
                year=year, document=DOCUMENT.format(year=year) if year in national.official_years else ""
            )
            for year in missing
        )
        CalendarDay.objects.bulk_create(
            [
                CalendarDay(day=day, is_workday=kind.is_workday, name=kind.name[:60])
                for day, kind in sorted(national.days.items())
            ],
            ignore_conflicts=True,
        )
        revisions.bump([0])
        events.record(
            subject_type="calendar",
            subject_id=missing[0],
            action="seed_calendar",
            summary=f"按公布的节假日安排建立工作日历：{missing[0]}—{missing[-1]}年",
            by=None,
            facts={"years": missing},
        )
    return missing
