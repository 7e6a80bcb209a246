"""What the API is asked: the filter of a list, the instant of `updated_since`, how both are described."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from rectify.lib.criteria import Criteria, FilterRefused, instant
from townships.api.paging import OWN
from townships.api.problems import Refused

SINCE = (
    "只要此刻以来变动过的，按变动先后；已撤回的给出 {number, deleted, updated_at}。"
    "正在导入的内容要到写完才可见，请以上次读到的最大 updated_at 再往前十分钟为准。"
    "改由别的单位负责、移出本令牌范围的，既不再列出，也不作为已撤回给出，"
    "请每天不带 updated_since 完整读取一次，与本地核对，去掉已经没有的"
)
UPDATED_SINCE = OpenApiParameter("updated_since", OpenApiTypes.DATETIME, description=SINCE)
Asked = TypeVar("Asked", bound=Criteria)
TYPES: dict[str, Any] = {"as_of": OpenApiTypes.DATE, "known_at": OpenApiTypes.DATETIME}


def given(request: Request) -> dict[str, str]:
    """The parameters of the address; Refused with 400 for one given twice, of which only one would count."""
    for name, values in request.query_params.lists():
        if len(values) > 1:
            sentence = f"{name[:30]} 给了 {len(values)} 次，只能给一次。"
            raise Refused(HTTPStatus.BAD_REQUEST, "parameter", sentence)
    return request.query_params.dict()


def filter_given(request: Request) -> dict[str, str]:
    """``given`` without what every list has: cursor, page size, format."""
    return {name: value for name, value in given(request).items() if name not in OWN}


@contextmanager
def refusing() -> Iterator[None]:
    """A filter that cannot be met is answered with 400 and its own sentence."""
    try:
        yield
    except FilterRefused as refused:
        raise Refused(HTTPStatus.BAD_REQUEST, "filter", str(refused)) from refused


def asked(
    criteria: type[Asked], params: Mapping[str, str], *, left_out: Collection[str], today: date
) -> tuple[Asked, datetime | None]:
    """The filter and the instant of `updated_since`; FilterRefused for what the API does not take."""
    rest = dict(params)
    since = rest.pop("updated_since", "")
    if strange := [name for name in left_out if name in rest]:
        raise FilterRefused(f"接口不用 {strange[0]}：请按 next 翻页。")
    wanted = criteria.from_params(rest, today=today)
    if not since:
        return wanted, None
    if {"as_of", "known_at"} & set(wanted.to_params()):
        raise FilterRefused("updated_since 说的是现在，不能与 as_of、known_at 同用。")
    return wanted, _since(since, today)


def _since(value: str, today: date) -> datetime:
    """A "+" of a zone that nobody escaped arrives as a blank."""
    try:
        return instant(value.replace(" ", "+") if "T" in value else value, today)
    except ValueError as error:
        raise FilterRefused(f"updated_since：{error}") from error


def described(
    criteria: type[Criteria],
    *,
    left_out: Collection[str] = (),
    values: Mapping[str, Mapping[str, str]] | None = None,
    types: Mapping[str, Any] | None = None,
) -> list[OpenApiParameter]:
    """The parameters of a filter, all but the fields ``left_out``; ``values``: those that take only these."""
    return [
        _parameter(item.metadata, (values or {}).get(item.name, {}), {**TYPES, **(types or {})})
        for item in fields(criteria)
        if item.name not in left_out
    ]


def _parameter(
    metadata: Mapping[str, Any], values: Mapping[str, str], types: Mapping[str, Any]
) -> OpenApiParameter:
    name, label = metadata["param"], metadata["label"]
    words = "；".join(f"{value} {word}" for value, word in values.items())
    return OpenApiParameter(
        name,
        types.get(name, OpenApiTypes.STR),
        description=f"{label}（{words}）" if words else label,
        enum=list(values) or None,
    )
