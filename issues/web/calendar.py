"""Changes of the county's calendar: shown with the deadlines they move, before they take effect."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from issues.services.calendar_changes import Days, change_days, moved_by
from rectify.lib.workdays import DayKind
from townships.queries import calendar
from townships.rules.permissions import Permission
from townships.services.calendar import CalendarError
from townships.web.forms import CALENDAR_YEARS, DayForm, YearListForm
from townships.web.requires import requires
from townships.web.views.calendar import year_view

changing = requires(Permission.MANAGE_CALENDAR)


@require_POST
@changing
def set_day(request: HttpRequest, year: int) -> HttpResponse:
    """Add a special day, or change one."""
    form = DayForm(request.POST)
    if not form.is_valid():
        return year_view(request, _year(year), day_form=form)
    given = form.cleaned_data
    kind = DayKind(given["is_workday"], given["name"].strip())
    said = f"已设定{given['day']}{'上班' if kind.is_workday else '放假'}。"
    return _change(request, given["day"].year, {given["day"]: kind}, said)


@require_POST
@changing
def remove_day(request: HttpRequest, year: int) -> HttpResponse:
    """Let the week decide about a day again."""
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        messages.error(request, "这个日期不对，没有改动。")
        return redirect("calendar-year", year=year)
    return _change(request, year, {day: None}, f"已删除{day}，这一天按星期计算。")


@require_POST
@changing
def load_list(request: HttpRequest, year: int) -> HttpResponse:
    """A year's published list as a whole: what it does not name goes by the week again."""
    form = YearListForm(request.POST, year=_year(year))
    if not form.is_valid():
        return year_view(request, year, list_form=form)
    listed: dict[date, DayKind] = form.cleaned_data["days"]
    known = {row.day: DayKind(row.is_workday, row.name) for row in calendar.year(year).days}
    days: dict[date, DayKind | None] = dict.fromkeys(set(known) - set(listed))
    days |= {day: kind for day, kind in listed.items() if known.get(day) != kind}
    if not days:
        messages.success(request, "和现在的日历一样，没有要改的。")
        return redirect("calendar-year", year=year)
    return _change(request, year, days, f"已按{year}年的安排改动{len(days)}天。")


def _change(request: HttpRequest, year: int, days: Days, said: str) -> HttpResponse:
    """Where deadlines move, first show which; ``confirmed`` in the form says that they were seen."""
    moved = moved_by(days)
    if moved.words and "confirmed" not in request.POST:
        kept = [pair for pair in request.POST.items() if pair[0] != "csrfmiddlewaretoken"]
        context = {"moved": moved, "year": year, "kept": kept, "address": request.path}
        return render(request, "units/calendar_moved.html", context)
    try:
        done = change_days(days, by=request.user)
    except CalendarError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{said}{f'{done.words}的期限随之变动。' if done.words else ''}")
    return redirect("calendar-year", year=year)


def _year(year: int) -> int:
    if year not in CALENDAR_YEARS:
        raise Http404
    return year
