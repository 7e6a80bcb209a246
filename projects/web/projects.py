"""The list of projects and the page of one."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from projects.access import recordable
from projects.models import Project
from projects.queries.choices import choices
from projects.queries.projects import day_of, filtered, page_of, totals
from projects.queries.story import story_of
from projects.rules.filters import MOVES, ProjectFilter
from projects.web import bars
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web.bars import of_campaign
from townships.web.conditional import unless_changed
from townships.web.requires import requires


@require_GET
@requires(Permission.SEE_PROJECTS)
@unless_changed
def project_list(request: HttpRequest) -> HttpResponse:
    """All projects in scope that the filter finds, 50 a page, with their totals."""
    try:
        wanted = ProjectFilter.from_params(request.GET.dict(), today=clock.today())
        wanted = of_campaign(wanted, request)
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
        "moved_label": MOVES.get(wanted.moved, ""),
        "count": count,
        "pager": pager,
        "heads": bars.heads(wanted),
        "selects": bars.selects(wanted, known, on),
        "chips": bars.chips(wanted, known, on),
        "kept": bars.kept(wanted),
        "kept_without_day": list(wanted.without("page", "as_of").to_params().items()),
        "clear_url": bars.url(ProjectFilter(campaign=wanted.campaign)),
        "query": wanted.without("page").to_query(),
        "may_manage": allowed(request.user, Permission.MANAGE_PROJECTS).ok,
        "may_export": allowed(request.user, Permission.EXPORT).ok,
    }


def project_in_sight(request: HttpRequest, number: str) -> Project:
    """The project of that number; Http404 where the viewer does not see it."""
    seen = Project.objects.visible_to(request.user).filter(number=number)
    project = seen.select_related("campaign", "programme", "township", "village").first()
    if project is None:
        raise Http404("没有这个项目")
    return project


@require_GET
@requires(Permission.SEE_PROJECTS)
@unless_changed
def project_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One project: its facts beside its history. Out of scope it is not there."""
    project = project_in_sight(request, number)
    story = story_of(project, on=clock.today())
    user = request.user
    waiting = [shown.change for shown in story.changes if not shown.is_ended]
    context = {
        "story": story,
        "may_record": bool(recordable(user)),
        "may_edit": allowed(user, Permission.MANAGE_PROJECTS).ok,
        "may_import": allowed(user, Permission.IMPORT_LEDGERS).ok,
        "may_ask": not waiting and allowed(user, Permission.ASK_PROJECT_CHANGE).ok,
        "may_decide": allowed(user, Permission.DECIDE_PROJECT_CHANGE).ok
        and all(change.asked_by_id != user.pk for change in waiting),
    }
    return render(request, "projects/detail.html", context)
