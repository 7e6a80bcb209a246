"""What pages of figures ask and show around them: the question in the address, switches, a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from dashboards.queries.choices import choices_of
from dashboards.rules.asking import query_from
from dashboards.rules.tallies import BASES, ISSUES, TallyError, TallyQuery
from dashboards.services.tallies import Reading
from rectify.lib import clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OBJECTS = ((ISSUES, "问题"), ("projects", "项目"))
OWN_TO_AN_OBJECT = ("list", "category", "programme", "by", "measure", "sort")
"""Parameters that ask of issues or of projects alone: the switch between them forgets these."""


def asked(request: HttpRequest, params: Mapping[str, str] | None = None) -> TallyQuery:
    """The question in the address, or in ``params``; without a campaign, about the one on top of the page."""
    given = dict(request.GET.items() if params is None else params)
    if not given.get("campaign") and request.frame.campaign is not None:
        given["campaign"] = request.frame.campaign.code
    return query_from(given, today=clock.today())


def address(path: str, kept: Mapping[str, str], **changes: str) -> str:
    """``path`` with what is kept, changed; what is empty is left out."""
    params = {name: value for name, value in {**kept, **changes}.items() if value}
    return f"{path}?{urlencode(params)}" if params else path


def around(request: HttpRequest, reading: Reading) -> dict[str, Any]:
    """What stands around the figures of a page: the switches of object and basis, the filters, the links to
    the same as a sheet and as data."""
    path, query = request.path, reading.query
    kept = {name: value for name, value in request.GET.items() if value}
    kept["campaign"] = reading.campaign.code
    forgotten = dict.fromkeys(OWN_TO_AN_OBJECT, "")
    bases = {f"{basis}_url": address(path, kept, basis=basis) for basis in BASES}
    return {
        "path": path,
        "query": query,
        "campaign": reading.campaign,
        "as_of": reading.as_of,
        "given": reading.found.params,
        "choices": choices_of(reading.campaign, query.of, reading.as_of),
        "objects": [
            (code, label, address(path, kept, **{**forgotten, "of": code})) for code, label in OBJECTS
        ],
        "kept_without_day": [pair for pair in kept.items() if pair[0] != "as_of"],
        "kept_without_filters": [
            pair for pair in kept.items() if pair[0] not in ("campaign", "list", "programme", "township")
        ],
        "sheet_url": address(f"{path}sheet/", kept),
        "data_url": address(f"{path}data/", kept),
        **(bases if query.of == ISSUES else {}),
    }


def refused(request: HttpRequest, error: TallyError) -> HttpResponse:
    """A page that says in words why there are no figures."""
    context = {"reason": str(error)}
    return render(request, "dashboards/refused.html", context, status=HTTPStatus.BAD_REQUEST)


def refused_data(error: TallyError) -> JsonResponse:
    """The same as problem+json."""
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


def data(answer: Mapping[str, Any]) -> JsonResponse:
    """Figures as data."""
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


def workbook(content: bytes, name: str) -> FileResponse:
    """An .xlsx to keep."""
    return FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=XLSX)
