"""The county's calendar: seeded from the national one, changed by the office, every change audited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from rectify.lib import clock
from rectify.lib.workdays import Workdays
from townships.models import CalendarDay, CalendarYear, User
from townships.services import events, revisions

FIRST_YEAR = 2015
# The State Council's notices, by year; the list itself comes from the `holidays` package.
DOCUMENT = "国务院办公厅关于{year}年部分节假日安排的通知"


class CalendarError(Exception):
    """The calendar stays as it was; ``str(error)`` says why in Chinese."""


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


@transaction.atomic
def set_day(day: date, *, is_workday: bool, name: str, by: User) -> CalendarDay:
    """Make ``day`` a holiday or a working day (调休), whatever the week says."""
    if not name.strip():
        raise CalendarError("请写明这一天的名称，如“端午节”。")
    _need_year(day.year)
    made, _ = CalendarDay.objects.update_or_create(day=day, defaults={"is_workday": is_workday, "name": name})
    word = "上班" if is_workday else "放假"
    _told(day.year, "set_calendar_day", f"{day}{word}（{name}）", by)
    return made


@transaction.atomic
def remove_day(day: date, *, by: User) -> None:
    """Let the week decide about ``day`` again."""
    deleted, _ = CalendarDay.objects.filter(day=day).delete()
    if not deleted:
        raise CalendarError(f"{day}不在特别日期里，没有可删除的。")
    _told(day.year, "remove_calendar_day", f"{day}恢复按星期计算", by)


@transaction.atomic
def set_document(year: int, *, document: str, by: User) -> None:
    """Name the document that a year's list rests on; empty: 暂定."""
    _need_year(year)
    CalendarYear.objects.filter(year=year).update(document=document)
    _told(year, "set_calendar_document", f"{year}年依据文件：{document or '（无，暂定）'}", by)


def _need_year(year: int) -> None:
    if not CalendarYear.objects.filter(year=year).exists():
        CalendarYear.objects.create(year=year)


def _told(year: int, action: str, summary: str, by: User) -> None:
    events.record(subject_type="calendar", subject_id=year, action=action, summary=summary, by=by)
    revisions.bump([0])
