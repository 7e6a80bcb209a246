"""What the list of projects has of this room's: one's saved views of it, and taking it out as a workbook."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from issues.queries.exports import latest_exports
from issues.queries.views import saved_views
from issues.services import exports
from issues.services.views import drop_view, save_view
from projects.models import Project
from projects.queries.projects import filtered
from projects.rules.filters import ProjectFilter
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from townships.rules.permissions import Permission
from townships.web.requires import requires

PATH = "/projects/"
OF = "projects"


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_PROJECTS)
def views(request: HttpRequest) -> HttpResponse:
    """One's own views, as a page or as the list's menu; a POST keeps the filter and order under a name."""
    if request.method == "POST":
        return _save(request)
    try:
        wanted = ProjectFilter.from_params(request.GET.dict(), today=clock.today()).without("page")
    except FilterRefused as refused:
        return _refusal(request, refused)
    context = {
        "path": PATH,
        "views": saved_views(request.user, OF),
        "params": list(wanted.to_params().items()),
        "crumbs": [("项目", _address(wanted))],
    }
    return render(request, f"issues/views.html{'#menu' if request.htmx else ''}", context)


def _save(request: HttpRequest) -> HttpResponse:
    own = ("csrfmiddlewaretoken", "name")
    params = {name: value for name, value in request.POST.items() if name not in own}
    try:
        wanted = ProjectFilter.from_params(params, today=clock.today()).without("page")
        view = save_view(by=request.user, name=request.POST.get("name", ""), query=wanted.to_query(), of=OF)
    except FilterRefused as refused:
        messages.error(request, f"视图没有保存：{refused}")
        return redirect(PATH)
    messages.success(request, f"已保存视图“{view.name}”。")
    return redirect(_address(wanted))


@require_POST
@requires(Permission.SEE_PROJECTS)
def view_drop(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete one of one's own views."""
    name = drop_view(by=request.user, view_id=view_id, of=OF)
    if not name:
        raise Http404("没有这个视图")
    messages.success(request, f"已删除视图“{name}”。")
    return redirect(PATH)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EXPORT)
def export(request: HttpRequest) -> HttpResponse:
    """What would be taken out, and the reason for it; below, the viewer's latest exports."""
    try:
        wanted = ProjectFilter.from_params(request.GET.dict(), today=clock.today()).with_(page=1)
        campaign = request.frame.campaign
        wanted = wanted.with_(campaign=campaign.code if campaign else "")
        rows = filtered(Project.objects.visible_to(request.user), wanted).count()
    except FilterRefused as refused:
        return _refusal(request, refused)
    error = ""
    if request.method == "POST":
        reason = request.POST.get("reason", "").replace("\x00", "")
        try:
            made = exports.ask(by=request.user, query=wanted.to_query(), reason=reason, rows=rows, of=OF)
            return redirect("issues:export_one", export_id=made.pk)
        except exports.ExportRefused as refused:
            error = str(refused)
    context = {
        "what": "项目",
        "query": wanted.to_query(),
        "rows": rows,
        "error": error,
        "back": PATH,
        "latest": latest_exports(request.user),
        "crumbs": [("项目", _address(wanted))],
    }
    return render(request, "issues/export.html", context, status=400 if error else 200)


def _address(wanted: ProjectFilter) -> str:
    return f"{PATH}?{wanted.to_query()}"


def _refusal(request: HttpRequest, refused: FilterRefused) -> HttpResponse:
    context = {"refused": refused.reasons}
    return render(request, "projects/refused.html", context, status=HTTPStatus.BAD_REQUEST)
