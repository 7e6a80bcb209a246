"""Errors told to programs: the object of RFC 9457 (problem+json). No HTTP here, only its statuses."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"
TITLES: dict[int, str] = {
    400: "请求有误",
    401: "未通过身份验证",
    403: "没有权限",
    404: "没有这项内容",
    405: "不支持这种操作",
    406: "没有所要的格式",
    409: "与已有内容冲突",
    413: "内容太大",
    415: "内容格式不支持",
    422: "内容与台账不符",
    429: "请求太频繁",
    500: "系统出了故障",
}


def problem(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """``code`` is stable, for programs; ``detail`` is for people, in Chinese; ``more``: further members."""
    title = TITLES.get(status) or HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail, **more}
