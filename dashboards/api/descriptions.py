"""The tally as the API's description names it; dashboards.rules.documents makes it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, inline_serializer
from rest_framework import serializers

from dashboards.rules.asking import EVERY_FILTER
from dashboards.rules.indicators import indicator
from dashboards.rules.tallies import DIMENSION_LABELS, DIMENSIONS, ISSUES, PROJECTS
from issues.rules.filters import BASES
from townships.api.fields import QuantityField, maybe, text

OBJECTS = {ISSUES: "问题", PROJECTS: "项目和资金"}
BY = "统计维度，以逗号分开，可以不写；" + "；".join(
    f"{label}可以按 {'、'.join(f'{name} {DIMENSION_LABELS[name]}' for name in DIMENSIONS[of])}"
    for of, label in OBJECTS.items()
)
OF = "统计对象：issues 问题，projects 项目和资金"
BASIS = "口径：claimed 上报，confirmed 核实"
PARAMETERS = [
    OpenApiParameter("campaign", description="工作代号；只有一项工作时可以不写"),
    OpenApiParameter("of", enum=list(OBJECTS), default=ISSUES, description=OF),
    OpenApiParameter("by", description=BY),
    OpenApiParameter("as_of", OpenApiTypes.DATE, description="截至日，默认今天；晚于今天的不答"),
    OpenApiParameter("known_at", OpenApiTypes.DATETIME, description="只算这一时刻以前登记的记录"),
    OpenApiParameter("basis", enum=list(BASES), default="claimed", description=BASIS),
    *(
        OpenApiParameter(name, description=f"只统计这一{label}，代码或名称；- 为没有写明的")
        for name in EVERY_FILTER
        for label in (DIMENSION_LABELS.get(name, "计量单位"),)
    ),
]


BASIS_CHOICES = list(BASES.items())


class RateSerializer(serializers.Serializer[Any]):
    """一个比率：分子、分母、百分数。"""

    numerator = QuantityField("分子")
    denominator = QuantityField("分母")
    percent = maybe("百分数，一位小数；分母为 0 时为 null")


class WorstSerializer(serializers.Serializer[Any]):
    """最多的乡镇，并列的一并列出；数字在 left（问题）、not_started（项目）或 over（资金）中。"""

    townships = serializers.ListField(child=serializers.CharField(), help_text="乡镇")
    codes = serializers.ListField(child=serializers.CharField(), help_text="乡镇代码")
    left = QuantityField("该乡镇未整改", required=False)
    not_started = QuantityField("该乡镇未动工", required=False)
    over = QuantityField("该乡镇超额下达（万元）", required=False)
    base = QuantityField("同一行合计")
    share = maybe("占同一行的百分数，一位小数")


def _figure(of: str, code: str, **more: Any) -> QuantityField:
    told = indicator(of, code)
    return QuantityField(f"{told.name}：{told.formula}", **more)


def _count(of: str, code: str) -> serializers.IntegerField:
    told = indicator(of, code)
    return serializers.IntegerField(help_text=f"{told.name}：{told.formula}")


def _rates(of: str, name: str, *codes: str) -> Any:
    told = [indicator(of, code) for code in codes]
    fields = {one.code: RateSerializer(help_text=f"{one.name}：{one.formula}") for one in told}
    return inline_serializer(name, fields)


def _members(of: str) -> dict[str, serializers.Field]:
    """The dimensions that were asked for stand in a row, each name with its code."""
    fields: dict[str, serializers.Field] = {}
    for name in DIMENSIONS[of]:
        label = DIMENSION_LABELS[name]
        for field, word in ((name, label), (f"{name}_code", f"{label}代码")):
            fields[field] = serializers.CharField(
                required=False, allow_null=True, help_text=f"{word}；按它统计时才有，没有写明为 null"
            )
    return fields


class RowSerializer(serializers.Serializer[Any]):
    """What rows of both kinds have."""

    items = serializers.IntegerField()
    worst = WorstSerializer(required=False, allow_null=True, help_text="其中最多的乡镇；按乡镇统计时没有")
    pending_rows = serializers.IntegerField(help_text="台账中尚未入库的行数，可能属于这一行")
    proof = text("数字背后的清单，网页地址，以 / 开头")


class IssueRowSerializer(RowSerializer):
    """问题的一行数字；没有维度的是合计。"""

    items = _count(ISSUES, "items")
    total = _figure(ISSUES, "total")
    removed = _figure(ISSUES, "removed")
    done = QuantityField("已整改，按 basis 的口径")
    left = _figure(ISSUES, "left")
    stated_left = _figure(ISSUES, "stated_left")
    unstated = _figure(ISSUES, "unstated")
    claimed = _figure(ISSUES, "claimed")
    confirmed = _figure(ISSUES, "confirmed")
    unverified = _figure(ISSUES, "unverified")
    overdue = _figure(ISSUES, "overdue")
    undetermined = _figure(ISSUES, "undetermined")
    unconfirmed = _figure(ISSUES, "unconfirmed")
    amount = _figure(ISSUES, "amount", required=False)
    amount_done = _figure(ISSUES, "amount_done", required=False)
    amount_left = _figure(ISSUES, "amount_left", required=False)
    closed = _count(ISSUES, "closed")
    rates = _rates(ISSUES, "IssueRates", "claimed_rate", "confirmed_rate", "closed_rate", "cut_rate")

    def get_fields(self) -> dict[str, serializers.Field]:
        """With the dimensions of issues."""
        return {**_members(ISSUES), **super().get_fields()}


class ProjectRowSerializer(RowSerializer):
    """项目的一行数字；资金只在计量单位为万元的一块中。"""

    items = _count(PROJECTS, "items")
    arranged = _figure(PROJECTS, "arranged")
    allotted = _figure(PROJECTS, "allotted")
    not_allotted = _figure(PROJECTS, "not_allotted")
    started = _figure(PROJECTS, "started")
    not_started = _figure(PROJECTS, "not_started")
    completed = _figure(PROJECTS, "completed")
    accepted = _figure(PROJECTS, "accepted")
    due = _figure(PROJECTS, "due", required=False)
    funded = _figure(PROJECTS, "funded", required=False)
    paid = _figure(PROJECTS, "paid", required=False)
    over = _figure(PROJECTS, "over", required=False)
    rates = _rates(PROJECTS, "ProjectRates", "started_rate", "not_started_rate", "completed_rate")

    def get_fields(self) -> dict[str, serializers.Field]:
        """With the dimensions of projects."""
        return {**_members(PROJECTS), **super().get_fields()}


def _blocks(name: str, row: type[RowSerializer]) -> Any:
    """Quantities counted in different things are never added: a block each."""
    return inline_serializer(
        name,
        {
            "counted_in": text("计量单位"),
            "rows": row(many=True, help_text="按代码排列，没有写明的在最后；不含小计"),
            "total": row(help_text="合计"),
            "sentence": text("这一块数字的一句话"),
        },
        many=True,
        help_text="计量单位不同的不相加，各为一块；没有记录时为空",
    )


class TallySerializer(serializers.Serializer[Any]):
    """What tallies of both kinds have."""

    campaign = text("工作代号")
    county = text("所属单位代码")
    as_of = serializers.DateField(help_text="截至日")
    known_at = serializers.DateTimeField(allow_null=True, help_text="只算这一时刻以前登记的记录")
    basis = serializers.ChoiceField(BASIS_CHOICES, help_text="口径")
    by = serializers.ListField(child=serializers.CharField(), help_text="统计维度")
    filters = serializers.DictField(child=serializers.CharField(), help_text="筛选条件，名称和代码")
    definition = text("口径的版本，见 /dashboard/definitions/")
    generated_at = serializers.DateTimeField(help_text="统计时刻")
    pending_rows = serializers.IntegerField(help_text="台账中尚未入库的行数")
    sentence = text("可以照抄的一句话")
    first_entry = serializers.DateField(
        required=False, allow_null=True, help_text="没有数字时才有：最早一笔记录的日期"
    )


class IssueTallySerializer(TallySerializer):
    """问题的汇总。"""

    of = serializers.ChoiceField([ISSUES])
    blocks = _blocks("IssueBlock", IssueRowSerializer)


class ProjectTallySerializer(TallySerializer):
    """项目和资金的汇总。"""

    of = serializers.ChoiceField([PROJECTS])
    blocks = _blocks("ProjectBlock", ProjectRowSerializer)


TALLY = PolymorphicProxySerializer(
    component_name="Tally",
    serializers={ISSUES: IssueTallySerializer, PROJECTS: ProjectTallySerializer},
    resource_type_field_name="of",
)
