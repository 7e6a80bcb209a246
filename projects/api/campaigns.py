"""`campaigns/` and `campaigns/<code>/`: the drives the caller's unit takes part in, with their programmes."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.queries.campaigns import campaigns_of
from projects.queries.feed import campaign_record, page_of_campaigns
from rectify.lib import clock
from rectify.lib.criteria import Criteria
from townships.api.asking import filter_given, refusing
from townships.api.conditional import unless_changed
from townships.api.fields import day, maybe, page_of, text
from townships.api.paging import PARAMETERS, page_answer, page_asked
from townships.api.schema import UNCHANGED, answers
from townships.rules.permissions import Permission


class CampaignSerializer(serializers.Serializer[Any]):
    """一项工作。"""

    code = text("代号")
    name = text("名称")
    unit = text("所属单位")
    unit_code = text("所属单位代码")
    start_on = day("开始日期")
    end_on = day("结束日期；长期工作没有")
    list_lock_on = day("清单锁定日期")
    plan_due_on = day("整改计划期限")
    url = text("网页地址")


class ProgrammeSerializer(serializers.Serializer[Any]):
    """一个专项。"""

    programme = text("专项，完整路径以“ / ”相连")
    programme_code = text("专项代码")
    parent_code = maybe("上级专项代码")
    department = maybe("主管部门")
    department_code = maybe("主管部门代码")


class CampaignDetailSerializer(CampaignSerializer):
    """一项工作及其专项。"""

    programmes = ProgrammeSerializer(many=True, help_text="专项，按代码路径排列")


class CampaignList(APIView):
    """The campaigns of the caller's unit, of those above it and of what it sees whole."""

    needs = Permission.SEE_PROJECTS

    @extend_schema(
        operation_id="campaigns",
        tags=["工作"],
        summary="各项工作",
        description="本单位参加的工作；代号用在其他清单和汇总的 campaign 参数中。",
        parameters=PARAMETERS,
        responses=answers({200: page_of("CampaignPage", CampaignSerializer(many=True)), **UNCHANGED}, 400),
    )
    @unless_changed
    def get(self, request: Request) -> HttpResponse:
        """All of them, a page at a time."""
        with refusing():
            Criteria.from_params(filter_given(request), today=clock.today())
        page = page_asked(request.query_params, [int])
        told = page_of_campaigns(campaigns_of(request.user), after=page.position, size=page.size)
        return page_answer(request, *told)


class CampaignDetail(APIView):
    """One campaign with its tree of programmes."""

    needs = Permission.SEE_PROJECTS

    @extend_schema(
        operation_id="campaign",
        tags=["工作"],
        summary="一项工作",
        description="连同它的专项；专项代码用在项目清单和汇总的 programme 参数中。",
        responses=answers({200: CampaignDetailSerializer, **UNCHANGED}),
    )
    @unless_changed
    def get(self, request: Request, code: str) -> HttpResponse:
        """One campaign; of others' there is none."""
        record = campaign_record(campaigns_of(request.user), code)
        if record is None:
            raise Http404
        return Response(record)
