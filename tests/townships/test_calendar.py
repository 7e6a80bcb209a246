"""The county's calendar: seeded once, changed by the office, told."""

from datetime import date

import pytest

from tests.townships.conftest import Person
from townships.models import CalendarDay, CalendarYear, Event
from townships.queries.calendar import workdays
from townships.rules.roles import Role
from townships.services import calendar

pytestmark = pytest.mark.django_db


def test_the_calendar_is_seeded_once_and_later_years_are_provisional() -> None:
    assert calendar.seed([2018, 2040]) == [2018, 2040]
    assert calendar.seed([2018, 2040]) == []
    days = workdays()
    assert not days.is_workday(date(2018, 6, 18))
    assert days.is_workday(date(2018, 9, 29))
    assert days.kind(date(2018, 6, 18)).document == "国务院办公厅关于2018年部分节假日安排的通知"
    assert not days.is_provisional(date(2018, 1, 1), date(2018, 12, 31))
    assert days.is_provisional(date(2040, 1, 1), date(2040, 1, 2))
    assert CalendarYear.objects.get(year=2040).document == ""


def test_the_office_changes_a_day_and_it_counts(person: Person) -> None:
    office = person(Role.OFFICE)
    calendar.seed([2018])
    calendar.set_day(date(2018, 6, 18), is_workday=True, name="防汛值守", by=office)
    assert workdays().is_workday(date(2018, 6, 18))
    calendar.remove_day(date(2018, 6, 18), by=office)
    assert workdays().is_workday(date(2018, 6, 18))  # a Monday
    assert not CalendarDay.objects.filter(day=date(2018, 6, 18)).exists()
    assert list(Event.objects.filter(actor=office).values_list("summary", flat=True)) == [
        "2018-06-18上班（防汛值守）",
        "2018-06-18恢复按星期计算",
    ]
    with pytest.raises(calendar.CalendarError, match="没有可删除的"):
        calendar.remove_day(date(2018, 6, 18), by=office)
    with pytest.raises(calendar.CalendarError, match="名称"):
        calendar.set_day(date(2018, 6, 18), is_workday=True, name=" ", by=office)


def test_a_year_becomes_official_with_its_document(person: Person) -> None:
    office = person(Role.OFFICE)
    calendar.set_document(2041, document="国办发明电〔2040〕7号", by=office)
    assert not workdays().is_provisional(date(2041, 1, 1), date(2041, 1, 1))
