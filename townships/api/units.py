"""`units/` and `units/<code>/`: the directory, for who takes figures by code."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rectify.lib import clock
from townships.api.asking import described, filter_given, refusing
from townships.api.conditional import unless_changed
from townships.api.fields import day, maybe, page_of, text
from townships.api.paging import PARAMETERS, page_answer, page_asked
from townships.api.schema import UNCHANGED, answers
from townships.queries.feed import page_of_units, unit_record, units_found
from townships.rules.filters import LEVELS, UnitFilter
from townships.rules.permissions import Permission


class UnitSerializer(serializers.Serializer[Any]):
    """一个单位；撤并的仍在目录中，旧台账写的是它。"""

    code = text("代码")
    name = text("名称")
    short_name = text("简称")
    level = serializers.ChoiceField(list(LEVELS.items()), help_text="层级")
    level_label = text("层级名称")
    kind = text("类型，如镇、民族乡、党委部门")
    parent = maybe("上级单位")
    parent_code = maybe("上级单位代码")
    opened_on = day("设立日期")
    closed_on = day("撤并日期，自这一天起不再存在")
    successor = maybe("撤并后并入的单位")
    successor_code = maybe("撤并后并入的单位代码")
    former_names = serializers.ListField(child=serializers.CharField(), help_text="曾用名")
    aliases = serializers.ListField(child=serializers.CharField(), help_text="别名")
    url = text("网页地址")


class UnitList(APIView):
    """The units of the caller's county."""

    needs = Permission.SEE_UNITS

    @extend_schema(
        operation_id="units",
        tags=["单位"],
        summary="单位目录",
        description="本县的单位，连同已撤并的；汇总和清单中的单位代码都在这里。",
        parameters=[*described(UnitFilter, values={"level": LEVELS}), *PARAMETERS],
        responses=answers({200: page_of("UnitPage", UnitSerializer(many=True)), **UNCHANGED}, 400),
    )
    @unless_changed
    def get(self, request: Request) -> HttpResponse:
        """All units that the filter finds, a page at a time."""
        with refusing():
            wanted = UnitFilter.from_params(filter_given(request), today=clock.today())
            page = page_asked(request.query_params, [int])
            found = units_found(request.user, wanted)
        return page_answer(request, *page_of_units(found, after=page.position, size=page.size))


class UnitDetail(APIView):
    """One unit."""

    needs = Permission.SEE_UNITS

    @extend_schema(
        operation_id="unit",
        tags=["单位"],
        summary="一个单位",
        responses=answers({200: UnitSerializer, **UNCHANGED}),
    )
    @unless_changed
    def get(self, request: Request, code: str) -> HttpResponse:
        """One unit; one of another county is not there."""
        record = unit_record(request.user, code)
        if record is None:
            raise Http404
        return Response(record)
