"""The county's calendar: a year's special days and the document they rest on. Days are changed where the
deadlines are that they move (issues.web.calendar)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from rectify.lib import clock
from townships.access import allowed
from townships.queries import calendar as calendar_queries
from townships.rules.permissions import Permission
from townships.services import calendar
from townships.web.forms import CALENDAR_YEARS, DayForm, DocumentForm, YearListForm
from townships.web.requires import requires


@requires(Permission.MANAGE_CALENDAR, Permission.MANAGE_SETTINGS, Permission.SEE_UNITS)
def year_page(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """A year's special days; without a year that of today."""
    return year_view(request, _year(year or clock.today().year))


def year_view(
    request: HttpRequest,
    year: int,
    *,
    day_form: DayForm | None = None,
    document: DocumentForm | None = None,
    list_form: YearListForm | None = None,
) -> HttpResponse:
    """The page of a year, with the form that was refused."""
    shown = calendar_queries.year(year)
    context = {
        "year": shown,
        "years": calendar_queries.years(),
        "may_manage": allowed(request.user, Permission.MANAGE_CALENDAR),
        "day_form": day_form or DayForm(),
        "document_form": document or DocumentForm(initial={"document": shown.document}),
        "list_form": list_form or YearListForm(year=year),
    }
    return render(request, "units/calendar.html", context)


@require_POST
@requires(Permission.MANAGE_CALENDAR)
def set_document(request: HttpRequest, year: int) -> HttpResponse:
    """Name the document of a year's list; empty: 暂定."""
    form = DocumentForm(request.POST)
    if not form.is_valid():
        return year_view(request, _year(year), document=form)
    calendar.set_document(_year(year), document=form.cleaned_data["document"].strip(), by=request.user)
    messages.success(request, "依据文件已保存。")
    return redirect("calendar-year", year=year)


def _year(year: int) -> int:
    if year not in CALENDAR_YEARS:
        raise Http404
    return year
