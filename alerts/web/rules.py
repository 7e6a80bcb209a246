"""预警规则: the rungs in force, versions to come, a new version with its dry run."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from alerts.queries.rule_effects import effects
from alerts.queries.rungs import InForce, rules_in_force, versions
from alerts.rules.ladder import Colour, Subject
from alerts.rules.presets import presets
from alerts.rules.rungs import RungSpec, problems
from alerts.services.rules import RulesRefused, set_rules
from alerts.web.rules_form import NAME_MOST, NOTE_MOST, FormWrong, day_of, lines, rungs_of
from projects.models import Campaign
from rectify.lib import clock
from townships.rules.permissions import Permission
from townships.rules.roles import Duty
from townships.web.requires import must, requires

managing = requires(Permission.MANAGE_ALERTS)
CRUMBS = [("预警", "/alerts/")]


@never_cache
@require_GET
@managing
def page(request: HttpRequest) -> HttpResponse:
    """The rungs in force today by subject, and what was set for days to come."""
    campaign = _campaign(request)
    now = rules_in_force(campaign.pk, clock.today())
    context = {
        "campaign": campaign,
        "now": now,
        "by_subject": [(subject, now.of(subject)) for subject in Subject if now.of(subject)],
        "versions": versions(campaign.pk),
        "presets": presets().values(),
        "today": clock.today(),
        "crumbs": CRUMBS,
    }
    return render(request, "alerts/rules.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@managing
def change(request: HttpRequest) -> HttpResponse:
    """A new version, begun from what is in force or from a preset: tried first, then put in force."""
    campaign = _campaign(request)
    now = rules_in_force(campaign.pk, clock.today())
    if request.method == "GET":
        return _form(request, campaign, now, _begun(request, now))
    try:
        rungs = rungs_of(request.POST, dict(request.POST.lists()))
        from_on = day_of(request.POST.get("from_on", ""))
        if "try" in request.POST:
            return _tried(request, campaign, now, rungs, from_on)
        made = set_rules(
            campaign,
            rungs=rungs,
            from_on=from_on,
            name=request.POST.get("name", "")[:NAME_MOST],
            note=request.POST.get("note", "")[:NOTE_MOST],
            by=request.user,
        )
    except FormWrong as wrong:
        return _form(request, campaign, now, now.rungs, reasons=wrong.reasons)
    except RulesRefused as refused:
        return _form(request, campaign, now, rungs, reasons=list(refused.reasons))
    messages.success(request, f"预警规则“{made.name}”自{made.from_on}启用。")
    return redirect(f"{reverse('alerts:rules')}?campaign={campaign.code}")


def _campaign(request: HttpRequest) -> Campaign:
    campaign = request.frame.campaign
    if campaign is None:
        raise Http404("还没有工作，没有可以设置的预警规则")
    must(request.user, Permission.MANAGE_ALERTS, campaign)
    return campaign


def _begun(request: HttpRequest, now: InForce) -> tuple[RungSpec, ...]:
    preset = presets().get(request.GET.get("preset", ""))
    return now.rungs if preset is None else preset.rungs


def _tried(
    request: HttpRequest, campaign: Campaign, now: InForce, rungs: tuple[RungSpec, ...], from_on: Any
) -> HttpResponse:
    """The dry run: what stands elsewhere on the first day, by the same SQL as the scan."""
    if reasons := problems(rungs):
        return _form(request, campaign, now, rungs, reasons=reasons)
    day = max(from_on, clock.today())
    found = effects(campaign.pk, rules_in_force(campaign.pk, day).rungs, rungs, day)
    return _form(request, campaign, now, rungs, effects=found, tried_on=day)


def _form(
    request: HttpRequest, campaign: Campaign, now: InForce, rungs: tuple[RungSpec, ...], **more: Any
) -> HttpResponse:
    preset = presets().get(request.GET.get("preset", ""))
    context = {
        "campaign": campaign,
        "now": now,
        "lines": lines(rungs),
        "duties": list(Duty),
        "colours": list(Colour),
        "points_of": Subject.BEHIND,
        "name": request.POST.get("name", preset.name if preset else ""),
        "note": request.POST.get("note", preset.note if preset else ""),
        "from_on": request.POST.get("from_on", ""),
        "today": clock.today(),
        "crumbs": [*CRUMBS, ("预警规则", f"/alerts/rules/?campaign={campaign.code}")],
        **more,
    }
    return render(request, "alerts/rules_form.html", context, status=400 if more.get("reasons") else 200)
