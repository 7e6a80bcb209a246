"""`issues/` and `issues/<number>/`: what a program reads of the issues in its scope."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from issues.access import household_sight
from issues.api.asked import FILTERS, asked
from issues.api.descriptions import IssueDetailSerializer, IssueSerializer
from issues.models import Issue
from issues.queries.choices import choices
from issues.queries.feed import (
    Viewpoint,
    campaigns_named,
    on_no_list,
    page_of_changes,
    page_of_records,
    record_of,
)
from issues.queries.issues import day_of, filtered
from issues.queries.narrowing import narrowed
from issues.queries.sums import annotate_as_of
from projects.queries.campaigns import campaigns_of
from rectify.lib import clock
from rectify.lib.keyset import WHOLE
from townships.api.asking import filter_given, refusing
from townships.api.conditional import unless_changed
from townships.api.fields import TombstoneSerializer, page_of
from townships.api.paging import PARAMETERS, page_answer, page_asked
from townships.api.schema import UNCHANGED, answers
from townships.rules.permissions import Permission

PAGE = page_of(
    "IssuePage",
    PolymorphicProxySerializer(
        component_name="IssueOrTombstone",
        serializers=[IssueSerializer, TombstoneSerializer],
        resource_type_field_name=None,
        many=True,
    ),
)


class IssueList(APIView):
    """Issues in scope, as the page's filters find them."""

    needs = Permission.SEE_ISSUES

    @extend_schema(
        operation_id="issues",
        tags=["问题"],
        summary="问题清单",
        description="职责范围内的问题，筛选条件与网页相同；给出 updated_since 时按变动先后，含撤回的。",
        parameters=[*FILTERS, *PARAMETERS],
        responses=answers({200: PAGE, **UNCHANGED}, 400),
    )
    @unless_changed
    def get(self, request: Request) -> HttpResponse:
        """All issues in scope that the filter finds, a page at a time."""
        with refusing():
            return _listing(request)


def _listing(request: Request) -> Response:
    wanted, since = asked(filter_given(request), today=clock.today())
    known = choices()
    codes = campaigns_named(campaigns_of(request.user), known)
    sight = household_sight(request.user)
    seen = Viewpoint(known, day_of(wanted), wanted.basis, wanted.as_of is not None)
    found = filtered(Issue.objects.visible_to(request.user), wanted, sight=sight, known=codes)
    if since is None:
        page = page_asked(request.query_params, [int])
        told = page_of_records(found, WHOLE, after=page.position, size=page.size, seen=seen)
        return page_answer(request, *told)
    page = page_asked(request.query_params, [datetime, int])
    gone = Issue.objects.visible_to(request.user, withdrawn=True).filter(
        on_no_list(), narrowed(wanted.without("state"), seen.on, codes), updated_at__gte=since
    )
    changed = found.filter(updated_at__gte=since)
    return page_answer(
        request, *page_of_changes(changed, gone, after=page.position, size=page.size, seen=seen)
    )


class IssueDetail(APIView):
    """One issue with its texts, actions and former deadlines."""

    needs = Permission.SEE_ISSUES

    @extend_schema(
        operation_id="issue",
        tags=["问题"],
        summary="一个问题",
        description="清单中的各项，另有整改目标、措施、进展和用过的时限；职责范围以外的答 404。",
        responses=answers({200: IssueDetailSerializer, **UNCHANGED}),
    )
    @unless_changed
    def get(self, request: Request, number: str) -> HttpResponse:
        """One issue; out of scope it is not there."""
        today = clock.today()
        seen = Viewpoint(choices(), today)
        mine = Issue.objects.visible_to(request.user).filter(number=number)
        record: dict[str, Any] | None = record_of(annotate_as_of(mine, today), seen=seen)
        if record is None:
            raise Http404
        return Response(record)
