"""存量和增量: what came and went since an earlier day, what was left over time; a part of the board too."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from dashboards.rules.indicators import indicator
from dashboards.rules.tallies import TallyError
from dashboards.services.flows import Flows, flows
from dashboards.web.asking import around, asked, refused
from dashboards.web.since import offered_days
from townships.rules.permissions import Permission
from townships.web.conditional import unless_changed
from townships.web.requires import requires


@require_GET
@gzip_page
@requires(Permission.SEE_DASHBOARD)
@unless_changed
def page(request: HttpRequest) -> HttpResponse:
    """Opening, new, done, removed, closing; then what was left day by day. The board takes a block of it."""
    params = request.GET.dict()
    since = params.pop("since", "")
    try:
        shown = flows(asked(request, params), request.user, since=since, campaigns=request.frame.campaigns)
    except TallyError as error:
        return refused(request, error)
    is_part = request.headers.get("HX-Request") == "true"
    template = "dashboards/_flow_part.html" if is_part else "dashboards/flow.html"
    return render(request, template, _context(request, shown))


def _context(request: HttpRequest, shown: Flows) -> dict[str, Any]:
    reading = shown.reading
    return {
        **around(request, reading),
        **offered_days(request, reading, shown.earlier),
        "shown": shown,
        "trend_said": indicator(reading.query.of, "left_over_time"),
    }
