"""`lists/` and `categories/`: what the codes of issues and tallies stand for."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from issues.queries.feed_lists import asked_of, lists_seen, page_of_categories, page_of_lists
from projects.models import Campaign
from projects.queries.campaigns import campaigns_of
from projects.rules.filters import OfCampaign
from rectify.lib import clock
from townships.api.asking import described, filter_given, refusing
from townships.api.conditional import unless_changed
from townships.api.fields import day, maybe, page_of, text
from townships.api.paging import PARAMETERS, page_answer, page_asked
from townships.api.schema import UNCHANGED, answers
from townships.rules.permissions import Permission

FILTERS = [*described(OfCampaign), *PARAMETERS]


class IssueListSerializer(serializers.Serializer[Any]):
    """一张问题清单；代码在一项工作内唯一。"""

    campaign = text("工作代号")
    code = text("代码")
    title = text("标题")
    short_name = text("简称")
    source = text("来源")
    source_doc = text("文号")
    as_of_on = day("截至日期")
    found_on = day("基数日期")
    immediate_days = serializers.IntegerField(help_text="立行立改天数")
    lock_on = day("锁定日期，以后新增的算增量")
    locked_at = serializers.DateTimeField(allow_null=True, help_text="锁定时刻；没有锁定为 null")
    template = maybe("清单模板")
    template_code = maybe("清单模板代号")
    url = text("网页地址")


class CategorySerializer(serializers.Serializer[Any]):
    """一个类别；代码在一项工作内唯一。"""

    campaign = text("工作代号")
    code = text("代码")
    name = text("名称")
    full_name = text("完整路径，以“ / ”相连")
    parent_code = maybe("上级类别代码")
    department = maybe("主管部门")
    department_code = maybe("主管部门代码")
    standard = text("整改标准")
    standard_on = day("标准日期")
    url = text("这一类别的问题清单，网页地址")


def _campaigns(request: Request) -> list[Campaign]:
    """The caller's campaigns, or the one asked for."""
    with refusing():
        wanted = OfCampaign.from_params(filter_given(request), today=clock.today())
        return asked_of(campaigns_of(request.user), wanted)


class IssueListList(APIView):
    """The lists whose issues the caller may see."""

    needs = Permission.SEE_ISSUES

    @extend_schema(
        operation_id="lists",
        tags=["问题"],
        summary="有哪些问题清单",
        description="能看到其中问题、或者本单位有任务的清单；代码用在 issues/ 和汇总的 list 参数中。",
        parameters=FILTERS,
        responses=answers({200: page_of("IssueListPage", IssueListSerializer(many=True)), **UNCHANGED}, 400),
    )
    @unless_changed
    def get(self, request: Request) -> HttpResponse:
        """All lists in sight, a page at a time."""
        campaigns = _campaigns(request)
        page = page_asked(request.query_params, [int])
        found = lists_seen(request.user, campaigns)
        return page_answer(request, *page_of_lists(found, after=page.position, size=page.size))


class CategoryList(APIView):
    """The categories of the caller's campaigns."""

    needs = Permission.SEE_ISSUES

    @extend_schema(
        operation_id="categories",
        tags=["问题"],
        summary="问题类别",
        description="各项工作的类别树，连同主管部门和整改标准；代码用在 issues/ 和汇总的 category 参数中。",
        parameters=FILTERS,
        responses=answers({200: page_of("CategoryPage", CategorySerializer(many=True)), **UNCHANGED}, 400),
    )
    @unless_changed
    def get(self, request: Request) -> HttpResponse:
        """All categories of the campaigns, a page at a time."""
        campaigns = _campaigns(request)
        page = page_asked(request.query_params, [int])
        return page_answer(request, *page_of_categories(campaigns, after=page.position, size=page.size))
