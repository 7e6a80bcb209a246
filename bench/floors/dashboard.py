"""Floor of the board: the same roll-up rows read once and summed in plain loops, the page's own template.

Login and template are the page's. Names, links and heads were made beforehand, so no page can cost less.
"""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboards.queries.choices import choices_of
from dashboards.rules.asking import query_from
from dashboards.services.boards import board
from issues.models import IssueBalance
from issues.rules.stages import MEASURES
from rectify.lib import clock
from townships.rules.permissions import Permission
from townships.web.requires import requires

KEYS = ("list_key", "category_key", "township_key", "counted_in")


@requires(Permission.SEE_DASHBOARD)
def page(request: HttpRequest) -> HttpResponse:
    """Totals by kind, by township and by both."""
    around = _around(request.GET.urlencode(), request.user)
    rows = IssueBalance.objects.filter(campaign_key=around["campaign"].pk).values_list(*KEYS, *MEASURES)
    sums: dict[tuple[Any, ...], list[Any]] = {}
    for _, category, township, counted_in, *measures in rows:
        for key in (
            (counted_in,),
            (counted_in, category),
            (counted_in, None, township),
            (counted_in, category, township),
        ):
            so_far = sums.get(key)
            sums[key] = (
                measures
                if so_far is None
                else [one + more for one, more in zip(so_far, measures, strict=True)]
            )
    return render(request, "dashboards/board.html", {**around, "sums": sums})


@lru_cache
def _around(query: str, user: Any) -> dict[str, Any]:
    """The board with everything that is no figure, made once for an address."""
    today = clock.today()
    shown = board(query_from(dict(item.split("=") for item in query.split("&")), today=today), user)
    reading = shown.reading
    choices = choices_of(reading.campaign, reading.query.of, today)
    parts = {"board": shown, "query": reading.query, "answer": shown.answer, "choices": choices}
    return {"campaign": reading.campaign, **parts, "objects": [], "sheet_query": query}
