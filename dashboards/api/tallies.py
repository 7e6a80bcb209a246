"""`tallies/`: the figures, the same object as the command's, in the caller's scope."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dashboards.access import campaigns_for
from dashboards.api.descriptions import PARAMETERS, TALLY
from dashboards.rules.asking import query_from
from dashboards.rules.tallies import TallyError
from dashboards.services.tallies import read
from rectify.lib import clock
from townships.api.asking import given
from townships.api.conditional import unless_changed
from townships.api.problems import Refused
from townships.api.schema import UNCHANGED, answers
from townships.models import User
from townships.rules.permissions import Permission


class Tallies(APIView):
    """One tally: how many, how many left, which township has most, as of any day."""

    needs = Permission.SEE_DASHBOARD

    @extend_schema(
        operation_id="tallies",
        tags=["汇总"],
        summary="汇总",
        description="与 manage.py tally 相同的条件和结果：数量是十进制字符串，件数是整数，名称旁有代码，"
        "比率都有分子和分母；proof 是数字背后的清单。只统计职责范围内的。",
        parameters=PARAMETERS,
        responses=answers({200: TALLY, **UNCHANGED}, 400),
    )
    @unless_changed
    def get(self, request: Request) -> HttpResponse:
        """The tally that is asked for, of what the caller sees."""
        asked = given(request)
        asked.pop("format", None)
        try:
            return Response(_answer(asked, request.user))
        except TallyError as refused:
            raise Refused(HTTPStatus.BAD_REQUEST, "tally_refused", str(refused)) from refused


def _answer(asked: dict[str, str], user: User) -> dict[str, Any]:
    """As the command: where there are several campaigns, one is named; a guess would be a wrong figure."""
    query = query_from(asked, today=clock.today())
    campaigns = campaigns_for(user)
    if not query.campaign and len(campaigns) > 1:
        names = "、".join(f"{campaign.code}（{campaign.name}）" for campaign in campaigns)
        raise TallyError(f"有多项工作，请用 campaign 指明：{names}。")
    return read(query, user, campaigns=campaigns).document(query.by)
