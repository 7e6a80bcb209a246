"""`projects/` and `projects/<number>/`: what a program reads of the works in its scope."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.models import Project
from projects.queries.campaigns import campaigns_of
from projects.queries.choices import choices
from projects.queries.feed import (
    Viewpoint,
    campaigns_named,
    page_of_changes,
    page_of_projects,
    project_record,
)
from projects.queries.projects import day_of, filtered, narrowed
from projects.queries.sums import annotate_as_of
from projects.rules.filters import BASES, MEASURES, MOVES, STAGES, ProjectFilter
from projects.rules.stages import STAGE_LABELS
from projects.rules.standing import FLAGS, LATE
from rectify.lib import clock
from rectify.lib.lights import DEADLINE_CLASSES, LEVELS
from townships.api import asking
from townships.api.conditional import unless_changed
from townships.api.fields import QuantityField, TombstoneSerializer, day, maybe, page_of, text
from townships.api.paging import PARAMETERS, page_answer, page_asked
from townships.api.schema import UNCHANGED, answers
from townships.rules.permissions import Permission

NOT_HERE = ("sort", "page")
VALUES = {
    "basis": BASES,
    "measure": MEASURES,
    "stage": STAGES,
    "late": LATE,
    "flag": FLAGS,
    "moved": MOVES,
}
FILTERS = [
    *asking.described(ProjectFilter, left_out=NOT_HERE, values=VALUES),
    asking.UPDATED_SINCE,
]


STAGE_CHOICES = list(STAGES.items())


class ProjectDeadlineSerializer(serializers.Serializer[Any]):
    """动工或完工的期限。"""

    raw = text("原文")
    due_on = day("到期日")
    confidence = serializers.ChoiceField(["certain", "confirm"], help_text="confirm：待人确认")

    def get_fields(self) -> dict[str, serializers.Field]:
        """`class` is no name for an attribute."""
        kinds = list(DEADLINE_CLASSES.items())
        kind = serializers.ChoiceField(kinds, allow_null=True, help_text="时限类别；没有写明为 null")
        return {**super().get_fields(), "class": kind}


class ProjectEntrySerializer(serializers.Serializer[Any]):
    """流水的一笔：某日的变动，可正可负。"""

    stage = serializers.ChoiceField([(stage.value, label) for stage, label in STAGE_LABELS.items()])
    stage_label = text("环节名称")
    quantity = QuantityField("数量，按计量单位")
    amount = QuantityField("金额（万元）", allow_null=True)
    happened_on = serializers.DateField(help_text="发生日期")
    recorded_at = serializers.DateTimeField(help_text="登记时刻")


class ProjectSerializer(serializers.Serializer[Any]):
    """一个项目；数量按计量单位，资金为万元，个人信息已遮盖。"""

    number = text("编号")
    ledger_number = text("台账序号")
    name = text("项目名称")
    campaign = text("工作代号")
    programme = maybe("专项，完整路径以“ / ”相连")
    programme_code = maybe("专项代码")
    township = maybe("乡镇")
    township_code = maybe("乡镇代码")
    village = maybe("村（社区）")
    village_code = maybe("村（社区）代码")
    place = text("地点")
    department = maybe("责任部门")
    department_code = maybe("责任部门代码；系统外单位没有")
    standard = text("建设标准；变更须经领导小组决定")
    document = text("依据文号")
    stage = serializers.ChoiceField(STAGE_CHOICES, help_text="现在到哪一步")
    stage_label = text("环节名称")
    ran_ahead_on = day("先行动工的日期，下达还没有到；没有为 null")
    counted_in = text("计量单位")
    arranged = QuantityField("安排")
    allotted = QuantityField("下达")
    not_allotted = QuantityField("未下达")
    started = QuantityField("开工")
    not_started = QuantityField("已下达而未动工")
    completed = QuantityField("完工")
    accepted = QuantityField("验收")
    due = QuantityField("应下达资金（万元）")
    funded = QuantityField("资金下达（万元）")
    paid = QuantityField("资金拨付（万元）")
    over = QuantityField("超额下达（万元）")
    investment = QuantityField("投资（万元）", allow_null=True)
    arranged_on = serializers.DateField(help_text="安排日期")
    start_deadline = ProjectDeadlineSerializer(help_text="动工期限")
    finish_deadline = ProjectDeadlineSerializer(help_text="完工期限")
    light = serializers.ChoiceField(
        list(LEVELS.items()), allow_null=True, help_text="完工期限的灯色；已完工或没有期限为 null"
    )
    light_label = maybe("灯色说明")
    version = serializers.IntegerField(help_text="版本")
    updated_at = serializers.DateTimeField(help_text="最近变动时刻")
    url = text("网页地址")


class ProjectDetailSerializer(ProjectSerializer):
    """一个项目的全部内容。"""

    content = text("建设内容")
    progress = text("进展")
    problem = text("存在问题")
    note = text("备注")
    entries = ProjectEntrySerializer(many=True, help_text="流水，按发生先后")


PAGE = page_of(
    "ProjectPage",
    PolymorphicProxySerializer(
        component_name="ProjectOrTombstone",
        serializers=[ProjectSerializer, TombstoneSerializer],
        resource_type_field_name=None,
        many=True,
    ),
)


class ProjectList(APIView):
    """Projects in scope, as the page's filters find them."""

    needs = Permission.SEE_PROJECTS

    @extend_schema(
        operation_id="projects",
        tags=["项目"],
        summary="项目清单",
        description="职责范围内的项目，筛选条件与网页相同；给出 updated_since 时按变动先后，含撤回的。",
        parameters=[*FILTERS, *PARAMETERS],
        responses=answers({200: PAGE, **UNCHANGED}, 400),
    )
    @unless_changed
    def get(self, request: Request) -> HttpResponse:
        """All projects in scope that the filter finds, a page at a time."""
        with asking.refusing():
            return _listing(request)


def _listing(request: Request) -> Response:
    wanted, since = asking.asked(
        ProjectFilter, asking.filter_given(request), left_out=NOT_HERE, today=clock.today()
    )
    known = choices()
    codes = campaigns_named(campaigns_of(request.user), known)
    seen = Viewpoint(known, day_of(wanted))
    found = filtered(Project.objects.visible_to(request.user), wanted, codes)
    if since is None:
        page = page_asked(request.query_params, [int])
        told = page_of_projects(found, after=page.position, size=page.size, seen=seen)
        return page_answer(request, *told)
    page = page_asked(request.query_params, [datetime, int])
    gone = Project.objects.visible_to(request.user, withdrawn=True).filter(
        narrowed(wanted, codes), withdrawn_at__isnull=False, updated_at__gte=since
    )
    changed = found.filter(updated_at__gte=since)
    return page_answer(
        request, *page_of_changes(changed, gone, after=page.position, size=page.size, seen=seen)
    )


class ProjectDetail(APIView):
    """One project with its texts and its ledger."""

    needs = Permission.SEE_PROJECTS

    @extend_schema(
        operation_id="project",
        tags=["项目"],
        summary="一个项目",
        description="清单中的各项，另有建设内容、进展、存在问题和流水；职责范围以外的答 404。",
        responses=answers({200: ProjectDetailSerializer, **UNCHANGED}),
    )
    @unless_changed
    def get(self, request: Request, number: str) -> HttpResponse:
        """One project; out of scope it is not there."""
        today = clock.today()
        mine = Project.objects.visible_to(request.user).filter(number=number)
        record = project_record(annotate_as_of(mine, today), seen=Viewpoint(choices(), today))
        if record is None:
            raise Http404
        return Response(record)
