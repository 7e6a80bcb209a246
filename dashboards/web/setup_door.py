"""Who may set up an empty house: who sits at the server itself, or has read the code on its console."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

from dashboards.services.setup_code import is_setup_code

SESSION_KEY = "setup_code"


def may_set_up(request: HttpRequest) -> bool:
    """Whether the request comes from this machine, or its session has given the code.

    Behind a proxy everybody seems to sit here: one that is configured (TRUSTED_PROXY), says so in a header,
    or speaks HTTP/1.0 as proxies do to their servers, opens nothing without the code."""
    return _sits_here(request) or is_setup_code(str(request.session.get(SESSION_KEY, "")))


def give_code(request: HttpRequest, code: str) -> bool:
    """Remember a right code for this browser; False for a wrong one."""
    if not is_setup_code(code):
        return False
    request.session[SESSION_KEY] = code
    return True


def _sits_here(request: HttpRequest) -> bool:
    proxied = (
        settings.TRUSTED_PROXY
        or "HTTP_VIA" in request.META
        or "HTTP_FORWARDED" in request.META
        or "HTTP_X_REAL_IP" in request.META
        or request.META.get("SERVER_PROTOCOL") == "HTTP/1.0"
        or getattr(request, "was_forwarded", False)
    )
    return not proxied and _is_loopback(request.META.get("REMOTE_ADDR", "")) and _is_local_name(request)


def _is_local_name(request: HttpRequest) -> bool:
    """Whether the browser called this machine by a name of its own: not by one that a stranger's DNS gave."""
    host, _ = split_domain_port(request.get_host())
    return host == "localhost" or _is_loopback(host.strip("[]"))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
