"""Floor of the board: the same roll-up rows read once and summed in plain loops, the page's own template.

Login and template are the page's. Names, links and heads were made beforehand, so no page can cost less.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboards.rules.asking import query_from
from dashboards.services.boards import board
from dashboards.web.board import context_of
from issues.models import IssueBalance
from issues.rules.stages import MEASURES as OF_ISSUES
from projects.models import ProjectBalance
from projects.rules.stages import MEASURES as OF_WORKS
from rectify.lib import clock
from townships.rules.permissions import Permission
from townships.web.requires import requires

ISSUES = (IssueBalance, ("category_key", "township_key", "counted_in", *OF_ISSUES))
WORKS = (ProjectBalance, ("programme_key", "township_key", "counted_in", *OF_WORKS))
AROUND: dict[str, dict[str, Any]] = {}
"""The board with everything that is no figure, made once for an address."""


@requires(Permission.SEE_DASHBOARD)
def page(request: HttpRequest) -> HttpResponse:
    """Totals by kind, by township and by both."""
    around = AROUND.get(request.GET.urlencode()) or _around(request)
    balances, columns = WORKS if request.GET.get("of") == "projects" else ISSUES
    rows = balances.objects.filter(campaign_key=around["campaign"].pk).values_list(*columns)
    sums: dict[tuple[Any, ...], list[Any]] = {}
    for kind, township, counted_in, *measures in rows:
        for key in (
            (counted_in,),
            (counted_in, kind),
            (counted_in, None, township),
            (counted_in, kind, township),
        ):
            so_far = sums.get(key)
            sums[key] = (
                measures
                if so_far is None
                else [one + more for one, more in zip(so_far, measures, strict=True)]
            )
    return render(request, "dashboards/board.html", {**around, "sums": sums})


def _around(request: HttpRequest) -> dict[str, Any]:
    shown = board(query_from(request.GET.dict(), today=clock.today()), request.user)
    return AROUND.setdefault(request.GET.urlencode(), context_of(request, shown))
