"""预警: the ladder, who stands on which rung; 约谈 and 移交 written down; 零搁置."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from alerts.models import Alert
from alerts.models.records import RECORDED
from alerts.queries import ladder, seats, shelved
from alerts.rules.alert_filters import AlertFilter
from alerts.rules.ladder import LADDER
from alerts.services.ladder_records import RecordRefused, record
from alerts.web import ladder_bars
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from rectify.lib.day_field import DayField
from rectify.lib.words_field import WordsField
from townships.access import acting_root, allowed
from townships.queries.branches import unit_tree
from townships.rules.permissions import Permission
from townships.rules.roles import Role
from townships.rules.scope import Reach
from townships.web.paging import paged
from townships.web.requires import requires

seeing = requires(Permission.SEE_ISSUES)
managing = requires(Permission.MANAGE_ALERTS)


@never_cache
@require_GET
@seeing
def page(request: HttpRequest) -> HttpResponse:
    """What is warned of in the viewer's scope, the highest rung first, 50 lines a page."""
    try:
        context = _listing(request)
    except FilterRefused as refused:
        return render(
            request, "alerts/refused.html", {"refused": refused.reasons}, status=HTTPStatus.BAD_REQUEST
        )
    return render(request, "alerts/ladder.html", context)


def _listing(request: HttpRequest) -> dict[str, Any]:
    wanted = AlertFilter.from_params(request.GET.dict(), today=clock.today())
    campaign, user, tree = request.frame.campaign, request.user, unit_tree()
    wanted = wanted.with_(campaign=campaign.code if campaign else wanted.campaign, page=wanted.page)
    today = clock.today()
    unit_ids = ladder.ids_of_unit(tree, wanted.unit, today)
    if wanted.mine:
        led = ladder.led_by(user)
        unit_ids = led if unit_ids is None else [pk for pk in unit_ids if pk in led]
    found = ladder.filtered(
        Alert.objects.visible_to(user),
        wanted,
        unit_ids=unit_ids,
        township_ids=ladder.ids_of_unit(tree, wanted.township, today),
    )
    counts = ladder.rung_counts(found)
    count = sum(items for level, items in counts.items() if wanted.rung in ("", level.value))
    pager = ladder_bars.pager(wanted, count)
    wanted = wanted.with_(page=pager.number)
    sees_all = user.scope.reach is Reach.TREE
    return {
        "wanted": wanted,
        "lines": ladder.page_of(found, wanted, user=user, tree=tree) if count else [],
        "rungs": _rungs(wanted, counts),
        "count": count,
        "total": sum(counts.values()),
        "all_rungs": ladder_bars.url(wanted.with_(rung="")),
        "pager": pager,
        "tabs": ladder_bars.tabs(wanted),
        "selects": ladder_bars.selects(wanted, tree, today, sees_all=sees_all),
        "chips": ladder_bars.chips(wanted, tree, today),
        "kept": ladder_bars.kept(wanted),
        "clear_url": ladder_bars.url(AlertFilter(campaign=wanted.campaign)),
        "mine_url": _mine(user, wanted),
        "may_manage": allowed(user, Permission.MANAGE_ALERTS).ok,
        "set_up": _set_up(user),
    }


def _rungs(wanted: AlertFilter, counts: dict[Any, int]) -> list[tuple[str, int, str, bool]]:
    """(word, items, address, is chosen) of each rung."""
    return [
        (level.label, items, ladder_bars.url(wanted.with_(rung=level.value)), wanted.rung == level.value)
        for level, items in counts.items()
    ]


def _mine(user: Any, wanted: AlertFilter) -> str:
    """The way to the units a leader is in charge of; empty for others."""
    if Role(user.role) is not Role.LEADER or wanted.mine:
        return ""
    return ladder_bars.url(wanted.with_(mine="1"))


def _set_up(user: Any) -> dict[str, Any] | None:
    """For the office: seats that hear warnings and nobody sits in, units nobody is in charge of (W-038)."""
    if not allowed(user, Permission.MANAGE_ALERTS):
        return None
    path = acting_root(user)
    empty, leaderless = seats.empty_seats(path), seats.without_leader(path).count()
    return {"empty": len(empty), "leaderless": leaderless} if empty or leaderless else None


class RecordForm(forms.Form):
    """What is written down of a 约谈 or 移交."""

    person = WordsField(label="约谈了谁，或移交给谁", max_length=100)
    happened_on = DayField(label="日期")
    words = WordsField(label="情况", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


@never_cache
@require_http_methods(["GET", "POST"])
@managing
def record_rung(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down that somebody was talked to, or that the item was handed over."""
    alert = Alert.objects.visible_to(request.user).filter(pk=pk, height__in=RECORDED).first()
    if alert is None:
        raise Http404("没有这一项，或者不需要登记")
    level = LADDER[alert.height - 1]
    form = RecordForm(request.POST or None, initial={"happened_on": clock.today()})
    if form.is_valid():
        try:
            record(alert, by=request.user, **form.cleaned_data)
        except RecordRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{alert.number}的{level.label}已登记。")
            return redirect("alerts:ladder")
    context = {"form": form, "alert": alert, "level": level, "crumbs": [("预警", "/alerts/")]}
    return render(request, "alerts/record.html", context)


@never_cache
@require_GET
@seeing
def shelved_page(request: HttpRequest) -> HttpResponse:
    """零搁置 (W-115): open issues that nobody answers for, or without a next date, or whose date is past."""
    campaign = request.frame.campaign
    why = request.GET.get("why", "")
    found = shelved.shelved_of(campaign, request.user, clock.today()) if campaign else None
    context = {
        "campaign": campaign,
        "counts": shelved.counts(found) if found is not None else [],
        "why": why if why in shelved.WORDS else "",
        "crumbs": [("预警", "/alerts/")],
    }
    if found is not None:
        pager = paged(request, shelved.because(found, context["why"]))
        context |= {"pager": pager, "lines": shelved.lines(pager.rows, unit_tree(), clock.today())}
    return render(request, "alerts/shelved.html", context)
