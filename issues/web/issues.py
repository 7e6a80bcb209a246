"""The issue list, its saved views, and the page of one issue."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from issues.access import household_sight
from issues.models import Issue
from issues.queries.choices import choices
from issues.queries.issues import day_of, filtered
from issues.queries.listing import page_of
from issues.queries.pending import ISSUES, pending_rows
from issues.queries.story import story_of
from issues.queries.totals import totals
from issues.queries.views import saved_views
from issues.rules.filters import BASES, MEASURES, IssueFilter
from issues.services.views import drop_view, save_view
from issues.web import bars
from issues.web.tags import import_address
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web.conditional import unless_changed
from townships.web.requires import requires


def _of_campaign(wanted: IssueFilter, request: HttpRequest) -> IssueFilter:
    """The list is about one campaign of the viewer's: the one named, else the one on top of the page."""
    campaign = request.frame.campaign
    if campaign is not None:
        return wanted.with_(campaign=campaign.code, page=wanted.page)
    if wanted.campaign:
        raise FilterRefused(f"没有代号为“{wanted.campaign}”的工作。")
    return wanted


@require_GET
@requires(Permission.SEE_ISSUES)
@unless_changed
def issue_list(request: HttpRequest) -> HttpResponse:
    """All issues in scope that the filter finds, 50 a page, with their totals."""
    try:
        wanted = IssueFilter.from_params(request.GET.dict(), today=clock.today())
        context = _listing(request, _of_campaign(wanted, request))
    except FilterRefused as refused:
        return _refusal(request, refused)
    return render(request, "issues/list.html", context)


def _listing(request: HttpRequest, wanted: IssueFilter) -> dict[str, object]:
    known = choices()
    sight = household_sight(request.user)
    on = day_of(wanted)
    sees_all = _sees_all(request)
    found = filtered(Issue.objects.visible_to(request.user), wanted, sight=sight, known=known)
    sums = totals(found, wanted, known, sees_all=sees_all)
    count = sum(total.items for total in sums)
    pager = bars.pager(wanted, count)
    wanted = wanted.with_(page=pager.number)
    return {
        "wanted": wanted,
        "as_of": on,
        "rows": page_of(found, wanted, on=on, known=known, sight=sight) if count else [],
        "totals": sums,
        "count": count,
        "pending": pending_rows(
            ISSUES, campaign=wanted.campaign, list_code=wanted.list, import_id=wanted.import_id
        ),
        "pager": pager,
        "heads": bars.heads(wanted),
        "selects": bars.selects(wanted, known, on, sees_all=sees_all),
        "chips": bars.chips(wanted, known, on),
        "kept": bars.kept(wanted),
        "kept_without_day": list(wanted.without("page", "as_of").to_params().items()),
        "bases": [(basis, label, bars.url(wanted.with_(basis=basis))) for basis, label in BASES.items()],
        "measure_label": MEASURES.get(wanted.measure, "").removeprefix("有"),
        "query": wanted.without("page").to_query(),
        "clear_url": bars.url(IssueFilter(campaign=wanted.campaign)),
        "may_export": allowed(request.user, Permission.EXPORT).ok,
        "may_import": allowed(request.user, Permission.IMPORT_LEDGERS).ok,
    }


def _sees_all(request: HttpRequest) -> bool:
    campaign = request.frame.campaign
    return campaign is not None and request.user.scope.covers(campaign.unit.path)


@require_GET
@requires(Permission.SEE_ISSUES)
@unless_changed
def issue_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One issue: its facts beside its history. Out of scope it is not there."""
    issue = Issue.objects.visible_to(request.user).filter(number=number).first()
    if issue is None:
        raise Http404("没有这个问题")
    story = story_of(issue, sight=household_sight(request.user), on=clock.today())
    address = import_address(request.user, story.origin.import_id) if story.origin else ""
    return render(request, "issues/detail.html", {"story": story, "import_url": address})


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_ISSUES)
def views(request: HttpRequest) -> HttpResponse:
    """One's own views, as a page or as the list's menu; a POST keeps the filter it carries under a name."""
    if request.method == "POST":
        return _save_view(request)
    try:
        wanted = IssueFilter.from_params(request.GET.dict(), today=clock.today()).without("page")
    except FilterRefused as refused:
        return _refusal(request, refused)
    context = {
        "views": saved_views(request.user),
        "params": list(wanted.to_params().items()),
        "crumbs": [("问题清单", bars.url(wanted))],
    }
    return render(request, f"issues/views.html{'#menu' if request.htmx else ''}", context)


def _save_view(request: HttpRequest) -> HttpResponse:
    own = ("csrfmiddlewaretoken", "name")
    params = {name: value for name, value in request.POST.items() if name not in own}
    try:
        wanted = IssueFilter.from_params(params, today=clock.today()).without("page")
        view = save_view(by=request.user, name=request.POST.get("name", ""), query=wanted.to_query())
    except FilterRefused as refused:
        messages.error(request, f"视图没有保存：{refused}")
        return redirect("issues:list")
    messages.success(request, f"已保存视图“{view.name}”。")
    return redirect(bars.url(wanted))


@require_POST
@requires(Permission.SEE_ISSUES)
def view_drop(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete one of one's own views."""
    name = drop_view(by=request.user, view_id=view_id)
    if not name:
        raise Http404("没有这个视图")
    messages.success(request, f"已删除视图“{name}”。")
    return redirect("issues:list")


def _refusal(request: HttpRequest, refused: FilterRefused) -> HttpResponse:
    context = {"refused": refused.reasons}
    return render(request, "issues/refused.html", context, status=HTTPStatus.BAD_REQUEST)
