"""The list that a page is about, where the viewer sees it or manages it; else there is no such page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, QueryDict

from issues.models import IssueList
from issues.queries.list_page import seen_list
from townships.access import allowed
from townships.rules.permissions import Permission


def seen(request: HttpRequest, pk: int) -> IssueList:
    listed = seen_list(request.user, pk)
    if listed is None:
        raise Http404("没有这张清单")
    return listed


def managed(request: HttpRequest, pk: int) -> IssueList:
    """As ``seen``, for who manages the lists of its campaign."""
    listed = seen(request, pk)
    if not allowed(request.user, Permission.MANAGE_LISTS, listed.campaign).ok:
        raise Http404("没有这张清单")
    return listed


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also where it is nothing at all; None where the page is only asked for."""
    return request.POST if request.method == "POST" else None
