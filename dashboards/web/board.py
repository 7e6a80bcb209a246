"""看板: the page, its definitions, its figures as data and as the office's 汇总表."""

from __future__ import annotations

from http import HTTPStatus
from io import BytesIO
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from dashboards.exchange import summary_name, summary_workbook
from dashboards.queries.choices import choices_of
from dashboards.rules.asking import query_from
from dashboards.rules.indicators import ISSUE_INDICATORS, PROJECT_INDICATORS, VERSION, indicator
from dashboards.rules.tallies import BASES, ISSUES, TallyError, TallyQuery
from dashboards.services.boards import board
from dashboards.services.funds import fund_list
from dashboards.services.tallies import tally
from rectify.lib import clock
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web.conditional import unless_changed
from townships.web.requires import requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OBJECTS = ((ISSUES, "问题"), ("projects", "项目"))


def _asked(request: HttpRequest) -> TallyQuery:
    """The question in the address; without a campaign, about the one on top of the page."""
    params = request.GET.dict()
    if not params.get("campaign") and request.frame.campaign is not None:
        params["campaign"] = request.frame.campaign.code
    return query_from(params, today=clock.today())


def _refused(request: HttpRequest, error: TallyError) -> HttpResponse:
    context = {"reason": str(error)}
    return render(request, "dashboards/refused.html", context, status=HTTPStatus.BAD_REQUEST)


@require_GET
@gzip_page
@requires(Permission.SEE_DASHBOARD)
@unless_changed
def page(request: HttpRequest) -> HttpResponse:
    """Totals, tables by kind and by township, the sentence; every number a link to its list."""
    may_import = bool(allowed(request.user, Permission.IMPORT_LEDGERS))
    if request.frame.campaign is None and not request.frame.campaigns:
        nothing = {"board": None, "import_url": reverse("issues:imports") if may_import else ""}
        return render(request, "dashboards/board.html", nothing)
    try:
        query = _asked(request)
        shown = board(query, request.user, campaigns=request.frame.campaigns)
    except TallyError as error:
        return _refused(request, error)
    kept = {name: value for name, value in request.GET.items() if value and name != "by"}
    context = {
        "board": shown,
        "may_import": may_import,
        "campaign": shown.reading.campaign,
        "query": shown.reading.query,
        "answer": shown.answer,
        "pending_said": indicator(shown.reading.query.of, "pending_rows"),
        "choices": choices_of(shown.reading.campaign, shown.reading.query.of, shown.reading.as_of),
        "objects": [
            (code, label, _url(kept, of=code, list="", programme="", category="")) for code, label in OBJECTS
        ],
        "kept_without_day": [pair for pair in kept.items() if pair[0] not in ("as_of",)],
        "kept_without_filters": [
            (name, kept[name]) for name in ("of", "as_of", "basis", "known_at") if name in kept
        ],
        **({} if query.of != ISSUES else {f"{basis}_url": _url(kept, basis=basis) for basis in BASES}),
        "sheet_query": urlencode({**kept, "campaign": shown.reading.campaign.code}),
    }
    return render(request, "dashboards/board.html", context)


def _url(kept: dict[str, str], **changes: str) -> str:
    params = {name: value for name, value in {**kept, **changes}.items() if value}
    return f"/dashboard/?{urlencode(params)}"


@require_GET
@requires(Permission.SEE_DASHBOARD)
def definitions(request: HttpRequest) -> HttpResponse:
    """口径: how every figure is counted."""
    groups = (("问题", ISSUE_INDICATORS), ("项目和资金", PROJECT_INDICATORS))
    return render(request, "dashboards/definitions.html", {"groups": groups, "version": VERSION})


@require_GET
@requires(Permission.SEE_DASHBOARD)
@unless_changed
def figures(request: HttpRequest) -> HttpResponse:
    """The tally's object, as the command prints it."""
    try:
        answer = tally(_asked(request), request.user)
    except TallyError as error:
        problem = {
            "type": "about:blank",
            "title": "统计条件有误",
            "detail": str(error),
            "code": "tally_refused",
            "status": HTTPStatus.BAD_REQUEST,
        }
        return JsonResponse(
            problem,
            status=HTTPStatus.BAD_REQUEST,
            content_type="application/problem+json",
            json_dumps_params={"ensure_ascii": False},
        )
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


@require_GET
@requires(Permission.EXPORT)
def sheet(request: HttpRequest) -> HttpResponse:
    """The board as the office's 汇总表."""
    try:
        shown = board(_asked(request), request.user)
    except TallyError as error:
        return _refused(request, error)
    content = summary_workbook(shown, user=request.user, now=clock.now())
    return FileResponse(BytesIO(content), as_attachment=True, filename=summary_name(shown), content_type=XLSX)


@require_GET
@requires(Permission.SEE_DASHBOARD)
def funds(request: HttpRequest) -> HttpResponse:
    """The funds and projects behind a figure of money."""
    params = request.GET.dict()
    measure = params.pop("measure", "")
    try:
        query = query_from({**params, "of": "projects"}, today=clock.today())
        listed = fund_list(query, measure, request.user)
    except TallyError as error:
        return _refused(request, error)
    return render(request, "dashboards/funds.html", {"listed": listed})
