"""`rounds/`: the periods of what is collected, who has answered, who has not."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from alerts.queries.round_feed import page_of_rounds
from alerts.rules.rounds import STANDING_LABELS, Matter, Rhythm
from issues.queries.feed_lists import asked_of
from projects.queries.campaigns import campaigns_of
from projects.rules.filters import OfCampaign
from rectify.lib import clock
from townships.api.asking import described, filter_given, refusing
from townships.api.conditional import unless_changed
from townships.api.fields import page_of, text
from townships.api.paging import PARAMETERS, page_answer, page_asked
from townships.api.schema import UNCHANGED, answers
from townships.rules.permissions import Permission


class SilentUnitSerializer(serializers.Serializer[Any]):
    """一个没有报送的单位。"""

    unit = text("单位")
    unit_code = text("单位代码")


class RoundKindSerializer(serializers.Serializer[Any]):
    """一类单位的报送情况。"""

    kind = text("单位类别")
    units = serializers.IntegerField(help_text="应报单位数")
    silent_units = SilentUnitSerializer(many=True, help_text="未报的单位")

    def get_fields(self) -> dict[str, serializers.Field]:
        """One number for each standing."""
        numbers = {
            standing.value: serializers.IntegerField(help_text=f"{label}的单位数")
            for standing, label in STANDING_LABELS.items()
        }
        return {**super().get_fields(), **numbers}


class RoundSerializer(serializers.Serializer[Any]):
    """一期报送。"""

    collection = text("报送事项")
    campaign = text("工作代号")
    rhythm = serializers.ChoiceField([(one.value, one.label) for one in Rhythm])
    rhythm_label = text("周期")
    matter = serializers.ChoiceField([(one.value, one.label) for one in Matter])
    matter_label = text("内容")
    ground = text("依据")
    approver = text("批准人")
    first_on = serializers.DateField(help_text="本期开始")
    last_on = serializers.DateField(help_text="本期结束")
    due_on = serializers.DateField(help_text="应报")
    on_time_until = serializers.DateField(help_text="算按时")
    closes_on = serializers.DateField(help_text="关门")
    is_settled = serializers.BooleanField(help_text="已结账，结果不再变动")
    kinds = RoundKindSerializer(many=True)
    url = text("网页地址")


class RoundList(APIView):
    """The rounds of the caller's campaigns, as far as it sees who is asked."""

    needs = Permission.SEE_DASHBOARD

    @extend_schema(
        operation_id="rounds",
        tags=["调度"],
        summary="各期报送情况",
        description="周调度、旬报告、月通报和一次性收集的各期：几个单位已报、零报告、迟报、未报、待报、免报。",
        parameters=[*described(OfCampaign), *PARAMETERS],
        responses=answers({200: page_of("RoundPage", RoundSerializer(many=True)), **UNCHANGED}, 400),
    )
    @unless_changed
    def get(self, request: Request) -> HttpResponse:
        """All of them, the oldest first, a page at a time."""
        with refusing():
            wanted = OfCampaign.from_params(filter_given(request), today=clock.today())
            campaigns = asked_of(campaigns_of(request.user), wanted)
        page = page_asked(request.query_params, [int])
        told = page_of_rounds(request.user, campaigns, after=page.position, size=page.size)
        return page_answer(request, *told)
