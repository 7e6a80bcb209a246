"""乡镇 × 类别: the matrix, and as a workbook."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from dashboards.exchange.matrices import matrix_name, matrix_workbook
from dashboards.rules.matrix import (
    BY_NAME,
    BY_TOTAL,
    KINDS,
    MEASURES,
    MONEY_MEASURES,
    Matrix,
    Sorting,
    said_of,
)
from dashboards.rules.tallies import DIMENSION_LABELS, ISSUES, TallyError
from dashboards.services.matrices import Matrices, matrices
from dashboards.web.asking import address, around, asked, refused, workbook
from rectify.lib import clock
from townships.rules.permissions import Permission
from townships.web.conditional import unless_changed
from townships.web.requires import requires


def _read(request: HttpRequest) -> Matrices:
    params = request.GET.dict()
    measure, sort = params.pop("measure", ""), params.pop("sort", "")
    campaigns = request.frame.campaigns
    return matrices(asked(request, params), measure, Sorting.of(sort), request.user, campaigns=campaigns)


@require_GET
@gzip_page
@requires(Permission.SEE_DASHBOARD)
@unless_changed
def page(request: HttpRequest) -> HttpResponse:
    """One figure by township and kind, sorted by any column; every number a link to its list."""
    try:
        shown = _read(request)
    except TallyError as error:
        return refused(request, error)
    context = around(request, shown.reading)
    kept = {**request.GET.dict(), "campaign": shown.reading.campaign.code}
    of, basis = shown.reading.query.of, shown.reading.query.basis
    offered = MEASURES[of] if of == ISSUES else (*MEASURES[of], *MONEY_MEASURES)
    context |= {
        "shown": shown,
        "kind": DIMENSION_LABELS[KINDS[of]],
        "measures": [
            (said_of(of, basis, name).name, address(request.path, kept, measure=name), name == shown.measure)
            for name in offered
        ],
        "blocks": [
            (block, _heads(block, shown.sorting, request.path, kept, KINDS[of])) for block in shown.blocks
        ],
        "branch": _branch(shown, request.path, kept),
    }
    return render(request, "dashboards/matrix.html", context)


def _heads(block: Matrix, sorting: Sorting, path: str, kept: dict[str, str], kind: str) -> dict[str, Any]:
    """The heads of one matrix: what a click sorts by, what aria-sort says, where a kind opens."""

    def head(key: str, label: str, opens: str = "") -> dict[str, str]:
        return {
            "label": label,
            "url": address(path, kept, sort=sorting.next(key)),
            "sorted": sorting.said(key),
            "opens": address(path, kept, **{kind: opens, "sort": ""}) if opens else "",
        }

    return {
        "place": head(BY_NAME, DIMENSION_LABELS["township"]),
        "total": head(BY_TOTAL, "合计"),
        "kinds": [head(column.key, column.name, column.opens) for column in block.columns],
    }


def _branch(shown: Matrices, path: str, kept: dict[str, str]) -> tuple[str, str] | None:
    """The kind the matrix is narrowed to, and the way back to all."""
    kind = KINDS[shown.reading.query.of]
    word = shown.reading.found.words.get(kind)
    return (word, address(path, kept, **{kind: "", "sort": ""})) if word else None


@require_GET
@requires(Permission.EXPORT)
def sheet(request: HttpRequest) -> HttpResponse:
    """The matrix as a workbook, in the order it is shown."""
    try:
        shown = _read(request)
    except TallyError as error:
        return refused(request, error)
    return workbook(matrix_workbook(shown, user=request.user, now=clock.now()), matrix_name(shown))
