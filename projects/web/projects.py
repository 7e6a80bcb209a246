"""The list of projects and the page of one."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from projects.models import Project
from projects.queries.choices import choices
from projects.queries.projects import day_of, filtered, page_of, totals
from projects.queries.story import story_of
from projects.rules.filters import ProjectFilter
from projects.web import bars
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from townships.rules.permissions import Permission
from townships.web.conditional import unless_changed
from townships.web.requires import requires


def _of_campaign(wanted: ProjectFilter, request: HttpRequest) -> ProjectFilter:
    """The list is about one campaign of the viewer's: the one named, else the one on top of the page."""
    campaign = request.frame.campaign
    if campaign is not None:
        return wanted.with_(campaign=campaign.code, page=wanted.page)
    if wanted.campaign:
        raise FilterRefused(f"没有代号为“{wanted.campaign}”的工作。")
    return wanted


@require_GET
@requires(Permission.SEE_PROJECTS)
@unless_changed
def project_list(request: HttpRequest) -> HttpResponse:
    """All projects in scope that the filter finds, 50 a page, with their totals."""
    try:
        wanted = ProjectFilter.from_params(request.GET.dict(), today=clock.today())
        wanted = _of_campaign(wanted, request)
        context = _listing(request, wanted)
    except FilterRefused as refused:
        context = {"refused": refused.reasons}
        return render(request, "projects/refused.html", context, status=HTTPStatus.BAD_REQUEST)
    return render(request, "projects/list.html", context)


def _listing(request: HttpRequest, wanted: ProjectFilter) -> dict[str, object]:
    known = choices()
    on = day_of(wanted)
    found = filtered(Project.objects.visible_to(request.user), wanted)
    sums = totals(found)
    count = sum(total.items for total in sums)
    pager = bars.pager(wanted, count)
    wanted = wanted.with_(page=pager.number)
    return {
        "wanted": wanted,
        "as_of": on,
        "rows": page_of(found, wanted, known=known) if count else [],
        "totals": sums,
        "count": count,
        "pager": pager,
        "heads": bars.heads(wanted),
        "selects": bars.selects(wanted, known, on),
        "chips": bars.chips(wanted, known, on),
        "kept": bars.kept(wanted),
        "kept_without_day": list(wanted.without("page", "as_of").to_params().items()),
        "clear_url": bars.url(ProjectFilter(campaign=wanted.campaign)),
    }


@require_GET
@requires(Permission.SEE_PROJECTS)
@unless_changed
def project_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One project: its facts beside its history. Out of scope it is not there."""
    project = Project.objects.visible_to(request.user).filter(number=number).first()
    if project is None:
        raise Http404("没有这个项目")
    return render(request, "projects/detail.html", {"story": story_of(project, on=clock.today())})
