"""Taking a list out: ask with a reason, wait or leave, fetch the file."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from issues.access import household_sight
from issues.models import Export, Issue
from issues.queries.exports import export_of, latest_exports
from issues.queries.issues import filtered
from issues.rules.filters import IssueFilter
from issues.rules.five import VIEWS, View
from issues.services import exports
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from townships.rules.permissions import Permission
from townships.web.requires import requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EXPORT)
def ask(request: HttpRequest) -> HttpResponse:
    """What would be taken out, and the reason for it; below, the viewer's latest exports."""
    try:
        wanted = IssueFilter.from_params(request.GET.dict(), today=clock.today()).with_(page=1)
        campaign = request.frame.campaign
        wanted = wanted.with_(campaign=campaign.code if campaign else "")
        found = filtered(Issue.objects.visible_to(request.user), wanted, sight=household_sight(request.user))
        rows = found.count()
    except FilterRefused as refused:
        return render(request, "issues/refused.html", {"refused": refused.reasons}, status=400)
    error = ""
    if request.method == "POST":
        try:
            made = exports.ask(
                by=request.user,
                query=wanted.to_query(),
                reason=request.POST.get("reason", "").replace("\x00", ""),
                rows=rows,
            )
            return redirect("issues:export_one", export_id=made.pk)
        except exports.ExportRefused as refused:
            error = str(refused)
    context = {
        "query": wanted.to_query(),
        "rows": rows,
        "view_label": "" if wanted.view == View.PROBLEMS else VIEWS[wanted.view],
        "error": error,
        "latest": latest_exports(request.user),
        "crumbs": [("问题清单", f"/issues/?{wanted.to_query()}")],
    }
    return render(request, "issues/export.html", context, status=400 if error else 200)


def _own(request: HttpRequest, export_id: int) -> Export:
    export = export_of(request.user, export_id)
    if export is None:
        raise Http404("没有这次导出")
    return export


@require_GET
@requires(Permission.EXPORT)
def one(request: HttpRequest, export_id: int) -> HttpResponse:
    """How far the file is; the fragment asks again until it is there."""
    export = _own(request, export_id)
    template = "issues/_export.html" if request.htmx else "issues/export_one.html"
    finished = export.status in ("done", "failed")
    context = {"export": export, "finished": finished, "percent": 100 if finished else 30}
    is_projects = export.of == "projects"
    back = ("项目", f"/projects/?{export.query}") if is_projects else ("问题清单", f"/issues/?{export.query}")
    context["crumbs"] = [back]
    return render(request, template, context)


@require_GET
@requires(Permission.EXPORT)
def file(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """The workbook, to its owner alone."""
    export = _own(request, export_id)
    try:
        path = exports.path_of(export)
    except exports.ExportRefused as refused:
        raise Http404(str(refused)) from refused
    return FileResponse(path.open("rb"), as_attachment=True, filename=export.file_name, content_type=XLSX)
