"""收件箱: what one was told, item by item; handled with one click; what one wants to be told outside."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alerts.queries import inbox
from alerts.queries.deliveries import own_choice
from alerts.rules.ladder import ItemKind, Level
from alerts.rules.sending import ChannelKind
from alerts.rules.telling import ItemKey
from alerts.services import handling
from alerts.services.channels import ways
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web.paging import paged, told

LIGHTS = {"red": "overdue", "orange": "soon", "yellow": "soon", "green": "fine"}
"""The colour of a rung as the light's component draws it; its word always stands beside it."""
MOST = 200


class ChoiceForm(forms.Form):
    by_email = forms.BooleanField(label="发邮件", required=False)
    by_sms = forms.BooleanField(label="发短信", required=False)


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The items that wait, highest rung first; those that were handled, latest first."""
    user, is_handled = request.user, told(request, "view") == "handled"
    wanted = told(request, "level")
    level = Level(wanted) if wanted in list(Level) else None
    counts = inbox.counts(user)
    pager = paged(request, inbox.groups(user, is_handled=is_handled, level=level))
    keys = [inbox.key_of(row) for row in pager.rows]
    context = {
        "is_handled": is_handled,
        "level": level,
        "counts": list(counts.items()),
        "total": sum(counts.values()),
        "items": [_shown(one) for one in inbox.items(user, keys, is_handled=is_handled)],
        "seats": inbox.seat_words(user),
        "pager": pager,
        "may_manage": allowed(user, Permission.MANAGE_ALERTS).ok,
    }
    return render(request, "alerts/inbox.html", context)


@never_cache
@require_safe
def one(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One item with everything told about it, and the items before and after it."""
    key = _key(kind, pk)
    found = inbox.items(request.user, [key]) or inbox.items(request.user, [key], is_handled=True)
    if not found:
        raise Http404("收件箱里没有这一件")
    before, after = inbox.neighbours(request.user, key)
    context = {
        "item": _shown(found[0]),
        "before": _address(before),
        "after": _address(after),
        "after_key": str(after or ""),
    }
    return render(request, "alerts/inbox_one.html", context)


@require_POST
def handle(request: HttpRequest) -> HttpResponse:
    """Mark items as handled: the one whose button was pressed, or all that the page showed."""
    texts = request.POST.getlist("item") or request.POST.getlist("shown")
    keys = [key for text in texts[:MOST] if (key := ItemKey.read(text)) is not None]
    count = handling.handle(keys, by=request.user)
    if count:
        messages.success(request, f"{count}条预警已标为处理。后续到期仍会提醒。")
    else:
        messages.info(request, "这些预警已经处理过了。")
    after = ItemKey.read(request.POST.get("after", ""))
    return redirect(_address(after) or reverse("alerts:inbox"))


@never_cache
@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """Which ways outside one wants; the inbox is always there."""
    user = request.user
    kept = own_choice(user)
    form = ChoiceForm(
        request.POST if request.method == "POST" else None,
        initial={"by_email": kept.by_email, "by_sms": kept.by_sms},
    )
    if request.method == "POST" and form.is_valid():
        handling.choose(**form.cleaned_data, by=user)
        messages.success(request, "通知方式已保存。")
        return redirect("alerts:choices")
    kinds = {ChannelKind(channel.kind) for channel in ways()}
    context = {
        "form": form,
        "has_mail": ChannelKind.EMAIL in kinds,
        "has_sms": ChannelKind.SMS in kinds,
    }
    return render(request, "alerts/choices.html", context)


def _shown(item: inbox.InboxItem) -> dict[str, Any]:
    """An item as the templates draw it."""
    lines = [{"line": line, "light": LIGHTS.get(line.colour, "none")} for line in item.lines]
    whys = list(dict.fromkeys(line.why for line in item.lines))
    return {"it": item, "lines": lines, "whys": whys, "open_url": _address(item.key)}


def _key(kind: str, pk: int) -> ItemKey:
    if kind not in list(ItemKind):
        raise Http404("没有这类事项")
    return ItemKey(ItemKind(kind), pk)


def _address(key: ItemKey | None) -> str:
    return "" if key is None else reverse("alerts:inbox-one", args=[key.kind.value, key.id])
