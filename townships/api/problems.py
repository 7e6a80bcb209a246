"""Refusals of the API as problem+json: a stable code for programs, a sentence in Chinese for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions

from rectify.lib.problems import MEDIA_TYPE, problem

DETAILS: dict[int, str] = {
    400: "请求无法识别。",
    401: "令牌无效、已过期或已停用，请向系统管理员换发。",
    403: "您没有这项权限。",
    404: "没有这项内容，或者不在您能查看的范围内。",
    405: "这个地址不支持这种请求方法。",
    406: "这个地址只提供 JSON。",
    415: "请以 Content-Type: application/json 发送内容。",
    429: "请求太频繁，请稍后再试。",
}
NO_TOKEN = "请在请求头中给出令牌：Authorization: Token …。"  # noqa: S105 - a sentence
BAD_JSON = "内容不是有效的 JSON。"


class Refused(exceptions.APIException):
    """What a view refuses by itself, with its own status and code."""

    def __init__(self, status: HTTPStatus, code: str, detail: str) -> None:
        self.status_code = status
        super().__init__(detail, code)


def as_problem(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """REST framework's exception handler; None for a fault, which the house's own handler answers."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    elif isinstance(error, RequestDataTooBig):
        error = Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "发来的内容太大，没有处理。")
    if not isinstance(error, exceptions.APIException):
        return None
    status = error.status_code
    answer = JsonResponse(
        problem(status, _code(error), _detail(error), **_more(error)),
        status=status,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    if challenge := getattr(error, "auth_header", None):
        answer["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        answer["Retry-After"] = str(int(wait))
    return answer


def _code(error: exceptions.APIException) -> str:
    """The code it was raised with; several of one answer are told apart in ``errors``."""
    codes = error.get_codes()
    return codes if isinstance(codes, str) else error.default_code


def _detail(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "".join(f"{name}：{'；'.join(reasons)}" for name, reasons in _reasons(error).items())
    if isinstance(error, exceptions.NotAuthenticated):
        return NO_TOKEN
    if isinstance(error, exceptions.ParseError):
        return BAD_JSON
    own = isinstance(error, Refused) or (
        isinstance(error, exceptions.PermissionDenied) and error.detail != error.default_detail
    )
    return str(error.detail) if own else DETAILS.get(error.status_code, str(error.detail))


def _more(error: exceptions.APIException) -> dict[str, Any]:
    return {"errors": _reasons(error)} if isinstance(error, exceptions.ValidationError) else {}


def _reasons(error: exceptions.ValidationError) -> dict[str, list[str]]:
    """Field → what is wrong with it."""
    detail = error.detail if isinstance(error.detail, dict) else {"内容": error.detail}
    return {str(name): [str(one) for one in _flat(reasons)] for name, reasons in detail.items()}


def _flat(reasons: Any) -> list[Any]:
    if isinstance(reasons, dict):
        return [one for inner in reasons.values() for one in _flat(inner)]
    return [one for inner in reasons for one in _flat(inner)] if isinstance(reasons, list) else [reasons]
