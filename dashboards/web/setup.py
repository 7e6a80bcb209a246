"""首次设置: the first page of an empty house, the steps as they stand, the campaign."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from dashboards.queries.setup import county, nobody_yet, steps
from dashboards.services.setup import SetupError, begin
from dashboards.services.setup_code import forget_setup_code
from dashboards.services.setup_files import root_of
from dashboards.web.setup_door import give_code, may_set_up
from dashboards.web.setup_forms import CampaignForm, CodeForm, FirstForm
from projects.models import Campaign
from projects.queries.campaigns import campaigns_of
from projects.services import campaigns
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.services import logins
from townships.services.accounts import AccountError
from townships.services.units import UnitError
from townships.web.requires import requires

BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@login_not_required
@sensitive_post_parameters("admin_password", "admin_again", "office_password", "office_again", "code")
def page(request: HttpRequest) -> HttpResponse:
    """In an empty house its first page, or the code's; afterwards the steps, for who may set up."""
    if nobody_yet():
        return _first(request)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    verdict = allowed(request.user, Permission.SET_UP)
    if not verdict.ok:
        raise PermissionDenied(verdict.reason)
    found = steps(request.user, request.frame.campaign)
    following = next((step for step in found if not step.is_done and not step.is_optional), None)
    return render(request, "setup/steps.html", {"steps": found, "following": following})


def _first(request: HttpRequest) -> HttpResponse:
    code = request.GET.get("code", "")
    if code and give_code(request, code):
        return redirect("dashboards:setup")
    if not may_set_up(request):
        return _door(request)
    form = FirstForm(request.POST or None, county=county())
    if request.method == "POST" and form.is_valid():
        try:
            office = begin(form.first_setup())
        except SetupError as error:
            messages.error(request, str(error))
            return redirect("login")
        except (AccountError, UnitError) as error:
            for problem in getattr(error, "problems", [str(error)]):
                form.add_error(None, problem)
        else:
            forget_setup_code()
            login(request, office, BACKEND)
            logins.succeeded(office)
            messages.success(request, "两个账号已建立，您现在以整改办账号登录。")
            return redirect("dashboards:setup")
    return render(request, "setup/first.html", {"form": form, "county": county()})


def _door(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST if "code" in request.POST else None)
    if form.is_bound and form.is_valid():
        if give_code(request, form.cleaned_data["code"]):
            return redirect("dashboards:setup")
        form.add_error("code", "首次设置码不对，请核对服务器控制台上的那一串。")
    return render(request, "setup/door.html", {"form": form}, status=HTTPStatus.FORBIDDEN)


@requires(Permission.SET_UP)
def campaign_page(request: HttpRequest) -> HttpResponse:
    """The campaigns there are, and a form for a new one."""
    form = CampaignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = campaigns.create(form.campaign(root_of(request.user)), by=request.user)
        except (campaigns.CampaignError, UnitError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"工作“{made.name}”已建立。")
            return redirect("dashboards:setup")
    context = {"form": form, "campaigns": campaigns_of(request.user)}
    return render(request, "setup/campaigns.html", context)


@requires(Permission.SET_UP)
def campaign_change(request: HttpRequest, code: str) -> HttpResponse:
    """Correct the name and the dates of a campaign."""
    campaign = _campaign(request, code)
    form = CampaignForm(request.POST or None, campaign=campaign)
    if request.method == "POST" and form.is_valid():
        try:
            changed = campaigns.change(campaign, form.campaign(campaign.unit, code), by=request.user)
        except campaigns.CampaignError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "工作已修改。" if changed else "内容没有变化。")
            return redirect("dashboards:setup-campaign")
    return render(request, "setup/campaign.html", {"form": form, "campaign": campaign})


def _campaign(request: HttpRequest, code: str) -> Campaign:
    found = next((one for one in campaigns_of(request.user) if one.code == code), None)
    if found is None or not allowed(request.user, Permission.SET_UP, found).ok:
        raise Http404
    return found
