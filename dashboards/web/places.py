"""Pages of one township, one department, one programme: what stands there, what is late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from dashboards.exchange.places import chapters_name, chapters_workbook
from dashboards.rules.matrix import KINDS
from dashboards.rules.tallies import TallyError, TallyQuery
from dashboards.services.places import (
    NotThere,
    Place,
    ProgrammePage,
    department_page,
    programme_page,
    successor_of,
    township_page,
)
from dashboards.services.tallies import Reading
from dashboards.web.asking import address, asked, refused, workbook
from rectify.lib import clock
from townships.models import User
from townships.queries.branches import unit_tree
from townships.rules.permissions import Permission
from townships.rules.roles import Level
from townships.web.conditional import unless_changed
from townships.web.requires import requires

Builder = Callable[..., Any]
KEPT = ("campaign", "as_of", "basis", "known_at")
MISSING = "没有这个页面，或不在您的职责范围内"


def _query(request: HttpRequest) -> TallyQuery:
    return asked(request, {name: request.GET[name] for name in KEPT if request.GET.get(name)})


def _around(request: HttpRequest, reading: Reading) -> dict[str, Any]:
    """The head of the page, the switches, the ways on to what moved lately and to a workbook."""
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    kept["campaign"] = reading.campaign.code
    of = reading.query.of
    by = KINDS[of] if "township" in reading.found.params else "township"
    narrowed = {**kept, **reading.found.params}
    return {
        "as_of": reading.as_of,
        "query": reading.query,
        "campaign": reading.campaign,
        "claimed_url": address(request.path, kept, basis="claimed"),
        "confirmed_url": address(request.path, kept, basis="confirmed"),
        "kept_without_day": [pair for pair in kept.items() if pair[0] != "as_of"],
        "sheet_url": address(f"{request.path}sheet/", kept),
        "compare_url": address(
            "/dashboard/compare/", narrowed, of=of, by=by, to=reading.as_of.isoformat(), as_of=""
        ),
    }


def _place(request: HttpRequest, code: str, build: Builder) -> Any:
    """What ``build`` makes of the unit or programme; Http404 where it is not there for this viewer."""
    try:
        return build(code, _query(request), request.user, campaigns=request.frame.campaigns)
    except NotThere as missing:
        raise Http404(MISSING) from missing


def _moved(request: HttpRequest, code: str, name: str) -> HttpResponse | None:
    """The way to the unit that stands for a merged one on the day asked for."""
    try:
        final = successor_of(code, _query(request).as_of or clock.today())
    except NotThere as missing:
        raise Http404(MISSING) from missing
    if final is None:
        return None
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    return redirect(address(f"/dashboard/{name}/{final.code}/", kept))


def _page(request: HttpRequest, code: str, name: str, build: Builder, template: str) -> HttpResponse:
    try:
        if (moved := _moved(request, code, name)) is not None:
            return moved
        place: Place = _place(request, code, build)
    except TallyError as error:
        return refused(request, error)
    first = next((one for one in place.chapters if not one.is_empty), place.chapters[0])
    context = {**_around(request, first.reading), "place": place}
    return render(request, template, context)


@require_GET
@gzip_page
@requires(Permission.SEE_DASHBOARD)
@unless_changed
def township(request: HttpRequest, code: str) -> HttpResponse:
    """One township: its issues by category and village, its works, its money."""
    return _page(request, code, "townships", township_page, "dashboards/township.html")


@require_GET
@gzip_page
@requires(Permission.SEE_DASHBOARD)
@unless_changed
def department(request: HttpRequest, code: str) -> HttpResponse:
    """One department: its field over all townships; apart from it what it answers for itself (W-022)."""
    return _page(request, code, "departments", department_page, "dashboards/department.html")


@require_GET
@requires(Permission.SEE_DASHBOARD)
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """The page of a unit, whatever it is."""
    node = unit_tree().by_code.get(code)
    if node is None:
        raise Http404(MISSING)
    name = "townships" if node.level == Level.TOWNSHIP else "departments"
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    return redirect(address(f"/dashboard/{name}/{code}/", kept))


@require_GET
@gzip_page
@requires(Permission.SEE_DASHBOARD)
@unless_changed
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """One programme: its works by township, stage and money, what is late, programmes below it."""
    try:
        shown: ProgrammePage = _place(request, code, programme_page)
    except TallyError as error:
        return refused(request, error)
    context = {**_around(request, shown.chapter.reading), "shown": shown}
    context["matrix_url"] = address(
        "/dashboard/matrix/", {"campaign": shown.chapter.reading.campaign.code}, of="projects", programme=code
    )
    return render(request, "dashboards/programme.html", context)


def _sheet(request: HttpRequest, code: str, build: Builder) -> HttpResponse:
    try:
        shown = _place(request, code, build)
    except TallyError as error:
        return refused(request, error)
    user: User = request.user
    if isinstance(shown, ProgrammePage):
        name, chapters = shown.programme.name, (shown.chapter,)
    else:
        name, chapters = shown.unit.name, shown.chapters
    content = chapters_workbook(name, chapters, user=user, now=clock.now())
    return workbook(content, chapters_name(name, chapters))


@require_GET
@requires(Permission.EXPORT)
def township_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The township's page as a workbook."""
    return _sheet(request, code, township_page)


@require_GET
@requires(Permission.EXPORT)
def department_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The department's page as a workbook."""
    return _sheet(request, code, department_page)


@require_GET
@requires(Permission.EXPORT)
def programme_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The programme's page as a workbook."""
    return _sheet(request, code, programme_page)
