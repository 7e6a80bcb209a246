"""看板: the page, its definitions, its figures as data and as the office's 汇总表."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from dashboards.exchange.funds import funds_name, funds_workbook
from dashboards.exchange.summaries import summary_name, summary_workbook
from dashboards.rules.asking import day_from, query_from
from dashboards.rules.indicators import ISSUE_INDICATORS, PROJECT_INDICATORS, VERSION, indicator
from dashboards.rules.movements import FLOW_INDICATORS
from dashboards.rules.tallies import TallyError
from dashboards.services.boards import Board, board
from dashboards.services.funds import FundList, fund_list
from dashboards.services.tallies import tally
from dashboards.web.asking import address, around, asked, data, refused, refused_data, workbook
from dashboards.web.since import offered_days
from projects.models import Campaign
from rectify.lib import clock
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web.conditional import unless_changed
from townships.web.requires import requires

COMPARED = ("campaign", "of", "basis", "list", "programme", "township")
"""What the comparison of the same two days is narrowed to as well."""


def _board(request: HttpRequest) -> Board:
    """The board asked for: a tally's question and ``since``, the day to compare with."""
    params = request.GET.dict()
    since = params.pop("since", "")
    return board(asked(request, params), request.user, since=since, campaigns=request.frame.campaigns)


@require_GET
@gzip_page
@requires(Permission.SEE_DASHBOARD)
@unless_changed
def page(request: HttpRequest) -> HttpResponse:
    """Time, focus, totals, tables by kind and by township, the sentence; every number links to its list."""
    if request.frame.campaign is None and not request.frame.campaigns:
        may_import = bool(allowed(request.user, Permission.IMPORT_LEDGERS))
        nothing = {"board": None, "import_url": reverse("issues:imports") if may_import else ""}
        return render(request, "dashboards/board.html", nothing)
    try:
        shown = _board(request)
    except TallyError as error:
        return refused(request, error)
    return render(request, "dashboards/board.html", context_of(request, shown))


def context_of(request: HttpRequest, shown: Board) -> dict[str, Any]:
    """What the page's template draws."""
    reading, then = shown.reading, shown.earlier
    kept = {name: value for name, value in request.GET.items() if value}
    kept["campaign"] = reading.campaign.code
    compared = {name: kept[name] for name in COMPARED if name in kept}
    return {
        **around(request, reading),
        **offered_days(request, reading, then),
        "board": shown,
        "answer": shown.answer,
        "may_import": bool(allowed(request.user, Permission.IMPORT_LEDGERS)),
        "goals_url": _goals_url(request, reading.campaign),
        "pending_said": indicator(reading.query.of, "pending_rows"),
        "pace_said": indicator(reading.query.of, "pace"),
        "compare_url": address(reverse("dashboards:compare"), compared, **_period(shown)),
        "flow_url": address(reverse("dashboards:flow"), kept, since=then.on.isoformat()),
    }


def _goals_url(request: HttpRequest, campaign: Campaign) -> str:
    """Where the office sets focus and goals; empty for who may not."""
    may_set = allowed(request.user, Permission.SET_UP, campaign).ok
    return address(reverse("dashboards:goals"), {"campaign": campaign.code}) if may_set else ""


def _period(shown: Board) -> dict[str, str]:
    """The two days as the comparison asks for them."""
    return {"from": shown.earlier.on.isoformat(), "to": shown.reading.as_of.isoformat()}


@require_GET
@requires(Permission.SEE_DASHBOARD)
def definitions(request: HttpRequest) -> HttpResponse:
    """口径: how every figure is counted."""
    groups = (
        ("问题", ISSUE_INDICATORS),
        ("项目和资金", PROJECT_INDICATORS),
        ("两日之间的变动", FLOW_INDICATORS),
    )
    return render(request, "dashboards/definitions.html", {"groups": groups, "version": VERSION})


@require_GET
@requires(Permission.SEE_DASHBOARD)
@unless_changed
def figures(request: HttpRequest) -> HttpResponse:
    """The tally's object, as the command prints it."""
    try:
        return data(tally(asked(request), request.user))
    except TallyError as error:
        return refused_data(error)


@require_GET
@requires(Permission.EXPORT)
def sheet(request: HttpRequest) -> HttpResponse:
    """The board as the office's 汇总表."""
    try:
        shown = _board(request)
    except TallyError as error:
        return refused(request, error)
    return workbook(summary_workbook(shown, user=request.user, now=clock.now()), summary_name(shown))


@require_GET
@requires(Permission.SEE_DASHBOARD)
def funds(request: HttpRequest) -> HttpResponse:
    """The funds and projects behind a figure of money."""
    try:
        listed = _funds(request)
    except TallyError as error:
        return refused(request, error)
    context = {
        "listed": listed,
        "query": request.GET.urlencode(),
        "may_export": bool(allowed(request.user, Permission.EXPORT)),
    }
    return render(request, "dashboards/funds.html", context)


@require_GET
@requires(Permission.EXPORT)
def funds_sheet(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    try:
        listed = _funds(request)
    except TallyError as error:
        return refused(request, error)
    return workbook(funds_workbook(listed, user=request.user, now=clock.now()), funds_name(listed))


def _funds(request: HttpRequest) -> FundList:
    params = request.GET.dict()
    measure, moved, start = (params.pop(name, "") for name in ("measure", "moved", "from"))
    query = query_from({**params, "of": "projects"}, today=clock.today())
    since = day_from(start) if start else None
    return fund_list(query, measure, request.user, moved=moved, since=since)
