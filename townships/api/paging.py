"""Lists of the API: `{"results": […], "next": address or null}`, read by cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from rectify.lib import keyset
from townships.api.problems import Refused

PAGE_SIZE, MOST = 100, 500
OWN = ("cursor", "page_size", "format")
"""Parameters of every list; the others are its filter."""

PARAMETERS = [
    OpenApiParameter("cursor", OpenApiTypes.STR, description="上一页 next 中的位置；不要自己编写"),
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE_SIZE},
        description=f"每页条数，最多 {MOST}",
    ),
]


@dataclass(frozen=True, slots=True)
class Page:
    """What of a list is asked for: ``size`` rows after ``position`` (None: from the start)."""

    size: int
    position: keyset.Position | None


def page_asked(params: Mapping[str, str], kinds: Sequence[type]) -> Page:
    """Read `cursor` (one value of each of ``kinds``) and `page_size`; Refused with 400 for nonsense."""
    text, cursor = params.get("page_size", ""), params.get("cursor", "")
    size = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if text and not 1 <= size <= MOST:
        raise Refused(HTTPStatus.BAD_REQUEST, "page_size", f"page_size 应是 1 到 {MOST} 的整数。")
    try:
        position = keyset.read(cursor, kinds) if cursor else None
    except ValueError as error:
        sentence = "cursor 无法识别：请用上一页 next 给出的地址，筛选条件不要改。"
        raise Refused(HTTPStatus.BAD_REQUEST, "cursor", sentence) from error
    return Page(size or PAGE_SIZE, position)


def page_answer(request: Request, results: list[Any], reached: keyset.Position | None) -> Response:
    """The answer; ``reached`` is the position of the last row where more follow, else None."""
    here = request.build_absolute_uri()
    following = None if reached is None else replace_query_param(here, "cursor", keyset.written(reached))
    return Response({"results": results, "next": following})
