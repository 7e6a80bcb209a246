"""Pages of the house itself: is it alive, is it ready, and the error pages in plain Chinese."""

import logging
from http import HTTPStatus

from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from kombu.exceptions import KombuError

from rectify import heartbeat
from rectify.lib import problems

logger = logging.getLogger(__name__)


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def _database_ready() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("readyz: the database does not answer")
        return False
    return True


def _broker_ready() -> bool:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=3)
    except (KombuError, OSError):
        logger.exception("readyz: the broker does not answer")
        return False
    return True


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, broker and worker: 200 when all three are there, else 503 with what is missing."""
    parts = {"database": _database_ready(), "broker": _broker_ready(), "worker": heartbeat.is_fresh()}
    ready = all(parts.values())
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({"ready": ready, **parts}, status=status)


def _error_page(request: HttpRequest, status: HTTPStatus, title: str, what: str, todo: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return _error_object(status, what)
    context = {"code": status.value, "title": title, "what": what, "todo": todo, "demo": settings.DEMO}
    return HttpResponse(render_to_string("errors/error.html", context), status=status)


def _error_object(status: HTTPStatus, what: str) -> JsonResponse:
    """The same for programs: addresses that no view of the API answers, and faults."""
    answer = problems.problem(status, status.name.lower(), what)
    return JsonResponse(
        answer, status=status, content_type=problems.MEDIA_TYPE, json_dumps_params={"ensure_ascii": False}
    )


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_page(
        request,
        HTTPStatus.BAD_REQUEST,
        "这个请求无法识别",
        "浏览器发来的内容不完整或格式不对，系统没有作任何改动。",
        "请返回上一页重新操作；如果是从别处复制的地址，请检查是否完整。",
    )


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    reason = str(exception) if exception.args else "您的岗位没有这项权限。"
    return _error_page(
        request,
        HTTPStatus.FORBIDDEN,
        "没有权限",
        f"{reason}系统没有作任何改动。",
        "如果工作需要，请与本单位负责人或县整改办联系。",
    )


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_page(
        request,
        HTTPStatus.NOT_FOUND,
        "没有这个页面",
        "地址可能写错了，或者这项内容不在您能查看的范围内。",
        "请从首页的栏目重新查找。",
    )


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    return _error_page(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "系统出了故障",
        "这次操作没有完成，已经保存的内容没有丢失。故障已记入日志。",
        "请稍后再试一次；仍然不行，请把操作时间和页面地址告诉系统管理员。",
    )


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error_page(
        request,
        HTTPStatus.FORBIDDEN,
        "页面已过期",
        "页面打开太久，或者在别处重新登录过，这次提交没有保存。",
        "请返回上一页，刷新后重新提交；浏览器须允许本站的 Cookie。",
    )
