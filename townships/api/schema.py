"""How views describe their answers: what they give, and the problems any of them may answer with."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from rectify.lib.problems import MEDIA_TYPE, TITLES

ALWAYS = (401, 403, 404, 405, 406)
"""Any view: no token, no right, no such format or address, no such method, no such media type."""


class ProblemSerializer(serializers.Serializer[Any]):
    """problem+json: what went wrong."""

    type = serializers.CharField(help_text="about:blank")
    title = serializers.CharField(help_text="一类错误的名称")
    status = serializers.IntegerField(help_text="HTTP 状态码")
    code = serializers.CharField(help_text="稳定的错误代码，供程序判断")
    detail = serializers.CharField(help_text="说明，给人看")
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="各字段的错误"
    )


def answers(given: dict[int, Any], *problems: int) -> dict[Any, Any]:
    """``given`` answers and problems with ``problems`` statuses, beside those every view may answer with."""
    refusals = {
        (int(status), MEDIA_TYPE): OpenApiResponse(ProblemSerializer, TITLES[status])
        for status in sorted({*ALWAYS, *problems})
    }
    return {**given, **refusals}


UNCHANGED = {304: OpenApiResponse(description="自 If-None-Match 所给版本以来没有变化")}
