"""What a logged-in person has to do first: change the initial password, which others know."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from rectify.lib.problems import MEDIA_TYPE, problem

GetResponse = Callable[[HttpRequest], HttpResponse]
OPEN_PATHS = ("/accounts/password/", "/accounts/logout/", "/static/", "/healthz", "/readyz")


def first_login(get_response: GetResponse) -> GetResponse:
    """Send somebody who still has an initial password to the page that changes it; programs get a 403."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated or not user.must_change_password or request.path.startswith(OPEN_PATHS):
            return get_response(request)
        if request.path.startswith("/api/"):
            refusal = problem(HTTPStatus.FORBIDDEN, "initial_password", "请先登录网页修改初始密码。")
            return JsonResponse(refusal, status=HTTPStatus.FORBIDDEN, content_type=MEDIA_TYPE)
        response = redirect("password")
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": response["Location"]})
        return response

    return middleware
