"""Who calls: a client with a token, or a person's own session."""

from __future__ import annotations

from typing import Any

from drf_spectacular.authentication import SessionScheme as RestSessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.authentication import SessionAuthentication as RestSessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request


class TokenAuthentication(KnoxAuthentication):
    """`Authorization: Token …`; a token that is no text is as wrong as an unknown one."""

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        if not token.isascii():
            raise AuthenticationFailed
        return super().authenticate_credentials(token)


class SessionAuthentication(RestSessionAuthentication):
    """A person's own session; writing with it takes the CSRF token, or another site could write for them."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            sentence = "用网页登录写入须带 CSRF 令牌；其他系统请用令牌：Authorization: Token …。"
            raise PermissionDenied(sentence, "csrf") from error


class SessionScheme(RestSessionScheme):
    """How the description of the API names it."""

    target_class = SessionAuthentication
    name = "session"


class TokenScheme(OpenApiAuthenticationExtension):
    """How the description of the API names it."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "填写“Token 令牌”。令牌由 manage.py create_token 发放，只显示一次。",
        }
