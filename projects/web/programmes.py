"""专项: the tree with its counts; the office adds, changes, moves, orders, closes and deletes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.models import Programme
from projects.queries.campaigns import campaigns_of
from projects.queries.choices import Choices, choices
from projects.queries.programmes import one_programme, programme_lines
from projects.rules.programmes import Wanted
from projects.services import programmes
from projects.services.programmes import ProgrammeRefused, kept_because
from rectify.lib import clock
from rectify.lib.day_field import DayField
from rectify.lib.words_field import WordsField
from townships.access import allowed
from townships.models import User
from townships.queries.units import directory
from townships.rules.permissions import Permission
from townships.rules.roles import Level
from townships.web.conditional import unless_changed
from townships.web.forms import UnitField
from townships.web.requires import must, requires

LEADS = (Level.DEPARTMENT.value, Level.GROUP.value, Level.COUNTY.value, Level.TOWNSHIP.value)
STEPS = {"up": -1, "down": 1}


class ProgrammeForm(forms.Form):
    name = WordsField(label="名称", max_length=100)
    parent = forms.ChoiceField(label="上级专项", required=False)
    department = UnitField(
        label="主管部门", required=False, help_text="写全称、简称或代码；能看到本专项的全部项目。"
    )
    has_allotment = forms.BooleanField(
        label="有下达环节", required=False, initial=True, help_text="没有下达环节的，安排的当天即算下达。"
    )
    allot_due_on = DayField(label="下达期限", required=False, help_text="到期没有下达的，标“逾期未下达”。")

    def __init__(self, *args: Any, user: User, known: Choices, campaign: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        if isinstance(field, UnitField):
            field.user = user
        mine = [one for one in known.programmes.values() if one.campaign == campaign]
        self.fields["parent"].choices = [
            ("", "（最上级）"),
            *((str(one.pk), "　" * one.depth + one.name) for one in mine),
        ]

    def wanted(self) -> Wanted:
        """What the service takes."""
        given = self.cleaned_data
        return Wanted(
            name=given["name"],
            parent=int(given["parent"]) if given["parent"] else None,
            department=given["department"].pk if given["department"] else None,
            has_allotment=given["has_allotment"],
            allot_due_on=given["allot_due_on"],
        )


@require_GET
@requires(Permission.SEE_PROJECTS)
@unless_changed
def tree(request: HttpRequest) -> HttpResponse:
    """All programmes of the campaign on top of the page, with the numbers of what the viewer sees."""
    campaign = request.frame.campaign
    lines = programme_lines(request.user, campaign, choices(), clock.today()) if campaign else []
    context = {
        "campaign": campaign,
        "lines": lines,
        "may_manage": campaign is not None and allowed(request.user, Permission.MANAGE_PROJECTS, campaign).ok,
        "crumbs": [("项目", _list_of(campaign.code) if campaign else "/projects/")],
    }
    return render(request, "projects/programmes.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_PROJECTS)
def add(request: HttpRequest) -> HttpResponse:
    """A new programme."""
    campaign = request.frame.campaign
    if campaign is None:
        return redirect("projects:programmes")
    must(request.user, Permission.MANAGE_PROJECTS, campaign)
    data = request.POST if request.method == "POST" else None
    form = ProgrammeForm(data, user=request.user, known=choices(), campaign=campaign.pk)
    if data is not None and form.is_valid():
        try:
            made = programmes.add(campaign, form.wanted(), by=request.user)
        except ProgrammeRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已建立专项“{made.full_name}”。")
            return _back(campaign.code)
    return _form_page(request, form, None)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_PROJECTS)
def change(request: HttpRequest, code: str) -> HttpResponse:
    """One programme: name, parent, department, 下达; below, close it or take it away."""
    held = _managed(request, code)
    data = request.POST if request.method == "POST" else None
    initial = {
        "name": held.name,
        "parent": str(held.parent_id or ""),
        "department": held.department.name if held.department else "",
        "has_allotment": held.has_allotment,
        "allot_due_on": held.allot_due_on,
    }
    form = ProgrammeForm(data, initial=initial, user=request.user, known=choices(), campaign=held.campaign_id)
    if data is not None and form.is_valid():
        try:
            changed = programmes.change(held.pk, form.wanted(), by=request.user)
        except ProgrammeRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已保存。" if changed else "内容没有变化。")
            return _back(held.campaign.code)
    return _form_page(request, form, held)


@require_POST
@requires(Permission.MANAGE_PROJECTS)
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Order, close, reopen, delete; a refusal says why on the page one came from."""
    held = _managed(request, code)
    user = request.user
    try:
        if verb in STEPS:
            programmes.order(held.pk, step=STEPS[verb], by=user)
        elif verb == "close":
            programmes.close(held.pk, on=clock.today(), by=user)
            messages.success(request, f"已关闭专项“{held.full_name}”，不再登记新项目。")
        elif verb == "reopen":
            programmes.reopen(held.pk, by=user)
            messages.success(request, f"已恢复专项“{held.full_name}”。")
        elif verb == "delete":
            programmes.delete(held.pk, by=user)
            messages.success(request, f"已删除专项“{held.full_name}”。")
        else:
            raise Http404("没有这个页面")
    except ProgrammeRefused as refused:
        messages.error(request, str(refused))
    return _back(held.campaign.code)


def _managed(request: HttpRequest, code: str) -> Programme:
    held = one_programme(campaigns_of(request.user), code, request.frame.campaign)
    if held is None:
        raise Http404("没有这个专项")
    must(request.user, Permission.MANAGE_PROJECTS, held.campaign)
    return held


def _form_page(request: HttpRequest, form: ProgrammeForm, held: Programme | None) -> HttpResponse:
    units = directory(request.user).filter(closed_on=None, level__in=LEADS).order_by("code")
    context = {
        "form": form,
        "held": held,
        "kept": kept_because(held) if held else "",
        "unit_names": list(units.values_list("name", flat=True)),
        "back": reverse("projects:programmes"),
        "crumbs": [("项目", "/projects/"), ("专项", reverse("projects:programmes"))],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "projects/programme.html", context, status=status)


def _list_of(campaign: str) -> str:
    return f"/projects/?campaign={campaign}"


def _back(campaign: str) -> HttpResponse:
    return redirect(f"{reverse('projects:programmes')}?campaign={campaign}")
