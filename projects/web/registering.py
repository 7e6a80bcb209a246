"""Pages of a project by hand: register it, correct it, take it back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from projects.models import Project
from projects.services import registering
from projects.services.registering import RegisterRefused
from projects.web.projects import project_in_sight
from projects.web.registering_forms import ProjectForm
from townships.queries.units import directory
from townships.rules.permissions import Permission
from townships.web.requires import must, requires


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_PROJECTS)
def register(request: HttpRequest) -> HttpResponse:
    """The office registers a project of the campaign on top of the page."""
    campaign = request.frame.campaign
    if campaign is None:
        return redirect("projects:list")
    must(request.user, Permission.MANAGE_PROJECTS, campaign)
    data = request.POST if request.method == "POST" else None
    form = ProjectForm(data, user=request.user, campaign=campaign.pk)
    if data is not None and form.is_valid():
        try:
            made = registering.register(
                campaign,
                form.typed(),
                form.where(),
                arranged_on=form.cleaned_data["arranged_on"],
                by=request.user,
            )
        except RegisterRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已登记，编号{made.number}。")
            return redirect("projects:detail", number=made.number)
    back = f"/projects/?campaign={campaign.code}"
    return _page(request, form, None, back, [("项目", back)])


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_PROJECTS)
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """The office corrects a project; a refusal keeps what was typed."""
    project = project_in_sight(request, number)
    must(request.user, Permission.MANAGE_PROJECTS)
    data = request.POST if request.method == "POST" else None
    form = ProjectForm(data, user=request.user, campaign=project.campaign_id, project=project)
    if data is not None and form.is_valid():
        try:
            said = registering.edit(
                project,
                form.typed(),
                form.where(),
                by=request.user,
                version=form.cleaned_data["version"],
            )
        except RegisterRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已修改{'、'.join(said)}。")
            return redirect("projects:detail", number=number)
    back = f"/projects/{number}/"
    more = {"may_take_back": project.sheet_key is None and not registering.acted_on(project)}
    return _page(request, form, project, back, [("项目", "/projects/"), (number, back)], **more)


@require_POST
@requires(Permission.SEE_PROJECTS)
def take_back(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw a project registered by mistake."""
    project = project_in_sight(request, number)
    must(request.user, Permission.MANAGE_PROJECTS)
    try:
        registering.take_back(project, words=request.POST.get("words", ""), by=request.user)
    except RegisterRefused as refused:
        messages.error(request, f"没有撤销：{refused}")
        return redirect("projects:edit", number=number)
    messages.success(request, f"已撤销登记{number}“{project.name}”。")
    return redirect("projects:list")


def _page(
    request: HttpRequest,
    form: ProjectForm,
    project: Project | None,
    back: str,
    crumbs: list[tuple[str, str]],
    **more: Any,
) -> HttpResponse:
    units = directory(request.user).filter(closed_on=None).exclude(level="county").order_by("level", "code")
    context = {
        "form": form,
        "project": project,
        "back": back,
        "crumbs": crumbs,
        "units": list(units.exclude(level="village").values_list("name", flat=True)),
        **more,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "projects/edit.html", context, status=status)
