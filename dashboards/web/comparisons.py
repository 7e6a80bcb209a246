"""两日对比: any two days side by side, as a page, as data, as a workbook."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from dashboards.exchange.comparisons import comparison_name, comparison_workbook
from dashboards.rules.asking import day_from
from dashboards.rules.comparisons import BY
from dashboards.rules.tallies import DIMENSION_LABELS, TallyError
from dashboards.services.comparisons import Comparison, compare
from dashboards.web.asking import address, around, asked, data, refused, refused_data, workbook
from rectify.lib import clock
from townships.rules.permissions import Permission
from townships.web.conditional import unless_changed
from townships.web.requires import requires

SPANS = ((7, "近7天"), (10, "近10天"), (30, "近30天"))


def _read(request: HttpRequest) -> Comparison:
    """``from`` and ``to`` are the two days; ``to`` is the tally's as_of by the name that goes with from."""
    params = request.GET.dict()
    start, end = params.pop("from", ""), params.pop("to", "")
    if end:
        params["as_of"] = end
    query = asked(request, params)
    return compare(query, day_from(start) if start else None, request.user, campaigns=request.frame.campaigns)


@require_GET
@gzip_page
@requires(Permission.SEE_DASHBOARD)
@unless_changed
def page(request: HttpRequest) -> HttpResponse:
    """What was new, done, taken back, verified, removed and closed between two days, per unit."""
    try:
        shown = _read(request)
    except TallyError as error:
        return refused(request, error)
    context = around(request, shown.reading)
    kept = {**request.GET.dict(), "campaign": shown.reading.campaign.code}
    of = shown.reading.query.of
    context |= {
        "shown": shown,
        "period": shown.period,
        "by_label": DIMENSION_LABELS[shown.by],
        "dimensions": [
            (DIMENSION_LABELS[name], address(request.path, kept, by=name), name == shown.by)
            for name in BY[of]
        ],
        "spans": _spans(request.path, kept, shown),
        "kept_without_days": [
            pair for pair in kept.items() if pair[0] not in ("from", "to", "as_of") and pair[1]
        ],
    }
    return render(request, "dashboards/compare.html", context)


def _spans(path: str, kept: dict[str, str], shown: Comparison) -> list[tuple[str, str, bool]]:
    """Periods that end on the same day: label, address, whether it is the one shown."""
    end, campaign = shown.period.end, shown.reading.campaign
    starts = [(label, end - timedelta(days=days)) for days, label in SPANS]
    starts.append(("本月", end.replace(day=1) - timedelta(days=1)))
    if campaign.start_on:
        starts.append(("行动开始以来", campaign.start_on - timedelta(days=1)))
    return [
        (label, address(path, kept, **{"from": day.isoformat()}), day == shown.period.start)
        for label, day in starts
        if day < end
    ]


@require_GET
@requires(Permission.SEE_DASHBOARD)
@unless_changed
def figures(request: HttpRequest) -> HttpResponse:
    """The same figures as data."""
    try:
        return data(_read(request).answer)
    except TallyError as error:
        return refused_data(error)


@require_GET
@requires(Permission.EXPORT)
def sheet(request: HttpRequest) -> HttpResponse:
    """The same figures as a workbook."""
    try:
        shown = _read(request)
    except TallyError as error:
        return refused(request, error)
    return workbook(comparison_workbook(shown, user=request.user, now=clock.now()), comparison_name(shown))
