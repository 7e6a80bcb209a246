"""投递情况: the office's morning summary, what a person has to decide, and who will be told what next."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alerts.queries import deliveries
from alerts.rules.sending import LIST_MOST
from alerts.services import handling, preview
from alerts.services.handling import Decision, DecisionRefused
from townships.rules.permissions import Permission
from townships.rules.roles import Duty
from townships.web.requires import requires

managing = requires(Permission.MANAGE_ALERTS)


@never_cache
@require_safe
@managing
def page(request: HttpRequest) -> HttpResponse:
    """Uncertain and given-up messages with their decisions; empty seats; units nobody is in charge of."""
    user = request.user
    context = {
        "trouble": deliveries.trouble(user),
        "uncertain": deliveries.uncertain(user)[:LIST_MOST],
        "given_up": deliveries.given_up(user)[:LIST_MOST],
        "failing": deliveries.failing(user)[:LIST_MOST],
        "duties": list(Duty),
    }
    return render(request, "alerts/deliveries.html", context)


@require_POST
@managing
def decide(request: HttpRequest, pk: int, decision: str) -> HttpResponse:
    """已送达, 重发 or 不再发送: one message, one person's word."""
    try:
        made = handling.decide(pk, Decision(decision), by=request.user)
    except DecisionRefused as refused:
        messages.error(request, str(refused))
    else:
        whom = made.digest.user.name if made.digest else made.channel.name
        messages.success(request, f"发给{whom}的消息：{Decision(decision).label}。")
    return redirect("alerts:deliveries")


@never_cache
@require_safe
@managing
def next_page(request: HttpRequest) -> HttpResponse:
    """谁明天会收到什么."""
    context = {"preview": preview.next_digest(request.user), "duties": list(Duty)}
    return render(request, "alerts/preview.html", context)
