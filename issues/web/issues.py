"""The issue list, its saved views, and the page of one issue."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from issues.access import household_sight
from issues.models import Issue
from issues.models.issues import IssueQuerySet
from issues.queries.choices import Choices, choices
from issues.queries.closings import last_closure
from issues.queries.evidence import evidence_of
from issues.queries.five import facts_of
from issues.queries.issues import day_of, filtered
from issues.queries.leads import lead_of
from issues.queries.listing import PAGE_SIZE, ordered, page_of
from issues.queries.omissions import records_of
from issues.queries.pending import ISSUES, pending_rows
from issues.queries.planning import share_lines, versions
from issues.queries.proposals import family_of
from issues.queries.repeats import repeats
from issues.queries.solving import solver_of
from issues.queries.story import story_of
from issues.queries.totals import totals
from issues.queries.views import saved_views
from issues.rules.filters import BASES, MEASURES, MOVES, IssueFilter
from issues.rules.five import COLUMNS, View
from issues.rules.sight import HouseholdSight
from issues.services.views import drop_view, save_view
from issues.web import bars, omissions
from issues.web.acting import offers
from issues.web.tags import import_address
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web.bars import of_campaign
from townships.web.conditional import unless_changed
from townships.web.requires import requires


@require_GET
@requires(Permission.SEE_ISSUES)
@unless_changed
def issue_list(request: HttpRequest) -> HttpResponse:
    """All issues in scope that the filter finds, 50 a page, with their totals."""
    try:
        wanted = IssueFilter.from_params(request.GET.dict(), today=clock.today())
        context = _listing(request, of_campaign(wanted, request))
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
        **_rows(found, wanted, on, known, sight, count),
        "views": bars.views(wanted, known),
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
        "measure_label": MOVES.get(wanted.moved) or MEASURES.get(wanted.measure, "").removeprefix("有"),
        "query": wanted.without("page").to_query(),
        "clear_url": bars.url(IssueFilter(campaign=wanted.campaign)),
        "may_export": allowed(request.user, Permission.EXPORT).ok,
        "may_verify": allowed(request.user, Permission.VERIFY).ok,
        "may_import": allowed(request.user, Permission.IMPORT_LEDGERS).ok,
    }


def _rows(
    found: IssueQuerySet, wanted: IssueFilter, on: date, known: Choices, sight: HouseholdSight, count: int
) -> dict[str, object]:
    """The page's rows: the ledger's, or those of another of the five lists with its columns (W-071)."""
    columns = COLUMNS.get(View(wanted.view))
    if columns is None or not count:
        return {"rows": page_of(found, wanted, on=on, known=known, sight=sight) if count else []}
    start = (wanted.page - 1) * PAGE_SIZE
    ids = ordered(found, wanted).values_list("pk", flat=True)[start : start + PAGE_SIZE]
    rows = [
        (one, [(column, column.value(one)) for column in columns]) for one in facts_of(list(ids), known, on)
    ]
    return {"columns": columns, "five": rows, "view_label": View(wanted.view).label}


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
    reads_audit = allowed(request.user, Permission.READ_AUDIT).ok
    sight = household_sight(request.user)
    story = story_of(issue, sight=sight, on=clock.today(), sees_readers=reads_audit)
    records = records_of(story.issue, request.user)
    address = import_address(request.user, story.origin.import_id) if story.origin else ""
    context = {
        "story": story,
        "import_url": address,
        "number": number,
        "offers": offers(issue, request.user),
        "evidence": evidence_of(issue, request.user),
        "reads_audit": reads_audit,
        "shares": share_lines(issue, clock.today()),
        "plans": versions(issue),
        "family": family_of(issue, request.user),
        "closure": last_closure(issue),
        "repeats": repeats(story.issue, request.user),
        "from_lead": lead_of(issue, request.user),
        "selfcheck": records.selfcheck,
        **omissions.offered(request, records.omission),
        "solver": solver_of(story.issue, request.user),
    }
    return render(request, "issues/detail.html", context)


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
