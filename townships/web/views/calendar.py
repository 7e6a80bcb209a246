"""The county's calendar: a year's special days, changed by the office."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from rectify.lib import clock
from townships.access import allowed
from townships.queries import calendar as calendar_queries
from townships.rules.permissions import Permission
from townships.services import calendar
from townships.web.forms import CALENDAR_YEARS, DayForm, DocumentForm
from townships.web.requires import requires


@requires(Permission.MANAGE_CALENDAR, Permission.MANAGE_SETTINGS, Permission.SEE_UNITS)
def year_page(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """A year's special days; without a year that of today."""
    return _page(request, _year(year or clock.today().year))


def _page(
    request: HttpRequest, year: int, day_form: DayForm | None = None, document: DocumentForm | None = None
) -> HttpResponse:
    shown = calendar_queries.year(year)
    context = {
        "year": shown,
        "years": calendar_queries.years(),
        "may_manage": allowed(request.user, Permission.MANAGE_CALENDAR),
        "day_form": day_form or DayForm(),
        "document_form": document or DocumentForm(initial={"document": shown.document}),
    }
    return render(request, "units/calendar.html", context)


@require_POST
@requires(Permission.MANAGE_CALENDAR)
def set_day(request: HttpRequest, year: int) -> HttpResponse:
    """Add a special day, or change one."""
    form = DayForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            calendar.set_day(
                given["day"], is_workday=given["is_workday"], name=given["name"].strip(), by=request.user
            )
        except calendar.CalendarError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已设定{given['day']}{'上班' if given['is_workday'] else '放假'}。")
            return redirect("calendar-year", year=given["day"].year)
    return _page(request, _year(year), day_form=form)


@require_POST
@requires(Permission.MANAGE_CALENDAR)
def remove_day(request: HttpRequest, year: int) -> HttpResponse:
    """Let the week decide about a day again."""
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
        calendar.remove_day(day, by=request.user)
    except ValueError:
        messages.error(request, "这个日期不对，没有改动。")
    except calendar.CalendarError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已删除{day}，这一天按星期计算。")
    return redirect("calendar-year", year=year)


@require_POST
@requires(Permission.MANAGE_CALENDAR)
def set_document(request: HttpRequest, year: int) -> HttpResponse:
    """Name the document of a year's list; empty: 暂定."""
    form = DocumentForm(request.POST)
    if not form.is_valid():
        return _page(request, _year(year), document=form)
    calendar.set_document(_year(year), document=form.cleaned_data["document"].strip(), by=request.user)
    messages.success(request, "依据文件已保存。")
    return redirect("calendar-year", year=year)


def _year(year: int) -> int:
    if year not in CALENDAR_YEARS:
        raise Http404
    return year
