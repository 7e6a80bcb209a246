"""`alerts/`: who was told of which deadline, as far as the caller sees; counts, dates, numbers, no text."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from alerts.models import Alert
from alerts.queries.alert_feed import page_of_alerts
from alerts.queries.ladder import filtered, ids_of_unit
from alerts.rules.alert_filters import RUNGS, STATES, STOCKS, SUBJECTS, AlertFilter
from alerts.rules.ladder import Colour, ItemKind, Level, Subject
from issues.queries.feed_lists import asked_of
from projects.queries.campaigns import campaigns_of
from projects.rules.filters import OfCampaign
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from townships.api.asking import described, filter_given, refusing
from townships.api.conditional import unless_changed
from townships.api.fields import page_of, text
from townships.api.paging import PARAMETERS, page_answer, page_asked
from townships.api.schema import UNCHANGED, answers
from townships.queries.branches import unit_tree
from townships.rules.permissions import Permission
from townships.rules.roles import Duty

LEFT_OUT = ("page", "mine", "q")
VALUES = {"state": STATES, "rung": RUNGS, "subject": SUBJECTS, "backlog": STOCKS}


class AlertSerializer(serializers.Serializer[Any]):
    """一条预警：一个岗位就一件事的一个期限被告知一次。"""

    campaign = text("工作代号")
    item = serializers.ChoiceField([(kind.value, kind.label) for kind in ItemKind])
    item_label = text("对象")
    number = text("编号")
    subject = serializers.ChoiceField([(one.value, one.label) for one in Subject])
    subject_label = text("期限")
    anchor_on = serializers.DateField(help_text="起算日，即期限的版本")
    rung = serializers.ChoiceField(list(RUNGS.items()))
    rung_label = text("梯级")
    step = serializers.IntegerField(help_text="本级第几次，0 为第一次")
    unit = text("送达单位")
    unit_code = text("送达单位代码")
    duty = serializers.ChoiceField([(one.value, one.label) for one in Duty])
    duty_label = text("岗位")
    colour = serializers.ChoiceField([(one.value, one.label) for one in Colour])
    word = text("灯语")
    is_backlog = serializers.BooleanField(help_text="存量")
    planned_on = serializers.DateField(help_text="应提醒日")
    made_on = serializers.DateField(help_text="生成日期")
    made_at = serializers.DateTimeField(help_text="生成时间")
    handled_at = serializers.DateTimeField(allow_null=True, help_text="处理时间")
    voided_at = serializers.DateTimeField(allow_null=True, help_text="作废时间")
    void_cause = text("作废原因")
    url = text("网页地址")


class AlertList(APIView):
    """The alerts in the caller's scope."""

    needs = Permission.SEE_ISSUES

    @extend_schema(
        operation_id="alerts",
        tags=["预警"],
        summary="预警",
        description="谁因为哪一件的哪个期限被告知，站在哪一级；不含问题内容。缺省只列未处理的。",
        parameters=[*described(AlertFilter, left_out=LEFT_OUT, values=VALUES), *PARAMETERS],
        responses=answers({200: page_of("AlertPage", AlertSerializer(many=True)), **UNCHANGED}, 400),
    )
    @unless_changed
    def get(self, request: Request) -> HttpResponse:
        """All of them, the oldest first, a page at a time."""
        with refusing():
            given = filter_given(request)
            if strange := [name for name in LEFT_OUT if name in given]:
                raise FilterRefused(f"接口不用 {strange[0]}。")
            wanted = AlertFilter.from_params(given, today=clock.today())
            asked_of(campaigns_of(request.user), OfCampaign(campaign=wanted.campaign))
            tree = unit_tree()
            found = filtered(
                Alert.objects.visible_to(request.user),
                wanted,
                unit_ids=ids_of_unit(tree, wanted.unit, clock.today()),
                township_ids=ids_of_unit(tree, wanted.township, clock.today()),
            )
            if wanted.rung:
                found = found.filter(height=Level(wanted.rung).height)
        page = page_asked(request.query_params, [int])
        return page_answer(request, *page_of_alerts(found, after=page.position, size=page.size))
