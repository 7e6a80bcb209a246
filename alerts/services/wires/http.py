"""One POST to an address that the administrator listed: no redirect, no proxy, no second try.

http.client and not urllib: it follows nothing and reads no proxy from the environment."""

from __future__ import annotations

import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from alerts.rules.messages import Request
from alerts.services.wires.outcome import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    NotSent,
    Unclear,
    ended_in_time,
    words_of,
)

LONGEST_ANSWER = 64 * 1024
PORTS = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """The host with its port as OUTBOUND_ALLOW lists it; NotSent for what is no plain address."""
    parts = _parts(url)
    return f"{parts.hostname}:{parts.port or PORTS[parts.scheme]}"


def is_listed(host: str) -> bool:
    """Whether OUTBOUND_ALLOW names the host (any port) or the host with this port."""
    name = host.rpartition(":")[0]
    return any(one.strip().lower() in (host, name) for one in settings.OUTBOUND_ALLOW)


def post(request: Request, *, seconds: float = ANSWER_SECONDS) -> tuple[int, bytes]:
    """The status and body of the answer. NotSent: nothing was taken. Unclear: it may have been."""
    host = host_of(request.url)
    if not is_listed(host):
        raise NotSent(f"{host} 不在 OUTBOUND_ALLOW 允许的地址中", is_final=True)
    connection = _connection(_parts(request.url))
    try:
        return _exchange(connection, request, seconds)
    finally:
        connection.close()


def _exchange(connection: HTTPConnection, request: Request, seconds: float) -> tuple[int, bytes]:
    try:
        connection.connect()
    except (OSError, HTTPException) as error:
        raise NotSent(f"连接不上：{words_of(error)}") from error
    connection.sock.settimeout(seconds)
    parts = _parts(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with ended_in_time(connection.sock, seconds):
            connection.request("POST", target, request.body, dict(request.headers))
            answer = connection.getresponse()
            body = answer.read(LONGEST_ANSWER)
            if answer.length and len(body) < LONGEST_ANSWER:
                raise IncompleteRead(body, answer.length)
    except (OSError, HTTPException, ValueError) as error:
        raise Unclear(f"发出后没有收到完整的回答：{words_of(error)}") from error
    return answer.status, body


def _connection(parts: SplitResult) -> HTTPConnection:
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    if parts.scheme == "https":
        return HTTPSConnection(host, port, timeout=CONNECT_SECONDS, context=ssl.create_default_context())
    return HTTPConnection(host, port, timeout=CONNECT_SECONDS)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in PORTS and bool(parts.hostname) and parts.username is None
        _ = parts.port
    except ValueError:
        is_plain = False
    if not is_plain or not url.isascii() or not url.isprintable() or " " in url:
        raise NotSent("地址应以 http:// 或 https:// 开头，不含用户名、空格和汉字", is_final=True)
    return parts
