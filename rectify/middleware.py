"""What every request passes first: whose address it comes from, and whether its session fell asleep."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from rectify.lib import clock

GetResponse = Callable[[HttpRequest], HttpResponse]
SEEN = "seen_at"
SEEN_STEP_SECONDS = 60  # a session is written at most once a minute, not with every page


def trusted_proxy(get_response: GetResponse) -> GetResponse:
    """Take the client's address and scheme from X-Forwarded-* of a TRUSTED_PROXY, from nobody else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        scheme = request.META.pop("HTTP_X_FORWARDED_PROTO", "")
        request.was_forwarded = bool(forwarded or scheme)  # type: ignore[attr-defined]
        if request.META.get("REMOTE_ADDR") in settings.TRUSTED_PROXY:
            hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
            outside = [hop for hop in hops if hop not in settings.TRUSTED_PROXY]
            if outside:
                request.META["REMOTE_ADDR"] = outside[-1]
            if scheme in ("http", "https"):
                request.META["wsgi.url_scheme"] = scheme  # the dict that request.scheme reads
        return get_response(request)

    return middleware


def idle_exit(get_response: GetResponse) -> GetResponse:
    """End a session that nobody used for IDLE_SECONDS (网络安全等级保护: idle exit).

    A page that asks by itself (progress, badges) sends `X-Background: 1` and keeps nobody logged in.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            moment = clock.real_now().timestamp()
            seen = request.session.get(SEEN)
            if seen is not None and moment - seen > settings.IDLE_SECONDS:
                logout(request)
            elif (
                seen is None or moment - seen > SEEN_STEP_SECONDS
            ) and "X-Background" not in request.headers:
                request.session[SEEN] = int(moment)
        return get_response(request)

    return middleware
