"""Floor of the issue list: login, conditions, order and template of the page; one count, one `values()`.

What stands around the rows was made beforehand.
"""

from functools import lru_cache
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from issues.models import Issue
from issues.queries.choices import Choices, choices
from issues.rules.filters import IssueFilter
from issues.web import bars
from rectify.lib import clock
from townships.rules.permissions import Permission
from townships.web.requires import requires

READ = (
    "number", "ledger_number", "category_id", "description", "township_id", "village_id", "household",
    "counted_in", "found", "claimed", "due_on", "unit_id", "state",
)  # fmt: skip
CODES = ("campaign", "township", "category")
ORDERS = {"-due": F("due_on").desc(nulls_last=True), "-found": F("found").desc(nulls_last=True)}


@requires(Permission.SEE_ISSUES)
def page(request: HttpRequest) -> HttpResponse:
    """Fifty issues with something left, narrowed, counted and in order, as the address asks."""
    where = {f"{name}__code": request.GET[name] for name in CODES if name in request.GET}
    if "deadline_class" in request.GET:
        where["deadline_class"] = request.GET["deadline_class"]
    found = Issue.objects.visible_to(request.user).filter(claimed__lt=F("found") - F("removed"), **where)
    known = choices()
    around = {**_around(request.GET.urlencode()), "count": found.count()}
    listed = found.order_by(ORDERS[request.GET["sort"]], "number").values(*READ)[:50]
    return render(request, "issues/list.html", {**around, "rows": [_row(row, known) for row in listed]})


def _row(row: dict[str, Any], known: Choices) -> dict[str, Any]:
    category, nodes = known.categories[row["category_id"]], known.units.nodes
    row["category"], row["category_path"] = category.name, category.full_name
    row["place"] = f"{nodes[row['township_id']].label} {nodes[row['village_id']].label}"
    row["unit"] = nodes[row["unit_id"]].label
    row["done"], row["left"] = row["claimed"], row["found"] - row["claimed"]
    row["light"] = {"level": "overdue", "word": "逾期"} if row["due_on"] else {}
    return row


@lru_cache
def _around(query: str) -> dict[str, Any]:
    """Bar, heads and chips, made once for an address."""
    known, on = choices(), clock.today()
    wanted = IssueFilter.from_params(QueryDict(query).dict(), today=on)
    bar = {"heads": bars.heads(wanted), "chips": bars.chips(wanted, known, on), "may_export": True}
    selects = bars.selects(wanted, known, on, sees_all=True)
    return {"wanted": wanted, "as_of": on, "query": query, "selects": selects, **bar}
