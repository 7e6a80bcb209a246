"""Lists by their address: words that filter them, and pages as `_components/pager.html` draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

SIZE = 50


@dataclass(frozen=True, slots=True)
class Pager:
    """One page: its rows, where it lies, and the addresses of its neighbours (empty: none)."""

    rows: list[Any]
    number: int
    pages: int
    first: int
    last: int
    count: int
    previous_url: str
    next_url: str


def told(request: HttpRequest, name: str) -> str:
    """A parameter of the address as plain text: no NUL (no database takes it), 100 characters at most."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:100]


def paged(request: HttpRequest, rows: QuerySet[Any], size: int = SIZE) -> Pager:
    """The page that ``?page=`` asks for; a number out of range gives the nearest page."""
    page = Paginator(rows, size).get_page(request.GET.get("page"))
    return Pager(
        rows=list(page.object_list),
        number=page.number,
        pages=page.paginator.num_pages,
        first=page.start_index(),
        last=page.end_index(),
        count=page.paginator.count,
        previous_url=_url(request, page.number - 1) if page.has_previous() else "",
        next_url=_url(request, page.number + 1) if page.has_next() else "",
    )


def _url(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
